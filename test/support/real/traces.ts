import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

/** Where the C library sends log messages. */
export const DEV_LOG = '/dev/log';
export const SUDOERS_FOLDER = '/etc/sudoers.d';
/** Begins the name of every folder and sudoers file, and the comment of every account, made for these tests. */
export const MARK = 'offrecord-real';

/** Names the process that made something: its id, and its start, since ids recur. */
export function ownerTag(): string {
  return `${process.pid}-${startOf(process.pid)}`;
}

/** Kernel ticks at which a process started; undefined where it is gone, or dead and merely not waited for. */
function startOf(pid: number): string | undefined {
  const stat = readProc(pid, 'stat') ?? '';
  // The second field is the program's name in brackets and may hold spaces; state and start are fields 3 and 22.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' ? undefined : fields[19];
}

function readProc(pid: number, name: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return undefined;
  }
}

function isAlive(tag: string): boolean {
  const [pid, start] = tag.split('-');
  return startOf(Number(pid)) === start;
}

/** Removes what test processes that died (killed, or the machine lost power) left behind. */
export function removeLeftovers(): void {
  for (const tag of tagsSeen()) if (!isAlive(tag)) removeTraces(tag);
}

function tagsSeen(): Set<string> {
  const names = [...readdirSync(tmpdir()), ...sudoersFiles(), ...accounts().map(({ comment }) => comment)];
  return new Set(names.flatMap((name) => new RegExp(`^${MARK}-(\\d+-\\d+)`).exec(name)?.[1] ?? []));
}

/**
 * Removes everything on the machine that the process named by `tag` made for these tests: processes, accounts,
 * sudo rules, the log socket and folders. Synchronous, so that it also runs when the process exits.
 */
export function removeTraces(tag: string): void {
  const isOurs = (name: string) => name.startsWith(`${MARK}-${tag}`);
  const folders = readdirSync(tmpdir())
    .filter(isOurs)
    .map((name) => join(tmpdir(), name));
  const own = accounts().filter(({ comment }) => isOurs(comment));
  endProcesses(folders, new Set(own.map(({ uid }) => uid)));
  for (const { name } of own) spawnSync('userdel', ['--force', name]);
  for (const name of sudoersFiles().filter(isOurs)) rmSync(join(SUDOERS_FOLDER, name));
  if (folders.some((folder) => linkedInto(DEV_LOG, folder))) rmSync(DEV_LOG);
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
}

function sudoersFiles(): string[] {
  return existsSync(SUDOERS_FOLDER) ? readdirSync(SUDOERS_FOLDER) : [];
}

function linkedInto(path: string, folder: string): boolean {
  const isLink = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
  return isLink && readlinkSync(path).startsWith(`${folder}/`);
}

function accounts(): { name: string; uid: number; comment: string }[] {
  return readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .map(([name = '', , uid, , comment = '']) => ({ name, uid: Number(uid), comment }));
}

/** Ends processes that were given one of the folders on their command line, or that run as one of the accounts. */
function endProcesses(folders: readonly string[], uids: ReadonlySet<number>): void {
  for (const pid of readdirSync('/proc').map(Number).filter(Number.isInteger)) {
    const command = readProc(pid, 'cmdline') ?? '';
    const uid = Number(/^Uid:\s+(\d+)/m.exec(readProc(pid, 'status') ?? '')?.[1]);
    const isOurs = uids.has(uid) || folders.some((folder) => command.includes(basename(folder)));
    if (pid !== process.pid && isOurs) kill(pid);
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself in the meantime.
  }
}
