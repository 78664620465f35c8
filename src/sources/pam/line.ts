import { parseEnvelope } from '../../envelope/envelope.ts';
import { type EnvelopeOptions } from '../../envelope/shape.ts';
import { parseBsdTime, parseIsoTime, type RecordTime } from '../../envelope/time.ts';
import type { RejectCode } from '../../model/event.ts';
import { parseCef } from './cef.ts';
import { parseLeef } from './leef.ts';
import { parseBracketed, parseJsonRecord } from './other-forms.ts';
import type { PamRecord } from './record.ts';

export type PamLine =
  | { readonly ok: true; readonly record: PamRecord | null; readonly time: RecordTime | null }
  | { readonly ok: false; readonly code: RejectCode; readonly detail: string };

const PAYLOAD = /CEF:\s?\d{1,3}\||LEEF:\s?[12](?:\.\d)?\||\[[A-Z]{2,16} Session\] |\{/;

/**
 * A syslog line that carries a record, or a record by itself. The header is read leniently: products write the
 * version of RFC 5424 and then leave its fields out. `record` is null for a line that carries none.
 */
export function parsePamLine(line: string, options: EnvelopeOptions): PamLine {
  const payload = PAYLOAD.exec(line.slice(0, SEARCHED));
  if (payload === null || payload.index > 0) return parseHeaded(line, payload?.index ?? null, options);
  if (!line.startsWith('{')) return taken(parsePayload(line), null);
  const own = parseJsonRecord(line);
  if (own !== null) return taken(own, null);
  const shipped = parseEnvelope(line, options);
  if (!shipped.ok) return shipped;
  const { message, ...time } = shipped.envelope;
  return { ok: true, record: parsePayload(message), time };
}

// A header, its tag and structured data.
const SEARCHED = 4096;

const HEADER =
  /^(?:<\d{1,3}>)?(?:1 )?(?:([A-Z][a-z]{2} [ 0-9]?\d(?: \d{4})? \d\d:\d\d:\d\d(?:\.\d{1,9})?)|(\d{4}-\d\d-\d\d[T ]\S{8,24}))(?: |$)/;

function parseHeaded(line: string, at: number | null, options: EnvelopeOptions): PamLine {
  const match = HEADER.exec(line);
  if (match === null)
    return { ok: false, code: 'unknown-shape', detail: 'neither a syslog header nor a record' };
  const [, bsd, iso] = match;
  const time = bsd === undefined ? parseIsoTime(iso ?? '', options) : parseBsdTime(bsd, options);
  if (time === null)
    return { ok: false, code: 'bad-time', detail: 'the time of the header is in no calendar' };
  return at === null ? { ok: true, record: null, time } : taken(parsePayload(line.slice(at)), time);
}

function parsePayload(text: string): PamRecord | null {
  if (text.startsWith('{')) return parseJsonRecord(text);
  return parseCef(text) ?? parseLeef(text) ?? parseBracketed(text);
}

function taken(record: PamRecord | null, time: RecordTime | null): PamLine {
  if (record !== null || time !== null) return { ok: true, record, time };
  return { ok: false, code: 'unknown-shape', detail: 'a record whose header is not whole' };
}
