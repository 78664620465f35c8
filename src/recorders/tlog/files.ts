import type { FileEntry } from '../../files/entry.ts';
import type { Unit } from '../recorder.ts';
import { baseName, folderOf } from '../text.ts';

/**
 * 0.95 for tlog messages at the head, bare or in a log; 0.6 for a file that its path gives to tlog (also an empty
 * one); 0.3 for a log of any program, which may hold tlog messages further in; else 0.
 */
export function recogniseTlog(file: FileEntry, head: Uint8Array): number {
  const text = new TextDecoder().decode(head.subarray(0, 64 * 1024));
  if (BARE.test(text) || CARRIED.test(text)) return 0.95;
  if (isTlogPath(file.name) && (head.length === 0 || isGzip(head) || text.startsWith('{'))) return 0.6;
  return LOG_LINE.test(text) ? 0.3 : 0;
}

const BARE = /^\{"ver":"[\d.]{1,8}","host":"[^"\n]{0,255}","rec":"/;
const CARRIED = /\{\\?"ver\\?":\\?"[\d.]{1,8}\\?",\\?"host\\?":\\?"[^"\n]{0,255}",\\?"rec\\?":/;
const LOG_LINE =
  /^(?:(?:<\d{1,3}>)?1? ?(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d |\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d)|\{[^\n]{0,4096}"(?:__REALTIME_TIMESTAMP|MESSAGE|msg|message)":)/;

/** True for a path that says tlog: a folder or file named so, or tlog's own `rec.log`. */
export function isTlogPath(path: string): boolean {
  return path.split('/').includes('tlog') || /^(?:tlog|rec\.log)/.test(baseName(path));
}

/** A log and its rotated files make one unit, oldest first: a recording goes on across a rotation. */
export function groupTlog(files: readonly FileEntry[]): readonly Unit[] {
  const units = new Map<string, FileEntry[]>();
  for (const file of files) {
    const key = `${folderOf(file.path)}/${baseName(file.path).replace(ROTATION, '')}`;
    units.set(key, [...(units.get(key) ?? []), file]);
  }
  return [...units].map(([key, members]) => ({ key, files: members.sort(byAge) }));
}

// logrotate's numbers and dates, each with or without compression.
const ROTATION = /(?:\.\d{1,4}|[-.]\d{8}(?:-?\d{2,6})?)?(?:\.gz)?$/;

function byAge(a: FileEntry, b: FileEntry): number {
  return (
    rotationNumber(b) - rotationNumber(a) ||
    dateOf(a).localeCompare(dateOf(b)) ||
    a.path.localeCompare(b.path)
  );
}

function rotationNumber(file: FileEntry): number {
  return Number(/\.(\d{1,4})(?:\.gz)?$/.exec(file.path)?.[1] ?? 0);
}

/** The live log has no date and comes last. */
function dateOf(file: FileEntry): string {
  return /[-.](\d{8}(?:-?\d{2,6})?)(?:\.gz)?$/.exec(file.path)?.[1] ?? '~';
}

function isGzip(head: Uint8Array): boolean {
  return head[0] === 0x1f && head[1] === 0x8b;
}
