import type { FileEntry } from '../../files/entry.ts';
import { companionsOf, indexByStem } from '../companions.ts';
import type { Unit } from '../recorder.ts';

/** 0.95 for a header at the beginning, 0.7 for the extension alone (a damaged, compressed or empty cast). */
export function recogniseCast(file: FileEntry, head: Uint8Array): number {
  const text = new TextDecoder().decode(head.subarray(0, 64 * 1024));
  if (isHeader(text)) return 0.95;
  return /\.cast(?:\.gz)?$/.test(file.name) ? 0.7 : 0;
}

/** Version 1 is one object with `stdout`, 2 has a width and 3 a `term` in its first line. */
function isHeader(text: string): boolean {
  if (!text.startsWith('{')) return false;
  const version = /"version"\s{0,4}:\s{0,4}([123])\b/.exec(text.slice(0, 16 * 1024))?.[1];
  if (version === '1') return /"stdout"\s{0,4}:\s{0,4}\[/.test(text);
  const line = text.slice(0, text.indexOf('\n') < 0 ? text.length : text.indexOf('\n'));
  return (version === '2' && line.includes('"width"')) || (version === '3' && line.includes('"term"'));
}

/** Every cast is a unit, with the files beside it that share its name. */
export function groupCasts(files: readonly FileEntry[], siblings: readonly FileEntry[]): readonly Unit[] {
  const index = indexByStem(siblings);
  const own = new Set(files.map((file) => file.path));
  return files.map((file) => ({
    key: file.path,
    files: [file, ...companionsOf(file, index).filter((candidate) => !own.has(candidate.path))],
  }));
}
