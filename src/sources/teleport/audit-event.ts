import { parseIsoTime, type RecordTime } from '../../envelope/time.ts';
import type { BrokeredSession, CloudDetail, Credential, EventKind, Origin } from '../../model/event.ts';
import type { Path } from '../../model/path.ts';
import { parseAddress } from '../../util/host-port.ts';
import { type Fields, textAt, textsAt, valueAt } from '../json-fields.ts';

/** One audit event, as far as every kind of it needs it. */
export interface AuditEvent {
  readonly record: Fields;
  /** `event`, e.g. `session.start`. */
  readonly name: string;
  readonly code: string;
  /** Epoch ms. */
  readonly time: number;
  /** Session; old versions and some kinds leave it empty. */
  readonly sid: string | null;
  /** The person's or bot's name in Teleport. */
  readonly user: string | null;
  /** `addr.remote`: where the client came from. */
  readonly origin: Origin | null;
}

/** What an audit event means, before the record completes it. */
export interface TeleportDraft {
  readonly kind: EventKind;
  /** Epoch ms where it is not the record's own. */
  readonly time?: number | null;
  readonly path: Path | null;
  readonly account: string | null;
  /** The event's user where absent. */
  readonly actor?: string | null;
  readonly target: string | null;
  readonly credential?: Credential;
  readonly control?: string;
  readonly cloud?: Partial<CloudDetail>;
}

export function toAuditEvent(record: Fields, { time }: RecordTime): AuditEvent {
  return {
    record,
    name: textAt(record, 'event') ?? '',
    code: textAt(record, 'code') ?? '',
    time,
    sid: textAt(record, 'sid'),
    user: textAt(record, 'user') ?? textAt(record, 'updated_by'),
    origin: parseAddress(textAt(record, 'addr.remote') ?? ''),
  };
}

/** Whether what was asked for happened: `success` where the event has it, else the last letter of its code. */
export function succeeded({ record, code }: AuditEvent): boolean {
  return flagOf(record, 'success') ?? !/[EW]$/.test(code);
}

/** What every kind of event tells about who acted and how. */
export function commonDetail({ record, name, sid }: AuditEvent): Omit<CloudDetail, 'eventId'> {
  const impersonator = textAt(record, 'impersonator');
  const reason = textAt(record, 'reason');
  const session = sid === null ? {} : brokeredSession(record);
  return {
    provider: 'teleport',
    service: textAt(record, 'proto') ?? name.split('.', 1)[0] ?? '',
    action: name.slice(0, LONGEST_NAME),
    account: textAt(record, 'cluster_name'),
    region: null,
    identity: KINDS.get(record['user_kind']) ?? 'user',
    arn: null,
    ...(impersonator === null ? {} : { sourceIdentity: impersonator }),
    ...(textAt(record, 'with_mfa') === null ? {} : { mfa: true }),
    ...(reason === null ? {} : { reason }),
    ...(Object.keys(session).length === 0 ? {} : { brokered: session }),
  };
}

// The longest name of an event has some 50 characters.
const LONGEST_NAME = 128;

// `user_kind`; 0 and absence say nothing.
const KINDS: ReadonlyMap<unknown, string> = new Map([
  [1, 'human'],
  [2, 'bot'],
  [3, 'system'],
]);

// A session runs under one request, rarely under a few.
const REQUESTS_KEPT = 8;

function brokeredSession(record: Fields): BrokeredSession {
  const mode = textAt(record, 'session_recording');
  const interactive = flagOf(record, 'interactive');
  const enhanced = flagOf(record, 'enhanced_recording');
  const subKind = textAt(record, 'server_sub_kind');
  const requests = textsAt(record, 'access_requests').slice(0, REQUESTS_KEPT);
  return {
    ...(mode === null ? {} : { mode }),
    ...(interactive === undefined ? {} : { interactive }),
    ...(enhanced === undefined ? {} : { enhanced }),
    ...(subKind === null ? {} : { agentless: subKind.startsWith('openssh') }),
    ...(textAt(record, 'forwarded_by') === null ? {} : { forwarded: true }),
    ...(requests.length === 0 ? {} : { requests }),
  };
}

/** A moment written in a field; null where there is none. Go writes the year 1 for a time that was never set. */
export function timeOf(record: Fields, key: string): number | null {
  const written = textAt(record, key);
  const time = written === null ? null : parseIsoTime(written, { zone: 'UTC', reference: 0 });
  return time === null || time.time <= 0 ? null : time.time;
}

/** A boolean; undefined where there is none. */
export function flagOf(record: Fields, key: string): boolean | undefined {
  const value = valueAt(record, key);
  return typeof value === 'boolean' ? value : undefined;
}
