import { bytesIn, numberIn, textIn, wireFields } from './wire.ts';

/** One event of a recording, as far as it is read. */
export interface RecordedEvent {
  /** Counts up by one from 0 through the whole session. */
  readonly index: number;
  /** `session.start`, `print`, `session.end`, … */
  readonly type: string;
  /** Epoch ms; null where none is set. */
  readonly time: number | null;
  /** The event itself, for the few kinds of which more is read. */
  readonly body: Uint8Array;
}

/**
 * Reads `OneOf`: its only field is the event, whatever its number; the event's first field is its metadata (1 index,
 * 2 type, 5 time). Null where the bytes are no such message.
 */
export function decodeEvent(bytes: Uint8Array): RecordedEvent | null {
  const [field] = wireFields(bytes);
  const body = field?.value;
  if (!(body instanceof Uint8Array)) return null;
  const metadata = bytesIn(body, 1);
  const type = textIn(metadata, 2);
  // A field that is zero is not written.
  return type === null ? null : { index: numberIn(metadata, 1) ?? 0, type, time: timeIn(metadata, 5), body };
}

/** A time of Go that was never set lies in the year 1. */
function timeIn(message: Uint8Array | null, number: number): number | null {
  const stamp = bytesIn(message, number);
  const seconds = numberIn(stamp, 1);
  const isDate = seconds !== null && seconds > 0 && seconds < LATEST_S;
  return isDate ? seconds * 1000 + Math.floor((numberIn(stamp, 2) ?? 0) / 1000) / 1000 : null;
}

// The year 5138: larger numbers are negative ones or damage.
const LATEST_S = 1e11;

/** Who and where, from `session.start` or `session.end`. */
export interface SessionFacts {
  readonly user: string | null;
  readonly login: string | null;
  readonly sid: string | null;
  readonly serverId: string | null;
  readonly hostname: string | null;
  /** `addr.remote` as written. */
  readonly remote: string | null;
  /** True where a terminal is known to be attached, false where it is known not to be. */
  readonly interactive: boolean | null;
}

/** Fields of `SessionStart`: 2 user, 3 session, 4 server, 5 connection, 6 terminal size. */
export function startFacts(body: Uint8Array): SessionFacts {
  const interactive = textIn(body, 6) === null ? null : true;
  return { ...facts(body, { server: 4, connection: 5 }), interactive };
}

/** Fields of `SessionEnd`: 2 user, 3 session, 4 connection, 5 server, 7 interactive. */
export function endFacts(body: Uint8Array): SessionFacts {
  return { ...facts(body, { server: 5, connection: 4 }), interactive: numberIn(body, 7) === 1 };
}

function facts(
  body: Uint8Array,
  at: { readonly server: number; readonly connection: number },
): Omit<SessionFacts, 'interactive'> {
  const user = bytesIn(body, 2);
  const server = bytesIn(body, at.server);
  return {
    user: textIn(user, 1),
    login: textIn(user, 2),
    sid: textIn(bytesIn(body, 3), 1),
    serverId: textIn(server, 2),
    hostname: textIn(server, 3),
    remote: textIn(bytesIn(body, at.connection), 2),
  };
}

/** How many bytes a `print` event shows: its field 3. They are counted and never kept. */
export function printedBytes(body: Uint8Array): number {
  return bytesIn(body, 3)?.length ?? 0;
}
