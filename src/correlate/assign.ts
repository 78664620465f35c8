/** A possible pair: which access, which recording, at what cost (lower is better). Indices into the caller's lists. */
export interface Edge {
  readonly access: number;
  readonly recording: number;
  readonly cost: number;
}

export interface Assignment {
  /** recording index by access index. */
  readonly taken: ReadonlyMap<number, number>;
  /** Accesses whose cover could as well be another's: access index → the rivals. */
  readonly rivals: ReadonlyMap<number, ReadonlySet<number>>;
  /** Accesses that could exchange what they took: who has which of the two recordings, nobody can say. */
  readonly exchanges: ReadonlyMap<number, ReadonlySet<number>>;
}

/** Above this many accesses in one cluster the optimum is replaced by the cheapest-first choice (cubic cost). */
const OPTIMAL_UP_TO = 64;
/** Longest chain of swaps looked at for ambiguity in one cluster: 64 accesses have no longer one. */
const MAX_SWAPS = 64;

/**
 * One recording covers at most one access: the assignment with the most pairs and, among those, the least cost.
 * Two accesses are rivals where exchanging them changes the total by less than `tie`: then nobody can say which
 * of them was recorded.
 */
export function assign(edges: readonly Edge[], tie: number): Assignment {
  const taken = new Map<number, number>();
  const rivals = new Map<number, Set<number>>();
  const exchanges = new Map<number, Set<number>>();
  for (const cluster of clustersOf(edges)) {
    const solved = cluster.accesses.length <= OPTIMAL_UP_TO ? optimal(cluster) : cheapestFirst(cluster);
    for (const [access, recording] of solved) taken.set(access, recording);
    findRivals(cluster, solved, tie, rivals);
    findExchanges(cluster, solved, tie, exchanges);
  }
  return { taken, rivals, exchanges };
}

interface Cluster {
  readonly accesses: readonly number[];
  readonly edgesOf: ReadonlyMap<number, readonly Edge[]>;
}

function clustersOf(edges: readonly Edge[]): Cluster[] {
  const edgesOf = index(edges, (edge) => edge.access);
  const edgesTo = index(edges, (edge) => edge.recording);
  const seen = new Set<number>();
  const clusters: Cluster[] = [];
  for (const start of edgesOf.keys()) {
    if (seen.has(start)) continue;
    const accesses = reach(start, edgesOf, edgesTo, seen).sort((a, b) => a - b);
    clusters.push({ accesses, edgesOf });
  }
  return clusters;
}

function reach(
  start: number,
  edgesOf: ReadonlyMap<number, readonly Edge[]>,
  edgesTo: ReadonlyMap<number, readonly Edge[]>,
  seen: Set<number>,
): number[] {
  const found = [start];
  const recordings = new Set<number>();
  seen.add(start);
  for (let at = 0; at < found.length; at++) {
    for (const edge of edgesOf.get(found[at] ?? -1) ?? []) {
      if (recordings.has(edge.recording)) continue;
      recordings.add(edge.recording);
      for (const back of edgesTo.get(edge.recording) ?? []) {
        if (seen.has(back.access)) continue;
        seen.add(back.access);
        found.push(back.access);
      }
    }
  }
  return found;
}

/**
 * Successive cheapest augmenting paths: each step adds one pair and keeps the total minimal for its size.
 * O(accesses² × edges) per cluster, at most 64² × 64 × 64.
 */
function optimal(cluster: Cluster): Map<number, number> {
  const taken = new Map<number, number>();
  const owner = new Map<number, number>();
  for (;;) {
    const path = cheapestPath(cluster, taken, owner);
    if (!path) return taken;
    for (const edge of path) {
      taken.set(edge.access, edge.recording);
      owner.set(edge.recording, edge.access);
    }
  }
}

/** The cheapest alternating path from any free access to any free recording (Bellman-Ford over accesses). */
function cheapestPath(
  cluster: Cluster,
  taken: ReadonlyMap<number, number>,
  owner: ReadonlyMap<number, number>,
): Edge[] | null {
  const distance = new Map<number, number>();
  const cameBy = new Map<number, Edge>();
  for (const access of cluster.accesses) if (!taken.has(access)) distance.set(access, 0);
  relax(cluster, taken, owner, distance, cameBy);
  let best: { edge: Edge; total: number } | null = null;
  for (const [access, base] of distance) {
    for (const edge of cluster.edgesOf.get(access) ?? []) {
      const total = base + edge.cost;
      if (!owner.has(edge.recording) && (!best || total < best.total)) best = { edge, total };
    }
  }
  return best ? unwind(best.edge, cameBy, taken) : null;
}

