import { type ChildProcess, spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Account, type Role, createAccount } from './accounts.ts';
import { type LogLevel, type Places, rsyslogConfig, sshdConfig, sudoersText } from './configs.ts';
import { type Keys, createKeys } from './keys.ts';
import { findProgram } from './parts.ts';
import { mustRun, stop, until } from './process.ts';
import { freePort } from './relay.ts';
import { DEV_LOG, MARK, ownerTag, removeLeftovers, removeTraces, SUDOERS_FOLDER } from './traces.ts';
import { installTlog, TLOG_OWNER } from './wrappers.ts';

/** A real sshd with accounts and recorders, and the syslogd that hears it; everything on loopback. */
export interface Lab {
  readonly port: number;
  readonly keys: Keys;
  readonly places: Places;
  /** The account of a role; where a plan names the role several times, the nth. */
  account(role: Role, nth?: number): Account;
  /** What the log says so far, with ISO times. */
  log(): string;
  stop(): Promise<void>;
}

export interface LabPlan {
  readonly roles: readonly Role[];
  readonly logLevel: LogLevel;
}

/** Builds and starts a lab. Whatever happens, its traces are removed when the process exits, or by the next lab. */
export async function startLab({ roles, logLevel }: LabPlan): Promise<Lab> {
  removeLeftovers();
  removeAtExit();
  await prepareMachine();
  const places = createPlaces(roles);
  const accounts = await createAccounts(roles, places);
  const first = accounts[0];
  if (!first) throw new Error('a lab needs an account');
  const keys = await createKeys(places.folder, accounts, first);
  await allowSudo(accounts, places);
  const port = await freePort();
  const syslogd = await startSyslogd(places);
  const sshd = await startSshd(places, sshdConfig(places, keys, accounts, { port, logLevel }), port);
  return {
    port,
    keys,
    places,
    account: (role, nth = 0) => accounts.filter((one) => one.role === role)[nth] ?? first,
    log: () => readFileSync(places.isoLog, 'utf8'),
    stop: async () => {
      await stop(sshd);
      await stop(syslogd);
      removeTraces(ownerTag());
    },
  };
}

/** What a Debian host has once its services have started, and a bare machine may lack: sshd and tlog need it. */
async function prepareMachine(): Promise<void> {
  mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  if (!existsSync('/run/utmp'))
    await mustRun('install', ['-m', '664', '-g', 'utmp', '/dev/null', '/run/utmp']);
}

let willRemove = false;

function removeAtExit(): void {
  if (willRemove) return;
  willRemove = true;
  process.once('exit', () => removeTraces(ownerTag()));
}

function createPlaces(roles: readonly Role[]): Places {
  const folder = mkdtempSync(join(tmpdir(), `${MARK}-${ownerTag()}-`));
  // The accounts of the lab must reach their homes and the wrappers.
  chmodSync(folder, 0o755);
  const recordings = join(folder, 'evidence', 'hosts', hostname(), 'recordings');
  mkdirSync(recordings, { recursive: true });
  for (const role of new Set(roles.filter((one) => one !== 'plain'))) {
    mkdirSync(join(recordings, role));
    chmodSync(join(recordings, role), role === 'sudo' ? 0o700 : 0o1777);
  }
  for (const name of ['bin', 'homes', 'log']) mkdirSync(join(folder, name));
  const [isoLog, plainLog] = [join(folder, 'log', 'iso'), join(folder, 'log', 'plain')];
  for (const log of [isoLog, plainLog]) writeFileSync(log, '');
  return {
    folder,
    recordings,
    bin: join(folder, 'bin'),
    logSocket: join(folder, 'log', 'socket'),
    isoLog,
    plainLog,
  };
}

async function createAccounts(roles: readonly Role[], places: Places): Promise<Account[]> {
  const accounts: Account[] = [];
  // One after the other: useradd locks the password file.
  for (const role of roles) {
    const shell = role === 'tlog' ? await installTlog(places.bin) : '/bin/bash';
    accounts.push(await createAccount(role, places.folder, shell));
  }
  if (roles.includes('tlog')) await mustRun('chown', [TLOG_OWNER, join(places.recordings, 'tlog')]);
  return accounts;
}

async function allowSudo(accounts: readonly Account[], places: Places): Promise<void> {
  if (findProgram('sudo') === undefined) return;
  const draft = join(places.folder, 'sudoers');
  writeFileSync(draft, sudoersText(accounts, places.recordings), { mode: 0o440 });
  await mustRun('visudo', ['--check', '--quiet', '--file', draft]);
  // sudo reads no file whose name has a dot.
  await mustRun('cp', [draft, join(SUDOERS_FOLDER, `${MARK}-${ownerTag()}`)]);
}

async function startSyslogd(places: Places): Promise<ChildProcess> {
  const config = join(places.folder, 'rsyslog.conf');
  writeFileSync(config, rsyslogConfig(places));
  const child = start('rsyslogd', ['-n', '-f', config, '-i', join(places.folder, 'rsyslogd.pid')]);
  await until('rsyslogd to listen', () => existsSync(places.logSocket));
  return child;
}

/**
 * sshd and everything it starts must log to the lab's socket. Where the machine has no syslogd of its own, /dev/log
 * is made a link to that socket; else the socket is mounted over /dev/log, seen by this sshd alone.
 */
async function startSshd(places: Places, text: string, port: number): Promise<ChildProcess> {
  const config = join(places.folder, 'sshd.conf');
  writeFileSync(config, text);
  const sshd = findProgram('sshd') ?? '';
  const privately = [
    '--mount',
    '--propagation',
    'private',
    'sh',
    '-c',
    'mount --bind "$0" "$1" && shift && exec "$@"',
  ];
  const child = isHeard(DEV_LOG)
    ? start('unshare', [...privately, places.logSocket, DEV_LOG, sshd, '-D', '-f', config])
    : linkAndStart(places, sshd, config);
  await until('sshd to listen', () =>
    readFileSync(places.isoLog, 'utf8').includes(`127.0.0.1 port ${port}.`),
  );
  return child;
}

function linkAndStart(places: Places, sshd: string, config: string): ChildProcess {
  rmSync(DEV_LOG, { force: true });
  symlinkSync(places.logSocket, DEV_LOG);
  return start(sshd, ['-D', '-f', config]);
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
