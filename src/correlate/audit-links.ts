import type { Event } from '../model/event.ts';
import { lowerBound } from '../util/lower-bound.ts';
import type { SeenConnection, SeenElevation } from './witnesses.ts';
import { groupBy } from './order.ts';

/** Kernel audit stamps a login within milliseconds of sshd; 10 s allows for slow PAM stacks and for skew. */
const NEAR_MS = 10_000;
/** sudo's own line and the audit record of the same use. */
const ELEVATION_NEAR_MS = 2_500;

/** A kernel audit record that ties a process to its audit session. */
export type AuditLink = Event & { readonly session: { readonly auditSession: number } };

export function isAuditLink(event: Event): event is AuditLink {
  return event.program === 'auditd' && event.session.auditSession !== undefined;
}

/**
 * Fills in audit session ids (and a missing address) from kernel audit records. Records that name no host belong
 * to the host whose lines show the same pid, account and time.
 */
export function linkAudit(
  target: string,
  connections: readonly SeenConnection[],
  elevations: readonly SeenElevation[],
  links: readonly AuditLink[],
): void {
  if (links.length === 0) return;
  const byPid = groupBy(links, (link) => link.session.pid ?? -1);
  for (const one of connections) linkConnection(target, one, byPid);
  for (const one of elevations) linkElevation(target, one, links);
}

function linkConnection(
  target: string,
  one: SeenConnection,
  byPid: ReadonlyMap<number, readonly AuditLink[]>,
): void {
  const near = candidatesFor(one, byPid)
    .filter((link) => belongs(target, one, link) && Math.abs(link.time - one.opened) <= NEAR_MS)
    .sort((a, b) => Math.abs(a.time - one.opened) - Math.abs(b.time - one.opened));
  const best = near[0];
  if (!best) return;
  one.auditSession ??= best.session.auditSession;
  const ip = near.find((link) => link.origin !== null)?.origin?.ip;
  if (one.origin === null && ip !== undefined) one.origin = { ip, port: null };
}

/** Links that name one of the connection's processes. */
export function candidatesFor(
  one: { readonly pid: number | null; readonly childPid: number | null },
  byPid: ReadonlyMap<number, readonly AuditLink[]>,
): AuditLink[] {
  const pids = [one.pid, one.childPid].filter((pid): pid is number => pid !== null);
  return pids.flatMap((pid) => byPid.get(pid) ?? []);
}

function belongs(target: string, one: SeenConnection, link: AuditLink): boolean {
  return (link.target === null || link.target === target) && sameLogin(one, link);
}

/** True where account and address do not contradict each other. */
export function sameLogin(one: SeenConnection, link: AuditLink): boolean {
  if (link.account !== null && link.account !== one.account) return false;
  return link.origin === null || one.origin === null || link.origin.ip === one.origin.ip;
}

function linkElevation(target: string, one: SeenElevation, links: readonly AuditLink[]): void {
  if (one.auditSession !== null) return;
  const from = lowerBound(links, one.opened - ELEVATION_NEAR_MS, (link) => link.time);
  let best: AuditLink | undefined;
  for (let at = from; at < links.length; at++) {
    const link = links[at];
    if (!link || link.time > one.opened + ELEVATION_NEAR_MS) break;
    if (fitsElevation(target, one, link) && isNearer(link, best, one.opened)) best = link;
  }
  one.auditSession = best?.session.auditSession ?? null;
}

function fitsElevation(target: string, one: SeenElevation, link: AuditLink): boolean {
  if (link.target !== null && link.target !== target) return false;
  if (link.detail.service !== one.path || one.tty === null) return false;
  return link.session.tty === one.tty;
}

function isNearer(link: AuditLink, best: AuditLink | undefined, time: number): boolean {
  return best === undefined || Math.abs(link.time - time) < Math.abs(best.time - time);
}