/** Spreads cheapest costs from free accesses along: access –edge→ recording –its owner→ next access. */
function relax(
  cluster: Cluster,
  taken: ReadonlyMap<number, number>,
  owner: ReadonlyMap<number, number>,
  distance: Map<number, number>,
  cameBy: Map<number, Edge>,
): void {
  for (let round = 0; round < Math.min(cluster.accesses.length, MAX_SWAPS); round++) {
    let changed = false;
    for (const [access, base] of distance) {
      for (const edge of cluster.edgesOf.get(access) ?? []) {
        const next = owner.get(edge.recording);
        if (next === undefined || next === access) continue;
        const total = base + edge.cost - costOf(cluster, next, taken.get(next));
        if (total >= (distance.get(next) ?? Infinity) - 1e-9) continue;
        distance.set(next, total);
        cameBy.set(next, edge);
        changed = true;
      }
    }
    if (!changed) return;
  }
}

function unwind(last: Edge, cameBy: ReadonlyMap<number, Edge>, taken: ReadonlyMap<number, number>): Edge[] {
  const path = [last];
  let access = last.access;
  for (let step = 0; step <= MAX_SWAPS && taken.has(access); step++) {
    const edge = cameBy.get(access);
    if (!edge) break;
    path.push(edge);
    access = edge.access;
  }
  return path;
}

function cheapestFirst(cluster: Cluster): Map<number, number> {
  const edges = cluster.accesses.flatMap((access) => cluster.edgesOf.get(access) ?? []);
  const taken = new Map<number, number>();
  const used = new Set<number>();
  for (const edge of [...edges].sort((a, b) => a.cost - b.cost || a.access - b.access)) {
    if (taken.has(edge.access) || used.has(edge.recording)) continue;
    taken.set(edge.access, edge.recording);
    used.add(edge.recording);
  }
  return taken;
}

/** From each access left without a recording: whom could it replace at (nearly) no cost? */
function findRivals(
  cluster: Cluster,
  taken: ReadonlyMap<number, number>,
  tie: number,
  rivals: Map<number, Set<number>>,
): void {
  const owner = new Map([...taken].map(([access, recording]) => [recording, access]));
  for (const free of cluster.accesses) {
    if (taken.has(free)) continue;
    const distance = new Map([[free, 0]]);
    relax(cluster, taken, owner, distance, new Map());
    for (const [other, cost] of distance) {
      if (other === free || cost >= tie) continue;
      add(rivals, free, other);
      add(rivals, other, free);
    }
  }
}

/** Two accesses that have one recording each, and to which the other's fits (nearly) as well. */
function findExchanges(
  cluster: Cluster,
  taken: ReadonlyMap<number, number>,
  tie: number,
  exchanges: Map<number, Set<number>>,
): void {
  const owner = new Map([...taken].map(([access, recording]) => [recording, access]));
  for (const [access, own] of taken) {
    for (const edge of cluster.edgesOf.get(access) ?? []) {
      const other = owner.get(edge.recording);
      if (other === undefined || other === access) continue;
      const back = cluster.edgesOf.get(other)?.find((one) => one.recording === own);
      if (!back) continue;
      const now = costOf(cluster, access, own) + costOf(cluster, other, edge.recording);
      if (edge.cost + back.cost - now < tie) add(exchanges, access, other);
    }
  }
}

function add(rivals: Map<number, Set<number>>, of: number, rival: number): void {
  const own = rivals.get(of);
  if (own) own.add(rival);
  else rivals.set(of, new Set([rival]));
}

function costOf(cluster: Cluster, access: number, recording: number | undefined): number {
  return cluster.edgesOf.get(access)?.find((edge) => edge.recording === recording)?.cost ?? 0;
}

function index(edges: readonly Edge[], keyOf: (edge: Edge) => number): Map<number, Edge[]> {
  const groups = new Map<number, Edge[]>();
  for (const edge of edges) {
    const group = groups.get(keyOf(edge));
    if (group) group.push(edge);
    else groups.set(keyOf(edge), [edge]);
  }
  return groups;
}
