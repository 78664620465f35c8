import type { EventKind, Origin } from '../../model/event.ts';
import type { Path } from '../../model/path.ts';
import { textAt, valueAt } from '../json-fields.ts';
import { integerAt } from '../json-values.ts';
import { originOf, type ProviderDraft } from '../provider-event.ts';
import type { WindowsRecord } from './record.ts';

/** What a record says about whom, from where. */
export interface Logon {
  /** Account without its domain; never empty. */
  readonly name: string;
  readonly domain: string | null;
  /** The account is that of the system, a service or a computer. */
  readonly isMachine: boolean;
  readonly origin: Origin | null;
  readonly drafts: readonly ProviderDraft[];
}

/** A record's account and what it means as an access; no drafts where it is neither logon nor logoff. */
export function parseLogon(record: WindowsRecord): Logon {
  const said = toSaid(record);
  const meaning = Object.hasOwn(EVENTS, record.eventId) ? EVENTS[record.eventId] : undefined;
  const drafts = meaning === undefined || !isSecurity(record) || said.isMachine ? [] : meaning(said);
  const { name, domain, isMachine, origin } = said;
  return { name, domain, isMachine, origin, drafts };
}

/** Numbers of events are only unique within a log. */
function isSecurity({ channel }: WindowsRecord): boolean {
  return channel === null || channel === 'Security';
}

interface Said extends Omit<Logon, 'drafts'> {
  readonly record: WindowsRecord;
  readonly logonId: string | null;
  readonly logonType: number | null;
}

function toSaid(record: WindowsRecord): Said {
  const { data, eventId } = record;
  const [user, domain, logonId, sid] = namesOf(eventId);
  const name = textAt(data, user) ?? 'unknown';
  return {
    record,
    name,
    domain: unlessDash(textAt(data, domain)),
    isMachine: isMachine(name, textAt(data, sid)),
    origin: originOf(textAt(data, 'IpAddress') ?? textAt(data, 'ClientAddress'), integerAt(data, 'IpPort')),
    logonId: hexAt(record, logonId),
    logonType: integerAt(data, 'LogonType'),
  };
}

const SUBJECT = ['SubjectUserName', 'SubjectDomainName', 'SubjectLogonId', 'SubjectUserSid'] as const;
const TARGET = ['TargetUserName', 'TargetDomainName', 'TargetLogonId', 'TargetUserSid'] as const;
const CLIENT = ['AccountName', 'AccountDomain', 'LogonID', 'UserSid'] as const;

/**
 * Names of the data that tell who it was. Of all other events the subject counts: the target of a failed logon is what
 * somebody typed, which may be a password.
 */
function namesOf(eventId: number): typeof SUBJECT | typeof TARGET | typeof CLIENT {
  if (eventId === 4624 || eventId === 4634 || eventId === 4647) return TARGET;
  return eventId === 4778 || eventId === 4779 ? CLIENT : SUBJECT;
}

const EVENTS: Readonly<Record<number, (said: Said) => readonly ProviderDraft[]>> = {
  4624: logon,
  4634: (said) => (REMOTE_OR_LOCAL.has(said.logonType ?? 0) ? [draft(said, 'access.close', null)] : []),
  4647: (said) => [draft(said, 'access.close', null)],
  4648: explicitCredentials,
  // Which logon holds the rights of an administrator.
  4672: (said) => (said.name.endsWith('$') ? [] : [draft(said, 'session.link', null)]),
  // The session goes on while nobody is connected; a new connection leaves a logon of its own.
  4778: (said) => [draft(said, 'session.open', 'rdp')],
  4779: (said) => [draft(said, 'session.close', 'rdp')],
};

/** RemoteInteractive, and the same with cached credentials. */
const REMOTE: ReadonlySet<number> = new Set([10, 12]);
/** Interactive at the machine itself, and the same with cached credentials. */
const LOCAL: ReadonlySet<number> = new Set([2, 11]);
/** Unlock, and the same with cached credentials: from elsewhere it is how a session is taken up again. */
const UNLOCK: ReadonlySet<number> = new Set([7, 13]);
const REMOTE_OR_LOCAL: ReadonlySet<number> = new Set([...REMOTE, ...LOCAL, ...UNLOCK]);

/**
 * Network, batch and service logons (3, 4, 5, 8) open no session that somebody sits in front of: a file share leaves
 * thousands. NewCredentials (9) is told by 4648.
 */
function logon(said: Said): readonly ProviderDraft[] {
  const path = pathOf(said);
  if (path === null) return [];
  // An administrator's logon leaves two: that with the full rights counts, the other one belongs to it.
  return [draft(said, isFiltered(said.record) ? 'session.link' : 'access.open', path)];
}

function pathOf({ logonType, origin }: Said): Path | null {
  if (logonType === null) return null;
  if (REMOTE.has(logonType)) return 'rdp';
  if (LOCAL.has(logonType)) return 'console';
  return UNLOCK.has(logonType) && origin !== null && !LOOPBACK.has(origin.ip) ? 'rdp' : null;
}

const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', '::1', '0.0.0.0', '::']);

function isFiltered(record: WindowsRecord): boolean {
  const linked = hexAt(record, 'TargetLinkedLogonId');
  const elevated = textAt(record.data, 'ElevatedToken');
  return linked !== null && linked !== '0x0' && (elevated === '%%1843' || elevated === 'No');
}

/**
 * Somebody gave the password of another account: the logon that follows may be on another machine. It is told of
 * attempts too, whose account is what was typed: only one that Kerberos knew has a GUID.
 */
function explicitCredentials(said: Said): readonly ProviderDraft[] {
  const { data, computer } = said.record;
  const account = textAt(data, 'TargetUserName');
  const isKnown = /[1-9a-f]/i.test(textAt(data, 'TargetLogonGuid') ?? '');
  if (account === null || !isKnown || account.endsWith('$') || said.name.endsWith('$')) return [];
  const server = unlessDash(textAt(data, 'TargetServerName'));
  const target = server === null || server === 'localhost' ? computer : server;
  return [{ ...draft(said, 'credential.issue', null), account, actor: said.name, target }];
}

function draft(said: Said, kind: EventKind, path: Path | null): ProviderDraft {
  const { name, logonId, record } = said;
  const session = logonId === null ? {} : { logonId };
  return { kind, path, account: name, target: record.computer, session };
}

/**
 * Accounts that no person logs on with: system and services, and those of each desktop. Anybody may name an account
 * like one of them, or like a computer: where there is a SID, it alone counts.
 */
function isMachine(name: string, sid: string | null): boolean {
  return sid === null ? name.endsWith('$') || SYSTEM.test(name) : SYSTEM_SID.test(sid);
}

const SYSTEM = /^(?:SYSTEM|LOCAL SERVICE|NETWORK SERVICE|ANONYMOUS LOGON|DWM-\d{1,6}|UMFD-\d{1,6})$/i;
const SYSTEM_SID = /^S-1-5-(?:7|18|19|20|(?:80|90|96)-[\d-]{1,100})$/;

function unlessDash(text: string | null): string | null {
  return text === '-' ? null : text;
}

/** A logon id, which some converters write as a number. */
function hexAt({ data }: WindowsRecord, key: string): string | null {
  const value = valueAt(data, key);
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0)
    return `0x${value.toString(16)}`;
  const text = textAt(data, key);
  return text !== null && /^0x[0-9a-fA-F]{1,16}$/.test(text) ? text.toLowerCase() : null;
}
