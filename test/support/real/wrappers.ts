import { chmodSync, cpSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram } from './parts.ts';
import { mustRun, run } from './process.ts';
import type { Role } from './accounts.ts';

// Recorders as administrators force them: each names its recording by time, account and process, then becomes the
// recorder, so that the process in the name is the recorder's own.
const BEGIN = (folder: string) => `#!/bin/bash
umask 022
id=$(date +%Y%m%dT%H%M%S)-$USER-$$
at=${folder}/$id
command=\${SSH_ORIGINAL_COMMAND:-/bin/bash --norc}
`;

const SCRIPTS = {
  asciinema: `export LC_ALL=C.UTF-8 ASCIINEMA_CONFIG_HOME=$HOME/.asciinema
exec asciinema rec -q --stdin -e SSH_CONNECTION,SSH_TTY,USER,TERM,SHELL -c "$command" $at.cast
`,
  script: `read -r ip port _ <<< "$SSH_CONNECTION"
printf '{"id":"%s","user":"%s","client_ip":"%s","client_port":%s,"tty":"%s","start":"%s"}\\n' \\
  "$id" "$USER" "$ip" "$port" "$SSH_TTY" "$(date -u +%FT%T.%3NZ)" > $at.meta.json
exec script -q -f -e -E auto -m advanced -B $at.log -T $at.timing -c "$command"
`,
  ttyrec: `exec ttyrec -e "$command" $at.ttyrec
`,
} as const;

export type Wrapped = keyof typeof SCRIPTS;

export function isWrapped(role: Role): role is Wrapped {
  return Object.hasOwn(SCRIPTS, role);
}

/** Writes the wrapper of one recorder and returns its path, for sshd's ForceCommand. */
export function writeWrapper(role: Wrapped, folder: string, recordings: string): string {
  const path = join(folder, `record-${role}`);
  writeFileSync(path, BEGIN(recordings) + SCRIPTS[role]);
  chmodSync(path, 0o755);
  return path;
}

/** Kills the recorder of an account's only recording so far: its process id ends the recording's name. */
export function killRecorder(role: Wrapped, recordings: string, account: string): void {
  const names = readdirSync(join(recordings, role)).map((name) =>
    new RegExp(`-${account}-(\\d+)\\.`).exec(name),
  );
  const pid = names.find((match) => match !== null)?.[1];
  if (pid === undefined) throw new Error(`no recording of ${account}`);
  process.kill(Number(pid), 'SIGKILL');
}

/** The account that owns tlog's recordings where tlog is set up so that the recorded account cannot touch them. */
export const TLOG_OWNER = '_tlog';

/**
 * Copies tlog with the set-user-id bits that upstream's package gives it and Debian's does not: its recordings
 * then belong to an account of their own, and its lock of the audit session works.
 */
export async function installTlog(folder: string): Promise<string> {
  const path = join(folder, 'tlog-rec-session');
  cpSync(findProgram('tlog-rec-session') ?? '', path);
  await mustRun('chown', [`${TLOG_OWNER}:${TLOG_OWNER}`, path]);
  chmodSync(path, 0o6755);
  await run('install', ['-d', '-o', TLOG_OWNER, '-g', TLOG_OWNER, '-m', '755', '/run/tlog']);
  return path;
}

/** tlog's configuration, as text for its environment variable. */
export function tlogConfig(recordings: string): string {
  return JSON.stringify({
    shell: '/bin/bash',
    notice: '',
    latency: 1,
    log: { input: true, output: true, window: true },
    writer: 'file',
    file: { path: join(recordings, 'rec.log') },
  });
}
