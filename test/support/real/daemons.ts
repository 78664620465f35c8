import { type ChildProcess, spawn } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type Places, rsyslogConfig } from './configs.ts';
import { findProgram } from './parts.ts';
import { until } from './process.ts';
import { DEV_LOG, MARK } from './traces.ts';

/** Starts an rsyslogd that hears the lab's socket alone. */
export async function startSyslogd(places: Places): Promise<ChildProcess> {
  const config = join(places.folder, 'rsyslog.conf');
  writeFileSync(config, rsyslogConfig(places));
  const child = start('rsyslogd', ['-n', '-f', config, '-i', join(places.folder, 'rsyslogd.pid')]);
  await until('rsyslogd to listen', () => existsSync(places.logSocket));
  return child;
}

/**
 * Starts an sshd which, with everything it starts, logs to the lab's socket. Where the machine has no syslogd of
 * its own, /dev/log is made a link to that socket; else the socket is mounted over /dev/log, seen by this sshd alone.
 */
export async function startSshd(places: Places, text: string, port: number): Promise<ChildProcess> {
  const config = join(places.folder, 'sshd.conf');
  writeFileSync(config, text);
  const command = [findProgram('sshd') ?? '', '-D', '-f', config];
  const isOurs = await claimDevLog(places.logSocket);
  const child = isOurs ? start('env', command) : startPrivately(places.logSocket, command);
  await until('sshd to listen', () =>
    readFileSync(places.isoLog, 'utf8').includes(`127.0.0.1 port ${port}.`),
  );
  return child;
}

function startPrivately(socket: string, command: readonly string[]): ChildProcess {
  const mount = 'mount --bind "$0" "$1" && shift && exec "$@"';
  const apart = ['--mount', '--propagation', 'private', 'sh', '-c', mount, socket, DEV_LOG];
  return start('unshare', [...apart, ...command]);
}

// A lab lives for some seconds; one that another test run keeps for two minutes hangs.
const OTHER_LAB_MS = 120_000;

/** Makes /dev/log lead to the lab; false where a syslogd of the machine has it. Waits while another lab has it. */
async function claimDevLog(socket: string): Promise<boolean> {
  const holder = await until('another lab to end', () => claimNow(socket), OTHER_LAB_MS);
  return holder === 'lab';
}

function claimNow(socket: string): 'lab' | 'machine' | undefined {
  if (isHeard(DEV_LOG))
    return isLink(DEV_LOG) && readlinkSync(DEV_LOG).includes(`/${MARK}-`) ? undefined : 'machine';
  try {
    rmSync(DEV_LOG, { force: true });
    symlinkSync(socket, DEV_LOG);
    return 'lab';
  } catch {
    // Another lab was faster.
    return undefined;
  }
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}

/** True where a process listens on the socket: a file that a dead one left behind is not heard. */
function isHeard(path: string): boolean {
  if (!existsSync(path)) return false;
  const bound = readFileSync('/proc/net/unix', 'utf8').split('\n');
  return bound.some((line) => line.endsWith(` ${realpathSync(path)}`));
}

function start(program: string, args: readonly string[]): ChildProcess {
  return spawn(findProgram(program) ?? program, args, { stdio: 'ignore' });
}
