import { createHash } from 'node:crypto';
import type { FileEntry } from '../files/entry.ts';

/** What a host lists. */
export interface Listing {
  readonly files: readonly FileEntry[];
  /** Configured paths that could not be listed, or that nothing matches, for a person. */
  readonly problems: readonly string[];
}

/** A file as a host describes it; times in whole seconds, as both protocols have them. */
export interface RemoteStat {
  readonly size: number;
  readonly mtimeMs: number;
  readonly mode: number;
  readonly uid: number;
  readonly dev: number;
  readonly ino: number;
}

/** Files taken of one host: three logs with a rotated file for each day of a quarter stay below 300. */
export const MAX_FILES = 500;

/** The entry of a file at an absolute path of a host, named after both. */
export function toRemoteEntry(
  host: string,
  path: string,
  stat: RemoteStat,
  open: NonNullable<FileEntry['open']>,
): FileEntry {
  const name = `${host}${path}`;
  return { path: `ssh://${name}`, name, host, ...stat, pinned: null, open };
}

/** SFTP tells no inode; one made from the path tells files of equal beginnings apart as long as they keep their names. */
export function inodeOf(path: string): number {
  return createHash('sha256').update(path).digest().readUIntBE(0, 6);
}
