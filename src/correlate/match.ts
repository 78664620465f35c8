import type { Access, NearMiss } from '../model/access.ts';
import { ELEVATIONS } from '../model/path.ts';
import type { Recording } from '../model/recording.ts';
import { type Edge, assign } from './assign.ts';
import { type CandidateIndex, indexRecordings } from './candidates.ts';
import { isCloudSession, pairCloudSessions } from './cloud/match.ts';
import { clockDoubts } from './clock-doubt.ts';
import { type ClockOffset, clockKey, learnOffsets } from './clocks.ts';
import { type Coverage, coverageOf } from './coverage.ts';
import { compareElevation } from './elevation-pair.ts';
import { coverNested } from './nested.ts';
import { groupBy } from './order.ts';
import { type Pairing, pairingDoubts } from './pairing-doubt.ts';
import { type Comparison, comparePair, FLUSH_MS, type PairOptions } from './pair.ts';

/** A recording taken for an access. */
export interface Taken {
  readonly recording: Recording;
  readonly join: 'exact' | 'matched' | 'nested';
  readonly coverage: Coverage;
  readonly why: string;
}

export interface Doubt {
  /** Accesses that could be the recorded one as well. */
  readonly rivals: readonly string[];
  readonly why: string;
}

export interface Matching {
  readonly taken: ReadonlyMap<string, readonly Taken[]>;
  readonly doubts: ReadonlyMap<string, Doubt>;
  readonly nearMisses: ReadonlyMap<string, readonly NearMiss[]>;
  /** Recordings that no access uses. */
  readonly orphans: readonly Recording[];
  readonly offsets: readonly ClockOffset[];
}

export interface MatchOptions {
  readonly toleranceMs: number;
  /** Epoch ms: open accesses are looked at up to here. */
  readonly now: number;
}

/** Totals that differ by less than this many seconds cannot tell two accesses apart. */
const TIE_S = 0.5;
/** tlog locks the audit session: while one channel holds it, a later one of the connection is not recorded. */
const LOCK_PENALTY_S = 1;
const NEAR_MISSES = 3;

/**
 * Joins accesses and recordings: exact ids first, then the best one-to-one assignment of what is left, then
 * elevations inside recorded sessions. Recordings without content (`missing`, and empty ones that name nobody)
 * cover nothing and are left to the judge.
 */
export function match(
  accesses: readonly Access[],
  recordings: readonly Recording[],
  options: MatchOptions,
): Matching {
  const present = recordings.filter((one) => one.state !== 'missing');
  const ofCloud = present.filter((one) => one.ids.cloudSession !== undefined);
  const usable = present.filter((one) => one.ids.cloudSession === undefined && namesSomebody(one));
  const sessions = accesses.filter((access) => !ELEVATIONS.has(access.path) && !isCloudSession(access));
  const elevations = accesses.filter((access) => ELEVATIONS.has(access.path));
  const index = indexRecordings(usable.filter((one) => one.covers === 'session'));

  const exact = pairExact(sessions, index, options);
  const offsets = offsetsOf(exact, channelsOf(sessions));
  const offsetOf = offsetLookup(offsets);
  const matched = pairByTime(sessions, index, exact, options, offsets);
  const own = pairElevations(elevations, usable, options);

  const taken = collect([exact, matched, own], options, offsetOf);
  const extra = addFurtherParts(sessions, index, taken, options, offsetOf);
  endSucceeded(sessions, taken, options, offsetOf);
  for (const [uid, parts] of pairCloudSessions(accesses.filter(isCloudSession), ofCloud))
    taken.set(uid, parts);
  const ofCoverage = (access: Access, recording: Recording) =>
    coverageOf(access, recording, {
      offsetMs: offsetOf(access.target, recording.recorder),
      now: options.now,
    });
  const doubts = pairingDoubts([exact, matched, own], ofCoverage);
  const nested = coverNested(elevations, accesses, taken, doubts);
  const used = new Set([...taken.values(), ...extra].flat().map((one) => one.recording.uid));
  const orphans = [...usable, ...ofCloud].filter((one) => !used.has(one.uid));
  const uncovered = sessions.filter((access) => !nested.taken.has(access.uid));
  const doubtful = new Map([...clockDoubts(uncovered, orphans), ...nested.doubts]);
  return {
    taken: nested.taken,
    doubts: doubtful,
    nearMisses: explainMisses(accesses, nested.taken, index, usable, options, offsetOf),
    orphans,
    offsets,
  };
}

