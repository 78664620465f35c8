import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What a command cost, with all the processes that it started and waited for. */
export interface Usage {
  /** User and system time in seconds. */
  readonly cpuS: number;
  readonly wallS: number;
  /** Largest resident memory of any one of the processes, MB; null without GNU time. */
  readonly rssMb: number | null;
  readonly exit: number | null;
}

export interface MeasureOptions {
  /** Where standard output goes; `/dev/null` makes some programs stop early, so it is a file unless told. */
  readonly output: string;
  readonly path?: string;
}

const GNU_TIME = '/usr/bin/time';

/**
 * Runs a command and measures it: the shell's own clock gives milliseconds for the whole tree (Node tells nothing of
 * children), GNU time the memory.
 */
export function measure(command: readonly string[], { output, path }: MeasureOptions): Usage {
  const folder = mkdtempSync(join(tmpdir(), 'offrecord-bench-'));
  const memory = join(folder, 'memory');
  const timed = existsSync(GNU_TIME) ? [GNU_TIME, '-q', '-f', '%M', '-o', memory, ...command] : command;
  const script = `TIMEFORMAT='%3R %3U %3S'; time "$@" > "$OUTPUT" 2> /dev/null`;
  const env = { ...process.env, OUTPUT: output, ...(path === undefined ? {} : { PATH: path }) };
  const done = spawnSync('bash', ['-c', script, 'bash', ...timed], { env, encoding: 'utf8' });
  const [wallS = 0, user = 0, system = 0] = (done.stderr.trim().split('\n').at(-1) ?? '')
    .split(' ')
    .map(Number);
  const rss = existsSync(memory)
    ? Number(readFileSync(memory, 'utf8').trim().split('\n').at(-1))
    : Number.NaN;
  rmSync(folder, { recursive: true });
  return { cpuS: user + system, wallS, rssMb: Number.isFinite(rss) ? rss / 1024 : null, exit: done.status };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** How cost grows with size: the slope between the smallest and the largest on a log-log scale. 1 is linear. */
export function growthExponent(points: readonly (readonly [size: number, cost: number])[]): number | null {
  const sorted = points.toSorted(([a], [b]) => a - b);
  const [first, last] = [sorted[0], sorted.at(-1)];
  if (!first || !last || first[0] === last[0]) return null;
  return Math.log(last[1] / first[1]) / Math.log(last[0] / first[0]);
}
