import type { Access } from '../../model/access.ts';
import { contains, parseCidr, parseIp } from '../../util/ip.ts';
import { groupBy } from '../order.ts';
import type { PushedKey } from './accesses.ts';

/** AWS keeps a pushed key for 60 seconds; the clocks of the API and of the host may differ a little. */
const KEY_LIFE_MS = 60_000;
const SKEW_MS = 5_000;
/** A client opens its tunnel and logs in through it at once; a person may take a while to answer a prompt. */
const TUNNEL_LOGIN_MS = 120_000;
const LOOPBACK = new Set(['127.0.0.1', '::1']);
/** Networks of an endpoint, which lies in the instance's own. */
const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7'].flatMap(
  (block) => parseCidr(block) ?? [],
);

export interface HostSigns {
  readonly target: string;
  readonly stream: string;
  /** Epoch ms of the host's last record in one of its logs. */
  readonly last: number;
}

/**
 * What the trail and a host's sshd both saw is one access. A login with a key that was pushed to the instance less
 * than a minute before takes over who pushed it; a pushed key that no login used stays an access of its own where
 * no log of the host would have shown the login.
 */
export function joinPushedKeys(
  accesses: readonly Access[],
  keys: readonly PushedKey[],
  signs: readonly HostSigns[],
): Access[] {
  const free = new Set(keys);
  const byKey = groupBy(keys, ({ event }) => `${event.target}\0${event.credential?.id ?? ''}`);
  const joined = accesses.map((access) => {
    const candidates = byKey.get(`${access.target}\0${access.credential?.id ?? ''}`) ?? [];
    const push = candidates.findLast((one) => opened(access, one));
    if (push === undefined || access.credential?.id == null) return access;
    free.delete(push);
    return withPush(access, push);
  });
  const lastOf = lastOfLogins(accesses, signs);
  const unused = [...free].filter(({ access }) => {
    const last = lastOf.get(access.target);
    return last === undefined || last < access.opened + KEY_LIFE_MS;
  });
  return [
    ...joined,
    ...unused.map(({ access }) => ({
      ...access,
      closed: access.opened + KEY_LIFE_MS,
      closedBy: 'record' as const,
    })),
  ];
}

/** Until when a host's logs would have shown a login: only those count that have shown one. */
function lastOfLogins(accesses: readonly Access[], signs: readonly HostSigns[]): Map<string, number> {
  const logins = accesses.filter((access) => access.path.startsWith('ssh'));
  const watching = new Set(
    logins.flatMap(({ target, streams }) => streams.map((one) => `${target}\0${one}`)),
  );
  const lastOf = new Map<string, number>();
  for (const { target, stream, last } of signs) {
    if (watching.has(`${target}\0${stream}`)) lastOf.set(target, Math.max(last, lastOf.get(target) ?? 0));
  }
  return lastOf;
}

function opened(login: Access, { event, access }: PushedKey): boolean {
  if (login.account !== access.account || !login.path.startsWith('ssh')) return false;
  const after = login.opened - event.time;
  return after >= -SKEW_MS - login.resolution && after <= KEY_LIFE_MS + SKEW_MS;
}

function withPush(login: Access, { access }: PushedKey): Access {
  return {
    ...login,
    cloud: access.cloud,
    streams: [...new Set([...login.streams, ...access.streams])],
    refs: [...login.refs, ...access.refs],
  };
}

/** A tunnel to an address that one host is known to own leads to that host. */
export function placeTunnels(
  accesses: readonly Access[],
  ownerOf: ReadonlyMap<string, string | undefined>,
): Access[] {
  return accesses.map((access) => {
    const owner = access.cloud?.tunnel === true ? ownerOf.get(access.target) : undefined;
    return owner === undefined ? access : { ...access, target: owner };
  });
}

/**
 * Links a login to the cloud tunnel that carried it: from the instance's own loopback through Session Manager's
 * agent, or to a private address through an Instance Connect endpoint. Only a single candidate is named.
 */
export function linkCloudTunnels(accesses: readonly Access[]): Access[] {
  const tunnels = groupBy(
    accesses.filter((one) => one.cloud?.tunnel === true),
    (one) => one.target,
  );
  if (tunnels.size === 0) return [...accesses];
  return accesses.map((access) => {
    if (access.via !== null || !access.path.startsWith('ssh') || access.origin === null) return access;
    const fitting = (tunnels.get(access.target) ?? []).filter((one) => carried(one, access));
    const [only] = fitting;
    return only !== undefined && fitting.length === 1 ? { ...access, via: only.uid } : access;
  });
}

function carried(tunnel: Access, login: Access): boolean {
  if (!comesThrough(tunnel, login.origin?.ip ?? '')) return false;
  const slack = SKEW_MS + tunnel.resolution;
  if (tunnel.closed !== null && tunnel.closed > tunnel.opened && login.opened > tunnel.closed + slack)
    return false;
  return login.opened >= tunnel.opened - slack && login.opened <= tunnel.opened + TUNNEL_LOGIN_MS;
}

/**
 * Whether a login from an address can have come through a tunnel: from the loopback of the instance where its agent
 * is the end; from the endpoint's network, or as its caller, where an Instance Connect endpoint is.
 */
function comesThrough({ path, cloud, origin }: Access, ip: string): boolean {
  if (path === 'ssm-tunnel') return LOOPBACK.has(ip) && isToInstance(cloud?.forwards?.host ?? null);
  const address = parseIp(ip);
  if (address === null) return false;
  return ip === origin?.ip || PRIVATE.some((block) => contains(block, address));
}

/** A tunnel may lead through the instance to another host. */
function isToInstance(host: string | null): boolean {
  return host === null || host === 'localhost' || LOOPBACK.has(host);
}
