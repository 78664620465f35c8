import type { Format } from '../format.ts';
import { type Fields, fieldsAt, textAt } from '../json-fields.ts';
import { originOf, type ProviderRecord } from '../provider-event.ts';
import { defineProviderFormat, type ProviderSpec } from '../provider-format.ts';
import { parseAccess } from './accesses.ts';
import { parseControl } from './controls.ts';
import { toEntry } from './entry.ts';

const spec: ProviderSpec = {
  type: 'gcp',
  title: 'Google Cloud audit logs (LogEntry of sinks, gcloud and the API)',
  screened: { product: 'gcp', service: 'gcp.audit' },
  keys: ['protoPayload', 'serviceName', 'methodName', 'logName'],
  zone: 'UTC',
  isOwn: (fields) => {
    const payload = fieldsAt(fields, 'protoPayload');
    return textAt(payload, 'serviceName') !== null && textAt(payload, 'methodName') !== null;
  },
  // What else the project logs, and entries of changes that are no call.
  isOther: (fields) => textAt(fields, 'logName') !== null && textAt(fields, 'timestamp') !== null,
  timeOf: (record) => textAt(record, 'timestamp') ?? textAt(record, 'receiveTimestamp'),
  read,
};

/** Audit entries of Google Cloud. */
export const gcp: Format = defineProviderFormat(spec);

function read(record: Fields): ProviderRecord {
  const entry = toEntry(record);
  const { id, service, method, name, identity, subject, project, location } = entry;
  const caller = fieldsAt(entry.payload, 'requestMetadata');
  return {
    provider: 'gcp',
    service,
    action: method,
    id,
    eventId: id === null ? null : id.slice(1).join('@'),
    name,
    // `private` and `gce-internal-ip` stand there for what is no address.
    origin: originOf(textAt(caller, 'callerIp') ?? textAt(caller, 'callerIP')),
    host: null,
    cloud: { account: project, region: location, identity, arn: subject },
    drafts: parseAccess(entry),
    control: parseControl(entry),
  };
}
