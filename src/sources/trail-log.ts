import { decodeLine } from '../envelope/text.ts';
import { createFramer } from '../files/framing.ts';
import { VALUE_LIMIT } from '../files/frame-json-values.ts';
import type { Parsed } from '../model/event.ts';
import { findRecords } from './find-records.ts';
import type { RecordPlace } from './format.ts';
import type { Fields } from './json-fields.ts';
import { NO_RECORD, rejected } from './to-event.ts';

/**
 * Decodes one framed JSON value, in whatever is known to wrap records. `decodeRecord` is total and gives a time or a
 * reject.
 */
export function decodeTrail(
  bytes: Uint8Array,
  place: RecordPlace,
  isRecord: (value: Fields) => boolean,
  decodeRecord: (record: Fields) => Parsed,
): Parsed {
  const line = decodeLine(bytes, VALUE_LIMIT);
  if (!line.ok) return rejected(line.code, line.detail, place);
  if (line.text.trim() === '') return NO_RECORD;
  const parts = findRecords(line.text, isRecord).map((found): Parsed => {
    if (found.kind === 'record') return decodeRecord(found.record);
    if (found.kind === 'other') return { ...NO_RECORD, time: found.time };
    return rejected(found.code, found.detail, place);
  });
  return combine(parts);
}

function combine(parts: readonly Parsed[]): Parsed {
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return only;
  const times = parts.flatMap(({ time }) => (time === null ? [] : [time]));
  return {
    events: parts.flatMap(({ events }) => events),
    rejects: parts.flatMap(({ rejects }) => rejects),
    time: times.length === 0 ? null : times.reduce((a, b) => Math.max(a, b)),
    host: null,
    screen: parts.flatMap(({ screen }) => screen ?? []),
  };
}

const decoder = new TextDecoder('utf-8');
/** The first records of a file are like the rest; 50 of 1.3 KiB fill a head. */
const RECORDS_READ = 50;

/**
 * 1 where one of the first JSON values holds a record, or where the first value is longer than the head and has all
 * these keys, also as JSON within JSON; else 0. A journal holds whatever programs log and is never taken.
 */
export function recogniseTrail(
  head: Uint8Array,
  isRecord: (value: Fields) => boolean,
  keys: readonly string[],
): number {
  const framer = createFramer('json-records');
  const records = framer.push(head).slice(0, RECORDS_READ);
  const texts = records.map(({ bytes }) => decoder.decode(bytes)).filter((text) => isTaken(text));
  if (texts.some((text) => findRecords(text, isRecord).some(({ kind }) => kind === 'record'))) return 1;
  const { rest } = framer.end();
  if (records.length > 0 || rest === null) return 0;
  const text = decoder.decode(rest.bytes);
  return isTaken(text) && keys.every((key) => new RegExp(`"${key}\\\\?"\\s?:`).test(text)) ? 1 : 0;
}

function isTaken(text: string): boolean {
  return text.startsWith('{') && !text.includes('"__REALTIME_TIMESTAMP"');
}
