import { parseIsoTime, type RecordTime } from '../../envelope/time.ts';
import type { CloudDetail, Event, Origin, Parsed, Screenable } from '../../model/event.ts';
import { stableId } from '../../util/ids.ts';
import { parseIp } from '../../util/ip.ts';
import type { FormatContext, RecordPlace } from '../format.ts';
import { type Fields, textAt, valueAt } from '../json-fields.ts';
import { rejected } from '../to-event.ts';
import { type Call, succeeded, toCall, toScreened } from './call.ts';
import { findControl } from './controls.ts';
import { findIssue, type Issue } from './issues.ts';

/** One entry → what it handed out, the use of a root token, and itself for the rules to see. Total. */
export function decodeEntry(entry: Fields, place: RecordPlace, context: FormatContext): Parsed {
  const written = textAt(entry, 'time');
  if (written === null) return rejected('no-time', 'audit entry without time', place);
  const time = parseIsoTime(written, { zone: 'UTC', reference: context.reference });
  if (time === null) return rejected('bad-time', 'time of an audit entry is no ISO-8601 time', place);
  const call = toCall(entry);
  const seen = { call, base: baseOf(call, time, place, context), server: serverOf(call, context) };
  return {
    events: succeeded(call) ? toEvents(seen) : [],
    rejects: [],
    time: time.time,
    host: null,
    // The request comes back whole in its response.
    ...(entry['type'] === 'response' ? { screen: [toScreenable(seen)] } : {}),
  };
}

/** What is known of one entry. */
interface Seen {
  readonly call: Call;
  readonly base: Base;
  /** The Vault and the namespace in it. */
  readonly server: string;
}

/** Entries do not name their server: the folder or the source's `host` may. */
function serverOf({ namespace }: Call, { host }: FormatContext): string {
  const server = host ?? 'vault';
  return namespace === null ? server : `${server}/${namespace}`;
}

type Base = Omit<
  Event,
  'uid' | 'kind' | 'path' | 'account' | 'actor' | 'target' | 'credential' | 'detail'
> & {
  readonly id: readonly string[];
  readonly cloud: CloudDetail;
};

function baseOf(call: Call, time: RecordTime, place: RecordPlace, { stream }: FormatContext): Base {
  return {
    time: time.time,
    resolution: time.resolution,
    assumed: [],
    seq: place.seq,
    stream,
    program: 'vault',
    reportedHost: null,
    origin: originOf(call.request),
    session: {},
    ref: { source: place.file, record: String(place.line) },
    // Several audit devices write the same request under the same id.
    id: ['vault', call.id],
    cloud: cloudOf(call),
  };
}

function originOf(request: Fields): Origin | null {
  const ip = textAt(request, 'remote_address');
  if (ip === null || parseIp(ip) === null) return null;
  const port = valueAt(request, 'remote_port');
  const isPort = typeof port === 'number' && Number.isInteger(port) && port >= 1 && port <= 65_535;
  return { ip, port: isPort ? port : null };
}

function cloudOf({ id, operation, mount, namespace, caller }: Call): CloudDetail {
  return {
    provider: 'vault',
    service: 'vault',
    // Of the path the mount alone: below it stand names of secrets, in old releases tokens.
    action: `${operation} ${mount}`.slice(0, LONGEST_ACTION),
    eventId: id,
    account: namespace,
    region: null,
    identity: caller.identity,
    arn: caller.entity,
    ...(caller.key === null ? {} : { usedKey: caller.key }),
  };
}

// An operation and a mount, whose names are short in all that people write by hand.
const LONGEST_ACTION = 256;

function toEvents(seen: Seen): readonly Event[] {
  const issue = findIssue(seen.call);
  const issued = issue === null ? [] : [toIssue(issue, seen)];
  return seen.call.caller.isRoot ? [...issued, toRootUse(seen)] : issued;
}

function toIssue(issue: Issue, { call, base: { id, cloud, ...base }, server }: Seen): Event {
  const isMount = issue.target !== null && issue.target === call.mount;
  return {
    ...base,
    uid: stableId('ev', [...id, issue.action]),
    kind: 'credential.issue',
    path: issue.path,
    account: issue.account,
    actor: call.caller.name,
    target: isMount ? `${server}/${call.mount}` : issue.target,
    credential: issue.credential,
    detail: { cloud: { ...cloud, action: issue.action, ...issue.cloud } },
  };
}

/** Whatever a root token does is a use of the highest privilege there is, whatever the token is called. */
function toRootUse({ call, base: { id, cloud, ...base }, server }: Seen): Event {
  return {
    ...base,
    uid: stableId('ev', [...id, 'root']),
    kind: 'access.use',
    path: 'secret',
    account: 'root',
    actor: call.caller.name === 'root' ? null : call.caller.name,
    target: server,
    credential: { type: 'token', id: null },
    detail: { cloud },
  };
}

/** What a call becomes where a rule matches it, or where it changes the audit log. */
function toScreenable({ call, base: { id, cloud, ...base }, server }: Seen): Screenable {
  const { action = cloud.action, ...change } = findControl(call) ?? {};
  const event: Event = {
    ...base,
    uid: stableId('ev', [...id, 'control']),
    kind: 'control.change',
    path: null,
    account: call.caller.name,
    actor: null,
    target: server,
    credential: null,
    detail: { control: `vault:${action}`, cloud: { ...cloud, action, ...change } },
  };
  return { record: toScreened(call), event, always: 'resource' in change };
}
