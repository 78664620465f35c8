import { createHash } from 'node:crypto';
import type { FileEntry } from '../../files/entry.ts';
import { type Accumulator, fault } from './accumulator.ts';
import { type Book, keyOf } from './book.ts';
import { rangesText, type Range, plural } from '../text.ts';
import type { FileState, SavedState } from './state.ts';

/** A file with its first bytes. */
export interface KnownFile {
  readonly file: FileEntry;
  readonly head: Uint8Array;
}

/** What is to be read of one file. */
export interface FilePlan extends KnownFile {
  readonly id: string;
  /** Content offset to begin at. */
  readonly from: number;
  /** Lines before that offset. */
  readonly linesBefore: number;
  /** Lines before this offset were read earlier: of them only the recordings of `again` count. */
  readonly knownUntil: number;
}

export interface ReadingPlan {
  readonly files: readonly FilePlan[];
  /** Keys of recordings that are built anew because a file of theirs was cut or rewritten. */
  readonly again: ReadonlySet<string>;
  /** Those recordings as they stood before. */
  readonly before: readonly Accumulator[];
  /** All others, to be continued. */
  readonly kept: readonly Accumulator[];
}

// A tlog message begins with host and recording id within its first 120 bytes: 512 tell any two logs apart.
export const HEAD_BYTES = 512;

/**
 * Finds each file again by its first bytes, whatever its name is now, and plans to go on where its reading
 * stopped. A file whose read part is gone (same beginning and shorter, or the same inode with another beginning)
 * has the recordings it held read again, so that what is missing can be named.
 */
export function planReading(files: readonly KnownFile[], saved: SavedState): ReadingPlan {
  const matches = files.map((file) => findState(file, saved.files));
  const lost = new Set(lostStates(files, matches, saved.files).map((state) => state.id));
  const again = saved.accumulators.filter((each) => each.files.some((id) => lost.has(id)));
  const reread = new Set(again.flatMap((each) => each.files));
  return {
    files: files.map((file, index) => planFile(file, matches[index] ?? null, reread)),
    again: new Set(again.map((each) => keyOf(each.host, each.rec))),
    before: again,
    kept: saved.accumulators.filter((each) => !again.includes(each)),
  };
}

/** State of a file after reading up to an offset; null where not even a line was read. */
export function toFileState(plan: FilePlan, offset: number, lines: number): FileState | null {
  const headBytes = Math.min(plan.head.length, offset);
  if (headBytes === 0) return null;
  const head = sha256(plan.head.subarray(0, headBytes));
  const { path, dev, ino } = plan.file;
  return { id: plan.id, head, headBytes, offset, lines, path, dev, ino };
}

function planFile(known: KnownFile, state: FileState | null, reread: ReadonlySet<string>): FilePlan {
  const id = state?.id ?? sha256(known.head).slice(0, 16);
  const resumes = state !== null && !reread.has(state.id);
  const from = resumes ? { from: state.offset, linesBefore: state.lines } : { from: 0, linesBefore: 0 };
  return { ...known, id, ...from, knownUntil: state?.offset ?? 0 };
}

function findState(known: KnownFile, states: readonly FileState[]): FileState | null {
  const same = states.filter((state) => hasHead(known, state) && mayReach(known.file, state.offset));
  return same.find((state) => isSameInode(known.file, state)) ?? same[0] ?? null;
}

function hasHead({ head }: KnownFile, state: FileState): boolean {
  return head.length >= state.headBytes && sha256(head.subarray(0, state.headBytes)) === state.head;
}

/** The size of compressed content is unknown before it is read: then the beginning alone decides. */
function mayReach(file: FileEntry, offset: number): boolean {
  return file.size >= offset || file.path.endsWith('.gz');
}

/** States whose file is still there and no longer holds what was read of it. */
function lostStates(
  files: readonly KnownFile[],
  matches: readonly (FileState | null)[],
  states: readonly FileState[],
): readonly FileState[] {
  const isCutOrRewritten = (state: FileState): boolean =>
    files.some((known) => isSamePlace(known.file, state) || hasHead(known, state));
  return states.filter((state) => !matches.includes(state) && isCutOrRewritten(state));
}

/** Path and inode together: after a rotation a new file often gets the inode of one that was deleted. */
function isSamePlace(file: FileEntry, state: FileState): boolean {
  return file.path === state.path && isSameInode(file, state);
}

function isSameInode(file: FileEntry, state: FileState): boolean {
  return file.ino !== 0 && file.ino === state.ino && file.dev === state.dev;
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Compares recordings read again with what they were: what is gone or different is noted for good. */
export function compareWithBefore(book: Book, before: readonly Accumulator[]): void {
  for (const earlier of before) {
    const key = keyOf(earlier.host, earlier.rec);
    const now = book.open.get(key);
    if (now === undefined) {
      fault(
        earlier,
        `all ${plural(earlier.messages, 'message')} read earlier are gone`,
        'recording-truncated',
      );
      book.open.set(key, earlier);
      continue;
    }
    for (const known of earlier.faults) fault(now, known.detail, known.code);
    noteDifferences(earlier, now);
  }
}

function noteDifferences(earlier: Accumulator, now: Accumulator): void {
  const gone = earlier.seen.ranges.flatMap((range) => without(range, now.seen.ranges));
  if (gone.length > 0)
    fault(now, `message ids ${rangesText(gone)} were read earlier and are gone`, 'recording-truncated');
  for (const [id, digest] of earlier.seen.digests) {
    const found = now.seen.digests.get(id);
    if (found !== undefined && found !== digest)
      fault(now, `message id ${id} differs from what was read earlier`);
  }
}

/** The parts of a range that none of the others covers. */
function without(range: Range, others: readonly Range[]): readonly Range[] {
  const left: Range[] = [];
  let next = range[0];
  for (const [first, last] of others) {
    if (last < next || first > range[1]) continue;
    if (first > next) left.push([next, first - 1]);
    next = last + 1;
  }
  return next <= range[1] ? [...left, [next, range[1]]] : left;
}
