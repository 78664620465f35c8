import type { Draft } from '../messages/message.ts';
import type { Event, Parsed, Ref, Reject, RejectCode } from '../model/event.ts';
import { stableId } from '../util/ids.ts';
import type { FormatContext, RecordPlace } from './format.ts';

/** What the record around a message tells. */
export interface RecordFacts {
  /** Epoch ms. */
  readonly time: number;
  readonly resolution: number;
  readonly assumed: readonly ('zone' | 'year')[];
  /** Host that the record names. */
  readonly host: string | null;
  /** Text of the record: goes into the events' ids and nowhere else. */
  readonly text: string;
}

/**
 * Completes the events of one record. Their uid is made from content, offset and bytes, so that a renamed, copied
 * or compressed log gives the same ones, and from the target, so that equal lines of two hosts stay apart.
 */
export function toEvents(
  drafts: readonly Draft[],
  facts: RecordFacts,
  place: RecordPlace,
  context: FormatContext,
): readonly Event[] {
  const target = context.host ?? facts.host;
  return drafts.map((draft, index) => ({
    ...draft,
    uid: stableId('ev', [place.content, place.offset, target ?? '', facts.text, index]),
    time: facts.time,
    resolution: facts.resolution,
    assumed: facts.assumed,
    seq: place.seq,
    stream: context.stream,
    target,
    reportedHost: facts.host !== null && facts.host !== target ? facts.host : null,
    ref: toRef(place),
  }));
}

/** A record that could not be read. The detail names the fault and never quotes the record. */
export function toReject(code: RejectCode, detail: string, place: RecordPlace): Reject {
  return { code, detail, ref: toRef(place) };
}

/** Result for a record that is rejected whole. */
export function rejected(code: RejectCode, detail: string, place: RecordPlace): Parsed {
  return { events: [], rejects: [toReject(code, detail, place)], time: null, host: null };
}

/** Result for what is no record at all: an empty line, a header. */
export const NO_RECORD: Parsed = { events: [], rejects: [], time: null, host: null };

function toRef(place: RecordPlace): Ref {
  return { source: place.file, record: String(place.line) };
}
