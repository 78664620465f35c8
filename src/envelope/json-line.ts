import { type EnvelopeOptions, type EnvelopeResult, reject } from './shape.ts';
import { parsePid, parseTag } from './tag.ts';
import { parseBsdTime, parseEpochTime, parseIsoTime, type RecordTime } from './time.ts';

// Key names of rsyslog templates, rsyslog's jsonmesg, fluent-bit, vector and Elastic's schema.
const TIME_KEYS = ['ts', 'timestamp', '@timestamp', 'time', 'timereported', 'date'];
const HOST_KEYS = ['host', 'hostname', 'HOSTNAME', 'fromhost'];
const PROGRAM_KEYS = [
  'prog',
  'programname',
  'program',
  'app-name',
  'appname',
  'app_name',
  'tag',
  'syslogtag',
  'ident',
];
const PID_KEYS = ['pid', 'procid'];
const MESSAGE_KEYS = ['msg', 'message', 'MESSAGE'];

/**
 * One JSON object per line, as rsyslog and shippers write them. Where no key names the program, the message
 * may be a whole syslog line, which `parseInner` reads.
 */
export function parseJsonLine(
  record: Readonly<Record<string, unknown>>,
  options: EnvelopeOptions,
  parseInner: (line: string) => EnvelopeResult,
): EnvelopeResult {
  const message = firstText(record, MESSAGE_KEYS);
  if (message === null) return reject('unknown-shape', 'JSON object without a message');
  const tag = parseTag(firstText(record, PROGRAM_KEYS) ?? nestedText(record, 'process', 'name') ?? '');
  // A message that is itself JSON is not unpacked: one level of nesting bounds the recursion.
  const inner = tag.ident === null && !message.startsWith('{') ? parseInner(message) : null;
  if (inner?.ok === true) return inner;
  const time = readTime(record, options);
  if (typeof time === 'string') return reject(time, 'JSON object without a readable time');
  const pid = readPid(record) ?? tag.pid;
  return {
    ok: true,
    envelope: { ...time, host: readHost(record), ident: tag.ident, pid, message: trimmed(message) },
  };
}

function readTime(
  record: Readonly<Record<string, unknown>>,
  options: EnvelopeOptions,
): RecordTime | 'no-time' | 'bad-time' {
  const value = first(record, TIME_KEYS);
  if (value === undefined) return 'no-time';
  if (typeof value === 'number') return parseEpochTime(value) ?? 'bad-time';
  if (typeof value !== 'string') return 'bad-time';
  if (/^\d{9,20}(?:\.\d{1,9})?$/.test(value)) return parseEpochTime(Number(value)) ?? 'bad-time';
  return parseIsoTime(value, options) ?? parseBsdTime(value, options) ?? 'bad-time';
}

function readHost(record: Readonly<Record<string, unknown>>): string | null {
  return (
    firstText(record, HOST_KEYS) ??
    nestedText(record, 'host', 'name') ??
    nestedText(record, 'host', 'hostname')
  );
}

function readPid(record: Readonly<Record<string, unknown>>): number | null {
  const nested = record['process'];
  const value = first(record, PID_KEYS) ?? (isObject(nested) ? nested['pid'] : undefined);
  return parsePid(value);
}

/** rsyslog's `msg` keeps the space that follows the tag. */
function trimmed(message: string): string {
  return message.startsWith(' ') ? message.slice(1) : message;
}

function first(record: Readonly<Record<string, unknown>>, keys: readonly string[]): unknown {
  const key = keys.find((name) => record[name] !== undefined && record[name] !== null && record[name] !== '');
  return key === undefined ? undefined : record[key];
}

function firstText(record: Readonly<Record<string, unknown>>, keys: readonly string[]): string | null {
  const key = keys.find((name) => typeof record[name] === 'string' && record[name] !== '');
  return key === undefined ? null : String(record[key]);
}

function nestedText(record: Readonly<Record<string, unknown>>, key: string, name: string): string | null {
  const nested = record[key];
  return isObject(nested) && typeof nested[name] === 'string' ? nested[name] : null;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
