import type { Access, CloudAccess } from '../../model/access.ts';
import { stableId } from '../../util/ids.ts';
import { groupBy, inOrder } from '../order.ts';
import { type Chains, type CloudEvent, isCloudEvent, toChains } from './chain.ts';
import type { Event } from '../../model/event.ts';

/** Sign-in and the first call of its session are stamped by different services. */
const SIGN_IN_SLACK_MS = 60_000;

/** A key pushed to an instance: it opens one sshd login there within a minute. */
export interface PushedKey {
  readonly event: CloudEvent;
  readonly access: Access;
}

export interface CloudAccesses {
  readonly accesses: readonly Access[];
  /** Keys of EC2 Instance Connect: the login that uses one is the same access. */
  readonly pushedKeys: readonly PushedKey[];
}

/**
 * Events of cloud audit trails → accesses. A session that the trail and the sessions' own list both show is one; a
 * call that several accounts got a record of is one; root's calls within one sign-in are one. `recordedEnds` tells
 * when sessions ended by their recordings.
 */
export function toCloudAccesses(
  all: readonly Event[],
  recordedEnds: ReadonlyMap<string, number>,
): CloudAccesses {
  const events = inOrder(all.filter(isCloudEvent)).filter(isCloudEvent);
  const chains = toChains(events);
  const withId = events.filter((event) => event.session.cloudSession !== undefined);
  const sessions = [...groupBy(withId, (event) => event.session.cloudSession ?? '')];
  const single = events.filter((event) => event.session.cloudSession === undefined);
  const opens = single.filter((event) => event.kind === 'access.open');
  const calls = [...groupBy(opens, callKey).values()].flatMap((own) => own.slice(0, 1));
  const signIns = calls.filter((event) => event.path === 'console' && event.account === 'root');
  const uses = single.filter((event) => event.kind === 'access.use');
  return {
    accesses: [
      ...sessions.flatMap(([id, own]) => sessionAccess(id, own, chains, recordedEnds.get(id))),
      ...calls.map((event) => pointAccess(event, chains)),
      ...rootAccesses(uses, signIns, chains),
    ],
    pushedKeys: pushedKeysOf(single, chains),
  };
}

/** One call may leave a record in the caller's and in the role's account. */
function callKey(event: CloudEvent): string {
  const { sharedId, issuedKey, eventId } = event.detail.cloud;
  return issuedKey ?? sharedId ?? eventId;
}

/** The service's own list of sessions: it knows ends, and not who stands behind the owner. */
const LISTED = 'DescribeSessions';

/** A session from whoever saw it begin; the trail's own record says more than the list of sessions. */
function sessionAccess(
  id: string,
  events: readonly CloudEvent[],
  chains: Chains,
  recordedEnd: number | undefined,
): Access[] {
  const opens = events.filter((event) => event.kind === 'access.open');
  const first = opens.find((event) => event.detail.cloud.action !== LISTED) ?? opens[0];
  if (first === undefined) return [];
  const uid = stableId('acc', ['cloud', id]);
  return [
    {
      ...toAccess(first, chains),
      uid,
      connection: uid,
      opened: Math.min(...opens.slice(0, 1_000).map((event) => event.time)),
      ...endOf(first, events, recordedEnd),
      streams: [...new Set(events.map((event) => event.stream))],
      refs: events.map((event) => event.ref),
    },
  ];
}

/** A command is over when it was sent: what it does takes no hand. A tunnel has no recording that could end it. */
function endOf(
  first: CloudEvent,
  events: readonly CloudEvent[],
  recordedEnd: number | undefined,
): Pick<Access, 'closed' | 'closedBy'> {
  const { cloud } = first.detail;
  if (first.path === 'ssm-command' && cloud.output !== undefined)
    return { closed: first.time, closedBy: 'record' };
  const close = events.find((event) => event.kind === 'access.close' && event.time >= first.time);
  if (close !== undefined) return { closed: close.time, closedBy: 'record' };
  if (recordedEnd === undefined || isTunnelled(first)) return { closed: null, closedBy: null };
  return { closed: Math.max(first.time, recordedEnd), closedBy: 'recording' };
}

