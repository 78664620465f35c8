import { posix } from 'node:path';
import type { FileEntryWithStats, SFTPWrapper, Stats } from 'ssh2';
import type { FileEntry } from '../files/entry.ts';
import { parseRotation } from '../files/rotation.ts';
import type { SshConnection } from './connection.ts';
import { SshFault } from './fault.ts';
import { inodeOf, type Listing, MAX_FILES, type RemoteStat, toRemoteEntry } from './remote-file.ts';
import { SftpFile } from './sftp-file.ts';
import { matchesWildcard } from './wildcard.ts';

/**
 * Files at configured absolute paths of a host, whose last segment may hold `*` and `?`, with what log rotation made
 * of them. Each is opened when it is first read and stays open as long as the connection: what is read is one file,
 * whatever takes its name meanwhile. Throws an SshFault where the host does not answer.
 */
export async function listBySftp(
  connection: SshConnection,
  host: string,
  paths: readonly string[],
): Promise<Listing> {
  const sftp = await connection.sftp();
  const files = new Map<string, FileEntry>();
  const problems: string[] = [];
  for (const [folder, patterns] of Map.groupBy(paths, (path) => posix.dirname(path))) {
    try {
      const found = await listFolder(connection, sftp, folder);
      for (const path of patterns) {
        const matching = found.filter(({ filename }) => isMeant(filename, posix.basename(path)));
        if (matching.length === 0) problems.push(`${path}: nothing matches this pattern`);
        for (const one of matching) {
          const at = posix.join(folder, one.filename);
          const stat = one.attrs.isSymbolicLink() ? await followed(connection, sftp, at) : one.attrs;
          if (!stat.isFile()) continue;
          if (files.size >= MAX_FILES) problems.push(`${path}: there are more than ${MAX_FILES} files`);
          else files.set(at, toEntry(connection, sftp, host, at, toStat(at, stat)));
        }
      }
    } catch (error) {
      if (!(error instanceof SshFault) || !OF_A_FOLDER.has(error.problem)) throw error;
      problems.push(`${folder}: ${error.message}`);
    }
  }
  return { files: [...files.values()], problems: [...new Set(problems)] };
}

/** What is wrong with one folder and not with the connection. */
const OF_A_FOLDER: ReadonlySet<string> = new Set(['not-found', 'forbidden', 'refused']);

/** A log itself, or what it was renamed to. */
function isMeant(name: string, pattern: string): boolean {
  if (matchesWildcard(pattern, name)) return true;
  const { live } = parseRotation(name);
  return live !== name && matchesWildcard(pattern, live);
}

// A folder of logs holds some hundred names; more than 20,000 (about 6 MB of answers) are not looked through.
const MAX_NAMES = 20_000;

async function listFolder(
  connection: SshConnection,
  sftp: SFTPWrapper,
  folder: string,
): Promise<FileEntryWithStats[]> {
  const handle = await connection.answer<Buffer>((done) => sftp.opendir(folder, done));
  const names: FileEntryWithStats[] = [];
  try {
    while (names.length < MAX_NAMES) {
      const more = await connection.answer<FileEntryWithStats[] | null>((done) =>
        sftp.readdir(handle, (error, list) => {
          if (isEnd(error)) done(undefined, null);
          else done(error, list);
        }),
      );
      if (more === null) break;
      for (const one of more) names.push(one);
    }
  } finally {
    sftp.close(handle, () => undefined);
  }
  return names;
}

/** Code 1: nothing follows. */
function isEnd(error: Error | undefined): boolean {
  return error !== undefined && 'code' in error && error.code === 1;
}

async function followed(connection: SshConnection, sftp: SFTPWrapper, path: string): Promise<Stats> {
  return connection.answer<Stats>((done) => sftp.stat(path, done));
}

function toStat(path: string, { size, mtime, mode, uid }: Stats): RemoteStat {
  return { size, mtimeMs: mtime * 1000, mode: mode & 0o7777, uid, dev: 0, ino: inodeOf(path) };
}

function toEntry(
  connection: SshConnection,
  sftp: SFTPWrapper,
  host: string,
  path: string,
  stat: RemoteStat,
): FileEntry {
  const file = new SftpFile(connection, sftp, path);
  return toRemoteEntry(host, path, stat, (range) => file.read(range?.start ?? 0, range?.end ?? stat.size));
}
