import type { FileEntry } from '../files/entry.ts';
import { withoutExtension } from './file-names.ts';
import type { Unit } from './recorder.ts';
import { baseName, folderOf } from './text.ts';

/** Files by folder and beginning of their name up to any dot, so that companions are found without a search. */
export type StemIndex = ReadonlyMap<string, readonly FileEntry[]>;

/** One pass over all files: each is listed under every beginning of its name that ends before a dot. */
export function indexByStem(files: readonly FileEntry[]): StemIndex {
  const index = new Map<string, FileEntry[]>();
  for (const file of files) {
    for (const stem of stemsOf(file.path)) {
      const listed = index.get(stem);
      if (listed === undefined) index.set(stem, [file]);
      else listed.push(file);
    }
  }
  return index;
}

/** Path of a recording without `.gz` and its extension: what its sidecars and timing files begin with. */
export function stemOf(path: string): string {
  const folder = folderOf(path);
  const name = withoutExtension(baseName(path));
  return folder === '' && !path.startsWith('/') ? name : `${folder}/${name}`;
}

/** Files beside a recording that share its stem, without the recording itself. */
export function companionsOf(file: FileEntry, index: StemIndex): readonly FileEntry[] {
  return (index.get(stemOf(file.path)) ?? []).filter((candidate) => candidate.path !== file.path);
}

/** Every file is a unit, with the files beside it that share its name and are no recordings themselves. */
export function groupByStem(files: readonly FileEntry[], siblings: readonly FileEntry[]): readonly Unit[] {
  const index = indexByStem(siblings);
  const own = new Set(files.map((file) => file.path));
  return files.map((file) => ({
    key: file.path,
    files: [file, ...companionsOf(file, index).filter((candidate) => !own.has(candidate.path))],
  }));
}

// Names hold few dots; more than eight are cut so that a name made of dots lists a file only eight times.
const STEMS_PER_FILE = 8;

function stemsOf(path: string): readonly string[] {
  const start = path.lastIndexOf('/') + 1;
  const stems: string[] = [];
  for (let dot = path.indexOf('.', start + 1); dot >= 0; dot = path.indexOf('.', dot + 1)) {
    stems.push(path.slice(0, dot));
  }
  // The last dots count: sidecar suffixes stand at the end.
  return [...new Set([...stems.slice(-STEMS_PER_FILE), path])];
}
