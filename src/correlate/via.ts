import { type Access, isTunnel } from '../model/access.ts';
import { groupBy } from './order.ts';

/** Clocks of two hosts may differ by this before a link is no longer shown by time. */
const SKEW_MS = 5_000;

/**
 * Links a login that comes from another target's address to the access that carried it there: `via`.
 * Only an unambiguous carrier is named: a tunnel where there is exactly one, else a single open session.
 */
export function linkCarriers(
  accesses: readonly Access[],
  addresses: ReadonlyMap<string, ReadonlySet<string>>,
): Access[] {
  const targetOf = ownerOfAddress(addresses);
  const byTarget = groupBy(accesses, (access) => access.target);
  return accesses.map((access) => {
    const jump = access.origin ? targetOf.get(access.origin.ip) : undefined;
    if (jump === undefined || jump === access.target) return access;
    const carrier = carrierOf(access, byTarget.get(jump) ?? []);
    return carrier ? { ...access, via: carrier.uid } : access;
  });
}

/** An address that two targets claim (NAT, loopback) points to none. */
export function ownerOfAddress(
  addresses: ReadonlyMap<string, ReadonlySet<string>>,
): Map<string, string | undefined> {
  const owner = new Map<string, string | undefined>();
  for (const [target, own] of addresses) {
    for (const ip of own) owner.set(ip, owner.has(ip) ? undefined : target);
  }
  return owner;
}

function carrierOf(access: Access, onJumpHost: readonly Access[]): Access | undefined {
  const open = onJumpHost.filter((one) => one.path.startsWith('ssh') && wasOpenAt(one, access.opened));
  const tunnels = open.filter((one) => isTunnel(one));
  const candidates = tunnels.length > 0 ? tunnels : open;
  return candidates.length === 1 ? candidates[0] : undefined;
}

function wasOpenAt(one: Access, time: number): boolean {
  return one.opened <= time + SKEW_MS && (one.closed === null || one.closed >= time - SKEW_MS);
}
