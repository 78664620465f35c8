import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { MAIN, PEERS, ROOT, SEARCH_PATH } from './places.ts';
import type { DataSet } from './data-sets.ts';

export interface Contestant {
  readonly name: string;
  /** What of the whole job it does. */
  readonly does: string;
  readonly command: readonly string[];
}

export const OFFRECORD = 'offrecord check';

/** offrecord and every peer that is installed, to run on one data set. The first is the floor of the ratios. */
export function contestantsFor(set: DataSet): readonly Contestant[] {
  const log = join(set.data, 'auth.log');
  const logs = ['auth.log', 'journal.ndjson', 'cloudtrail.ndjson'].map((name) => join(set.data, name));
  const sec = [
    'sec',
    `--conf=${join(ROOT, 'bench/peers/sshd.sec')}`,
    `--input=${log}`,
    '--notail',
    '--quoting',
  ];
  const mtail = [
    'mtail',
    '--one_shot',
    '--logtostderr',
    `--progs=${join(ROOT, 'bench/peers/sshd.mtail')}`,
    `--logs=${log}`,
  ];
  const all: (Contestant | null)[] = [
    {
      name: 'grep -c sshd',
      does: 'counts lines of the three logs',
      command: ['grep', '-c', 'sshd', ...logs],
    },
    { name: 'wc -l', does: 'counts line ends of the three logs', command: ['wc', '-l', ...logs] },
    { name: OFFRECORD, does: 'the whole job', command: checkCommand(set) },
    {
      name: 'naive Node program',
      does: 'the job without ends, damage, elevations, roles or doubt',
      command: [process.execPath, join(ROOT, 'bench/peers/naive.ts'), set.folder],
    },
    existsSync(join(PEERS, 'node_modules', '@duckdb', 'node-api'))
      ? {
          name: 'DuckDB, 1 thread',
          does: 'as the naive program, in SQL',
          command: [process.execPath, join(ROOT, 'bench/peers/duck.ts'), set.folder],
        }
      : null,
    isInstalled('sec') ? { name: 'SEC', does: 'logins and logouts of auth.log alone', command: sec } : null,
    isInstalled('mtail')
      ? { name: 'mtail', does: 'counts logins and logouts of auth.log alone', command: mtail }
      : null,
  ];
  return all.filter((one) => one !== null);
}

function checkCommand(set: DataSet): readonly string[] {
  const config = join(set.folder, 'settings', 'offrecord.yaml');
  const now = new Date(set.truth.judgeAt).toISOString();
  return [process.execPath, MAIN, 'check', set.data, '--config', config, '--now', now, '--format', 'ndjson'];
}

function isInstalled(program: string): boolean {
  return SEARCH_PATH.split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
