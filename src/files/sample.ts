import type { FileEntry } from './entry.ts';
import { createFramer, type FramedRecord, type Framing } from './framing.ts';
import { readHead } from './head.ts';
import { openFile, readFirst } from './open.ts';
import { type FileProblem, toFileProblem } from './problem.ts';
import { type ContentHead, toContentHead } from './read.ts';

/** What a file is, seen from its first bytes; its entry tells what it is now, not what it was when listed. */
export interface Sample {
  readonly entry: FileEntry;
  readonly gzip: boolean;
  /** The first SAMPLE_BYTES of the content. */
  readonly bytes: Uint8Array;
  readonly head: ContentHead;
  readonly framing: Framing;
  /** Id of the content; empty until its first record is complete. */
  readonly content: string;
}

/** A log is known by this many first bytes: its first record with a time to the second or better. */
export const HEAD_BYTES = 256;
// Enough for the first record of any log in lines and for a page of the disk.
const SAMPLE_BYTES = 4096;
// What of a first record makes the id. A journal record as JSON has its cursor and time within it.
const ID_BYTES = 1024;

/** Looks at the beginning of a file. Null where it is empty. */
export async function readSample(
  entry: FileEntry,
  framingOf: (head: Uint8Array) => Framing,
): Promise<Sample | FileProblem | null> {
  try {
    const file = await openFile(entry);
    try {
      const { bytes, error } = await readFirst(file, SAMPLE_BYTES);
      if (bytes.length === 0) return error === null ? null : toFileProblem(entry.path, error);
      const { size, mtimeMs, dev, ino } = file.stats;
      const framing = framingOf(bytes);
      const head = toContentHead(bytes.subarray(0, HEAD_BYTES));
      const content = contentOfHead(bytes, framing);
      return { entry: { ...entry, size, mtimeMs, dev, ino }, gzip: file.gzip, bytes, head, framing, content };
    } finally {
      await file.handle.close();
    }
  } catch (error) {
    return toFileProblem(entry.path, error);
  }
}

/** The id of a content, from its first record; empty where the record is too long to be held. */
export function contentOf({ bytes, tooLong }: FramedRecord): string {
  return tooLong ? '' : toContentHead(bytes.subarray(0, ID_BYTES)).sha256.slice(0, 16);
}

/** The id of a content that begins with these bytes; empty where they do not settle it yet. */
export function contentOfHead(head: Uint8Array, framing: Framing): string {
  const framer = createFramer(framing);
  const [first] = framer.push(head);
  if (first !== undefined) return contentOf(first);
  const { rest } = framer.end();
  // More than an id takes is there: what follows, and be it the end of the record, cannot change it.
  return rest !== null && rest.bytes.length > ID_BYTES ? contentOf(rest) : '';
}

// Two files agree in 64 KiB only where one is a copy of the other; a head of constant lines is far shorter.
const COPY_BYTES = 64 * 1024;

/** True where one of two files is a copy, perhaps a shorter one, of the other. */
export async function isCopy(a: Sample, b: Sample): Promise<boolean> {
  if (a.content === '' || a.content !== b.content || !agree(a.bytes, b.bytes)) return false;
  if (a.entry.dev === b.entry.dev && a.entry.ino === b.entry.ino) return true;
  const [headA, headB] = await Promise.all([readHead(a.entry, COPY_BYTES), readHead(b.entry, COPY_BYTES)]);
  return agree(headA.bytes, headB.bytes);
}

function agree(a: Uint8Array, b: Uint8Array): boolean {
  const length = Math.min(a.length, b.length);
  return Buffer.compare(a.subarray(0, length), b.subarray(0, length)) === 0;
}
