import type { Access } from '../../model/access.ts';
import type { BrokeredSession, Event } from '../../model/event.ts';
import { stableId } from '../../util/ids.ts';
import { groupBy, inOrder } from '../order.ts';
import { type Chains, type CloudEvent, isCloudEvent, knowsCaller, toChains } from './chain.ts';
import { rootAccesses } from './root.ts';
import { callKey, isTunnelled, toAccess } from './to-access.ts';

/** A key pushed to an instance: it opens one sshd login there within a minute. */
export interface PushedKey {
  readonly event: CloudEvent;
  readonly access: Access;
}

export interface CloudAccesses {
  readonly accesses: readonly Access[];
  /** Keys of EC2 Instance Connect: the login that uses one is the same access. */
  readonly pushedKeys: readonly PushedKey[];
  /** Certificates that were signed: logins that use one are by whoever asked for it. */
  readonly certificates: readonly PushedKey[];
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
  const signIns = opens.filter((event) => event.path === 'console' && event.account === 'root');
  const uses = single.filter((event) => event.kind === 'access.use');
  return {
    accesses: [
      ...sessions.flatMap(([id, own]) => sessionAccess(id, own, chains, recordedEnds.get(id))),
      ...[...groupBy(opens, callKey).values()].flatMap((own) => callAccess(own, chains)),
      ...rootAccesses(uses, signIns, chains),
    ],
    pushedKeys: issuesOf(single, chains, (event) => event.path === 'ec2-connect'),
    certificates: issuesOf(single, chains, (event) => (event.credential?.serial ?? '0') !== '0'),
  };
}

/** Who saw a session begin, the best witness first; the list of sessions knows ends, and not who is behind the owner. */
const WITNESSES: readonly string[] = ['session.start', 'session.end'];
const LISTED = 'DescribeSessions';

function rankOf({ detail: { cloud } }: CloudEvent): number {
  if (cloud.action === LISTED) return WITNESSES.length + 1;
  const rank = WITNESSES.indexOf(cloud.action);
  return rank < 0 ? WITNESSES.length : rank;
}

/** What a broker says of a session and its recording, the latest word counting. */
function withBroker(cloud: Access['cloud'], events: readonly CloudEvent[]): Access['cloud'] {
  if (cloud === null) return cloud;
  const said = events.flatMap(({ detail }) => detail.cloud.brokered ?? []);
  const last = <K extends keyof BrokeredSession>(key: K) =>
    said.findLast((one) => one[key] !== undefined)?.[key];
  const [mode, interactive, enhanced] = [last('mode'), last('interactive'), last('enhanced')];
  const brokered = {
    ...said[0],
    ...(mode === undefined ? {} : { mode }),
    ...(interactive === undefined ? {} : { interactive }),
    ...(enhanced === undefined ? {} : { enhanced }),
  };
  return said.length === 0 ? cloud : { ...cloud, brokered };
}

/** A session from whoever saw it begin; the trail's own record says more than the list of sessions. */
function sessionAccess(
  id: string,
  events: readonly CloudEvent[],
  chains: Chains,
  recordedEnd: number | undefined,
): Access[] {
  const opens = events.filter((event) => event.kind === 'access.open');
  const [first] = opens.toSorted((a, b) => rankOf(a) - rankOf(b));
  if (first === undefined) return [];
  const uid = stableId('acc', ['cloud', id]);
  const access = toAccess(first, chains);
  return [
    {
      ...access,
      // A start may not say yet what an end does: that it was a shell.
      path:
        access.path === 'ssh'
          ? (opens.find((one) => (one.path ?? 'ssh') !== 'ssh')?.path ?? 'ssh')
          : access.path,
      origin: access.origin ?? opens.find((one) => one.origin !== null)?.origin ?? null,
      cloud: withBroker(access.cloud, events),
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

/**
 * A sign-in or an assumed role is an act: what is done with it leaves records of its own. Of the records that several
 * accounts got of one call, that of the caller's account knows who called.
 */
function callAccess(events: readonly CloudEvent[], chains: Chains): Access[] {
  const event = events.find(knowsCaller) ?? events[0];
  if (event === undefined) return [];
  const streams = [...new Set(events.map((one) => one.stream))];
  const refs = events.map((one) => one.ref);
  return [{ ...toAccess(event, chains), closed: event.time, closedBy: 'record', streams, refs }];
}

function issuesOf(
  events: readonly CloudEvent[],
  chains: Chains,
  isMeant: (event: CloudEvent) => boolean,
): PushedKey[] {
  return events
    .filter((event) => event.kind === 'credential.issue' && isMeant(event))
    .map((event) => ({ event, access: toAccess(event, chains) }));
}