type OffsetOf = (target: string, recorder: string) => number;

function offsetLookup(offsets: readonly ClockOffset[]): OffsetOf {
  const byClock = new Map(offsets.map((one) => [clockKey(one.target, one.recorder), one.offsetMs]));
  return (target, recorder) => byClock.get(clockKey(target, recorder)) ?? 0;
}

/** A file of zero bytes without a telling name belongs to no access in particular. */
function namesSomebody(recording: Recording): boolean {
  return recording.state !== 'empty' || recording.account !== null;
}

/**
 * Exact ids name the connection; among its channels the clock decides, and there it must agree. Where the first pairs
 * show that clocks are far apart, everything is paired once more by the clocks as they are.
 */
function pairExact(sessions: readonly Access[], index: CandidateIndex, options: MatchOptions): Pairing {
  const channels = channelsOf(sessions);
  const pairBy = (offsetOf: OffsetOf) =>
    pair(
      sessions,
      (access) => index.byId(access),
      (access, recording) => {
        const known = { ...options, offsetMs: offsetOf(access.target, recording.recorder) };
        return compareExactly(access, recording, channels.get(access.connection) ?? [], known);
      },
    );
  const first = pairBy(() => 0);
  const offsets = offsetsOf(first, channels).filter((one) => Math.abs(one.offsetMs) > options.toleranceMs);
  return offsets.length === 0 ? first : pairBy(offsetLookup(offsets));
}

function compareExactly(
  access: Access,
  recording: Recording,
  channels: readonly Access[],
  options: PairOptions,
) {
  const comparison = comparePair(access, recording, options);
  if (!comparison.fits || !comparison.exact) return null;
  if (channels.length > 1 && !overlaps(access, recording, options)) return null;
  const locked = recording.launch === 'session' && isLockedOut(access, channels);
  return locked ? { ...comparison, cost: comparison.cost + LOCK_PENALTY_S } : comparison;
}

type Channels = ReadonlyMap<string, readonly Access[]>;

function channelsOf(sessions: readonly Access[]): Channels {
  return groupBy(sessions, (access) => access.connection);
}

/** Only a pair that the id alone joined tells of clocks: among several channels the clock itself chose. */
function offsetsOf({ pairs }: Pairing, channels: Channels): ClockOffset[] {
  const telling = [...pairs].filter(([access]) => channels.get(access.connection)?.length === 1);
  return learnOffsets(telling.map(([access, { recording }]) => ({ access, recording })));
}

/** What begins outside a channel's time, or goes on long after it, is of another channel. */
function overlaps(access: Access, recording: Recording, options: PairOptions): boolean {
  const slack = options.toleranceMs + access.resolution + recording.resolution;
  const from = access.opened - slack;
  const to = (access.closed ?? Infinity) + slack;
  const opened =
    (recording.opened ?? recording.closed ?? access.opened + options.offsetMs) - options.offsetMs;
  const closed = (recording.closed ?? recording.opened ?? access.opened) - options.offsetMs;
  return opened >= from && opened <= to && closed <= to + FLUSH_MS;
}

function isLockedOut(access: Access, channels: readonly Access[]): boolean {
  const at = channels.indexOf(access);
  return channels.some(
    (other, place) => place < at && (other.closed === null || other.closed > access.opened),
  );
}

