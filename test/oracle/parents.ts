import type { Seen } from './seen.ts';

/** Lines of one host reach the log in this order, give or take. */
const ORDER_MS = 250;

/**
 * The sessions that an elevation can have happened in: same host, its actor's, open at the time. A kernel audit
 * session decides where both name one; the terminal decides among what is left. Sessions only: worlds have no
 * elevation inside an elevation.
 */
export function parentsOf(elevation: Seen, all: readonly Seen[]): Seen[] {
  const around = all.filter(
    (one) => one.kind !== 'elevation' && one.target === elevation.target && surrounds(one, elevation),
  );
  const sameAudit = around.filter(
    (one) => elevation.auditSession !== null && one.auditSession === elevation.auditSession,
  );
  const unknown = around.filter((one) => elevation.auditSession === null || one.auditSession === null);
  const own = (sameAudit.length > 0 ? sameAudit : unknown).filter((one) => one.account === elevation.actor);
  const sameTty = own.filter((one) => elevation.tty !== null && one.tty === elevation.tty);
  return sameTty.length > 0 ? sameTty : own;
}

/** Whole seconds are rounded down: a time may lie anywhere up to its resolution later. */
function surrounds(outer: Seen, inner: Seen): boolean {
  if (outer.opened > inner.opened + inner.resolution + ORDER_MS) return false;
  return outer.closed === null || outer.closed + outer.resolution + ORDER_MS >= inner.opened;
}
