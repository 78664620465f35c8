import { posix } from 'node:path';
import type { FileEntry } from '../files/entry.ts';
import { parseRotation } from '../files/rotation.ts';
import type { SshConnection } from './connection.ts';
import { SshFault } from './fault.ts';
import { type Listing, MAX_FILES, type RemoteStat, toRemoteEntry } from './remote-file.ts';
import { matchesWildcard } from './wildcard.ts';

/** First line of every list that `contrib/offrecord-pull` gives. */
const HEADER = 'offrecord-pull 1';
/** A line takes at most 350 bytes: 255 of name and six numbers. Twice the files that are taken fit. */
const MAX_LIST_BYTES = 2 * MAX_FILES * 350;

/** Those of the files which a host's forced command gives that are meant by the paths. Throws an SshFault. */
export async function listByCommand(
  connection: SshConnection,
  host: string,
  paths: readonly string[],
): Promise<Listing> {
  const lines = (await readText(connection, 'list')).split('\n');
  if (lines.shift() !== HEADER) throw new SshFault('protocol');
  const offered = lines.filter((line) => line !== '').map(parseLine);
  const meant = offered.filter(({ path }) => paths.some((pattern) => isMeant(path, pattern)));
  const missing = paths.filter((pattern) => !meant.some(({ path }) => isMeant(path, pattern)));
  const tooMany = meant.length > MAX_FILES ? [`${host}: there are more than ${MAX_FILES} files`] : [];
  return {
    files: meant.slice(0, MAX_FILES).map(({ path, stat }) => toEntry(connection, host, path, stat)),
    problems: [...missing.map((path) => `${path}: the host offers no such file`), ...tooMany],
  };
}

/** A log itself, or what it was renamed to. */
function isMeant(path: string, pattern: string): boolean {
  if (posix.dirname(path) !== posix.dirname(pattern)) return false;
  const name = posix.basename(path);
  const wanted = posix.basename(pattern);
  return matchesWildcard(wanted, name) || matchesWildcard(wanted, parseRotation(name).live);
}

async function readText(connection: SshConnection, command: string): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of connection.run(command)) {
    bytes += chunk.length;
    if (bytes > MAX_LIST_BYTES) throw new SshFault('protocol', 'the list is too long');
    parts.push(chunk);
  }
  return Buffer.concat(parts).toString('utf8');
}

interface Offered {
  readonly path: string;
  readonly stat: RemoteStat;
}

/** SIZE MTIME DEVICE INODE MODE OWNER NAME, the mode in hexadecimal; names hold nothing that a shell could act on. */
const LINE =
  /^(\d{1,15}) (\d{1,12}) (\d{1,15}) (\d{1,15}) ([0-9a-f]{1,8}) (\d{1,10}) (\/[A-Za-z0-9._/=:@+,-]{1,1000})$/;

function parseLine(line: string): Offered {
  const match = LINE.exec(line);
  if (match === null) throw new SshFault('protocol', 'a line of the list cannot be read');
  const [, size, mtime, dev, ino, mode, uid, path = ''] = match;
  const stat = {
    size: Number(size),
    mtimeMs: Number(mtime) * 1000,
    dev: Number(dev),
    ino: Number(ino),
    mode: Number.parseInt(mode ?? '0', 16) & 0o7777,
    uid: Number(uid),
  };
  return { path, stat };
}

function toEntry(connection: SshConnection, host: string, path: string, stat: RemoteStat): FileEntry {
  const open: FileEntry['open'] = (range) =>
    readFile(connection, path, stat, range?.start ?? 0, range?.end ?? stat.size);
  return toRemoteEntry(host, path, stat, open);
}

/** The first piece: whoever looks at a beginning needs no more, and the host would send on until it is told to stop. */
const FIRST_BYTES = 4096;

async function* readFile(
  connection: SshConnection,
  path: string,
  { dev, ino }: RemoteStat,
  from: number,
  end: number,
): AsyncGenerator<Uint8Array> {
  const first = Math.min(end, from + FIRST_BYTES);
  for (const [start, stop] of [
    [from, first],
    [first, end],
  ] as const) {
    if (start < stop) yield* connection.run(`read ${dev}:${ino} ${start} ${stop - start} ${path}`);
  }
}
