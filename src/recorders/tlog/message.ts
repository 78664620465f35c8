import { type TimingSums, parseTiming } from './timing.ts';

/** One tlog message, its content reduced to counts: what was typed and shown never leaves this module. */
export interface TlogMessage {
  readonly rec: string;
  readonly host: string;
  readonly user: string;
  readonly term: string;
  /** Kernel audit session; null where unset. */
  readonly session: number | null;
  readonly id: number;
  /** Milliseconds from the start of the recording. */
  readonly pos: number;
  /** Epoch ms; formats before 2 have none. */
  readonly time: number | null;
  /** Null where the timing is in no known form. */
  readonly timing: TimingSums | null;
  readonly inputChars: number;
  readonly outputChars: number;
  readonly inputBytes: number;
  readonly outputBytes: number;
}

/** A text that holds one tlog message; null where it is JSON of another shape or no JSON. */
export function parseMessage(text: string): TlogMessage | null {
  const value = parseObject(text);
  if (value === null) return null;
  const { rec, host, user, term, id, pos, timing } = value;
  if (typeof value['ver'] !== 'string' || !isName(rec) || !isName(host) || !isName(user)) return null;
  if (!isCount(id) || id < 1 || !isCount(pos) || typeof timing !== 'string') return null;
  const content = countContent(value);
  if (content === null) return null;
  const identity = { rec, host, user, term: typeof term === 'string' ? term : '' };
  return {
    ...identity,
    session: readSession(value['session']),
    id,
    pos,
    ...readTime(value),
    ...content,
    timing: parseTiming(timing),
  };
}

/** What a cut line still shows of the recording it belongs to. */
export interface CutMessage {
  readonly rec: string;
  readonly host: string | null;
  readonly user: string | null;
  readonly session: number | null;
  readonly id: number | null;
}

/**
 * Reads the identifying fields of a line that breaks off, bare or inside an envelope's JSON (where quotes are
 * escaped). They stand at the beginning of every message: only the first 4 KiB are searched.
 */
export function scanCutMessage(line: string): CutMessage | null {
  const start = line.slice(0, 4096);
  const rec = textField(start, 'rec');
  if (rec === null) return null;
  return {
    rec,
    host: textField(start, 'host'),
    user: textField(start, 'user'),
    session: readSession(numberField(start, 'session')),
    id: numberField(start, 'id'),
  };
}

// The closing quote or comma is required: a name or number that is itself cut is not read.
function textField(text: string, name: string): string | null {
  const match = new RegExp(`\\\\?"${name}\\\\?":\\\\?"([^"\\\\]{1,255})\\\\?"`).exec(text);
  return match?.[1] ?? null;
}

function numberField(text: string, name: string): number | null {
  const match = new RegExp(`\\\\?"${name}\\\\?":(\\d{1,10}),`).exec(text);
  return match === null ? null : Number(match[1]);
}

type Fields = Readonly<Record<string, unknown>>;

function parseObject(text: string): Fields | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}

function countContent(
  value: Fields,
): Pick<TlogMessage, 'inputChars' | 'outputChars' | 'inputBytes' | 'outputBytes'> | null {
  const [inText, outText] = [value['in_txt'] ?? '', value['out_txt'] ?? ''];
  const [inBytes, outBytes] = [value['in_bin'] ?? [], value['out_bin'] ?? []];
  if (typeof inText !== 'string' || typeof outText !== 'string') return null;
  if (!Array.isArray(inBytes) || !Array.isArray(outBytes)) return null;
  return {
    inputChars: characters(inText),
    outputChars: characters(outText),
    inputBytes: inBytes.length,
    outputBytes: outBytes.length,
  };
}

/** tlog counts Unicode characters: one outside the basic plane is one, where a string's length says two. */
function characters(text: string): number {
  let pairs = 0;
  for (let i = 0; i + 1 < text.length; i++) {
    if (isBetween(text.charCodeAt(i), 0xd800, 0xdbff) && isBetween(text.charCodeAt(i + 1), 0xdc00, 0xdfff))
      pairs++;
  }
  return text.length - pairs;
}

function isBetween(value: number, low: number, high: number): boolean {
  return value >= low && value <= high;
}

function readTime(value: Fields): { time: number | null } {
  const seconds = value['time'];
  // Between 1973 and 5138: a time of a recorder, in seconds, whatever was written there.
  const known = typeof seconds === 'number' && seconds > 1e8 && seconds < 1e11;
  return { time: known ? Math.round(seconds * 1000) : null };
}

/** 0 and 2^32 - 1 are the kernel's "unset". */
function readSession(value: unknown): number | null {
  return isCount(value) && value > 0 && value < 4_294_967_295 ? value : null;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

/** Names become keys and are printed: 255 characters are longer than any host, account or recording id. */
function isName(value: unknown): value is string {
  return typeof value === 'string' && value.length <= 255;
}