function pairByTime(
  sessions: readonly Access[],
  index: CandidateIndex,
  exact: Pairing,
  options: MatchOptions,
  offsets: readonly ClockOffset[],
): Pairing {
  const offsetOf = offsetLookup(offsets);
  const used = new Set([...exact.pairs.values()].map((one) => one.recording.uid));
  const free = sessions.filter((access) => !exact.pairs.has(access));
  const slack = options.toleranceMs + 2_000;
  const compare = (access: Access, recording: Recording) => {
    if (used.has(recording.uid)) return null;
    const offsetMs = offsetOf(access.target, recording.recorder);
    const comparison = comparePair(access, recording, { toleranceMs: options.toleranceMs, offsetMs });
    return comparison.fits && !comparison.exact ? comparison : null;
  };
  const widest = widestOffsets(offsets);
  const reach = (access: Access) => slack + (widest.get(access.target) ?? 0);
  return pair(free, (access) => index.byTime(access, reach(access)), compare);
}

/** Per target the widest learnt offset: candidates must be looked for as far as the most skewed recorder is off. */
function widestOffsets(offsets: readonly ClockOffset[]): Map<string, number> {
  const widest = new Map<string, number>();
  for (const { target, offsetMs } of offsets) {
    widest.set(target, Math.max(widest.get(target) ?? 0, Math.abs(offsetMs)));
  }
  return widest;
}

function pairElevations(
  elevations: readonly Access[],
  recordings: readonly Recording[],
  options: MatchOptions,
): Pairing {
  const logs = recordings.filter((one) => one.covers === 'elevation');
  const index = indexRecordings(logs);
  const compare = (access: Access, recording: Recording) => {
    const comparison = compareElevation(access, recording, { toleranceMs: options.toleranceMs, offsetMs: 0 });
    if (!comparison.fits) return null;
    return comparison.exact ? { ...comparison, cost: comparison.cost - 100 } : comparison;
  };
  const near = (access: Access) =>
    index.byTime({ ...access, closed: access.opened }, options.toleranceMs + 4_000);
  return pair(elevations, near, compare);
}

function pair(
  accesses: readonly Access[],
  candidates: (access: Access) => readonly Recording[],
  compare: (access: Access, recording: Recording) => (Comparison & { fits: true }) | null,
): Pairing {
  const places = new Map<string, number>();
  const recordings: Recording[] = [];
  const comparisons = new Map<string, Comparison & { fits: true }>();
  const edges: Edge[] = [];
  accesses.forEach((access, at) => {
    for (const recording of new Set(candidates(access))) {
      const comparison = compare(access, recording);
      if (!comparison) continue;
      const place = places.get(recording.uid) ?? recordings.push(recording) - 1;
      places.set(recording.uid, place);
      comparisons.set(`${at} ${place}`, comparison);
      edges.push({ access: at, recording: place, cost: comparison.cost });
    }
  });
  return toPairing(accesses, recordings, comparisons, assign(edges, TIE_S));
}

function toPairing(
  accesses: readonly Access[],
  recordings: readonly Recording[],
  comparisons: ReadonlyMap<string, Comparison & { fits: true }>,
  solved: ReturnType<typeof assign>,
): Pairing {
  const pairs: Pairing['pairs'] = new Map();
  for (const [at, place] of solved.taken) {
    const [access, recording] = [accesses[at], recordings[place]];
    const comparison = comparisons.get(`${at} ${place}`);
    if (access && recording && comparison) pairs.set(access, { recording, comparison });
  }
  const uidOf = (at: number) => accesses[at]?.uid ?? '';
  const rivals = new Map([...solved.rivals].map(([at, others]) => [uidOf(at), [...others].map(uidOf)]));
  const exchanges = [...solved.exchanges].flatMap(([at, others]) =>
    [...others].flatMap((other): [Access, Access][] => {
      const [one, two] = [accesses[at], accesses[other]];
      return one && two ? [[one, two]] : [];
    }),
  );
  return { pairs, rivals, exchanges };
}

function collect(
  pairings: readonly Pairing[],
  options: MatchOptions,
  offsetOf: OffsetOf,
): Map<string, Taken[]> {
  const taken = new Map<string, Taken[]>();
  for (const { pairs } of pairings) {
    for (const [access, { recording, comparison }] of pairs) {
      taken.set(access.uid, [toTaken(access, recording, comparison, options, offsetOf)]);
    }
  }
  return taken;
}

