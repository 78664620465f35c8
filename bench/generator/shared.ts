import { spawnSync } from 'node:child_process';
import { createReadStream, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { LineFile } from './line-file.ts';
import { DEFAULT_OPTIONS } from './options.ts';
import { writeSettings } from './settings.ts';
import { writeTranscript } from './transcript.ts';
import { type Planted, type PlantedKind, type Truth, writeTruth } from './truth.ts';

const PROGRAM = fileURLToPath(new URL('../../../shared/bench/gen.mjs', import.meta.url));

/** True where another generator of such data lies beside the checkout. */
export function hasSharedGenerator(): boolean {
  return existsSync(PROGRAM);
}

interface ForeignTruth {
  readonly meta: { readonly tEnd: number };
  readonly findings: readonly ForeignFinding[];
  readonly files: Readonly<Record<string, readonly [number, number]>>;
}

interface ForeignFinding {
  readonly kind: string;
  readonly host?: string;
  readonly pid?: number;
  readonly user: string;
  readonly sid?: string;
  /** Epoch seconds. */
  readonly t: number;
}

interface Policy {
  readonly nonPrivileged: readonly string[];
  readonly tolSec: number;
}

/**
 * Data of the other generator, its recordings turned into what offrecord reads: each recorded session into a tlog
 * recording of the same start and end, each listed transcript into a file. What it calls truncated is an early end,
 * which tlog's form cannot show; those are left out of the truth.
 */
export async function generateShared(folder: string, events: number, seed: number): Promise<Truth> {
  const data = join(folder, 'data');
  rmSync(folder, { recursive: true, force: true });
  for (const name of ['tlog', 'ssm']) mkdirSync(join(data, 'recordings', name), { recursive: true });
  const args = [PROGRAM, '--n', String(events), '--seed', String(seed), '--out', data];
  const made = spawnSync(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  if (made.status !== 0) throw new Error('the other generator failed');
  const foreign = JSON.parse(readFileSync(join(data, 'truth.json'), 'utf8')) as ForeignTruth;
  const policy = JSON.parse(readFileSync(join(data, 'policy.json'), 'utf8')) as Policy;
  for (const name of ['truth.json', 'policy.json']) rmSync(join(data, name));
  await convertRecordings(data);
  rmSync(join(data, 'recordings.ndjson'));
  writeSettings(folder, { ordinary: policy.nonPrivileged, toleranceS: policy.tolSec });
  const truth = toTruth(foreign, events, seed);
  writeTruth(join(folder, 'truth.json'), truth);
  return truth;
}

function toTruth(foreign: ForeignTruth, events: number, seed: number): Truth {
  const planted = foreign.findings.flatMap(toPlanted);
  const files = Object.entries(foreign.files).filter(([name]) => name !== 'recordings.ndjson');
  return {
    options: { ...DEFAULT_OPTIONS, events, seed },
    judgeAt: (foreign.meta.tEnd + 3 * 86_400) * 1000,
    counts: { planted: planted.length, 'not-expressible': foreign.findings.length - planted.length },
    files: Object.fromEntries(files.map(([name, [lines, bytes]]) => [name, { lines, bytes }])),
    planted,
  };
}

const KINDS: Readonly<Record<string, PlantedKind>> = {
  'ssh-unrecorded': 'unrecorded',
  'ssh-unrecorded-overlap': 'overlap',
  'ssm-unrecorded': 'ssm-unrecorded',
  breakglass: 'break-glass',
};
const ACCOUNT = '123456789012';

function toPlanted({ kind, host, pid, user, sid, t }: ForeignFinding): Planted[] {
  const known = KINDS[kind];
  if (known === undefined) return [];
  const account = known === 'break-glass' ? `BreakGlassAdmin/${user}` : user;
  return [
    {
      kind: known,
      target: host ?? ACCOUNT,
      account,
      pid: pid ?? null,
      cloudSession: sid ?? null,
      time: t * 1000,
    },
  ];
}

interface ForeignRecording {
  readonly event: string;
  readonly sid: string;
  readonly time: string;
  readonly login?: string;
  readonly server_hostname?: string;
}

async function convertRecordings(data: string): Promise<void> {
  const file = new LineFile(join(data, 'recordings', 'tlog', 'rec.log'));
  const starts = new Map<string, number>();
  const orphanEnds = new Map<string, number>();
  for await (const line of createInterface({ input: createReadStream(join(data, 'recordings.ndjson')) })) {
    const one = JSON.parse(line) as ForeignRecording;
    const time = Date.parse(one.time);
    if (one.event === 'ssm.recording')
      writeTranscript(join(data, 'recordings', 'ssm', `${one.sid}.log`), time);
    else if (one.event === 'session.start') {
      file.write(message(one, 1, 0, time));
      const end = orphanEnds.get(one.sid);
      if (end === undefined) starts.set(one.sid, time);
      else file.write(message(one, 2, end - time, end));
    } else if (one.event === 'session.end') {
      const start = starts.get(one.sid);
      if (start === undefined) orphanEnds.set(one.sid, time);
      else file.write(message(one, 2, time - start, time));
      starts.delete(one.sid);
    }
  }
  file.close();
}

function message(one: ForeignRecording, id: number, pos: number, time: number): string {
  const identity = {
    ver: '2.3',
    host: one.server_hostname,
    rec: `${one.sid}-1-1`,
    user: one.login,
    term: 'xterm',
    session: 0,
  };
  const shown = {
    timing: `${id === 1 ? '=80x24' : ''}>4`,
    in_txt: '',
    in_bin: [],
    out_txt: 'ok\r\n',
    out_bin: [],
  };
  return JSON.stringify({ ...identity, id, pos, time: time / 1000, ...shown });
}
