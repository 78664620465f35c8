import type { CloudDetail, Event, EventKind } from '../model/event.ts';
import { stableId } from '../util/ids.ts';
import type { SessionFacts } from './sessions.ts';
import { toSessionDocument } from '../model/session-document.ts';
import { parseContainer } from './sessions-container.ts';

/** Where a list of sessions was read. */
export interface SessionPlace {
  /** Stream that the events belong to. */
  readonly stream: string;
  /** 12 digits. */
  readonly account: string | null;
  readonly region: string | null;
}

/**
 * A listed session as events: `access.open` at its start and, where it ended, `access.close` at its end. Both are of
 * program `cloudtrail` and carry the session's id, so that a trail's record of the same session makes no second
 * access. Uids come from the session's id alone: reading a list again changes nothing.
 */
export function toSessionEvents(sessions: readonly SessionFacts[], place: SessionPlace): readonly Event[] {
  return sessions
    .flatMap((session) => {
      const open = toEvent(session, place, 'access.open', session.startedAt);
      const { endedAt } = session;
      return endedAt === null ? [open] : [open, toEvent(session, place, 'access.close', endedAt)];
    })
    .map((event, seq) => ({ ...event, seq }));
}

function toEvent(session: SessionFacts, place: SessionPlace, kind: EventKind, time: number): Event {
  const container = parseContainer(session.target ?? '');
  const { path } = toSessionDocument(session.document);
  return {
    uid: stableId('ev', ['ssm-session', session.id, kind]),
    kind,
    time,
    // The service keeps milliseconds.
    resolution: 1,
    assumed: [],
    seq: 0,
    stream: place.stream,
    program: 'cloudtrail',
    target: container ?? session.target,
    reportedHost: null,
    path: container === null ? path : 'ecs-exec',
    account: nameOf(session.owner),
    actor: null,
    origin: null,
    credential: null,
    session: { cloudSession: session.id },
    detail: { cloud: toCloud(session, place, kind) },
    ref: { source: place.stream, record: session.id },
  };
}

function toCloud(session: SessionFacts, { account, region }: SessionPlace, kind: EventKind): CloudDetail {
  const { documentClass } = toSessionDocument(session.document);
  const { identity, name } = callerOf(session.owner);
  return {
    provider: 'aws',
    service: 'ssm',
    action: 'DescribeSessions',
    eventId: `session/${session.id}/${kind === 'access.open' ? 'start' : 'end'}`,
    account,
    region,
    identity,
    arn: session.owner,
    documentClass,
    ...(session.document === null ? {} : { document: session.document }),
    ...(session.reason === null ? {} : { reason: session.reason }),
    ...(documentClass === 'tunnel' ? { forwards: { host: null, port: null } } : {}),
    ...(name?.startsWith(IDENTITY_CENTER) === true ? { namedByProvider: true } : {}),
  };
}

/** Roles that IAM Identity Center makes: it names their sessions after the person who signed in. */
const IDENTITY_CENTER = 'AWSReservedSSO_';

interface Caller {
  /** As `userIdentity.type` of a trail's records. */
  readonly identity: string;
  readonly name: string | null;
}

/** ARNs have at most 2,048 characters; what is longer is no ARN. */
const MAX_ARN = 2048;
const ARN = /^arn:aws[a-z-]{0,20}:(?:iam|sts)::\d{12}:([a-z-]{1,20})(?:\/(.+))?$/;

/** Who an owner's ARN names, in the words of a trail. */
function callerOf(owner: string | null): Caller {
  const [, kind = '', rest] = owner === null || owner.length > MAX_ARN ? [] : (ARN.exec(owner) ?? []);
  if (kind === 'root') return { identity: 'Root', name: 'root' };
  if (rest === undefined) return { identity: 'Unknown', name: owner };
  if (kind === 'assumed-role') return { identity: 'AssumedRole', name: rest };
  if (kind === 'federated-user') return { identity: 'FederatedUser', name: rest };
  // The path of a user is no part of its name.
  if (kind === 'user') return { identity: 'IAMUser', name: rest.slice(rest.lastIndexOf('/') + 1) };
  return { identity: 'Unknown', name: owner };
}

function nameOf(owner: string | null): string | null {
  return callerOf(owner).name;
}