/** A sign-in or an assumed role is an act: what is done with it leaves records of its own. */
function pointAccess(event: CloudEvent, chains: Chains): Access {
  return { ...toAccess(event, chains), closed: event.time, closedBy: 'record' };
}

/** Root's calls of one session are one access; those after a sign-in belong to it. */
function rootAccesses(uses: readonly CloudEvent[], signIns: readonly CloudEvent[], chains: Chains): Access[] {
  const bySession = groupBy(uses, rootKey);
  return [...bySession.values()].flatMap((own) => {
    const [first] = own;
    if (first === undefined || signIns.some((signIn) => beganWith(first, signIn))) return [];
    const uid = stableId('acc', ['cloud', 'root', rootKey(first)]);
    const closed = own.at(-1)?.time ?? first.time;
    return [
      {
        ...toAccess(first, chains),
        uid,
        connection: uid,
        closed,
        closedBy: 'record' as const,
        refs: own.slice(0, MAX_REFS).map((event) => event.ref),
      },
    ];
  });
}

/** Records shown of one root session; a script can leave thousands. */
const MAX_REFS = 20;
const DAY_MS = 86_400_000;

/** Root's session by its beginning; calls with a long-lived key have none and are counted by day. */
function rootKey(event: CloudEvent): string {
  const { account, usedKey, sessionSince } = event.detail.cloud;
  return `${account} ${usedKey ?? ''} ${sessionSince ?? `day ${Math.floor(event.time / DAY_MS)}`}`;
}

function beganWith(use: CloudEvent, signIn: CloudEvent): boolean {
  const { account, sessionSince } = use.detail.cloud;
  if (sessionSince === undefined || account !== signIn.detail.cloud.account) return false;
  return Math.abs(sessionSince - signIn.time) <= SIGN_IN_SLACK_MS;
}

function pushedKeysOf(events: readonly CloudEvent[], chains: Chains): PushedKey[] {
  return events
    .filter((event) => event.kind === 'credential.issue' && event.path === 'ec2-connect')
    .map((event) => ({ event, access: toAccess(event, chains) }));
}

function toAccess(event: CloudEvent, chains: Chains): Access {
  const uid = stableId('acc', ['cloud', callKey(event), event.target ?? '']);
  return {
    uid,
    path: event.path ?? 'api-role',
    account: event.account ?? event.detail.cloud.arn ?? 'unknown',
    accountUid: null,
    actor: event.actor,
    target: event.target ?? event.detail.cloud.account ?? 'unknown',
    origin: event.origin,
    credential: event.credential,
    opened: event.time,
    closed: null,
    closedBy: null,
    resolution: event.resolution,
    assumed: event.assumed,
    channelsShown: false,
    connection: uid,
    session: event.session,
    forcedCommand: null,
    ioLog: null,
    command: null,
    via: null,
    parents: [],
    streams: [event.stream],
    cloud: toCloud(event, chains),
    withoutAccepted: false,
    refs: [event.ref],
  };
}

function toCloud(event: CloudEvent, chains: Chains): CloudAccess {
  const { cloud } = event.detail;
  const { links, names } = chains(event);
  return {
    provider: cloud.provider,
    account: cloud.account,
    region: cloud.region,
    identity: cloud.identity,
    arn: cloud.arn,
    action: cloud.action,
    document: cloud.document ?? null,
    documentClass: cloud.documentClass ?? null,
    reason: cloud.reason ?? null,
    mfa: cloud.mfa ?? null,
    tunnel: isTunnelled(event),
    forwards: cloud.forwards ?? null,
    output: cloud.output ?? null,
    chain: links,
    names,
  };
}

function isTunnelled({ detail: { cloud } }: CloudEvent): boolean {
  return cloud.forwards !== undefined || cloud.documentClass === 'tunnel';
}
