import { parseEpochTime, parseIsoTime, type RecordTime } from '../envelope/time.ts';
import type { Parsed } from '../model/event.ts';
import type { Format, FormatContext, RecordPlace } from './format.ts';
import type { Fields } from './json-fields.ts';
import { type ProviderRecord, toProviderParsed } from './provider-event.ts';
import { NO_RECORD, rejected } from './to-event.ts';
import { decodeTrail, recogniseTrail } from './trail-log.ts';

/** What tells one provider's audit records, as JSON, from another's. */
export interface ProviderSpec {
  readonly type: string;
  readonly title: string;
  readonly screened: { readonly product: string; readonly service: string };
  /** Whether a JSON object is a record of this provider. */
  isOwn(fields: Fields): boolean;
  /** Whether a JSON object that is no such record still belongs into such a log: it is passed over. */
  isOther?(fields: Fields): boolean;
  /** Keys that every record has: a first record longer than a file's head is known by them. */
  readonly keys: readonly string[];
  /** Zone of times that are written without one; null where the source's own counts. */
  readonly zone: 'UTC' | null;
  /** When it happened: ISO-8601, or an epoch as a number; null where the record does not say. */
  timeOf(record: Fields): string | number | null;
  /** What a record says. Total. */
  read(record: Fields, time: RecordTime): ProviderRecord;
}

/**
 * A format of audit records of a provider, one JSON object each: a line each, an array, or a list in a known wrapping.
 * Logs grow by lines; an export is complete when it appears: reading on from a cursor serves both.
 */
export function defineProviderFormat(spec: ProviderSpec): Format {
  const isOwn = (fields: Fields): boolean => spec.isOwn(fields);
  return {
    type: spec.type,
    title: spec.title,
    layout: 'log',
    screened: spec.screened,
    framing: () => 'json-records',
    recognise: (head) => recogniseTrail(head, isOwn, spec.keys),
    create: (context) => ({ decode: (record, place) => decode(record, place, context, spec) }),
  };
}

function decode(bytes: Uint8Array, place: RecordPlace, context: FormatContext, spec: ProviderSpec): Parsed {
  let inner = -1;
  return decodeTrail(
    bytes,
    place,
    (fields) => spec.isOwn(fields) || spec.isOther?.(fields) === true,
    (record) => {
      inner += 1;
      return decodeRecord(record, { ...place, inner }, context, spec);
    },
  );
}

function decodeRecord(
  record: Fields,
  place: RecordPlace & { readonly inner: number },
  context: FormatContext,
  spec: ProviderSpec,
): Parsed {
  const written = spec.timeOf(record);
  if (written === null) return rejected('no-time', 'record without a time', place);
  const zone = spec.zone ?? context.zone;
  const time =
    typeof written === 'number' ? parseEpochTime(written) : parseIsoTime(written, { ...context, zone });
  if (time === null) return rejected('bad-time', 'the time is neither ISO-8601 nor an epoch', place);
  if (!spec.isOwn(record)) return { ...NO_RECORD, time: time.time };
  // A zone that the format itself fixes is known, not assumed.
  const known = spec.zone === null ? time : { ...time, assumed: [] };
  return toProviderParsed(spec.read(record, known), record, known, { type: spec.type, place, context });
}
