import type { Problem } from '../../model/recording.ts';
import type { OnChunk } from '../read.ts';
import { count } from '../text.ts';

/** What the frames of a ttyrec add up to. Times are epoch ms. */
export interface FrameSums {
  readonly frames: number;
  /** Bytes of output in whole and cut frames. */
  readonly output: number;
  readonly first: number | null;
  readonly last: number | null;
  /** True where the bytes are no frames from some point on. */
  readonly corrupt: boolean;
  readonly problems: readonly Problem[];
}

/** ttyrec copies what one read of the terminal gave, a few KiB: 16 MiB is far beyond any frame. */
export const FRAME_LIMIT = 16 * 1024 * 1024;
// The clock of a host is stepped by less than a second in normal service; what goes back further was reordered.
const STEP_MS = 1000;
// A session that shows nothing for a year and then goes on is no session but a damaged header.
const SILENCE_MS = 366 * 86_400_000;
const HEADER_BYTES = 12;

/** Walks `{seconds, microseconds, length}` frames chunk by chunk; of a frame only its header is held. */
export function createFrames(): { readonly push: OnChunk; readonly finish: () => FrameSums } {
  const header = Buffer.alloc(HEADER_BYTES);
  const sums = {
    frames: 0,
    output: 0,
    first: null as number | null,
    last: null as number | null,
    corrupt: false,
  };
  const problems: Problem[] = [];
  const place = { held: 0, left: 0, offset: 0 };
  const takeHeader = (): void => {
    const time = header.readUInt32LE(0) * 1000 + header.readUInt32LE(4) / 1000;
    const fault = headerFault(header, time, sums.last);
    if (fault !== null) {
      sums.corrupt = true;
      problems.push({
        code: 'recording-altered',
        detail: `byte ${count(place.offset)} begins no frame: ${fault}`,
      });
      return;
    }
    const backMs = (sums.last ?? time) - time;
    if (backMs > STEP_MS) {
      const detail = `time goes back by ${count(Math.round(backMs))} ms at frame ${count(sums.frames + 1)}`;
      if (problems.length < PROBLEMS_KEPT) problems.push({ code: 'recording-altered', detail });
    }
    sums.first ??= time;
    sums.last = Math.max(sums.last ?? time, time);
    sums.frames++;
    place.left = header.readUInt32LE(8);
  };
  const push = (chunk: Uint8Array): boolean => {
    let at = 0;
    while (at < chunk.length && !sums.corrupt) {
      if (place.left > 0) {
        const taken = Math.min(place.left, chunk.length - at);
        sums.output += taken;
        place.left -= taken;
        at += taken;
        place.offset += taken;
        continue;
      }
      const part = chunk.subarray(at, at + HEADER_BYTES - place.held);
      header.set(part, place.held);
      place.held += part.length;
      at += part.length;
      if (place.held < HEADER_BYTES) break;
      place.held = 0;
      takeHeader();
      place.offset += HEADER_BYTES;
    }
    return !sums.corrupt;
  };
  const finish = (): FrameSums => {
    if (!sums.corrupt && place.held > 0)
      problems.push(
        cut(`the file ends ${place.held} bytes into the header of frame ${count(sums.frames + 1)}`),
      );
    if (!sums.corrupt && place.left > 0)
      problems.push(cut(`frame ${count(sums.frames)} lacks ${count(place.left)} of its bytes`));
    return { ...sums, problems };
  };
  return { push, finish };
}

// Eight sentences show that frames were reordered.
const PROBLEMS_KEPT = 8;

function cut(detail: string): Problem {
  return { code: 'recording-truncated', detail };
}

function headerFault(header: Buffer, time: number, last: number | null): string | null {
  const micros = header.readUInt32LE(4);
  const length = header.readUInt32LE(8);
  if (micros >= 1_000_000) return `${count(micros)} microseconds in a second`;
  if (length > FRAME_LIMIT) return `a length of ${count(length)} bytes`;
  if (last !== null && Math.abs(time - last) > SILENCE_MS) return 'more than a year from the frame before';
  return null;
}
