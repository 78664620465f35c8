import { type Fields, fieldsAt, textAt, valueAt } from '../json-fields.ts';
import { integerAt, listAt } from '../json-values.ts';

/** One audit entry, as far as accesses and changes need it. */
export interface Entry {
  /** Log, insert id and time: entries that agree in all three are one entry. Null where it has no insert id. */
  readonly id: readonly [string, string, string] | null;
  /** `serviceName` without its domain. */
  readonly service: string;
  readonly method: string;
  readonly succeeded: boolean;
  /** E-mail address of the caller. */
  readonly name: string;
  readonly identity: 'User' | 'ServiceAccount';
  readonly subject: string | null;
  /** Who used the service account, as far as the entry shows; null where nobody stands behind the caller. */
  readonly delegator: string | null;
  readonly project: string | null;
  readonly location: string | null;
  /** Labels of the resource. */
  readonly labels: Fields;
  /** Id of the machine that it is about: a label of the resource, or of the entry where the resource is a service. */
  readonly instance: string | null;
  readonly payload: Fields;
  /** `resourceName`. */
  readonly resource: string | null;
  readonly operation: { readonly id: string; readonly first: boolean; readonly last: boolean } | null;
}

export function toEntry(record: Fields): Entry {
  const payload = fieldsAt(record, 'protoPayload');
  const labels = fieldsAt(record, 'resource', 'labels');
  const caller = fieldsAt(payload, 'authenticationInfo');
  const subject = textAt(caller, 'principalSubject');
  const name = textAt(caller, 'principalEmail') ?? subject ?? 'unknown';
  return {
    id: idOf(record),
    service: serviceOf(textAt(payload, 'serviceName') ?? ''),
    method: textAt(payload, 'methodName') ?? '',
    succeeded: succeededAt(payload),
    name,
    identity: SERVICE_ACCOUNT.test(name) ? 'ServiceAccount' : 'User',
    subject,
    delegator: delegatorOf(caller),
    // The label holds the name in some entries and the number in others; the log's own name is always the same.
    project: projectOf(textAt(record, 'logName')) ?? textAt(labels, 'project_id'),
    location: textAt(labels, 'zone') ?? textAt(labels, 'location') ?? textAt(record, 'labels', 'zone'),
    labels,
    instance: textAt(labels, 'instance_id') ?? textAt(record, 'labels', 'instance_id'),
    payload,
    resource: textAt(payload, 'resourceName'),
    operation: operationOf(fieldsAt(record, 'operation')),
  };
}

/** Without its domain, and without the region that the serial console has before its name. */
function serviceOf(name: string): string {
  return name
    .replace(/\.googleapis\.com$/, '')
    .replace(/^[a-z]{1,20}-[a-z]{1,20}\d{1,3}-(?=ssh-serialport$)/, '');
}

/** Service accounts of Google Cloud, and those of a cluster. */
const SERVICE_ACCOUNT = /\.gserviceaccount\.com$|^system:/;

function idOf(record: Fields): Entry['id'] {
  const id = textAt(record, 'insertId');
  const time = textAt(record, 'timestamp') ?? textAt(record, 'receiveTimestamp');
  return id === null || time === null ? null : [textAt(record, 'logName') ?? '', id, time];
}

/** An absent status is that of a success; so is code 0, which JSON leaves out. */
function succeededAt(payload: Fields): boolean {
  const code = valueAt(payload, 'status', 'code');
  const isFine = code === undefined || integerAt(payload, 'status', 'code') === 0;
  return isFine && listAt(payload, 'authorizationInfo').every((one) => valueAt(one, 'granted') !== false);
}

/** The first of those who handed the service account on: the person, where there is one. */
function delegatorOf(caller: Fields): string | null {
  const [first] = listAt(caller, 'serviceAccountDelegationInfo');
  return textAt(first, 'firstPartyPrincipal', 'principalEmail') ?? textAt(first, 'principalSubject');
}

/** `projects/NAME/logs/…`. */
function projectOf(logName: string | null): string | null {
  return logName === null ? null : (/^projects\/([^/]{1,100})\//.exec(logName)?.[1] ?? null);
}

function operationOf(operation: Fields): Entry['operation'] {
  const id = textAt(operation, 'id');
  if (id === null) return null;
  return { id, first: operation['first'] === true, last: operation['last'] === true };
}
