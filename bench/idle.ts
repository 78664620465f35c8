import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { MAIN, SCRATCH } from './places.ts';

/** What the daemon costs while nothing happens. */
export interface Idle {
  readonly sources: number;
  /** CPU milliseconds in a minute. */
  readonly cpuMsPerMinute: number;
  readonly rssMb: number;
}

// Start and first pass are over by then, also on a busy machine.
const SETTLE_MS = 20_000;
// Linux counts processor time in ticks of 10 ms.
const TICK_MS = 10;

/** Runs the daemon on that many logs that do not grow, on its default schedule, and measures it for `seconds`. */
export async function measureIdle(sources: number, seconds: number): Promise<Idle> {
  const folder = join(SCRATCH, 'idle');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const config = join(folder, 'offrecord.yaml');
  writeFileSync(config, settings(folder, sources));
  const daemon = spawn(process.execPath, [MAIN, 'run', '--config', config], { stdio: 'ignore' });
  try {
    await wait(SETTLE_MS);
    if (daemon.exitCode !== null)
      throw new Error('the daemon stopped by itself; run it on the same file to see why');
    const before = cpuMs(daemon.pid);
    await wait(seconds * 1000);
    const used = cpuMs(daemon.pid) - before;
    return { sources, cpuMsPerMinute: (used * 60) / seconds, rssMb: residentMb(daemon.pid) };
  } finally {
    if (daemon.exitCode === null && daemon.signalCode === null) {
      const exited = once(daemon, 'exit');
      daemon.kill('SIGTERM');
      await exited;
    }
  }
}

function settings(folder: string, sources: number): string {
  const lines = Array.from({ length: sources }, (_, at) => {
    const path = join(folder, 'hosts', `host${at}`, 'auth.log');
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(
      path,
      `Mar  1 10:00:00 host${at} sshd[100${at}]: Connection closed by 10.0.0.9 port 5000 [preauth]\n`.repeat(
        20,
      ),
    );
    return `  - {id: host${at}, type: sshd, paths: [${path}]}`;
  });
  const receiver = `receivers:\n  - {id: folder, type: file, path: ${join(folder, 'alerts')}}`;
  return `store: {path: ${join(folder, 'store.db')}}\nsources:\n${lines.join('\n')}\n${receiver}\n`;
}

/** User and system time: the 14th and 15th field, counted behind the name in brackets, which may hold spaces. */
function cpuMs(pid: number | undefined): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

function residentMb(pid: number | undefined): number {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}