function toTaken(
  access: Access,
  recording: Recording,
  comparison: Comparison & { fits: true },
  options: MatchOptions,
  offsetOf: OffsetOf,
): Taken {
  const offsetMs = offsetOf(access.target, recording.recorder);
  const coverage = coverageOf(access, recording, { offsetMs, now: options.now });
  return { recording, join: comparison.exact ? 'exact' : 'matched', coverage, why: comparison.why };
}

/**
 * A recorder that was restarted, or started twice by hand, leaves several recordings of one access. What is left
 * over joins an access that has one already, where it can belong to no other.
 */
function addFurtherParts(
  sessions: readonly Access[],
  index: CandidateIndex,
  taken: Map<string, Taken[]>,
  options: MatchOptions,
  offsetOf: OffsetOf,
): Taken[][] {
  const used = new Set([...taken.values()].flat().map((one) => one.recording.uid));
  const claims = new Map<string, { access: Access; part: Taken }[]>();
  for (const access of sessions) {
    if (!taken.has(access.uid)) continue;
    for (const recording of index.byTime(access, options.toleranceMs)) {
      if (used.has(recording.uid) || recording.state === 'empty') continue;
      const offsetMs = offsetOf(access.target, recording.recorder);
      const comparison = comparePair(access, recording, { toleranceMs: options.toleranceMs, offsetMs });
      if (!comparison.fits) continue;
      const part = toTaken(access, recording, comparison, options, offsetOf);
      claims.set(recording.uid, [...(claims.get(recording.uid) ?? []), { access, part }]);
    }
  }
  const parts: Taken[][] = [];
  for (const [claim, ...others] of claims.values()) {
    if (!claim || others.length > 0) continue;
    taken.get(claim.access.uid)?.push(claim.part);
    parts.push([claim.part]);
  }
  return parts;
}

/**
 * A recorder run by hand twice in one shell was off between: the silent tail of the first is not covered. Where the
 * log shows no channels, or a forced command runs the recorder, each channel may have had its own.
 */
function endSucceeded(
  sessions: readonly Access[],
  taken: Map<string, Taken[]>,
  options: MatchOptions,
  offsetOf: OffsetOf,
): void {
  for (const access of sessions) {
    const parts = taken.get(access.uid) ?? [];
    if (parts.length < 2 || !access.channelsShown || access.forcedCommand !== null) continue;
    const clipped = parts.map((part) => {
      const { recording } = part;
      if (recording.launch === 'session' || !parts.some((other) => follows(other.recording, recording)))
        return part;
      const offsetMs = offsetOf(access.target, recording.recorder);
      return {
        ...part,
        coverage: coverageOf(access, recording, { offsetMs, now: options.now, succeeded: true }),
      };
    });
    taken.set(access.uid, clipped);
  }
}

function follows(later: Recording, earlier: Recording): boolean {
  if (later.recorder !== earlier.recorder || later.opened === null || earlier.closed === null) return false;
  return later.opened >= earlier.closed;
}

function explainMisses(
  accesses: readonly Access[],
  taken: ReadonlyMap<string, readonly Taken[]>,
  index: CandidateIndex,
  usable: readonly Recording[],
  options: MatchOptions,
  offsetOf: OffsetOf,
): Map<string, NearMiss[]> {
  const elevationIndex = indexRecordings(usable.filter((one) => one.covers === 'elevation'));
  const misses = new Map<string, NearMiss[]>();
  for (const access of accesses) {
    if (taken.has(access.uid)) continue;
    const isElevation = ELEVATIONS.has(access.path);
    const near = (isElevation ? elevationIndex : index).nearest(access, NEAR_MISSES);
    const compare = isElevation ? compareElevation : comparePair;
    const own = near.map((recording) => {
      const offsetMs = offsetOf(access.target, recording.recorder);
      const comparison = compare(access, recording, { toleranceMs: options.toleranceMs, offsetMs });
      return {
        uid: recording.uid,
        why: comparison.fits ? 'it was taken for another access' : comparison.why,
      };
    });
    if (own.length > 0) misses.set(access.uid, own);
  }
  return misses;
}
