import { stat } from 'node:fs/promises';
import type { Config } from '../config/schema.ts';
import { policyOf, toExceptionJudging } from '../daemon/exception-judging.ts';
import { readExceptionFiles } from '../daemon/exception-files.ts';
import { toJudgingSettings } from '../daemon/settings.ts';
import { accessesOfStore } from '../daemon/stored-accesses.ts';
import type { Hygiene } from '../exceptions/hygiene.ts';
import { loadExceptions } from '../exceptions/load.ts';
import type { JudgedAccess } from '../model/access.ts';
import { judgePaths } from './check.ts';
import { readConfigFile } from './config-file.ts';
import { EXIT, type ExitCode, type Io } from './io.ts';
import { clock, fit, plural } from './output/text.ts';

export interface ExceptionOptions {
  readonly config?: string;
  readonly now?: number;
}

/** Checks exception files; exit 2 with every problem and its place, for a CI. */
export async function lint(paths: readonly string[], options: ExceptionOptions, io: Io): Promise<ExitCode> {
  const config = await configOf(options, io);
  if (config === undefined) return EXIT.failed;
  const where = paths.length > 0 ? paths : [config?.exceptions.path ?? 'exceptions'];
  const { files, problems } = await readExceptionFiles(where);
  const loaded = loadExceptions(files, policyOf(config, toJudgingSettings(config).identity));
  for (const { place, message } of [...problems, ...loaded.problems]) io.err(`${place}: ${message}\n`);
  const faults = problems.length + loaded.problems.length;
  await io.out(`${plural(loaded.exceptions.length, 'valid exception')}, ${plural(faults, 'problem')}\n`);
  return faults > 0 ? EXIT.failed : EXIT.ok;
}

/** Lists exceptions with hits and last match, judged from folders or from the daemon's store. */
export async function list(paths: readonly string[], options: ExceptionOptions, io: Io): Promise<ExitCode> {
  const config = await configOf(options, io);
  if (config === undefined) return EXIT.failed;
  const now = options.now ?? io.now();
  const accesses = await accessesFor(paths, config, options, io);
  if (!accesses) return EXIT.failed;
  const folders = config === null ? paths.map((path) => `${path}/exceptions`) : [config.exceptions.path];
  const { files } = await readExceptionFiles(await existing(folders));
  const judging = toExceptionJudging(files, config, toJudgingSettings(config).identity, now);
  for (const { place, message } of judging.problems) io.err(`${place}: ${message}\n`);
  const states = judging.states(accesses);
  for (const state of states) await io.out(`${row(state, now)}\n`);
  if (states.length === 0) await io.out('no exceptions\n');
  return judging.problems.length > 0 ? EXIT.failed : EXIT.ok;
}

function row({ exception, hits, lastMatch, ...state }: Hygiene, now: number): string {
  const began = now < exception.startsAt ? 'not started' : state.expired ? 'expired' : 'in force';
  const notes = [
    state.expiringInMs === null ? '' : 'expiring',
    state.unused ? 'unused' : '',
    state.orphan ? 'orphaned' : '',
    state.reviewOverdue ? 'review overdue' : '',
  ].filter((note) => note !== '');
  const last = lastMatch === null ? 'never matched' : `last ${clock(lastMatch)}`;
  const until = `until ${clock(exception.expiresAt)}`;
  const parts = [
    fit(exception.id, 16),
    fit(exception.kind, 20),
    fit(began, 11),
    until,
    plural(hits, 'hit'),
    last,
  ];
  return [...parts, ...notes].join('  ');
}

async function configOf(options: ExceptionOptions, io: Io): Promise<Config | null | undefined> {
  if (options.config === undefined) return null;
  return (await readConfigFile(options.config, io)) ?? undefined;
}

async function accessesFor(
  paths: readonly string[],
  config: Config | null,
  options: ExceptionOptions,
  io: Io,
): Promise<readonly JudgedAccess[] | null> {
  if (paths.length > 0) return (await judgePaths(paths, options, io))?.judgement.accesses ?? null;
  if (config !== null) return accessesOfStore(config.store.path);
  io.err('offrecord: name a folder to judge, or a configuration whose store to read\n');
  return null;
}

async function existing(folders: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const folder of folders) {
    if (
      await stat(folder).then(
        () => true,
        () => false,
      )
    )
      found.push(folder);
  }
  return found;
}
