import type { LineSkim } from '../../files/framing.ts';

/**
 * Tells from its bytes that decoding a line of a system log would give nothing: neither an event nor a reject, nor
 * the name of a host that is new. Nine lines in ten of a server in the open are scans and brute force; decoding them
 * costs some ten microseconds each, looking at them a tenth of one.
 *
 * Every doubt decodes: another form of the line, a character out of place, an unknown message. The messages named here
 * are those of which no continuation means anything; a property test holds that against the decoder.
 */
export function createSkim(): LineSkim {
  return new SystemLogSkim();
}

/** Longer lines are left to the decoder, which bounds them. */
const LONGEST = 2048;
/** As many hosts as a report lists; behind them a new name changes nothing. */
const MAX_HOSTS = 10_000;

const SPACE = 0x20;
const COLON = 0x3a;
const OPEN = 0x5b;
const CLOSE = 0x5d;
const PAREN = 0x28;
const DASH = 0x2d;
const ZERO = 0x30;

/** `Mmm dd hh:mm:ss`, 15 bytes. */
const BSD_LENGTH = 15;

const bytesOf = (text: string): Uint8Array => Buffer.from(text, 'latin1');

const SSHD = ['sshd[', 'sshd-session[', 'sshd-auth['].map(bytesOf);
const CRON = bytesOf('CRON[');
const CRON_MESSAGES = ['pam_unix(cron:session): ', '('].map(bytesOf);
/** Messages of sshd that tell of nobody who is in, whatever follows: user names in them are the client's choice. */
const SSHD_MESSAGES = [
  'Failed ',
  'pam_unix(sshd:auth): ',
  'Invalid user ',
  'Disconnected from invalid user ',
  'Disconnected from authenticating user ',
  'Connection closed by invalid user ',
  'Connection closed by authenticating user ',
  'Connection reset by invalid user ',
  'Connection reset by authenticating user ',
  'Postponed ',
  'Partial ',
  'input_userauth_request: ',
  'error: maximum authentication attempts exceeded for ',
  'error: kex_exchange_identification: ',
  'banner exchange: ',
  'Unable to negotiate with ',
].map(bytesOf);
const PREAUTH = bytesOf(' [preauth]');
/** What may mean something even though it ends with `[preauth]`, or is read whole before its end is looked at. */
const TELLING = ['Accepted ', 'Starting session: ', 'pam_', 'message repeated '].map(bytesOf);

class SystemLogSkim implements LineSkim {
  /** The time of the last line that was found good; a busy log repeats it hundreds of times. */
  readonly #time = new Uint8Array(BSD_LENGTH);
  readonly #hosts = new HostTable();

  skips(chunk: Uint8Array, from: number, to: number): boolean {
    // The shortest line that is known: time, host of one letter, tag, message.
    if (to - from < BSD_LENGTH + 12 || to - from > LONGEST || chunk[from + BSD_LENGTH] !== SPACE)
      return false;
    if (!this.#isTime(chunk, from)) return false;
    const host = from + BSD_LENGTH + 1;
    const hostEnd = endOfHost(chunk, host, to);
    if (hostEnd < 0) return false;
    const tag = hostEnd + 1;
    const isSshd = SSHD.find((name) => startsWith(chunk, tag, to, name));
    if (isSshd !== undefined) {
      const message = endOfPid(chunk, tag + isSshd.length, to);
      return message > 0 && isIdle(chunk, message, to) && this.#hosts.has(chunk, host, hostEnd);
    }
    if (!startsWith(chunk, tag, to, CRON)) return false;
    const message = endOfPid(chunk, tag + CRON.length, to);
    const idle = CRON_MESSAGES.some((text) => message > 0 && startsWith(chunk, message, to, text));
    return idle && this.#hosts.has(chunk, host, hostEnd);
  }

  #isTime(chunk: Uint8Array, from: number): boolean {
    let same = true;
    for (let at = 0; at < BSD_LENGTH && same; at += 1) same = chunk[from + at] === this.#time[at];
    if (same) return true;
    if (!isBsdTime(chunk, from)) return false;
    this.#time.set(chunk.subarray(from, from + BSD_LENGTH));
    return true;
  }
}

/** Hosts that were decoded once: their further lines name nobody new. */
class HostTable {
  readonly #byHash = new Map<number, Uint8Array[]>();
  #count = 0;

