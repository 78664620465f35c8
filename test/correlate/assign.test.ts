import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { assign, type Edge } from '../../src/correlate/assign.ts';

const TIE = 0.5;

/** Every one-to-one assignment, by brute force: slow and obvious. */
function everyAssignment(accesses: number, edges: readonly Edge[]): Edge[][] {
  const extend = (access: number, used: ReadonlySet<number>): Edge[][] => {
    if (access === accesses) return [[]];
    const without = extend(access + 1, used);
    const own = edges.filter((edge) => edge.access === access && !used.has(edge.recording));
    const withOne = own.flatMap((edge) =>
      extend(access + 1, new Set([...used, edge.recording])).map((rest) => [edge, ...rest]),
    );
    return [...without, ...withOne];
  };
  return extend(0, new Set());
}

const total = (edges: readonly Edge[]) => edges.reduce((sum, edge) => sum + edge.cost, 0);
const covered = (edges: readonly Edge[]) => new Set(edges.map((edge) => edge.access));

const graph = fc.uniqueArray(
  fc.record({
    access: fc.integer({ min: 0, max: 4 }),
    recording: fc.integer({ min: 0, max: 4 }),
    cost: fc.integer({ min: -8, max: 40 }).map((quarter) => quarter / 4),
  }),
  { selector: (edge) => `${edge.access} ${edge.recording}`, maxLength: 16 },
);

it('assign finds the most pairs at the least cost, as brute force does', () => {
  fc.assert(
    fc.property(graph, (edges) => {
      const all = everyAssignment(5, edges);
      const most = Math.max(...all.map((one) => one.length));
      const least = Math.min(...all.filter((one) => one.length === most).map(total));
      const { taken } = assign(edges, TIE);
      const chosen = edges.filter((edge) => taken.get(edge.access) === edge.recording);
      assert.equal(taken.size, most);
      assert.equal(new Set(taken.values()).size, taken.size, 'one recording, one access');
      assert.ok(Math.abs(total(chosen) - least) < 1e-6, `${total(chosen)} instead of ${least}`);
    }),
    { numRuns: 500 },
  );
});

it('assign is certain of an access only where no nearly as good assignment leaves it out', () => {
  fc.assert(
    fc.property(graph, (edges) => {
      const all = everyAssignment(5, edges);
      const most = Math.max(...all.map((one) => one.length));
      const best = all.filter((one) => one.length === most);
      const least = Math.min(...best.map(total));
      const { taken, rivals } = assign(edges, TIE);
      const close = best.filter((one) => total(one) < least + TIE - 1e-6);
      for (const access of taken.keys()) {
        if (!rivals.has(access))
          for (const one of close) assert.ok(covered(one).has(access), `access ${access}`);
      }
    }),
    { numRuns: 500 },
  );
});

it('assign does not depend on the order of edges', () => {
  fc.assert(
    fc.property(graph, fc.integer(), (edges, seed) => {
      const shuffled = [...edges].sort((a, b) => hash(a, seed) - hash(b, seed));
      const [one, two] = [assign(edges, TIE), assign(shuffled, TIE)];
      const certain = (result: typeof one) =>
        [...result.taken.keys()].filter((access) => !result.rivals.has(access)).sort();
      assert.deepEqual(certain(one), certain(two));
    }),
  );
});

function hash(edge: Edge, seed: number): number {
  return Math.imul(edge.access * 31 + edge.recording + 7, seed | 1) >>> 0;
}

it('assign stays quick on one large cluster', () => {
  const edges: Edge[] = [];
  for (let access = 0; access < 400; access++) {
    for (let near = 0; near < 20; near++) edges.push({ access, recording: access + near, cost: near });
  }
  assert.equal(assign(edges, TIE).taken.size, 400);
});
