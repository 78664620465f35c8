import type { Access, CloudAccess } from '../../model/access.ts';
import { stableId } from '../../util/ids.ts';
import type { Chains, CloudEvent } from './chain.ts';

/** An access as the event that opens it tells it, still without an end. */
export function toAccess(event: CloudEvent, chains: Chains): Access {
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
    brokered: cloud.brokered ?? null,
    chain: links,
    names,
  };
}

/** True for a session or call that only passes the bytes of others on. */
export function isTunnelled({ detail: { cloud } }: CloudEvent): boolean {
  return cloud.forwards !== undefined || cloud.documentClass === 'tunnel';
}

/** One call may leave a record in the caller's and in the role's account: they share an id, and the key. */
export function callKey(event: CloudEvent): string {
  const { sharedId, issuedKey, eventId } = event.detail.cloud;
  return sharedId ?? issuedKey ?? eventId;
}
