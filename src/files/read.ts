import { createHash } from 'node:crypto';
import type { Openable } from './entry.ts';
import {
  createFramer,
  type FramedRecord,
  type Framer,
  type Framing,
  type LineSkim,
  type Position,
  START,
} from './framing.ts';
import { type OpenFile, openFile, readChunks, readFirst } from './open.ts';
import { type FileProblem, RefusedFile, toFileProblem } from './problem.ts';

/** The beginning of a file's content, by which it is known again. */
export interface ContentHead {
  readonly length: number;
  readonly sha256: string;
}

export interface ReadOptions {
  readonly framing: Framing;
  /** Leaves lines out; see `LineSkim`. */
  readonly skim?: LineSkim;
  /** Where to begin; the start of the content where absent. */
  readonly from?: Position;
  /** The file can no longer grow: an unfinished last record is all there will be, and is delivered. */
  readonly final: boolean;
  /** What the content must begin with; another file may have taken the name since it was looked at. */
  readonly expected?: ContentHead;
  readonly signal?: AbortSignal;
  /** Is shown every chunk of the (decompressed) content. */
  readonly onContent?: (chunk: Uint8Array) => void;
}

export interface RecordBatch {
  readonly records: readonly FramedRecord[];
  /** Decompressed bytes of this batch. */
  readonly bytesRead: number;
  /** Where to go on from once the records of this batch are dealt with. */
  readonly at: Position;
}

export interface ReadResult {
  /** Offset behind the last record that was delivered: where to go on. */
  readonly end: number;
  /** Line at `end`. */
  readonly line: number;
  /** Records delivered. */
  readonly records: number;
  /** Decompressed bytes read. */
  readonly bytes: number;
  /** Bytes of a last record without its end. */
  readonly heldBack: number;
  /** That record, where it was not delivered. */
  readonly rest: FramedRecord | null;
  /** Nothing will ever follow. */
  readonly done: boolean;
  /** Why not everything could be read, as `code: message`; null where it could. */
  readonly error: string | null;
}

/**
 * The records of a file, chunk by chunk. The result is what the generator returns. Compressed files are recognised by
 * their bytes, and offsets count decompressed ones. Never throws for what the file system does or the file holds.
 */
export async function* readRecords(
  from: string | Openable,
  options: ReadOptions,
): AsyncGenerator<RecordBatch, ReadResult> {
  const path = typeof from === 'string' ? from : from.path;
  const reading = new Reading(options);
  let problem: FileProblem | null = null;
  try {
    const file = await openFile(from);
    try {
      reading.final ||= file.gzip;
      await verifyUnchanged(file, options);
      for await (const chunk of readChunks(file, options.from?.offset)) {
        if (options.signal?.aborted) throw new RefusedFile('aborted');
        options.onContent?.(chunk);
        yield reading.take(chunk);
      }
    } finally {
      await file.handle.close();
    }
  } catch (error) {
    problem = toFileProblem(path, error);
  }
  const last = problem === null ? reading.finish() : null;
  if (last !== null) yield last;
  return reading.result(problem);
}

class Reading {
  final: boolean;
  readonly #framer: Framer;
  #read: number;
  readonly #from: number;
  #records = 0;
  #at: Position;

  constructor({ framing, from = START, final, skim }: ReadOptions) {
    this.#framer = createFramer(framing, from.offset, from.line, skim);
    this.#from = from.offset;
    this.#read = from.offset;
    this.#at = from;
    this.final = final;
  }

  take(chunk: Uint8Array): RecordBatch {
    const records = this.#framer.push(chunk);
    this.#read += chunk.length;
    this.#records += records.length;
    this.#at = this.#framer.at;
    return { records, bytesRead: chunk.length, at: this.#at };
  }

  /** The unfinished last record of a file that can no longer grow. */
  finish(): RecordBatch | null {
    if (!this.final) return null;
    const { rest } = this.#framer.end();
    const feeds = rest?.bytes.filter((byte) => byte === LF).length ?? 0;
    this.#at = { offset: this.#read, line: this.#framer.at.line + feeds };
    if (rest === null) return null;
    this.#records += 1;
    return { records: [rest], bytesRead: 0, at: this.#at };
  }

  result(problem: FileProblem | null): ReadResult {
    const rest = this.#at.offset < this.#read ? this.#framer.end().rest : null;
    return {
      end: this.#at.offset,
      line: this.#at.line,
      records: this.#records,
      bytes: this.#read - this.#from,
      heldBack: rest === null ? 0 : rest.end - rest.offset,
      rest,
      done: this.final && problem === null,
      error: problem === null ? null : `${problem.code}: ${problem.message}`,
    };
  }
}

const LF = 10;

/** The digest of the first bytes of a content. */
export function toContentHead(first: Uint8Array): ContentHead {
  return { length: first.length, sha256: createHash('sha256').update(first).digest('hex') };
}

async function verifyUnchanged(file: OpenFile, { from = START, expected }: ReadOptions): Promise<void> {
  if (!file.gzip && file.stats.size < from.offset) throw new RefusedFile('changed');
  if (expected === undefined) return;
  const { bytes, error } = await readFirst(file, expected.length);
  if (error !== null && bytes.length === 0) throw error;
  if (toContentHead(bytes).sha256 !== expected.sha256) throw new RefusedFile('changed');
}
