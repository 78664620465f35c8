import { decodeLine } from '../../envelope/text.ts';
import { parseBsdTime, parseEpochTime, parseIsoTime, type RecordTime } from '../../envelope/time.ts';
import type { Parsed } from '../../model/event.ts';
import type { Format, FormatContext, RecordPlace } from '../format.ts';
import { headLines } from '../head-lines.ts';
import { toProviderParsed } from '../provider-event.ts';
import { NO_RECORD, rejected } from '../to-event.ts';
import { parsePamLine } from './line.ts';
import { fieldOf, findMapping, findMeaning, type Mapping } from './mapping.ts';
import { readRecord } from './meaning.ts';
import type { PamRecord } from './record.ts';

/** Products that broker privileged sessions, over syslog; a product is a file in mappings/. */
export const pam: Format = {
  type: 'pam',
  title:
    'Products for privileged sessions over syslog (CEF, LEEF, JSON): CyberArk, BeyondTrust, Delinea, WALLIX',
  framing: () => 'lines',
  recognise,
  create: (context) => ({ decode: (record, place) => decode(record, place, context) }),
};

/** 1 where one of the first lines carries a record of a product that a mapping names. */
function recognise(head: Uint8Array): number {
  const isKnown = (line: string): boolean => {
    const read = parsePamLine(line, { zone: 'UTC', reference: 4_102_444_800_000 });
    return read.ok && read.record !== null && findMapping(read.record) !== undefined;
  };
  return headLines(head).some(isKnown) ? 1 : 0;
}

function decode(bytes: Uint8Array, place: RecordPlace, context: FormatContext): Parsed {
  const line = decodeLine(bytes);
  if (!line.ok) return rejected(line.code, line.detail, place);
  if (line.text.trim() === '') return NO_RECORD;
  const read = parsePamLine(line.text, context);
  if (!read.ok) return rejected(read.code, read.detail, place);
  const mapping = read.record === null ? undefined : findMapping(read.record);
  const own =
    read.record === null || mapping === undefined ? undefined : timeOf(read.record, mapping, context);
  if (own === null) return rejected('bad-time', 'the time of the record is in no form that is known', place);
  const time = own ?? read.time;
  if (time === null) return rejected('no-time', 'a record without a time', place);
  if (read.record === null || mapping === undefined) return { ...NO_RECORD, time: time.time };
  return decodeRecord(read.record, mapping, time, { place, context });
}

function decodeRecord(
  record: PamRecord,
  mapping: Mapping,
  time: RecordTime,
  { place, context }: { readonly place: RecordPlace; readonly context: FormatContext },
): Parsed {
  const meaning = findMeaning(mapping, record);
  if (meaning === undefined) return { ...NO_RECORD, time: time.time };
  const read = readRecord(record, mapping, meaning, time.time);
  if ('problem' in read) return { ...rejected('unparsed-message', read.problem, place), time: time.time };
  const around = { type: 'pam', place: { ...place, inner: 0 }, context };
  return toProviderParsed(read.said, Object.fromEntries(record.fields), time, around);
}

/** Undefined where the record names no time of its own: then the header's counts. */
function timeOf(record: PamRecord, mapping: Mapping, context: FormatContext): RecordTime | null | undefined {
  const written = fieldOf(record, mapping, 'time');
  if (written === null) return undefined;
  if (/^\d{9,14}$/.test(written)) return parseEpochTime(Number(written));
  return parseIsoTime(written, context) ?? parseBsdTime(written, context);
}
