import { type Draft, draft, ttyOf } from '../../messages/message.ts';
import { toOrigin } from '../../messages/origin.ts';
import type { EventKind, Origin } from '../../model/event.ts';
import { type AuditRecord, decodeId, decodeValue } from './record.ts';

/**
 * What an audit record says: which process belongs to which audit session (the id that recorders inside the
 * session share), and whether auditing itself was stopped. Records that failed say nothing.
 */
export function parseAuditMeaning(record: AuditRecord): readonly Draft[] {
  const control = controlOf(record);
  if (control !== null) return [auditDraft('control.change', record, { detail: { control } })];
  const kind = KINDS.get(record.type);
  if (kind === undefined || !succeeded(record)) return [];
  const service = serviceOf(record);
  if (service === null && record.type !== 'LOGIN') return [];
  if (record.type === 'CRED_ACQ' && service !== 'sshd') return [];
  return [link(kind, record, service)];
}

const KINDS: ReadonlyMap<string, EventKind> = new Map([
  ['LOGIN', 'session.link'],
  ['USER_START', 'session.link'],
  ['USER_LOGIN', 'session.link'],
  ['CRED_ACQ', 'session.link'],
  ['USER_CMD', 'session.link'],
  ['USER_END', 'session.close'],
]);

function succeeded(record: AuditRecord): boolean {
  const result = record.field('res');
  return result === 'success' || result === '1' || result === 'yes';
}

function controlOf(record: AuditRecord): string | null {
  if (record.type === 'DAEMON_END') return 'auditd-stopped';
  if (record.type === 'DAEMON_ABORT') return 'auditd-aborted';
  const disabled = record.type === 'CONFIG_CHANGE' && record.field('audit_enabled') === '0';
  return disabled && succeeded(record) ? 'audit-disabled' : null;
}

/** Programs that open sessions for people; cron and the service manager open them for jobs. */
const SERVICES: ReadonlyMap<string, string> = new Map([
  ['sshd', 'sshd'],
  ['sshd-session', 'sshd'],
  ['sudo', 'sudo'],
  ['su', 'su'],
  ['login', 'login'],
  ['doas', 'doas'],
  ['pkexec', 'pkexec'],
]);

function serviceOf(record: AuditRecord): string | null {
  const executable = decodeValue(record.field('exe')) ?? '';
  return SERVICES.get(executable.slice(executable.lastIndexOf('/') + 1)) ?? null;
}

function link(kind: EventKind, record: AuditRecord, service: string | null): Draft {
  const auditSession = decodeId(record.field('ses'));
  const accountUid = accountUidOf(record);
  const command = record.type === 'USER_CMD' ? decodeValue(record.field('cmd'))?.split(' ', 1)[0] : undefined;
  return auditDraft(kind, record, {
    account: accountOf(record),
    origin: originOf(record),
    session: {
      ...(auditSession === null ? {} : { auditSession }),
      ...ttyOf(terminalOf(record)),
    },
    detail: {
      ...(service === null ? {} : { service }),
      ...(accountUid === null ? {} : { accountUid }),
      ...(command === undefined ? {} : { command }),
    },
  });
}

function auditDraft(kind: EventKind, record: AuditRecord, parts: Partial<Draft>): Draft {
  return draft(kind, { program: 'auditd', pid: decodeId(record.field('pid')), text: '' }, parts);
}

/** `acct` where the program names it; else what the enriched form calls the login uid. */
function accountOf(record: AuditRecord): string | null {
  const account = decodeValue(record.field('acct'));
  if (account !== null || record.type === 'USER_CMD') return account;
  return decodeValue(record.field(record.type === 'USER_LOGIN' ? 'ID' : 'AUID'));
}

function accountUidOf(record: AuditRecord): number | null {
  if (record.type === 'LOGIN') return decodeId(record.field('auid'));
  return record.type === 'USER_LOGIN' ? decodeId(record.field('id')) : null;
}

function originOf(record: AuditRecord): Origin | null {
  const address = record.field('addr');
  return address !== null && /^[0-9A-Fa-f.:]{2,45}$/.test(address) ? toOrigin(address, undefined) : null;
}

/** `ssh`, `cron` and the like name a service, not a terminal. */
function terminalOf(record: AuditRecord): string | undefined {
  const terminal = decodeValue(record.field('terminal'));
  return terminal !== null && /^(?:\/dev\/)?(?:pts\/|tty|console)/.test(terminal) ? terminal : undefined;
}
