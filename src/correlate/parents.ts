import type { Access } from '../model/access.ts';
import { ELEVATIONS } from '../model/path.ts';
import { groupBy } from './order.ts';

/** An elevation's line and its session's lines come from one clock: between them lies only the way to the log. */
const ORDER_MS = 250;
/** The coarsest clock keeps whole seconds. */
const WIDEST_SLACK_MS = ORDER_MS + 1_000;

/**
 * Names, for every elevation, the session it happened in: by kernel audit session, else by terminal, else by
 * account and time. Several uids remain where the log cannot tell; the judge then takes nothing for granted.
 * The end of an elevation without an end line is bounded by its session's end.
 */
export function linkParents(accesses: readonly Access[]): Access[] {
  return [...groupBy(accesses, (access) => access.target).values()].flatMap(linkOnTarget);
}

/** A sweep in order of time: only what is open at the moment can enclose, so cost follows concurrency. */
function linkOnTarget(accesses: readonly Access[]): Access[] {
  let open: Access[] = [];
  return [...accesses].sort(outerFirst).map((access) => {
    open = open.filter((one) => one.closed === null || one.closed >= access.opened - WIDEST_SLACK_MS);
    const linked = ELEVATIONS.has(access.path) ? withParents(access, open) : access;
    open.push(linked);
    return linked;
  });
}

function outerFirst(a: Access, b: Access): number {
  return sweepTime(a) - sweepTime(b) || a.opened - b.opened;
}

/** Sessions enter the sweep early by the slack, so that a coarse clock cannot hide them from their elevations. */
function sweepTime(access: Access): number {
  return ELEVATIONS.has(access.path) ? access.opened : access.opened - WIDEST_SLACK_MS;
}

function withParents(access: Access, open: readonly Access[]): Access {
  const parents = parentsOf(access, open);
  return { ...access, parents: parents.map((one) => one.uid), ...inherited(access, parents) };
}

function parentsOf(child: Access, open: readonly Access[]): Access[] {
  const around = open.filter((one) => encloses(one, child));
  const byActor = around.filter((one) => one.account === child.actor || actsAs(one, child.actor));
  const byAudit = byActor.filter((one) => isSameAuditSession(one, child));
  const known = byAudit.length > 0 ? byAudit : byActor.filter((one) => !contradicts(one, child));
  const byTerminal = known.filter((one) => isSameTerminal(one, child));
  if (byTerminal.length > 0) return innermost(byTerminal);
  return byAudit.length > 0 ? innermost(known) : known;
}

/** Session Manager's agent runs its shells as this account unless told otherwise; the trail names only the caller. */
function actsAs(session: Access, account: string | null): boolean {
  return session.path === 'ssm-shell' && account === 'ssm-user';
}

/** Whole seconds are rounded down: a time may lie anywhere up to its resolution later. */
function encloses(outer: Access, inner: Access): boolean {
  if (outer.opened > inner.opened + inner.resolution + ORDER_MS) return false;
  return outer.closed === null || outer.closed + outer.resolution + ORDER_MS >= inner.opened;
}

function isSameAuditSession(a: Access, b: Access): boolean {
  return a.session.auditSession !== undefined && a.session.auditSession === b.session.auditSession;
}

function contradicts(a: Access, b: Access): boolean {
  const both = a.session.auditSession !== undefined && b.session.auditSession !== undefined;
  return both && !isSameAuditSession(a, b);
}

/** A recorder puts its own terminal between: equal terminals decide, different ones do not exclude. */
function isSameTerminal(a: Access, b: Access): boolean {
  return a.session.tty !== undefined && a.session.tty === b.session.tty;
}

/** `su` inside `sudo` inside a login: the nearest enclosing elevation is the parent. */
function innermost(candidates: readonly Access[]): Access[] {
  const elevations = candidates.filter((one) => ELEVATIONS.has(one.path));
  const latest = elevations.reduce<Access | null>(
    (best, one) => (best && best.opened > one.opened ? best : one),
    null,
  );
  return latest ? [latest] : [...candidates];
}

function inherited(child: Access, parents: readonly Access[]): Partial<Access> {
  const only = parents.length === 1 ? parents[0] : undefined;
  const ends = parents.map((one) => one.closed);
  const bound = ends.includes(null) ? null : Math.max(...(ends as number[]));
  const closes = child.closed === null && parents.length > 0 && bound !== null;
  return {
    ...(only && child.origin === null ? { origin: only.origin } : {}),
    ...(only && child.credential === null ? { credential: only.credential } : {}),
    ...(closes ? { closed: bound, closedBy: 'parent' as const } : {}),
  };
}
