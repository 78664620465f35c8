import type { Recording } from '../../src/model/recording.ts';
import type { Fit } from './fit.ts';
import type { Seen } from './seen.ts';

/** One way to give recordings to accesses, each to at most one and each access at most one. */
export type Assignment = ReadonlyMap<Seen, Fit>;

/** More than this in one cluster is too much to try every way: 7 by 7 has 130,922. */
export const LARGEST = 7;
/** Totals that differ by less tell nothing apart. Wider than the engine's half second, so that its edge is inside. */
const TIE_S = 0.6;

/** Accesses and recordings that have to do with each other, directly or through others. */
export interface Cluster {
  readonly accesses: readonly Seen[];
  readonly fits: readonly Fit[];
}

/** Splits the possible pairs into parts that do not touch. */
export function clustersOf(accesses: readonly Seen[], fits: readonly Fit[]): Cluster[] {
  const left = new Set(accesses);
  const clusters: Cluster[] = [];
  for (const start of left) {
    const [members, reached] = [new Set([start]), new Set<Recording>()];
    let size = -1;
    while (size !== members.size + reached.size) {
      size = members.size + reached.size;
      for (const { access, recording } of fits) {
        if (members.has(access)) reached.add(recording);
        if (reached.has(recording)) members.add(access);
      }
    }
    for (const member of members) left.delete(member);
    clusters.push({
      accesses: accesses.filter((one) => members.has(one)),
      fits: fits.filter((fit) => members.has(fit.access)),
    });
  }
  return clusters;
}

/** True where every way can be tried. */
export function isSmall({ accesses, fits }: Cluster): boolean {
  return accesses.length <= LARGEST && new Set(fits.map((fit) => fit.recording)).size <= LARGEST;
}

/**
 * Step 3: every best way to settle a cluster. Exact ids first: what they join, no heuristic parts. Then as many
 * pairs as possible at the least total cost. Several ways remain where nothing tells them apart.
 */
export function bestAssignments({ accesses, fits }: Cluster): Assignment[] {
  const byIds = best(
    every(
      accesses,
      fits.filter((fit) => fit.exact),
    ),
  );
  return byIds.flatMap((known) => {
    const used = new Set([...known.values()].map((fit) => fit.recording));
    const free = accesses.filter((access) => !known.has(access));
    const rest = fits.filter((fit) => !fit.exact && free.includes(fit.access) && !used.has(fit.recording));
    return best(every(free, rest)).map((more) => new Map([...known, ...more]));
  });
}

/** Every one-to-one assignment: each access takes one of the recordings that are still free, or none. */
function every(accesses: readonly Seen[], fits: readonly Fit[]): Assignment[] {
  const [access, ...others] = accesses;
  if (!access) return [new Map()];
  const own = fits.filter((fit) => fit.access === access);
  const without = every(others, fits);
  const withOne = own.flatMap((fit) => {
    const left = fits.filter((other) => other.recording !== fit.recording);
    return every(others, left).map((rest) => new Map([[access, fit], ...rest]));
  });
  return [...without, ...withOne];
}

function best(all: readonly Assignment[]): Assignment[] {
  const most = Math.max(...all.map((one) => one.size));
  const fullest = all.filter((one) => one.size === most);
  const least = Math.min(...fullest.map(costOf));
  return fullest.filter((one) => costOf(one) - least < TIE_S);
}

function costOf(one: Assignment): number {
  return [...one.values()].reduce((sum, fit) => sum + fit.cost, 0);
}
