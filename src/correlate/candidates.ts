import type { Access } from '../model/access.ts';
import type { Recording } from '../model/recording.ts';
import { lowerBound } from '../util/lower-bound.ts';
import { compare, groupBy } from './order.ts';

/** Recordings looked at per access: the nearest by start. A cluster beyond that is settled among these. */
const MAX_CANDIDATES = 200;

/** Finds the recordings that can concern an access without comparing every pair. */
export interface CandidateIndex {
  /** Recordings with an id of the access's connection, wherever in time. */
  byId(access: Access): readonly Recording[];
  /** Recordings of the same target and account (or of no known account) that begin in the access's time. */
  byTime(access: Access, slackMs: number): readonly Recording[];
  /** Recordings of the same target, nearest in time first: for explaining what was not taken. */
  nearest(access: Access, count: number): readonly Recording[];
}

export function indexRecordings(recordings: readonly Recording[]): CandidateIndex {
  // Among ties the first is taken: the order must not be that of arrival.
  const sorted = [...recordings].sort((a, b) => startOf(a) - startOf(b) || compare(a.uid, b.uid));
  const byAccount = groupBy(sorted, (one) => `${one.target}\0${one.account ?? ''}`);
  const byTarget = groupBy(sorted, (one) => one.target);
  const byAudit = groupBy(sorted, (one) => auditKey(one.target, one.ids.auditSession));
  const byOrigin = groupBy(sorted, (one) => originKey(one.target, one.origin));
  return {
    byId: (access) => [
      ...withKey(byAudit, auditKey(access.target, access.session.auditSession)),
      ...withKey(byOrigin, originKey(access.target, access.origin)),
    ],
    byTime: (access, slackMs) =>
      [access.account, ''].flatMap((account) => {
        const own = byAccount.get(`${access.target}\0${account}`) ?? [];
        return between(own, access.opened - slackMs, (access.closed ?? Infinity) + slackMs);
      }),
    nearest: (access, count) => nearest(byTarget.get(access.target) ?? [], access.opened, count),
  };
}

/** Without an id nothing is asked for: everything else that has none would answer. */
function withKey(index: ReadonlyMap<string, readonly Recording[]>, key: string): readonly Recording[] {
  return key === '' ? [] : (index.get(key) ?? []);
}

function startOf(recording: Recording): number {
  return recording.opened ?? recording.closed ?? 0;
}

/** Empty where there is no id. */
function auditKey(target: string | null, session: number | undefined): string {
  return session === undefined ? '' : `${target}\0${session}`;
}

function originKey(target: string | null, origin: Access['origin']): string {
  return origin?.port == null ? '' : `${target}\0${origin.ip}\0${origin.port}`;
}

function between(sorted: readonly Recording[], from: number, to: number): Recording[] {
  const found: Recording[] = [];
  for (
    let at = lowerBound(sorted, from, startOf);
    at < sorted.length && found.length < MAX_CANDIDATES;
    at++
  ) {
    const one = sorted[at];
    if (!one || startOf(one) > to) break;
    found.push(one);
  }
  return found;
}

function nearest(sorted: readonly Recording[], time: number, count: number): Recording[] {
  const middle = lowerBound(sorted, time, startOf);
  const around = sorted.slice(Math.max(0, middle - count), middle + count);
  return around.sort((a, b) => Math.abs(startOf(a) - time) - Math.abs(startOf(b) - time)).slice(0, count);
}
