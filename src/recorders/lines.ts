import type { FileEntry } from '../files/entry.ts';
import { type ContentEnd, type OnChunk, readFrom } from './read.ts';

/** The longest line that is read: 1 MiB is sixteen times the longest message any recorder of lines writes. */
export const LINE_LIMIT = 1024 * 1024;
// Of a longer line only this much is kept: enough to see to which recording it belongs.
const KEPT_OF_LONG = 4096;

export interface Line {
  /** Without its line feed; only the first 4 KiB where `tooLong`. Valid during the call only. */
  readonly bytes: Uint8Array;
  /** Offset of its first byte in the content. */
  readonly start: number;
  /** Offset behind its line feed, where the next line begins. */
  readonly next: number;
  /** False for a last line without line feed. */
  readonly ended: boolean;
  readonly tooLong: boolean;
}

export type OnLine = (line: Line) => void;

/** Reads lines from an offset of the content. */
export function readLines(file: FileEntry, offset: number, onLine: OnLine): Promise<ContentEnd> {
  const splitter = toLines(onLine, offset);
  return readFrom(file, offset, splitter.push).then((end) => {
    splitter.finish();
    return end;
  });
}

/** Cuts chunks into lines; `finish` hands out a last line without line feed. Memory: one line at most. */
export function toLines(onLine: OnLine, offset = 0): { push: OnChunk; finish: () => void } {
  const held: Uint8Array[] = [];
  let heldBytes = 0;
  let start = offset;
  const hold = (part: Uint8Array): void => {
    // Beyond the limit only the length is counted; what is held stays below limit + one chunk.
    if (heldBytes <= LINE_LIMIT) held.push(Uint8Array.from(part));
    heldBytes += part.length;
  };
  const emit = (last: Uint8Array, ended: boolean): void => {
    const length = heldBytes + last.length;
    const tooLong = length > LINE_LIMIT;
    const bytes = heldBytes === 0 ? last : Buffer.concat([...held, last]);
    const next = start + length + (ended ? 1 : 0);
    onLine({ bytes: tooLong ? bytes.subarray(0, KEPT_OF_LONG) : bytes, start, next, ended, tooLong });
    held.length = 0;
    heldBytes = 0;
    start = next;
  };
  const push = (chunk: Uint8Array): void => {
    let from = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
      emit(chunk.subarray(from, end), true);
      from = end + 1;
    }
    if (from < chunk.length) hold(chunk.subarray(from));
  };
  return { push, finish: () => (heldBytes > 0 ? emit(new Uint8Array(0), false) : undefined) };
}
