import type { FileEntry } from '../../files/entry.ts';
import { FRAME_LIMIT } from './frames.ts';

/** 0.9 for the extension with a possible first frame, 0.6 for the extension alone, 0.7 for two frames in a row. */
export function recogniseTtyrec(file: FileEntry, head: Uint8Array): number {
  const first = frameAt(head, 0);
  if (/\.(?:ttyrec|ttyr)(?:\.gz)?$/.test(file.name)) return first === null ? 0.6 : 0.9;
  // Without a name two chained frames are asked for: one alone is too easily met by other binary files.
  return first !== null && frameAt(head, first) !== null ? 0.7 : 0;
}

// 2001 to 2096, in seconds: recordings carry the wall clock.
const [EARLIEST, LATEST] = [1_000_000_000, 4_000_000_000];

/** Offset behind a frame that begins here and could be real; null where none can. */
function frameAt(head: Uint8Array, offset: number): number | null {
  if (offset + 12 > head.length) return null;
  const view = new DataView(head.buffer, head.byteOffset + offset, 12);
  const [seconds, micros, length] = [
    view.getUint32(0, true),
    view.getUint32(4, true),
    view.getUint32(8, true),
  ];
  const real =
    seconds >= EARLIEST && seconds <= LATEST && micros < 1_000_000 && length > 0 && length <= FRAME_LIMIT;
  return real ? offset + 12 + length : null;
}
