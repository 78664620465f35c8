import { type Envelope, type EnvelopeResult, reject } from './shape.ts';
import { parsePid, programName } from './tag.ts';

type Fields = Readonly<Record<string, unknown>>;

/** A journald record as `journalctl -o json` prints it. Fields with a leading underscore are the kernel's word. */
export function parseJournalJson(fields: Fields): EnvelopeResult {
  const micros =
    readMicros(fields, '_SOURCE_REALTIME_TIMESTAMP') ?? readMicros(fields, '__REALTIME_TIMESTAMP');
  if (micros === null) return reject('bad-time', 'journald record without a time in microseconds');
  return { ok: true, envelope: { ...readOrigin(fields, micros), ...readTrusted(fields) } };
}

/**
 * One entry of `journalctl -o export`: `NAME=value` lines, or `NAME` alone followed by a 64-bit little-endian
 * length, that many bytes and a line feed. Total: an entry that breaks off is rejected as cut-off.
 */
export function parseJournalExport(entry: Uint8Array): EnvelopeResult {
  const fields = readExportFields(entry);
  if (fields === null) return reject('cut-off', 'journal export entry ends inside a field');
  if (!('__REALTIME_TIMESTAMP' in fields)) return reject('no-time', 'journal export entry without a time');
  return parseJournalJson(fields);
}

/** A field as text: a string, the bytes journald prints for other than UTF-8, or the first of several values. */
export function fieldText(fields: Fields, name: string): string | null {
  return toText(fields[name]);
}

function toText(value: unknown): string | null {
  if (typeof value === 'string') return value;
  if (!Array.isArray(value)) return null;
  if (value.every((item) => typeof item === 'number'))
    return new TextDecoder().decode(Uint8Array.from(value));
  const first: unknown = value.find((item) => typeof item === 'string' || Array.isArray(item));
  // Several values may each be a list of bytes: one level down, never deeper.
  return typeof first === 'string'
    ? first
    : Array.isArray(first) && !first.some(Array.isArray)
      ? toText(first)
      : null;
}

function readOrigin(fields: Fields, micros: number): Envelope {
  return {
    time: micros / 1000,
    resolution: 0.001,
    assumed: [],
    host: fieldText(fields, '_HOSTNAME'),
    ident: programName(fieldText(fields, 'SYSLOG_IDENTIFIER') ?? fieldText(fields, '_COMM') ?? ''),
    pid: parsePid(fieldText(fields, '_PID')) ?? parsePid(fieldText(fields, 'SYSLOG_PID')),
    message: fieldText(fields, 'MESSAGE') ?? '',
    fields,
  };
}

function readTrusted(fields: Fields): Partial<Envelope> {
  const auditSession = readCount(fields, '_AUDIT_SESSION');
  const uid = readCount(fields, '_UID');
  const bootId = fieldText(fields, '_BOOT_ID');
  const comm = fieldText(fields, '_COMM');
  const messageId = fieldText(fields, 'MESSAGE_ID');
  return {
    // 2^32 - 1 is the kernel's "unset".
    ...(auditSession === null || auditSession === 4_294_967_295 ? {} : { auditSession }),
    ...(uid === null ? {} : { uid }),
    ...(bootId === null ? {} : { bootId }),
    ...(comm === null ? {} : { comm }),
    ...(messageId === null ? {} : { messageId }),
  };
}

function readMicros(fields: Fields, name: string): number | null {
  const text = fieldText(fields, name);
  // 16 digits reach the year 2286; 17 lose less than a microsecond in a double.
  return text !== null && /^\d{15,17}$/.test(text) ? Number(text) : null;
}

function readCount(fields: Fields, name: string): number | null {
  const text = fieldText(fields, name);
  return text !== null && /^\d{1,10}$/.test(text) ? Number(text) : null;
}

const LINE_FEED = 10;
const EQUALS = 61;

function readExportFields(entry: Uint8Array): Record<string, unknown> | null {
  // No prototype: a field may be called anything, also `__proto__`.
  const fields: Record<string, unknown> = Object.create(null);
  let at = 0;
  while (at < entry.length) {
    const end = lineEnd(entry, at);
    const equals = entry.subarray(at, end).indexOf(EQUALS);
    const binary = equals < 0 && end > at ? readBinary(entry, end + 1) : null;
    if (equals < 0 && end > at && binary === null) return null;
    const name = text(entry.subarray(at, equals < 0 ? end : at + equals));
    if (end > at) fields[name] ??= binary?.value ?? text(entry.subarray(at + equals + 1, end));
    at = binary?.next ?? end + 1;
  }
  return fields;
}

function readBinary(entry: Uint8Array, start: number): { value: string; next: number } | null {
  if (start + 8 > entry.length) return null;
  const length = new DataView(entry.buffer, entry.byteOffset + start, 8).getBigUint64(0, true);
  const end = start + 8 + Number(length);
  if (length > BigInt(entry.length) || end > entry.length) return null;
  return { value: text(entry.subarray(start + 8, end)), next: end + 1 };
}

function lineEnd(entry: Uint8Array, from: number): number {
  const end = entry.indexOf(LINE_FEED, from);
  return end < 0 ? entry.length : end;
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
