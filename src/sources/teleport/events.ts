import { parseIsoTime, type RecordTime } from '../../envelope/time.ts';
import type { Event, Parsed } from '../../model/event.ts';
import { stableId } from '../../util/ids.ts';
import type { FormatContext, RecordPlace } from '../format.ts';
import { type Fields, textAt } from '../json-fields.ts';
import { rejected } from '../to-event.ts';
import { type AuditEvent, commonDetail, type TeleportDraft, toAuditEvent } from './audit-event.ts';
import { parseMeaning } from './meaning.ts';

/** One audit event → what it means. Total; an event of a kind that is not read counts by its time alone. */
export function decodeRecord(record: Fields, place: RecordPlace, context: FormatContext): Parsed {
  const written = textAt(record, 'time');
  if (written === null) return rejected('no-time', 'audit event without a time', place);
  const time = parseIsoTime(written, { zone: 'UTC', reference: context.reference });
  if (time === null) return rejected('bad-time', 'time of an audit event is no ISO-8601 time', place);
  const event = toAuditEvent(record, time);
  return {
    events: parseMeaning(event).map((draft, index) => toEvent(draft, index, { event, time, place, context })),
    rejects: [],
    time: time.time,
    // Events of all servers come through the auth server: one that is silent is not this log's loss.
    host: null,
  };
}

interface Around {
  readonly event: AuditEvent;
  readonly time: RecordTime;
  readonly place: RecordPlace;
  readonly context: FormatContext;
}

function toEvent(draft: TeleportDraft, index: number, { event, time, place, context }: Around): Event {
  const id = idOf(event.record);
  // Never the place where there is an id: the same event comes in the server's log and from exporters.
  const parts = id === null ? [place.content, place.offset] : ['teleport', id, event.sid ?? ''];
  return {
    uid: stableId('ev', [...parts, event.name, index]),
    kind: draft.kind,
    time: draft.time ?? time.time,
    resolution: time.resolution,
    assumed: [],
    seq: place.seq,
    stream: context.stream,
    program: 'teleport',
    target: draft.target,
    reportedHost: null,
    path: draft.path,
    account: draft.account,
    actor: draft.actor === undefined ? event.user : draft.actor,
    origin: event.origin,
    credential: draft.credential ?? null,
    session: event.sid === null ? {} : { cloudSession: event.sid },
    detail: {
      ...(draft.control === undefined ? {} : { control: draft.control }),
      cloud: { ...commonDetail(event), eventId: id ?? '', ...draft.cloud },
    },
    ref: { source: place.file, record: String(place.line) },
  };
}

// A UUID; what samples leave of one is still told apart from a placeholder such as `...`.
const EVENT_ID = /^[\w-]{8,64}$/;

function idOf(record: Fields): string | null {
  const id = textAt(record, 'uid');
  return id !== null && EVENT_ID.test(id) ? id : null;
}
