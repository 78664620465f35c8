import type { Range } from '../text.ts';

/** Which message ids of a recording were seen, and digests of the latest, to tell redelivery from alteration. */
export interface SeenIds {
  /** Ascending and apart from each other. */
  ranges: [first: number, last: number][];
  /** Id → digest of the message, for the latest ids. */
  readonly digests: Map<number, string>;
  /** True once ranges had to be joined: then some gaps are no longer named. */
  overflowed: boolean;
}

/** What an id is to those seen before. */
export type Sighting = 'new' | 'redelivered' | 'conflicting' | 'too-old';

// 10,000 messages are 27 hours at tlog's pace of one in 10 s. A digest takes 22 bytes of state where its message
// takes 240 bytes of log or more: the state stays below a tenth of the log.
const DIGESTS_KEPT = 10_000;
// A recording with more gaps than this is one ruin; memory stays at 16 KiB for each.
const RANGES_KEPT = 1000;

export function createSeenIds(): SeenIds {
  return { ranges: [], digests: new Map(), overflowed: false };
}

/** Notes a message; `conflicting` where the id was seen with other content. */
export function seeId(seen: SeenIds, id: number, digest: string): Sighting {
  const known = seen.digests.get(id);
  if (known !== undefined) return known === digest ? 'redelivered' : 'conflicting';
  if (id <= (seen.ranges.at(-1)?.[1] ?? 0) && seen.ranges.some(([first, last]) => id >= first && id <= last))
    return 'too-old';
  seen.ranges = withId(seen.ranges, id);
  if (seen.ranges.length > RANGES_KEPT) joinFirst(seen);
  seen.digests.set(id, digest);
  if (seen.digests.size > DIGESTS_KEPT) forgetOldest(seen.digests);
  return 'new';
}

/** Ids that must exist and were not seen: before the first, and between ranges. */
export function missingIds(seen: SeenIds): { readonly head: Range | null; readonly gaps: readonly Range[] } {
  const first = seen.ranges[0]?.[0] ?? 1;
  const gaps = seen.ranges.slice(1).map(([next], index): Range => {
    const last = seen.ranges[index]?.[1] ?? 0;
    return [last + 1, next - 1];
  });
  return { head: first > 1 ? [1, first - 1] : null, gaps };
}

function withId(ranges: SeenIds['ranges'], id: number): SeenIds['ranges'] {
  const last = ranges.at(-1);
  // Nearly every message follows the one before it, or at least comes later.
  if (last !== undefined && id > last[1]) {
    if (id === last[1] + 1) last[1] = id;
    else ranges.push([id, id]);
    return ranges;
  }
  const after = ranges.findIndex(([first]) => first > id);
  const at = after < 0 ? ranges.length : after;
  const [left, right] = [ranges[at - 1], ranges[at]];
  const joinsLeft = left !== undefined && left[1] + 1 === id;
  const joinsRight = right !== undefined && right[0] - 1 === id;
  const merged: [number, number] = [joinsLeft ? left[0] : id, joinsRight ? right[1] : id];
  return [...ranges.slice(0, joinsLeft ? at - 1 : at), merged, ...ranges.slice(joinsRight ? at + 1 : at)];
}

function joinFirst(seen: SeenIds): void {
  const [first, second, ...rest] = seen.ranges;
  if (first === undefined || second === undefined) return;
  seen.ranges = [[first[0], second[1]], ...rest];
  seen.overflowed = true;
}

function forgetOldest(digests: Map<number, string>): void {
  const oldest = digests.keys().next();
  if (oldest.done === false) digests.delete(oldest.value);
}
