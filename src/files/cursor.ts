import type { FileEntry } from './entry.ts';
import type { Framing, Position } from './framing.ts';
import { type FileProblem, fileProblem } from './problem.ts';
import { type ContentHead, toContentHead } from './read.ts';
import type { LogStream, StreamFile } from './rotation.ts';
import { isCopy, readSample, type Sample } from './sample.ts';

export { contentOf } from './sample.ts';

/** How far each file of a stream has been read. Plain JSON. */
export interface StreamCursor {
  readonly files: readonly FileCursor[];
  /** `seq` of the first record of the next file that is new. */
  readonly nextSeq: number;
}

export interface FileCursor extends Position {
  /** Hints that decide between files of equal beginnings; never trusted where the beginnings differ. */
  readonly dev: number;
  readonly ino: number;
  /** The first 256 bytes of the content, or as many as there were. */
  readonly head: ContentHead;
  /** Id of the content; empty until its first record was complete. */
  readonly content: string;
  /** `seq` of the next record. */
  readonly seq: number;
  /** Read to its end, and it can no longer grow. */
  readonly done: boolean;
}

export const EMPTY_CURSOR: StreamCursor = { files: [], nextSeq: 0 };

/** One file to read, with what `readRecords` needs. */
export interface PlannedRead {
  /** The file as it is now. */
  readonly entry: FileEntry;
  readonly framing: Framing;
  readonly final: boolean;
  readonly from: Position;
  readonly expected: ContentHead;
  /** Empty where the first record is not complete yet: take `contentOf` the record read at offset 0. */
  readonly content: string;
  /** `seq` of the first record to be read; each record counts one up. */
  readonly seq: number;
  /** Index in the plan's cursor, for `advanceCursor`. */
  readonly slot: number;
}

export interface ReadPlan {
  /** Oldest first. */
  readonly reads: readonly PlannedRead[];
  /** The cursor to advance: it knows the files by what they are called and how long they are now. */
  readonly cursor: StreamCursor;
  readonly problems: readonly FileProblem[];
}

// A year of daily files is 365; eleven years are 4096. At 300 bytes each their cursor takes 1.2 MB.
const FILES_LIMIT = 4096;
// Files that are gone may come back: the walk fell into a rotation, a share was away. Of these no more than 64 are
// kept: two months of daily files, 20 KB.
const GONE_LIMIT = 64;
// Each new file gets a range of its own, so that lines written late to a rotated file keep their place before those
// of the next one. 2^32 records to a file, and 2^53 / 2^32 = two million files before numbers lose precision.
const SEQ_RANGE = 2 ** 32;

/**
 * What is to be read of a stream after a cursor. Files are known by their first bytes, whatever they are called now,
 * compressed or not. A file that is shorter than what was read of it is new content. Copies are read once.
 */
export async function planReads(
  stream: LogStream,
  cursor: StreamCursor,
  framingOf: (head: Uint8Array) => Framing = () => 'lines',
): Promise<ReadPlan> {
  const problems: FileProblem[] = [];
  const files = stream.files.slice(-FILES_LIMIT);
  const sampled: Sampled[] = [];
  for (const file of files) {
    const sample = await readSample(file.entry, framingOf);
    if (sample === null) continue;
    if ('code' in sample) problems.push(sample);
    else sampled.push({ sample, final: isFinal(file, sample) });
  }
  const oldest = stream.files[0];
  if (files.length < stream.files.length && oldest)
    problems.push(fileProblem(oldest.entry.path, 'too-many', TOO_MANY));
  return { ...toPlan(await withoutCopies(sampled), cursor), problems };
}

const TOO_MANY = `the log has more than ${FILES_LIMIT} rotated files; the oldest are not read`;

/** The cursor after records of one file were read and dealt with. `records` is their number. */
export function advanceCursor(
  cursor: StreamCursor,
  slot: number,
  progress: Position & { readonly records: number; readonly content: string; readonly done: boolean },
): StreamCursor {
  const { offset, line, content, done, records } = progress;
  const files = cursor.files.map((file, index) =>
    index === slot ? { ...file, offset, line, content, done, seq: file.seq + records } : file,
  );
  return { ...cursor, files };
}

interface Sampled {
  readonly sample: Sample;
  readonly final: boolean;
}

/** Where another file has taken the name since it was listed, what its name said of it counts no more. */
function isFinal({ entry, final }: StreamFile, { entry: now, gzip }: Sample): boolean {
  const same = entry.dev === now.dev && entry.ino === now.ino && entry.size === now.size;
  return gzip || (final && same);
}

