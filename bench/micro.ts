import { spawnSync } from 'node:child_process';
import { createReadStream, createWriteStream, existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { DataSet } from './data-sets.ts';
import { type Idle, measureIdle } from './idle.ts';
import type { JoinResult } from './joining.ts';
import { measure, median } from './measure.ts';
import { MAIN, ROOT } from './places.ts';

export interface Micro {
  /** Lines of sshd's log per CPU second, with the start of the program. */
  readonly sshdLinesPerS: number;
  /** Bytes of CloudTrail per CPU second: as they are, and (counted inflated) from gzip. */
  readonly trailBytesPerS: number;
  readonly trailGzipBytesPerS: number;
  readonly joins: readonly JoinResult[];
  readonly coldStart: {
    readonly checkCpuS: number;
    readonly nodeCpuS: number;
    readonly checkWallS: number;
    readonly nodeWallS: number;
  };
  readonly idle: Idle | null;
}

export interface MicroOptions {
  readonly rounds: number;
  readonly joinSizes: readonly number[];
  /** 0 leaves the idle daemon out. */
  readonly idleSeconds: number;
  readonly output: string;
}

/** Parts of the job by themselves. */
export async function measureMicro(set: DataSet, options: MicroOptions): Promise<Micro> {
  const trail = join(set.data, 'cloudtrail.ndjson');
  const zipped = join(set.folder, 'cloudtrail.ndjson.gz');
  if (!existsSync(zipped)) await pipeline(createReadStream(trail), createGzip(), createWriteStream(zipped));
  const parse = (type: string, file: string) => {
    const now = new Date(set.truth.judgeAt).toISOString();
    return cpuOf([process.execPath, MAIN, 'parse', '--as', type, file, '--now', now], options);
  };
  const lines = (set.truth.files['syslog'] ?? set.truth.files['auth.log'])?.lines ?? 0;
  const trailBytes = statSync(trail).size;
  return {
    sshdLinesPerS: lines / parse('sshd', join(set.data, 'auth.log')),
    trailBytesPerS: trailBytes / parse('cloudtrail', trail),
    trailGzipBytesPerS: trailBytes / parse('cloudtrail', zipped),
    joins: options.joinSizes.map((size) => joinIn(size, options.rounds)),
    coldStart: measureStart(options),
    idle: options.idleSeconds > 0 ? await measureIdle(100, options.idleSeconds) : null,
  };
}

function cpuOf(command: readonly string[], { rounds, output }: MicroOptions): number {
  return median(Array.from({ length: rounds }, () => measure(command, { output }).cpuS));
}

/** Each run in a process of its own: one that has been warmed by smaller sizes would flatter the larger ones. */
function joinIn(size: number, rounds: number): JoinResult {
  const results = Array.from({ length: rounds }, () => {
    const done = spawnSync(process.execPath, [join(ROOT, 'bench/joining.ts'), String(size)], {
      encoding: 'utf8',
    });
    return JSON.parse(done.stdout) as JoinResult;
  });
  const right = Math.min(...results.map((one) => one.right));
  return { size, right, cpuS: median(results.map((one) => one.cpuS)) };
}

function measureStart({ rounds, output }: MicroOptions): Micro['coldStart'] {
  const check = [process.execPath, MAIN, 'check', join(ROOT, 'examples'), '--now', '2026-11-23T12:00:00Z'];
  const bare = [process.execPath, '-e', '0'];
  // In turn, so that both see the same state of the machine; starts are short, so more of them.
  const runs = Array.from(
    { length: 2 * rounds + 1 },
    () => [measure(check, { output }), measure(bare, { output })] as const,
  );
  return {
    checkCpuS: median(runs.map(([one]) => one.cpuS)),
    nodeCpuS: median(runs.map(([, one]) => one.cpuS)),
    checkWallS: median(runs.map(([one]) => one.wallS)),
    nodeWallS: median(runs.map(([, one]) => one.wallS)),
  };
}
