import type { Call } from './call.ts';
import { type Fields, fieldsAt, flagAt, isFields, listAt, textAt, valueAt } from './fields.ts';
import { parseJson } from './unwrap.ts';

/** What holds after a call, by its own content; undefined where that does not decide it. */
type State = 'off' | 'on' | undefined;

/** Session Manager records nowhere where its preferences name neither a bucket nor a log group. */
export function preferencesState({ request }: Call): State {
  const content = contentOf(valueAt(request, 'content'));
  // How a trail shows the content is not documented: what cannot be read decides nothing.
  if (content === null || !isFields(valueAt(content, 'inputs'))) return undefined;
  const inputs = fieldsAt(content, 'inputs');
  const isStored = textAt(inputs, 's3BucketName') ?? textAt(inputs, 'cloudWatchLogGroupName');
  return isStored === null ? 'off' : 'on';
}

function contentOf(content: unknown): Fields | null {
  if (isFields(content)) return content;
  const parsed = typeof content === 'string' ? parseJson(content) : null;
  return parsed !== null && 'value' in parsed && isFields(parsed.value) ? parsed.value : null;
}

/** `MfaDelete: Disabled` takes something away even where versions are kept. */
export function versioningState({ request }: Call): State {
  const status = textAt(request, 'VersioningConfiguration', 'Status');
  if (status === 'Suspended') return 'off';
  const weaker = textAt(request, 'VersioningConfiguration', 'MfaDelete') === 'Disabled';
  return status === 'Enabled' && !weaker ? 'on' : undefined;
}

export function replicationState({ request }: Call): State {
  const rules = listAt(request, 'ReplicationConfiguration', 'Rule');
  if (rules.length === 0) return undefined;
  return rules.some((rule) => textAt(rule, 'Status') === 'Enabled') ? 'on' : 'off';
}

/** A logging status without a target switches the bucket's own access log off. */
export function bucketLoggingState({ request }: Call): State {
  if (valueAt(request, 'BucketLoggingStatus') === undefined) return undefined;
  return isFields(valueAt(request, 'BucketLoggingStatus', 'LoggingEnabled')) ? 'on' : 'off';
}

const BLOCKS = ['BlockPublicAcls', 'IgnorePublicAcls', 'BlockPublicPolicy', 'RestrictPublicBuckets'];

/** A block that is not named is not set. */
export function publicAccessState({ request }: Call): State {
  const blocks = valueAt(request, 'PublicAccessBlockConfiguration');
  if (!isFields(blocks)) return undefined;
  return BLOCKS.every((name) => flagAt(blocks, name) === true) ? 'on' : 'off';
}

/** Without a rule new objects are not held; what GOVERNANCE holds, some may still delete. */
export function objectLockState({ request }: Call): State {
  const lock = valueAt(request, 'ObjectLockConfiguration');
  if (!isFields(lock)) return undefined;
  const [rule] = listAt(lock, 'Rule');
  if (rule === undefined) return 'off';
  return textAt(rule, 'DefaultRetention', 'Mode') === 'COMPLIANCE' ? 'on' : undefined;
}

export function deletionProtectionState({ request }: Call): State {
  return stateOf(flagAt(request, 'deletionProtectionEnabled'));
}

export const EXEC_PATH = ['configuration', 'executeCommandConfiguration'] as const;

/** `OVERRIDE` says that the configuration names where to; without one there is nowhere. */
export function execLoggingState({ request }: Call): State {
  const exec = fieldsAt(request, ...EXEC_PATH);
  const logging = textAt(exec, 'logging')?.toUpperCase();
  if (logging === undefined) return undefined;
  if (logging === 'NONE') return 'off';
  return logging === 'OVERRIDE' && !isFields(valueAt(exec, 'logConfiguration')) ? 'off' : 'on';
}

// The log types that show who did what in a cluster.
const WITNESSES = ['audit', 'authenticator'];

export function auditLoggingState({ request }: Call): State {
  const setups = listAt(request, 'logging', 'clusterLogging').filter((setup) =>
    listAt(setup, 'types').some((type) => typeof type === 'string' && WITNESSES.includes(type)),
  );
  const flags = setups.map((setup) => flagAt(setup, 'enabled'));
  return flags.includes(false) ? 'off' : stateOf(flags.includes(true) || undefined);
}

export function detectorState({ request }: Call): State {
  return stateOf(flagAt(request, 'enable'));
}

function stateOf(flag: boolean | undefined): State {
  if (flag === undefined) return undefined;
  return flag ? 'on' : 'off';
}
