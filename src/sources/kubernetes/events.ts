import { parseIsoTime, type RecordTime } from '../../envelope/time.ts';
import type { CloudDetail, Event, Origin, Parsed, Screenable } from '../../model/event.ts';
import { stableId } from '../../util/ids.ts';
import { parseIp } from '../../util/ip.ts';
import type { FormatContext, RecordPlace } from '../format.ts';
import { textAt, textsAt, type Fields } from '../json-fields.ts';
import { rejected } from '../to-event.ts';
import { findReach, type Reach } from './accesses.ts';
import { findControl } from './controls.ts';
import { type Request, succeeded, toRequest, toScreened } from './request.ts';

/** One audit record → the opening and the end of an access, and itself for the rules to see. Total. */
export function decodeRecord(record: Fields, place: RecordPlace, context: FormatContext): Parsed {
  const times = timesOf(record, context);
  if (times === null) return rejected('no-time', 'audit record without a time that can be read', place);
  const request = toRequest(record);
  const seen = { request, times, base: baseOf(request, times, place, context), cluster: context.host };
  return {
    events: toEvents(seen),
    rejects: [],
    time: times.stage.time,
    host: null,
    ...(IS_LAST.has(request.stage) ? { screen: [toScreenable(seen)] } : {}),
  };
}

const IS_LAST = new Set(['ResponseComplete', 'Panic']);

interface Times {
  /** When the server received the request: the same in all records of it. */
  readonly received: RecordTime;
  /** When the stage of this record was reached. */
  readonly stage: RecordTime;
}

function timesOf(record: Fields, { reference }: FormatContext): Times | null {
  const read = (key: string): RecordTime | null => {
    const written = textAt(record, key);
    return written === null ? null : parseIsoTime(written, { zone: 'UTC', reference });
  };
  const received = read('requestReceivedTimestamp');
  const stage = read('stageTimestamp') ?? received ?? read('timestamp');
  return stage === null ? null : { received: received ?? stage, stage };
}

type Base = Pick<Event, 'seq' | 'stream' | 'program' | 'origin' | 'reportedHost' | 'credential' | 'ref'> & {
  readonly id: readonly string[];
  readonly cloud: CloudDetail;
};

function baseOf(request: Request, times: Times, place: RecordPlace, context: FormatContext): Base {
  const { record, auditId } = request;
  return {
    seq: place.seq,
    stream: context.stream,
    program: 'kubernetes',
    origin: originOf(record),
    reportedHost: null,
    credential: null,
    ref: { source: place.file, record: String(place.line) },
    // A client may choose the id, and use one twice to hide a request behind an earlier one: the moment at which
    // the server received it, to the microsecond, is not the client's choice.
    id: ['kubernetes', auditId, String(times.received.time)],
    cloud: cloudOf(request),
  };
}

/** All but the last address are what the client or a proxy says of itself. */
function originOf(record: Fields): Origin | null {
  const ip = textsAt(record, 'sourceIPs').at(-1);
  return ip === undefined || parseIp(ip) === null ? null : { ip, port: null };
}

function cloudOf({ auditId, resource, subresource, caller }: Request): CloudDetail {
  return {
    provider: 'kubernetes',
    service: 'kubernetes',
    action: (subresource === '' ? resource : `${resource}/${subresource}`).slice(0, LONGEST_ACTION),
    eventId: auditId,
    // Users belong to the cluster, whose name no record tells, and not to a namespace.
    account: null,
    region: null,
    identity: caller.identity,
    arn: caller.stableName,
    ...(caller.key === null ? {} : { usedKey: caller.key }),
  };
}

// Resource and subresource are names of at most 63 characters each, a verb has at most 16.
const LONGEST_ACTION = 144;

/** What is known of one record. */
interface Seen {
  readonly request: Request;
  readonly times: Times;
  readonly base: Base;
  /** The cluster, where the folder or the source's `host` names it: records do not. */
  readonly cluster: string | null;
}

/**
 * A session opens when its request was received and ends when the response is complete. Policies may leave out the
 * record between, so the last one tells both; the opening is the same in either.
 */
function toEvents(seen: Seen): readonly Event[] {
  const { request, times } = seen;
  const reach = findReach(request);
  if (reach === null) return [];
  const close = accessEvent('access.close', times.stage, reach, seen);
  // A panic ends also a session that had begun; where none had, an end alone opens nothing.
  if (request.stage === 'Panic') return [close];
  if (!succeeded(request)) return [];
  const open = accessEvent('access.open', times.received, reach, seen);
  if (request.stage === 'ResponseStarted') return [open];
  return request.stage === 'ResponseComplete' ? [open, close] : [];
}

function accessEvent(
  kind: 'access.open' | 'access.close',
  { time, resolution }: RecordTime,
  { path, target, command, forwards }: Reach,
  { request: { caller, stage }, base: { id, cloud, ...base }, cluster }: Seen,
): Event {
  return {
    ...base,
    uid: stableId('ev', [...id, stage, kind]),
    kind,
    time,
    resolution,
    assumed: [],
    target: cluster === null ? target : `${cluster}/${target}`,
    path,
    account: caller.impersonated ?? caller.name,
    actor: caller.impersonated === null ? null : caller.name,
    session: { cloudSession: id.slice(1).join('@') },
    detail: {
      ...(command === undefined ? {} : { command }),
      cloud: { ...cloud, ...(forwards === undefined ? {} : { forwards }) },
    },
  };
}

/** What a request becomes where a rule matches it, or where it changes recording or its evidence. */
function toScreenable({ request, times, base: { id, cloud, ...base }, cluster }: Seen): Screenable {
  const control = findControl(request);
  const { time, resolution } = times.stage;
  const action = `${request.verb}-${cloud.action}`.slice(0, LONGEST_ACTION);
  const event: Event = {
    ...base,
    uid: stableId('ev', [...id, request.stage, 'control']),
    kind: 'control.change',
    time,
    resolution,
    assumed: [],
    target: cluster,
    path: null,
    account: request.caller.impersonated ?? request.caller.name,
    actor: request.caller.impersonated === null ? null : request.caller.name,
    session: {},
    detail: {
      control: `kubernetes:${action}`,
      cloud: { ...cloud, action, ...control },
    },
  };
  return { record: toScreened(request), event, always: control !== null };
}
