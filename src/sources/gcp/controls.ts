import { fieldsAt, textAt, textsAt, valueAt } from '../json-fields.ts';
import { listAt } from '../json-values.ts';
import type { ProviderControl } from '../provider-event.ts';
import type { Entry } from './entry.ts';

type State = 'off' | 'on' | undefined;

/** Null where the call failed, or has nothing to do with recording and its evidence. */
export function parseControl(entry: Entry): ProviderControl | null {
  const read = entry.succeeded ? readerOf(entry) : undefined;
  if (read === undefined) return null;
  const found = read(entry);
  if (found === 'other') return null;
  return {
    target: entry.project,
    resource: entry.resource,
    ...(found === undefined ? {} : { state: found }),
  };
}

/** `other`: a call of this name that changes nothing of interest. */
type Reader = (entry: Entry) => State | 'other';

function readerOf({ service, method }: Entry): Reader | undefined {
  const own = LOGGING.exec(method)?.[1];
  if (service === 'logging' && own !== undefined) return Object.hasOwn(SINKS, own) ? SINKS[own] : undefined;
  if (service === 'storage') return Object.hasOwn(BUCKETS, method) ? BUCKETS[method] : undefined;
  if (service === 'compute' && method.endsWith('etadata')) return metadata;
  return method === 'SetIamPolicy' || method.endsWith('.SetIamPolicy') ? auditConfig : undefined;
}

const LOGGING = /^google\.logging\.v2\.(?:ConfigServiceV2|LoggingServiceV2)\.(\w{1,40})$/;

/** Sinks carry this very log to wherever it is read; an exclusion keeps entries out of it. */
const SINKS: Readonly<Record<string, Reader>> = {
  CreateSink: () => 'on',
  DeleteSink: () => 'off',
  UpdateSink: ({ payload }) => (valueAt(payload, 'request', 'sink', 'disabled') === true ? 'off' : undefined),
  DeleteBucket: () => 'off',
  UndeleteBucket: () => 'on',
  UpdateBucket: () => undefined,
  // Which entries it keeps out is a filter's matter.
  CreateExclusion: () => undefined,
  UpdateExclusion: () => undefined,
  DeleteExclusion: () => undefined,
  DeleteLog: () => undefined,
};

const BUCKETS: Readonly<Record<string, Reader>> = {
  'storage.buckets.delete': () => 'off',
  'storage.buckets.update': () => undefined,
};

/** Which calls are audited at all is part of the policy. */
function auditConfig({ payload }: Entry): State | 'other' {
  const deltas = listAt(payload, 'serviceData', 'policyDelta', 'auditConfigDeltas');
  const metadataDeltas = listAt(payload, 'metadata', 'policyDelta', 'auditConfigDeltas');
  const all = [...deltas, ...metadataDeltas];
  if (all.length === 0) return 'other';
  return all.some((one) => textAt(one, 'action') === 'REMOVE') ? 'off' : undefined;
}

const SETTINGS: ReadonlySet<string> = new Set([
  'serial-port-enable',
  'enable-oslogin',
  'block-project-ssh-keys',
]);

/** Settings of machines that open or close ways around what is recorded; the entry names the key, not its value. */
function metadata(entry: Entry): State | 'other' {
  return changedKeys(entry).some((key) => SETTINGS.has(key)) ? undefined : 'other';
}

/** Keys that a call added to or changed in the metadata of a machine or a project. */
export function changedKeys({ payload }: Entry): readonly string[] {
  const said = fieldsAt(payload, 'metadata');
  return ['projectMetadataDelta', 'instanceMetadataDelta'].flatMap((delta) =>
    ['addedMetadataKeys', 'modifiedMetadataKeys'].flatMap((list) => textsAt(said, delta, list)),
  );
}