  /** False for a host that is seen for the first time; it is known from then on. */
  has(chunk: Uint8Array, from: number, to: number): boolean {
    // FNV-1a; equal hashes are told apart by their bytes.
    let hash = 0x811c9dc5;
    for (let at = from; at < to; at += 1) hash = Math.imul(hash ^ (chunk[at] ?? 0), 0x01000193);
    const known = this.#byHash.get(hash);
    if (known?.some((name) => name.length === to - from && startsWith(chunk, from, to, name))) return true;
    if (this.#count >= MAX_HOSTS) return true;
    this.#count += 1;
    const name = chunk.slice(from, to);
    if (known === undefined) this.#byHash.set(hash, [name]);
    else known.push(name);
    return false;
  }
}

/** End of a host name; -1 where the word could be anything else. */
function endOfHost(chunk: Uint8Array, from: number, to: number): number {
  let at = from;
  for (; at < to; at += 1) {
    const byte = chunk[at] ?? 0;
    if (byte === SPACE) break;
    // Letters, digits, dots and hyphens; anything else (a tag, another alphabet) is left to the decoder.
    const isLetter = (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a;
    const isDigit = byte >= ZERO && byte <= 0x39;
    if (!isLetter && !isDigit && byte !== DASH && byte !== 0x2e) return -1;
  }
  return at > from && at < to && at - from <= 255 ? at : -1;
}

/** Start of the message behind `PID]: `; -1 where that is not what follows. */
function endOfPid(chunk: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && isDigit(chunk[at] ?? 0)) at += 1;
  if (at === from || at - from > 10 || at + 3 > to) return -1;
  return chunk[at] === CLOSE && chunk[at + 1] === COLON && chunk[at + 2] === SPACE ? at + 3 : -1;
}

function isIdle(chunk: Uint8Array, message: number, to: number): boolean {
  if (SSHD_MESSAGES.some((text) => startsWith(chunk, message, to, text))) return true;
  if (!startsWith(chunk, to - PREAUTH.length, to, PREAUTH) || to - PREAUTH.length < message) return false;
  // Solaris puts an id before the message.
  if (chunk[message] === OPEN || chunk[message] === PAREN) return false;
  return !TELLING.some((text) => startsWith(chunk, message, to, text));
}

function startsWith(chunk: Uint8Array, from: number, to: number, text: Uint8Array): boolean {
  if (from < 0 || from + text.length > to) return false;
  for (let at = 0; at < text.length; at += 1) if (chunk[from + at] !== text[at]) return false;
  return true;
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= 0x39;
}

/** Days of the months; a year in which 29 February exists is always near. */
const MONTHS: ReadonlyMap<number, number> = new Map(
  [
    ['Jan', 31],
    ['Feb', 29],
    ['Mar', 31],
    ['Apr', 30],
    ['May', 31],
    ['Jun', 30],
    ['Jul', 31],
    ['Aug', 31],
    ['Sep', 30],
    ['Oct', 31],
    ['Nov', 30],
    ['Dec', 31],
  ].map(([name, days]) => [monthKey(bytesOf(String(name)), 0), Number(days)]),
);

function monthKey(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
}

/** A time that is in the calendar. A leap second is left to the decoder. */
function isBsdTime(chunk: Uint8Array, at: number): boolean {
  const days = MONTHS.get(monthKey(chunk, at));
  if (days === undefined || chunk[at + 3] !== SPACE || chunk[at + 6] !== SPACE) return false;
  if (chunk[at + 9] !== COLON || chunk[at + 12] !== COLON) return false;
  const tens = chunk[at + 4] === SPACE ? ZERO : (chunk[at + 4] ?? 0);
  const day = pair(tens, chunk[at + 5] ?? 0);
  const hour = pair(chunk[at + 7] ?? 0, chunk[at + 8] ?? 0);
  const minute = pair(chunk[at + 10] ?? 0, chunk[at + 11] ?? 0);
  const second = pair(chunk[at + 13] ?? 0, chunk[at + 14] ?? 0);
  return day >= 1 && day <= days && hour <= 23 && minute <= 59 && second <= 59;
}

/** Two digits as a number; beyond every limit where they are none. */
function pair(tens: number, ones: number): number {
  return isDigit(tens) && isDigit(ones) ? (tens - ZERO) * 10 + (ones - ZERO) : 100;
}
