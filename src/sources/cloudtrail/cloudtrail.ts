import { decodeLine } from '../../envelope/text.ts';
import { VALUE_LIMIT } from '../../files/frame-json-values.ts';
import type { Parsed } from '../../model/event.ts';
import type { Format, FormatContext, RecordPlace } from '../format.ts';
import { NO_RECORD, rejected } from '../to-event.ts';
import { parseIsoTime } from '../../envelope/time.ts';
import { decodeRecord } from './events.ts';
import { recognise, streamOf } from './recognise.ts';
import { type Found, parseJson, unwrap } from './unwrap.ts';

/** Records of an AWS trail, from its files, LookupEvents, EventBridge or CloudWatch Logs. */
export const cloudtrail: Format = {
  type: 'cloudtrail',
  title: 'AWS CloudTrail (trail files, LookupEvents, EventBridge, CloudWatch Logs)',
  layout: 'objects',
  screened: { product: 'aws', service: 'cloudtrail' },
  streamOf,
  framing: () => 'json-records',
  recognise,
  create: (context) => ({ decode: (record, place) => decode(record, place, context) }),
};

/** A framed record is one record of a trail, or an envelope with some. */
function decode(bytes: Uint8Array, place: RecordPlace, context: FormatContext): Parsed {
  const line = decodeLine(bytes, VALUE_LIMIT);
  if (!line.ok) return rejected(line.code, line.detail, place);
  if (line.text.trim() === '') return NO_RECORD;
  const parsed = parseJson(line.text);
  const found = 'value' in parsed ? unwrap(parsed.value) : [parsed];
  return combine(found.map((one, inner) => decodeFound(one, inner, place, context)));
}

function decodeFound(found: Found, inner: number, place: RecordPlace, context: FormatContext): Parsed {
  switch (found.kind) {
    case 'record':
      return decodeRecord(found.record, { ...place, inner }, context);
    case 'fault':
      return rejected(found.code, found.detail, place);
    default:
      return { ...NO_RECORD, time: timeOf(found.time, context) };
  }
}

function timeOf(written: string | null, { reference }: FormatContext): number | null {
  return written === null ? null : (parseIsoTime(written, { zone: 'UTC', reference })?.time ?? null);
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
