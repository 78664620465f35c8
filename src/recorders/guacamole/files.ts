import type { FileEntry } from '../../files/entry.ts';
import type { Unit } from '../recorder.ts';
import { baseName, folderOf } from '../text.ts';
import { beginsDump } from './dump.ts';
import { beginsTypescript } from './typescript.ts';

/** 0.95 for a dump or a typescript by its beginning, 0.5 for what only lies where Guacamole keeps such files. */
export function recogniseGuacamole(file: FileEntry, head: Uint8Array): number {
  if (isTimingName(file.path)) return 0;
  if (beginsTypescript(head) || beginsDump(head)) return 0.95;
  return isGuacamolePath(file.path) ? 0.5 : 0;
}

/** A file of a folder named after Guacamole or its daemon, or with the extension that is usual for dumps. */
export function isGuacamolePath(path: string): boolean {
  if (isTimingName(path)) return false;
  return /(?:^|\/)(?:guacamole|guacd)\//.test(path) || /\.guac(?:\.gz)?$/.test(path);
}

function isTimingName(path: string): boolean {
  return /\.timing(?:\.gz)?$/.test(path);
}

const UUID =
  /(?:^|[^0-9A-Fa-f])([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})(?![0-9A-Fa-f])/;

/** UUID of the history entry: in the file's name, else in that of its folder, as the history storage has it. */
export function historyId(path: string): string | null {
  return UUID.exec(baseName(path))?.[1] ?? UUID.exec(baseName(folderOf(path)))?.[1] ?? null;
}

/** Every recording is a unit, a typescript together with `<its name>.timing`. */
export function groupGuacamole(files: readonly FileEntry[], siblings: readonly FileEntry[]): readonly Unit[] {
  const byPath = new Map(siblings.map((file) => [file.path, file]));
  return files.map((file) => {
    const plain = file.path.replace(/\.gz$/, '');
    const timing = byPath.get(`${plain}.timing`) ?? byPath.get(`${plain}.timing.gz`);
    return { key: file.path, files: timing === undefined ? [file] : [file, timing] };
  });
}
