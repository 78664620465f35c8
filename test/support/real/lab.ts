import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Account, type Role, createAccount } from './accounts.ts';
import { type LogLevel, type Places, sshdConfig, sudoersText } from './configs.ts';
import { startSshd, startSyslogd } from './daemons.ts';
import { type Keys, createKeys } from './keys.ts';
import { findProgram } from './parts.ts';
import { mustRun, stop } from './process.ts';
import { freePort } from './relay.ts';
import { MARK, ownerTag, removeLeftovers, removeTraces, SUDOERS_FOLDER } from './traces.ts';
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
export async function startLab(plan: LabPlan): Promise<Lab> {
  removeLeftovers();
  removeAtExit();
  await prepareMachine();
  try {
    return await build(plan);
  } catch (error) {
    // Half a lab would keep /dev/log from the next one.
    removeTraces(ownerTag());
    throw error;
  }
}

async function build({ roles, logLevel }: LabPlan): Promise<Lab> {
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
  const recordings = join(folder, 'recordings');
  mkdirSync(recordings);
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
