import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Agenda } from './generator/agenda.ts';
import { buildHosts, outsideAddress } from './generator/fleet.ts';
import { HostLog } from './generator/host-log.ts';
import { LineFile } from './generator/line-file.ts';
import { login } from './generator/logins.ts';
import { attempt, cronJob } from './generator/noise.ts';
import { DEFAULT_OPTIONS, type GenerateOptions } from './generator/options.ts';
import { Random } from './generator/random.ts';
import { teleportRecorder, tlogRecorder } from './generator/recordings.ts';
import { ownScope, writeSettings } from './generator/settings.ts';
import { trailRecord } from './generator/trail.ts';
import { Ledger, type Truth, writeTruth } from './generator/truth.ts';
import type { World } from './generator/world.ts';

const FROM = Date.UTC(2026, 2, 1);
const DAY_MS = 86_400_000;

/**
 * Writes `folder/data` (logs and recordings), `folder/truth.json` (what must be found) and `folder/settings` (how
 * offrecord is configured for it). The same options give the same bytes; memory does not grow with the size.
 */
export function generate(folder: string, options: GenerateOptions): Truth {
  const data = join(folder, 'data');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(data, 'recordings', 'ssm'), { recursive: true });
  mkdirSync(join(data, 'recordings', options.recordings), { recursive: true });
  const files = openFiles(data, options);
  const agenda = new Agenda();
  const world = createWorld(data, options, files, agenda);
  const last = live(world, agenda);
  for (const file of Object.values(files)) file.close();
  const truth = {
    options,
    // Open sessions are judged as ended after a day.
    judgeAt: last + 3 * DAY_MS,
    counts: world.ledger.counts,
    files: Object.fromEntries(
      Object.entries(files).map(([name, { lines, bytes }]) => [name, { lines, bytes }]),
    ),
    planted: world.ledger.planted,
  };
  writeSettings(folder, ownScope(options.skew));
  // Last: a folder with a truth is whole.
  writeTruth(join(folder, 'truth.json'), truth);
  return truth;
}

function openFiles(data: string, { recordings }: GenerateOptions) {
  return {
    syslog: new LineFile(join(data, 'auth.log')),
    journal: new LineFile(join(data, 'journal.ndjson')),
    trail: new LineFile(join(data, 'cloudtrail.ndjson')),
    recordings: new LineFile(
      join(data, 'recordings', recordings, recordings === 'tlog' ? 'rec.log' : 'events.ndjson'),
    ),
  };
}

function createWorld(
  data: string,
  options: GenerateOptions,
  files: ReturnType<typeof openFiles>,
  agenda: Agenda,
): World {
  const random = new Random(options.seed);
  const recorderOf = options.recordings === 'tlog' ? tlogRecorder : teleportRecorder;
  return {
    options,
    random,
    hosts: buildHosts(options, random),
    bots: Array.from({ length: 400 }, () => outsideAddress(random)),
    log: new HostLog(files.syslog, files.journal, random),
    trail: files.trail,
    recorder: recorderOf(files.recordings, random),
    ledger: new Ledger(),
    transcripts: join(data, 'recordings', 'ssm'),
    at: (ms, run) => agenda.add(ms, run),
  };
}

interface Activity {
  readonly share: number;
  readonly start: (world: World, ms: number) => number;
  /** Lines that have been written or will be. */
  planned: number;
}

/** Simulated time goes on as lines are written; whatever is furthest behind its share happens next. */
function live(world: World, agenda: Agenda): number {
  const { options } = world;
  const hosts = 1 - options.trail;
  const activities: Activity[] = [
    { share: hosts * options.noise, start: attempt, planned: 0 },
    { share: hosts * (1 - options.noise) * 0.7, start: login, planned: 0 },
    { share: hosts * (1 - options.noise) * 0.3, start: cronJob, planned: 0 },
    { share: options.trail, start: trailRecord, planned: 0 },
  ];
  let now = FROM;
  for (let planned = 0; planned < options.events; ) {
    now = FROM + Math.floor((planned / options.rate) * 1000);
    agenda.runUntil(now);
    const next = activities.reduce((a, b) => (b.planned / b.share < a.planned / a.share ? b : a));
    const lines = next.start(world, now);
    next.planned += lines;
    planned += lines;
  }
  return agenda.finish(now);
}

/** Numbers and names from the command line over the defaults. */
export function readOptions(values: Readonly<Record<string, string | undefined>>): GenerateOptions {
  const entries = Object.entries(DEFAULT_OPTIONS).map(([name, preset]): [string, number | string] => {
    const given = values[name];
    if (given === undefined || typeof preset === 'string') return [name, given ?? preset];
    const number = Number(given);
    if (!Number.isFinite(number) || number < 0) throw new Error(`--${name} must be a number from 0 on`);
    return [name, number];
  });
  const options = Object.fromEntries(entries) as unknown as GenerateOptions;
  if (!['tlog', 'teleport'].includes(options.recordings)) throw new Error('--recordings is tlog or teleport');
  return options;
}

if (import.meta.main) {
  const names = Object.keys(DEFAULT_OPTIONS).map((name) => [name, { type: 'string' as const }]);
  const { values } = parseArgs({ options: { ...Object.fromEntries(names), out: { type: 'string' } } });
  const { out, ...rest } = values as Record<string, string | undefined>;
  if (out === undefined) throw new Error('--out FOLDER is missing: where the data are written');
  const { counts, files } = generate(out, readOptions(rest));
  process.stdout.write(`${JSON.stringify({ counts, files }, null, 1)}\n`);
}
