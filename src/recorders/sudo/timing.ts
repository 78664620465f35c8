import { toLines } from '../lines.ts';
import type { OnChunk } from '../read.ts';
import type { StreamName } from './directory.ts';

/** What a `timing` file adds up to. */
export interface TimingSums {
  /** Bytes counted per stream; streams never mentioned are absent. */
  readonly bytes: ReadonlyMap<StreamName, number>;
  /** Milliseconds from the start to the last event. */
  readonly delayMs: number;
  readonly events: number;
  /** Lines in no known form. */
  readonly unknown: number;
  /** True where the last line breaks off. */
  readonly cut: boolean;
}

// Types of a timing line: 0–4 and 6 count bytes of a stream, 5 is a window, 7 a signal that suspends or resumes.
const STREAM_OF: Readonly<Record<string, StreamName>> = {
  '0': 'stdin',
  '1': 'stdout',
  '2': 'stderr',
  '3': 'ttyin',
  '4': 'ttyout',
  '6': 'ttyout',
};

const COUNTING = /^([0-46]) (\d{1,10})(?:\.(\d{1,9}))? (\d{1,15})$/;
const OTHER = /^[57] (\d{1,10})(?:\.(\d{1,9}))? \S{1,32}(?: \d{1,9})?$/;

/** Adds up `TYPE DELAY DATA` lines chunk by chunk. */
export function createTiming(): { readonly push: OnChunk; readonly finish: () => TimingSums } {
  const bytes = new Map<StreamName, number>();
  const sums = { delayMs: 0, events: 0, unknown: 0, cut: false };
  const splitter = toLines((line) => {
    const text = line.tooLong ? '' : Buffer.from(line.bytes).toString('latin1');
    const counting = COUNTING.exec(text);
    const other = counting === null ? OTHER.exec(text) : null;
    const known = counting !== null || other !== null;
    // Only the line feed proves that the last number is whole.
    if (!line.ended) sums.cut = true;
    else if (!known) sums.unknown++;
    if (!line.ended || !known) return;
    sums.events++;
    sums.delayMs += delayOf(counting?.[2] ?? other?.[1], counting?.[3] ?? other?.[2]);
    const stream = STREAM_OF[counting?.[1] ?? ''];
    if (stream !== undefined) bytes.set(stream, (bytes.get(stream) ?? 0) + Number(counting?.[4]));
  });
  return {
    push: splitter.push,
    finish: () => {
      splitter.finish();
      return { bytes, ...sums };
    },
  };
}

function delayOf(seconds: string | undefined, fraction: string | undefined): number {
  return Number(seconds ?? 0) * 1000 + Number(`0.${fraction ?? '0'}`) * 1000;
}
