import { type Fields, valueAt } from '../json-fields.ts';

const SUBJECT = ['SubjectUserSid', 'SubjectUserName', 'SubjectDomainName', 'SubjectLogonId'];
const TARGET = ['TargetUserSid', 'TargetUserName', 'TargetDomainName', 'TargetLogonId'];

/** The order of event data in the templates of Windows 10 and Server 2016 and later; only what is read, and before it. */
const ORDERS: Readonly<Record<number, readonly string[]>> = {
  4624: [
    ...SUBJECT,
    ...TARGET,
    'LogonType',
    'LogonProcessName',
    'AuthenticationPackageName',
    'WorkstationName',
    'LogonGuid',
    'TransmittedServices',
    'LmPackageName',
    'KeyLength',
    'ProcessId',
    'ProcessName',
    'IpAddress',
    'IpPort',
  ],
  4634: [...TARGET, 'LogonType'],
  4647: TARGET,
  4648: [
    ...SUBJECT,
    'LogonGuid',
    'TargetUserName',
    'TargetDomainName',
    'TargetLogonGuid',
    'TargetServerName',
    'TargetInfo',
    'ProcessId',
    'ProcessName',
    'IpAddress',
    'IpPort',
  ],
  4672: SUBJECT,
  4719: [...SUBJECT, 'CategoryId', 'SubcategoryId', 'SubcategoryGuid', 'AuditPolicyChanges'],
  4778: ['AccountName', 'AccountDomain', 'LogonID', 'SessionName', 'ClientName', 'ClientAddress'],
  4779: ['AccountName', 'AccountDomain', 'LogonID', 'SessionName', 'ClientName', 'ClientAddress'],
  1102: SUBJECT,
};

/**
 * The pair of tokens that an administrator's logon leaves stands last in 4624, behind what later versions insert: its
 * place is counted from the end.
 */
const FROM_END: Readonly<Record<number, readonly string[]>> = {
  4624: ['TargetLinkedLogonId', 'ElevatedToken'],
};
/** Below this 4624 is of a version that has no such pair. */
const WITH_PAIR = 27;

/**
 * Event data that is told by position alone → by name. Unknown events have none. A SID is an object of its own there,
 * with its text in a second `Value`.
 */
export function toNamed(eventId: number, properties: readonly unknown[]): Fields {
  const values = properties.map((one) => valueAt(one, 'Value', 'Value') ?? valueAt(one, 'Value') ?? one);
  const first = (ORDERS[eventId] ?? []).map((name, index) => [name, values[index]] as const);
  const last = values.length < WITH_PAIR ? [] : (FROM_END[eventId] ?? []);
  const pairs = last.map((name, index) => [name, values[values.length - last.length + index]] as const);
  return Object.fromEntries([...first, ...pairs]);
}
