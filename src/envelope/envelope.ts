import { parseJournalJson } from './journal.ts';
import { parseJsonLine } from './json-line.ts';
import { parseRfc5424 } from './rfc5424.ts';
import { type EnvelopeOptions, type EnvelopeResult, JSON_LIMIT, reject, TEXT_LIMIT } from './shape.ts';
import { parseSyslogLine } from './syslog-line.ts';

export { fieldText, parseJournalExport } from './journal.ts';
export type { Envelope, EnvelopeOptions, EnvelopeResult } from './shape.ts';

/**
 * Reads one line in any shape a log file has: RFC 3164, RFC 5424, ISO-8601 (rsyslog), rsyslog JSON, journald JSON.
 * Total: any text, no throw. Details name the fault and never quote the line.
 */
export function parseEnvelope(line: string, options: EnvelopeOptions): EnvelopeResult {
  const text = line.endsWith('\r') ? line.slice(0, -1) : line;
  if (text.startsWith('{')) return parseJsonRecord(text, options);
  if (text.length > TEXT_LIMIT) return reject('too-long', `line above ${TEXT_LIMIT} characters`);
  return parseRfc5424(text, options) ?? parseSyslogLine(text, options);
}

function parseJsonRecord(text: string, options: EnvelopeOptions): EnvelopeResult {
  if (text.length > JSON_LIMIT) return reject('too-long', `JSON line above ${JSON_LIMIT} characters`);
  const record = parseObject(text);
  if (record === null) return reject('bad-json', 'not a JSON object');
  if ('__REALTIME_TIMESTAMP' in record) return parseJournalJson(record);
  return parseJsonLine(record, options, (inner) => parseEnvelope(inner, options));
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}
