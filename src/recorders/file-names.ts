import { parseIsoTime } from '../envelope/time.ts';
import { baseName } from './text.ts';

/** Patterns tried where the configuration declares none. */
export const DEFAULT_NAMES = [
  '{time}-{user}-{pid}',
  '{user}-{time}-{pid}',
  '{time}-{user}',
  '{user}-{time}',
] as const;

/** What a file name says. Times without zone are read in the zone given. */
export interface NameFacts {
  readonly account: string | null;
  /** Epoch ms. */
  readonly opened: number | null;
  readonly openedAssumed: boolean;
  readonly host: string | null;
  readonly ip: string | null;
  readonly port: number | null;
  readonly pid: number | null;
  readonly tty: string | null;
  readonly auditSession: number | null;
  readonly id: string | null;
}

/** Reads a file name by the first pattern that fits it, without extensions and then with them; null where none does. */
export function parseFileName(path: string, patterns: readonly string[], zone: string): NameFacts | null {
  const name = baseName(path);
  // Linux allows 255 bytes; longer names come from elsewhere and are not tried.
  if (name.length > NAME_LIMIT) return null;
  for (const candidate of new Set([withoutExtension(name), name])) {
    for (const pattern of patterns) {
      const fields = matchPattern(compilePattern(pattern), candidate);
      const facts = fields === null ? null : toFacts(fields, zone);
      if (facts !== null) return facts;
    }
  }
  return null;
}

/** A base name without `.gz` and its last extension. */
export function withoutExtension(name: string): string {
  return name.replace(/\.gz$/, '').replace(/(?<=.)\.[A-Za-z][A-Za-z0-9]{0,9}$/, '');
}

const NAME_LIMIT = 255;

type Field = 'time' | 'user' | 'host' | 'ip' | 'port' | 'pid' | 'tty' | 'session' | 'id';

// Each placeholder by the characters it may hold; `time` also by its shape, checked when it is read.
const CLASSES: Readonly<Record<Field, RegExp>> = {
  time: /[0-9TZ+-]/,
  user: /[A-Za-z0-9_.@$+-]/,
  host: /[A-Za-z0-9_.-]/,
  ip: /[0-9A-Fa-f.:]/,
  port: /[0-9]/,
  pid: /[0-9]/,
  tty: /[A-Za-z0-9_-]/,
  session: /[A-Za-z0-9_-]/,
  id: /[A-Za-z0-9_.-]/,
};

const TIME = /^(?:\d{8}T\d{6}(?:Z|[+-]\d{4})?|\d{9,11})$/;

type Token = { readonly text: string } | { readonly field: Field };

/** Literal text and placeholders of a pattern; an unknown placeholder is literal text. */
function compilePattern(pattern: string): readonly Token[] {
  return pattern.split(/(\{[a-z]+\})/).flatMap((part): Token[] => {
    const field = /^\{([a-z]+)\}$/.exec(part)?.[1];
    if (field !== undefined && isField(field)) return [{ field }];
    return part === '' ? [] : [{ text: part }];
  });
}

function isField(name: string): name is Field {
  return Object.hasOwn(CLASSES, name);
}

/**
 * Matches token by token, longest first, and never tries the same token at the same place twice: at most
 * tokens × 255 × 255 steps (about a million for sixteen tokens), whatever the pattern.
 */
function matchPattern(tokens: readonly Token[], name: string): ReadonlyMap<Field, string> | null {
  const failed = new Set<number>();
  const found = new Map<Field, string>();
  const matchFrom = (index: number, at: number): boolean => {
    const token = tokens[index];
    if (token === undefined) return at === name.length;
    if (failed.has(index * (NAME_LIMIT + 1) + at)) return false;
    for (const end of endsOf(token, name, at)) {
      if (!matchFrom(index + 1, end)) continue;
      if ('field' in token) found.set(token.field, name.slice(at, end));
      return true;
    }
    failed.add(index * (NAME_LIMIT + 1) + at);
    return false;
  };
  return matchFrom(0, 0) ? found : null;
}

function endsOf(token: Token, name: string, at: number): readonly number[] {
  if ('text' in token) return name.startsWith(token.text, at) ? [at + token.text.length] : [];
  let end = at;
  while (end < name.length && CLASSES[token.field].test(name[end] ?? '')) end++;
  const ends = Array.from({ length: end - at }, (_, back) => end - back);
  return token.field === 'time' ? ends.filter((candidate) => TIME.test(name.slice(at, candidate))) : ends;
}

function toFacts(fields: ReadonlyMap<Field, string>, zone: string): NameFacts | null {
  const time = readTime(fields.get('time') ?? null, zone);
  // A name that begins with an impossible date fits no pattern: better no start than a wrong one.
  if (fields.has('time') && time === null) return null;
  return {
    account: fields.get('user') ?? null,
    opened: time?.time ?? null,
    openedAssumed: time?.assumed ?? false,
    host: fields.get('host') ?? null,
    ip: fields.get('ip') ?? null,
    port: readNumber(fields.get('port'), 65_535),
    pid: readNumber(fields.get('pid'), 2 ** 31 - 1),
    tty: fields.get('tty') ?? null,
    // 2^32 - 1 is the kernel's "unset".
    auditSession: readNumber(fields.get('session'), 2 ** 32 - 2),
    id: fields.get('id') ?? null,
  };
}

function readTime(text: string | null, zone: string): { time: number; assumed: boolean } | null {
  if (text === null) return null;
  if (/^\d{9,11}$/.test(text)) return { time: Number(text) * 1000, assumed: false };
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(.*)$/.exec(text);
  if (match === null) return null;
  const [, year, month, day, hour, minute, second, offset] = match;
  const time = parseIsoTime(`${year}-${month}-${day}T${hour}:${minute}:${second}${offset}`, {
    zone,
    reference: 0,
  });
  return time === null ? null : { time: time.time, assumed: time.assumed.length > 0 };
}

function readNumber(text: string | undefined, max: number): number | null {
  const value = text === undefined || !/^\d{1,10}$/.test(text) ? null : Number(text);
  return value !== null && value > 0 && value <= max ? value : null;
}
