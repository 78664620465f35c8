import type { Connection } from './connections.ts';
import { type AuditLink, candidatesFor } from './audit-links.ts';
import { groupBy } from './order.ts';

/** Zones differ by multiples of 15 minutes, by at most 14 hours to the east and 12 to the west. */
const QUARTER_MS = 900_000;
const FARTHEST_MS = 14 * 3_600_000;
/** How far a pair may lie beside the multiple: two witnesses, one with whole seconds. */
const TOLERANCE_MS = 5_000;
/** Fewer agreeing pairs are a suspicion, not an inference. */
const PAIRS_NEEDED = 3;

export interface ZoneReading {
  /** Milliseconds to add to the stream's times. */
  readonly offsetMs: number;
  readonly pairs: number;
  /** `inferred`: enough exact pairs agree; `suspect`: some pairs contradict the configured zone. */
  readonly state: 'as-configured' | 'inferred' | 'suspect';
}

/** A time that another witness with a zone of its own gives for the same login. */
interface Pair {
  readonly offsetMs: number;
}

/**
 * Judges the assumed zone of a stream by exact pairs: logins that another witness with absolute time shows with
 * the same process, account and address. Never guesses: fewer than three agreeing pairs only raise suspicion.
 */
export function readZone(
  own: readonly Connection[],
  others: readonly Connection[],
  links: readonly AuditLink[],
): ZoneReading {
  const pairs = [...linkPairs(own, links), ...witnessPairs(own, others)];
  const byOffset = groupBy(pairs.filter(isQuarter), (pair) => nearestQuarter(pair.offsetMs));
  const ranked = [...byOffset].sort((a, b) => b[1].length - a[1].length);
  const [offsetMs, agreeing] = ranked[0] ?? [0, []];
  if (offsetMs === 0) return { offsetMs: 0, pairs: agreeing.length, state: 'as-configured' };
  const unanimous = agreeing.length === pairs.length;
  if (unanimous && agreeing.length >= PAIRS_NEEDED)
    return { offsetMs, pairs: agreeing.length, state: 'inferred' };
  return { offsetMs: 0, pairs: agreeing.length, state: 'suspect' };
}

function linkPairs(own: readonly Connection[], links: readonly AuditLink[]): Pair[] {
  const byPid = groupBy(links, (link) => link.session.pid ?? -1);
  return own.flatMap((one) => {
    const fits = candidatesFor(one, byPid).filter((link) => isExactLink(one, link));
    const sessions = new Set(fits.map((link) => link.session.auditSession));
    const first = fits[0];
    return first && sessions.size === 1 ? [{ offsetMs: first.time - one.opened }] : [];
  });
}

function isExactLink(one: Connection, link: AuditLink): boolean {
  return link.account === one.account && link.origin !== null && link.origin.ip === one.origin?.ip;
}

function witnessPairs(own: readonly Connection[], others: readonly Connection[]): Pair[] {
  const keyOf = (one: Connection) => `${one.pid} ${one.account} ${one.origin?.ip} ${one.origin?.port}`;
  const byKey = groupBy(
    others.filter((one) => !one.assumed.includes('zone') && one.origin),
    keyOf,
  );
  return own.flatMap((one) => {
    const fits = byKey.get(keyOf(one)) ?? [];
    const first = fits[0];
    return first && fits.length === 1 ? [{ offsetMs: first.opened - one.opened }] : [];
  });
}

function isQuarter(pair: Pair): boolean {
  return isZoneOffset(pair.offsetMs);
}

/** True where a difference can be a wrong zone: near a multiple of 15 minutes within the zones in use. */
export function isZoneOffset(differenceMs: number): boolean {
  const off = Math.abs(differenceMs - nearestQuarter(differenceMs));
  return off <= TOLERANCE_MS && Math.abs(differenceMs) <= FARTHEST_MS + TOLERANCE_MS;
}

function nearestQuarter(differenceMs: number): number {
  const quarters = Math.round(differenceMs / QUARTER_MS);
  return quarters === 0 ? 0 : quarters * QUARTER_MS;
}