async function withoutCopies(all: readonly Sampled[]): Promise<readonly Sampled[]> {
  const kept: Sampled[] = [];
  const byContent = new Map<string, number[]>();
  for (const one of all) {
    const alike = byContent.get(one.sample.content) ?? [];
    const copy = await findCopy(one.sample, alike, kept);
    if (copy === undefined) byContent.set(one.sample.content, [...alike, kept.push(one) - 1]);
    else if (isBetter(one.sample, kept[copy]?.sample)) kept[copy] = one;
  }
  return kept;
}

async function findCopy(
  sample: Sample,
  alike: readonly number[],
  kept: readonly Sampled[],
): Promise<number | undefined> {
  for (const index of alike) {
    const other = kept[index];
    if (other !== undefined && (await isCopy(sample, other.sample))) return index;
  }
  return undefined;
}

/** Of copies the longest counts; a compressed one may still be being written, and is taken only where it is alone. */
function isBetter(sample: Sample, other: Sample | undefined): boolean {
  if (other === undefined || sample.gzip !== other.gzip) return !sample.gzip;
  return sample.entry.size >= other.entry.size;
}

function toPlan(
  all: readonly Sampled[],
  cursor: StreamCursor,
): { reads: PlannedRead[]; cursor: StreamCursor } {
  const known = findKnown(
    all.map(({ sample }) => sample),
    cursor.files,
  );
  const gone = findGone(all, cursor.files, new Set(known.values()));
  let { nextSeq } = cursor;
  const present = all.map(({ sample }) => {
    const file = known.get(sample);
    if (file !== undefined) return refreshed(file, sample);
    const seq = nextSeq;
    nextSeq += SEQ_RANGE;
    return refreshed({ ...UNREAD, seq }, sample);
  });
  const reads = all.flatMap(({ sample, final }, index) => {
    const file = present[index];
    return file === undefined || isRead(file, sample)
      ? []
      : [toRead(sample, final, file, gone.length + index)];
  });
  return { reads, cursor: { files: [...gone, ...present], nextSeq } };
}

const UNREAD = { offset: 0, line: 1, content: '', done: false } as const;

function refreshed(
  file: Omit<FileCursor, 'dev' | 'ino' | 'head'>,
  { entry, head, content }: Sample,
): FileCursor {
  return { ...file, dev: entry.dev, ino: entry.ino, head, content: file.content || content };
}

function isRead(file: FileCursor, { entry, gzip }: Sample): boolean {
  return gzip ? file.done : entry.size <= file.offset;
}

function toRead(sample: Sample, final: boolean, file: FileCursor, slot: number): PlannedRead {
  const { entry, framing, head } = sample;
  const from = { offset: file.offset, line: file.line };
  return { entry, framing, final, from, expected: head, content: file.content, seq: file.seq, slot };
}

/** Which file of the cursor each file on disk is. Equal beginnings are told apart by device and inode, then by age. */
export function findKnown(samples: readonly Sample[], files: readonly FileCursor[]): Map<Sample, FileCursor> {
  const known = new Map<Sample, FileCursor>();
  const left = new Set(files);
  const settle = (sample: Sample, fits: (file: FileCursor) => boolean): void => {
    const file = known.has(sample)
      ? undefined
      : [...left].find((one) => fits(one) && isContinued(one, sample));
    if (file === undefined) return;
    known.set(sample, file);
    left.delete(file);
  };
  for (const sample of samples)
    settle(sample, ({ dev, ino }) => dev === sample.entry.dev && ino === sample.entry.ino);
  for (const sample of samples) settle(sample, () => true);
  return known;
}

/** The file on disk is what was read, and perhaps more. A compressed file does not tell its length. */
function isContinued(file: FileCursor, sample: Sample): boolean {
  return beginsAlike(file, sample) && (sample.gzip || sample.entry.size >= file.offset);
}

function beginsAlike(file: FileCursor, { bytes, content }: Sample): boolean {
  const { length, sha256 } = file.head;
  if (file.content !== '' && content !== '' && file.content !== content) return false;
  return bytes.length >= length && toContentHead(bytes.subarray(0, length)).sha256 === sha256;
}

/** Files of the cursor that are no longer there and may come back. */
function findGone(
  all: readonly Sampled[],
  files: readonly FileCursor[],
  known: ReadonlySet<FileCursor>,
): readonly FileCursor[] {
  const gone = files.filter((file) => {
    const replaced = all.some(({ sample }) => sample.content === file.content && beginsAlike(file, sample));
    return !known.has(file) && file.content !== '' && !replaced;
  });
  const limit = Math.max(0, GONE_LIMIT - all.length);
  return limit === 0 ? [] : gone.slice(-limit);
}
