import type { RecordTime } from '../envelope/time.ts';
import type {
  CloudDetail,
  Credential,
  Event,
  EventKind,
  Origin,
  Parsed,
  Provider,
  SessionIds,
} from '../model/event.ts';
import type { Path } from '../model/path.ts';
import { stableId } from '../util/ids.ts';
import { parseIp } from '../util/ip.ts';
import type { FormatContext, RecordPlace } from './format.ts';
import type { Fields } from './json-fields.ts';

/** What a record of a provider's audit trail says, before its place completes it. */
export interface ProviderRecord {
  readonly provider: Provider;
  /** Part of the provider that wrote it, e.g. `signin`, `iap`. */
  readonly service: string;
  readonly action: string;
  /** What makes the record itself unique, wherever it is read from; null where it has no id. */
  readonly id: readonly (string | number)[] | null;
  /** The id as a person looks it up. */
  readonly eventId: string | null;
  /** Who did it; never empty. */
  readonly name: string;
  readonly origin: Origin | null;
  /** Host that wrote the record; null for what is no host. */
  readonly host: string | null;
  readonly cloud: Pick<CloudDetail, 'account' | 'region' | 'identity' | 'arn'> & Partial<CloudDetail>;
  readonly drafts: readonly ProviderDraft[];
  readonly control: ProviderControl | null;
}

/** One thing that a record means. */
export interface ProviderDraft {
  readonly kind: EventKind;
  readonly path: Path | null;
  readonly account: string;
  readonly actor?: string | null;
  readonly target: string | null;
  readonly credential?: Credential;
  readonly session?: SessionIds;
  readonly cloud?: Partial<CloudDetail>;
}

/** What a record says about recording, its evidence, or who may reach what. */
export interface ProviderControl {
  readonly target: string | null;
  readonly resource: string | null;
  /** Absent where the record does not tell what holds after it. */
  readonly state?: 'off' | 'on';
}

interface Surroundings {
  /** Type of the format. */
  readonly type: string;
  readonly place: RecordPlace & { readonly inner: number };
  readonly context: FormatContext;
}

type Base = Omit<Event, 'uid' | 'kind' | 'target' | 'reportedHost' | 'path' | 'account' | 'actor'> & {
  readonly cloud: CloudDetail;
  readonly id: readonly (string | number)[];
};

/** The events of one record, and the record itself for rules to see. */
export function toProviderParsed(
  said: ProviderRecord,
  record: Fields,
  time: RecordTime,
  around: Surroundings,
): Parsed {
  const base = baseOf(said, time, around);
  const { context } = around;
  const control = toEvent(controlDraft(said), 'control', base, said, context);
  const detail = {
    ...control.detail,
    control: `${said.service}:${said.action}`.slice(0, LONGEST_CONTROL),
    cloud: { ...base.cloud, ...changeOf(said.control) },
  };
  return {
    events: said.drafts.map((draft, index) => toEvent(draft, index, base, said, context)),
    rejects: [],
    time: time.time,
    host: said.host,
    screen: [{ record, event: { ...control, detail }, always: said.control !== null }],
  };
}

// Service and action together; the longest real pair has some 110 characters.
const LONGEST_CONTROL = 256;

function baseOf(said: ProviderRecord, time: RecordTime, { type, place, context }: Surroundings): Base {
  // Never the place where there is an id: the same record comes from several exports of one time.
  const id = said.id ?? [place.content, place.offset, place.inner, said.action];
  const { provider, service, action } = said;
  return {
    time: time.time,
    resolution: time.resolution,
    assumed: time.assumed,
    seq: place.seq,
    stream: context.stream,
    program: type,
    origin: said.origin,
    credential: null,
    session: {},
    detail: {},
    ref: { source: place.file, record: String(place.line) },
    id: [type, ...id],
    // Records that share an id are taken for one: a record without one is told apart by its place.
    cloud: { provider, service, action, eventId: said.eventId ?? stableId('ev', id), ...said.cloud },
  };
}

function controlDraft({ name, control }: ProviderRecord): ProviderDraft {
  return { kind: 'control.change', path: null, account: name, target: control?.target ?? null };
}

function changeOf(control: ProviderControl | null): Pick<CloudDetail, 'resource' | 'state'> {
  return {
    ...(control === null || control.resource === null ? {} : { resource: control.resource }),
    ...(control?.state === undefined ? {} : { state: control.state }),
  };
}

function toEvent(
  draft: ProviderDraft,
  index: number | 'control',
  { id, cloud, ...base }: Base,
  { host }: ProviderRecord,
  context: FormatContext,
): Event {
  // A record that a host wrote about itself is that of the host its folder names.
  const target = host !== null && draft.target === host ? (context.host ?? host) : draft.target;
  return {
    ...base,
    uid: stableId('ev', [...id, ...(target === draft.target ? [] : [target ?? '']), index]),
    kind: draft.kind,
    target,
    reportedHost: host !== null && host !== target ? host : null,
    path: draft.path,
    account: draft.account,
    actor: draft.actor ?? null,
    credential: draft.credential ?? null,
    session: draft.session ?? {},
    detail: { cloud: { ...cloud, ...draft.cloud } },
  };
}

/** An address, with a port where both are known; null for whatever else stands in such a field. */
export function originOf(ip: string | null, port: number | null = null): Origin | null {
  if (ip === null || parseIp(ip) === null) return null;
  return { ip, port: port !== null && port >= 1 && port <= 65_535 ? port : null };
}
