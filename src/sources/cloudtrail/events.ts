import { parseIsoTime, type RecordTime } from '../../envelope/time.ts';
import type { CloudDetail, Event, Origin, Parsed, Screenable } from '../../model/event.ts';
import { stableId } from '../../util/ids.ts';
import { parseIp } from '../../util/ip.ts';
import type { FormatContext, RecordPlace } from '../format.ts';
import { rejected } from '../to-event.ts';
import { parseAccess } from './accesses.ts';
import { type Call, toCall, type TrailDraft } from './call.ts';
import { type Control, parseControl, resourceOfRecord } from './controls.ts';
import { type Fields, textAt } from './fields.ts';

/** Where one record stands. */
export interface TrailPlace extends RecordPlace {
  /** Its number within the framed one, from 0. */
  readonly inner: number;
}

/** One trail record → its accesses, and itself for the rules to see. Total. */
export function decodeRecord(record: Fields, place: TrailPlace, context: FormatContext): Parsed {
  const written = textAt(record, 'eventTime');
  if (written === null) return rejected('no-time', 'record of a trail without eventTime', place);
  // The times of a trail are UTC, also where an export leaves the zone out.
  const time = parseIsoTime(written, { zone: 'UTC', reference: context.reference });
  if (time === null) return rejected('bad-time', 'eventTime is no ISO-8601 time', place);
  const call = toCall(record, time);
  const base = baseOf(call, time, place, context);
  return {
    events: parseAccess(call).map((draft, index) => toEvent(draft, index, base)),
    rejects: [],
    time: time.time,
    host: null,
    screen: [toScreenable(call, base)],
  };
}

type Base = Pick<
  Event,
  'time' | 'resolution' | 'assumed' | 'seq' | 'stream' | 'program' | 'origin' | 'ref'
> & {
  readonly id: readonly (string | number)[];
  readonly cloud: CloudDetail;
};

function baseOf(call: Call, time: RecordTime, place: TrailPlace, context: FormatContext): Base {
  const id = idOf(call.record);
  return {
    time: time.time,
    resolution: time.resolution,
    assumed: [],
    seq: place.seq,
    stream: context.stream,
    program: 'cloudtrail',
    origin: originOf(call.record),
    ref: { source: place.file, record: id ?? String(place.line) },
    // Never the place where there is an id: the same record comes in a file, from the API and over the event bus.
    id: id === null ? [place.content, place.offset, place.inner, call.action] : ['cloudtrail', id],
    cloud: cloudOf(call, id),
  };
}

/** An updated record that got an id of its own names the first one. */
function idOf(record: Fields): string | null {
  const id = textAt(record, 'addendum', 'originalEventID') ?? textAt(record, 'eventID');
  return id !== null && EVENT_ID.test(id) ? id : null;
}

// A GUID; what samples leave of one is still told apart from a placeholder such as `...`.
const EVENT_ID = /^[\w-]{8,64}$/;

function originOf(record: Fields): Origin | null {
  const ip = textAt(record, 'sourceIPAddress');
  return ip === null || parseIp(ip) === null ? null : { ip, port: null };
}

function cloudOf({ caller, record, service, action, account }: Call, id: string | null): CloudDetail {
  const since = caller.since === null ? null : parseIsoTime(caller.since, { zone: 'UTC', reference: 0 });
  const shared = textAt(record, 'sharedEventID');
  return {
    provider: 'aws',
    service,
    action,
    eventId: id ?? '',
    ...(shared === null ? {} : { sharedId: shared }),
    account,
    region: textAt(record, 'awsRegion'),
    identity: caller.type,
    arn: caller.arn,
    ...(caller.key === null ? {} : { usedKey: caller.key }),
    ...(caller.sourceIdentity === null ? {} : { sourceIdentity: caller.sourceIdentity }),
    ...(since === null ? {} : { sessionSince: since.time }),
    ...(caller.mfa === undefined ? {} : { mfa: caller.mfa }),
    ...(caller.namedByProvider ? { namedByProvider: true } : {}),
  };
}

function toEvent(draft: TrailDraft, index: number, { id, cloud, ...base }: Base): Event {
  return {
    ...base,
    uid: stableId('ev', [...id, index]),
    kind: draft.kind,
    target: draft.target,
    reportedHost: null,
    path: draft.path,
    account: draft.account,
    actor: draft.actor ?? null,
    credential: draft.credential ?? null,
    session: draft.session ?? {},
    detail: { cloud: { ...cloud, ...draft.cloud } },
  };
}

/** What a record becomes where a rule matches it, or where it changes recording or its evidence. */
function toScreenable(call: Call, { id, cloud, ...base }: Base): Screenable {
  const control = parseControl(call);
  const event: Event = {
    ...base,
    uid: stableId('ev', [...id, 'control']),
    kind: 'control.change',
    target: call.account,
    reportedHost: null,
    path: null,
    account: call.caller.name,
    actor: null,
    credential: null,
    session: {},
    detail: {
      control: `${call.service}:${call.action}`.slice(0, LONGEST_CONTROL),
      cloud: { ...cloud, ...changeOf(call, control) },
    },
  };
  return { record: call.record, event, always: control !== null };
}

// Service and call together; the longest real pair has some 90 characters.
const LONGEST_CONTROL = 256;

function changeOf(call: Call, control: Control | null): Pick<CloudDetail, 'resource' | 'state'> {
  const resource = control === null ? resourceOfRecord(call.record) : control.resource;
  return {
    ...(resource === null ? {} : { resource }),
    ...(control?.state === undefined ? {} : { state: control.state }),
  };
}
