import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { hostname } from 'node:os';
import { delimiter, join } from 'node:path';
import { describe, it } from 'node:test';

/** Real programs that tests here meet, by the Debian package that brings each. */
const PROGRAMS = {
  sshd: 'openssh-server',
  ssh: 'openssh-client',
  sshpass: 'sshpass',
  rsyslogd: 'rsyslog',
  useradd: 'passwd',
  'tlog-rec-session': 'tlog',
  sudo: 'sudo',
  asciinema: 'asciinema',
  script: 'bsdutils',
  ttyrec: 'ttyrec',
} as const;

export type Program = keyof typeof PROGRAMS;

/** What every test needs: an sshd to log in to, a syslogd to hear it, and root to create accounts. */
const ALWAYS: readonly Program[] = ['sshd', 'ssh', 'rsyslogd', 'useradd'];

/** Daemons live in sbin, which an ordinary PATH leaves out. */
const FOLDERS = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin', '/usr/local/sbin'];

/** Absolute path of a program; undefined where it is not installed. */
export function findProgram(name: string): string | undefined {
  return FOLDERS.map((folder) => join(folder, name)).find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** What is missing on this machine for the given programs, in words; empty where all is there. */
export function missingParts(programs: readonly Program[]): string[] {
  const needed = new Set([...ALWAYS, ...programs]);
  const absent = [...needed].filter((name) => findProgram(name) === undefined);
  return [
    ...(process.platform === 'linux' ? [] : ['Linux']),
    ...(process.getuid?.() === 0 ? [] : ['root']),
    ...absent.map((name) => `${name} (package ${PROGRAMS[name]})`),
    ...(needed.has('tlog-rec-session') && !resolves(hostname())
      ? ['a host name that resolves, without which tlog lets nobody in']
      : []),
  ];
}

function resolves(name: string): boolean {
  const getent = findProgram('getent');
  return getent !== undefined && spawnSync(getent, ['ahosts', name]).status === 0;
}

/**
 * A suite that meets real programs. Where one is absent the suite is skipped and says which; with
 * OFFRECORD_REQUIRE_REAL_PARTS=1, where everything was installed on purpose, absence is a failure.
 */
export function describeReal(name: string, programs: readonly Program[], suite: () => void): void {
  const missing = missingParts(programs);
  const reason = `missing here: ${missing.join(', ')}`;
  if (missing.length === 0) describe(name, suite);
  else if (process.env['OFFRECORD_REQUIRE_REAL_PARTS'] === '1') it(name, () => assert.fail(reason));
  else it(name, { skip: reason }, () => {});
}
