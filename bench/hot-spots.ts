import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';

interface Profile {
  readonly nodes: readonly ProfileNode[];
  readonly samples: readonly number[];
  /** Microseconds since the sample before. */
  readonly timeDeltas: readonly number[];
}

interface ProfileNode {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  readonly children?: readonly number[];
}

export interface HotSpot {
  readonly name: string;
  /** Milliseconds in the function itself. */
  readonly selfMs: number;
  /** Milliseconds in it and in what it called. */
  readonly totalMs: number;
}

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Functions of a CPU profile (`node --cpu-prof`), most time in themselves first. */
export function findHotSpots(profile: Profile): readonly HotSpot[] {
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const parents = new Map(
    profile.nodes.flatMap((node) => (node.children ?? []).map((child) => [child, node.id])),
  );
  const self = new Map<number, number>();
  profile.samples.forEach((id, at) =>
    self.set(id, (self.get(id) ?? 0) + (profile.timeDeltas[at] ?? 0) / 1000),
  );
  const spots = new Map<string, { selfMs: number; totalMs: number }>();
  for (const [id, ms] of self) {
    const counted = new Set<string>();
    for (let at: number | undefined = id; at !== undefined; at = parents.get(at)) {
      const name = nameOf(nodes.get(at));
      const spot = spots.get(name) ?? { selfMs: 0, totalMs: 0 };
      if (at === id) spot.selfMs += ms;
      if (!counted.has(name)) spot.totalMs += ms;
      counted.add(name);
      spots.set(name, spot);
    }
  }
  return [...spots].map(([name, spot]) => ({ name, ...spot })).toSorted((a, b) => b.selfMs - a.selfMs);
}

function nameOf(node: ProfileNode | undefined): string {
  if (node === undefined) return '(unknown)';
  const { functionName, url, lineNumber } = node.callFrame;
  const file = url.startsWith('file:') ? relative(ROOT, fileURLToPath(url)) : url;
  const name = functionName === '' ? '(anonymous)' : functionName;
  return file === '' ? name : `${name} ${file}:${lineNumber + 1}`;
}

/** Time in functions themselves, by the folder that holds them. */
function byFolder(spots: readonly HotSpot[]): readonly HotSpot[] {
  const groups = Map.groupBy(spots, ({ name }) => folderOf(name));
  const sums = [...groups].map(([name, all]) => {
    const selfMs = all.reduce((sum, one) => sum + one.selfMs, 0);
    return { name, selfMs, totalMs: selfMs };
  });
  return sums.toSorted((a, b) => b.selfMs - a.selfMs);
}

function folderOf(name: string): string {
  const place = / (\S+):\d+$/.exec(name)?.[1];
  if (place === undefined) return name;
  const [first = '', second = '', third = ''] = place.split('/');
  if (['sources', 'recorders'].includes(second)) return `src/${second}/${third}`;
  return first === 'src' || first === 'node_modules' ? `${first}/${second}` : first;
}

if (import.meta.main) {
  const [file = '', count = '25', by = 'self'] = process.argv.slice(2);
  const spots = findHotSpots(JSON.parse(readFileSync(file, 'utf8')) as Profile);
  const all = spots.reduce((sum, one) => sum + one.selfMs, 0);
  const totals = spots.toSorted((a, b) => b.totalMs - a.totalMs);
  const sorted = by === 'total' ? totals : by === 'folder' ? byFolder(spots) : spots;
  for (const { name, selfMs, totalMs } of sorted.slice(0, Number(count))) {
    const share = ((selfMs / all) * 100).toFixed(1);
    const times = `self ${selfMs.toFixed(0).padStart(6)} ms  total ${totalMs.toFixed(0).padStart(6)} ms`;
    process.stdout.write(`${share.padStart(5)} %  ${times}  ${name}\n`);
  }
}
