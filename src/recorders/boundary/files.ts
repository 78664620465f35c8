import type { FileEntry } from '../../files/entry.ts';
import type { Unit } from '../recorder.ts';
import { baseName } from '../text.ts';
import { startsWithMagic } from './chunks.ts';

/** The recording that a path lies in. */
export interface BoundaryPlace {
  /** Id of the recording, as its folder is named: `sr_…`. */
  readonly id: string;
  /** Path of the folder `<id>.bsr`. */
  readonly key: string;
}

const MEMBER =
  /^(?:(?:session|connection|channel)-recording(?:\.meta|-summary\.json)|session-meta\.json|SHA256SUM(?:\.sig)?|\.journal|bsrKey\.pub|wrapped(?:Bsr|Priv)Key|pubKey(?:Bsr|Self)Signature\.sign|(?:messages|requests)-(?:inbound|outbound)\.data)$/;

/** Finds `…/<id>.bsr/…` above a file that belongs to a recording; null for every other path. */
export function findPlace(path: string): BoundaryPlace | null {
  const segments = path.split('/');
  const at = segments.slice(0, -1).findIndex((name) => name.length > '.bsr'.length && name.endsWith('.bsr'));
  const folder = segments[at];
  if (folder === undefined || !MEMBER.test(baseName(path))) return null;
  return { id: folder.slice(0, -'.bsr'.length), key: segments.slice(0, at + 1).join('/') };
}

/** 0.98 for chunks in a recording's folder, 0.9 for its other files by name, 0.8 for chunks anywhere else. */
export function recogniseBoundary(file: FileEntry, head: Uint8Array): number {
  const isPlaced = findPlace(file.path) !== null;
  if (startsWithMagic(head)) return isPlaced ? 0.98 : 0.8;
  return isPlaced ? 0.9 : 0;
}

/** A folder with everything below it is one unit; chunks that lie outside of any are units of their own. */
export function groupBoundary(files: readonly FileEntry[]): readonly Unit[] {
  const units = Map.groupBy(files, (file) => findPlace(file.path)?.key ?? file.path);
  return [...units].map(([key, members]) => ({
    key,
    files: members.toSorted((a, b) => (a.path < b.path ? -1 : 1)),
  }));
}
