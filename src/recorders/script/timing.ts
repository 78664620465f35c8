import { toLines } from '../lines.ts';
import type { OnChunk } from '../read.ts';

/** What a timing file, classic or advanced, adds up to. */
export interface TimingSums {
  readonly advanced: boolean;
  /** Bytes counted. */
  readonly output: number;
  readonly input: number;
  readonly events: number;
  /** Milliseconds from the start to the last event. */
  readonly delayMs: number;
  /** Milliseconds as script states them at its end. */
  readonly durationMs: number | null;
  /** True where script wrote its end: `H … DURATION` or `H … EXIT_CODE`. */
  readonly closed: boolean;
  /** Values of `H` lines written at the start; COMMAND is dropped, arguments may hold secrets. */
  readonly headers: ReadonlyMap<string, string>;
  readonly unknown: number;
  readonly cut: boolean;
}

const KEPT_HEADERS: ReadonlySet<string> = new Set([
  'START_TIME',
  'TTY',
  'OUTPUT_LOG',
  'INPUT_LOG',
  'TIMING_LOG',
]);
const HEADER = /^H \d{1,10}\.\d{1,9} ([A-Z_]{1,32})(?: (.{0,4096}))?$/;
const STREAM = /^([OI]) (\d{1,10}\.\d{1,9}) (\d{1,15})$/;
const SIGNAL = /^S (\d{1,10}\.\d{1,9}) SIG[A-Z0-9]{1,16}/;
const CLASSIC = /^(\d{1,10}\.\d{1,9}) (\d{1,15})$/;

/** Adds up timing lines chunk by chunk. */
export function createTiming(): { readonly push: OnChunk; readonly finish: () => TimingSums } {
  const sums = {
    advanced: false,
    output: 0,
    input: 0,
    events: 0,
    delayMs: 0,
    durationMs: null as number | null,
    closed: false,
    headers: new Map<string, string>(),
    unknown: 0,
    cut: false,
  };
  const splitter = toLines((line) => {
    const text = line.tooLong ? '' : Buffer.from(line.bytes).toString('utf8');
    // Only the line feed proves that the last number is whole.
    if (!line.ended) sums.cut = true;
    else if (!takeHeader(sums, text) && !takeEvent(sums, text)) sums.unknown++;
  });
  return {
    push: splitter.push,
    finish: () => {
      splitter.finish();
      return sums;
    },
  };
}

interface Sums {
  advanced: boolean;
  output: number;
  input: number;
  events: number;
  delayMs: number;
  durationMs: number | null;
  closed: boolean;
  readonly headers: Map<string, string>;
}

function takeHeader(sums: Sums, text: string): boolean {
  const match = HEADER.exec(text);
  if (match === null) return false;
  const [, name = '', value = ''] = match;
  sums.advanced = true;
  if (name === 'DURATION' || name === 'EXIT_CODE') sums.closed = true;
  if (name === 'DURATION' && /^\d{1,10}(?:\.\d{1,9})?$/.test(value)) sums.durationMs = Number(value) * 1000;
  if (KEPT_HEADERS.has(name)) sums.headers.set(name, value);
  return true;
}

function takeEvent(sums: Sums, text: string): boolean {
  const stream = STREAM.exec(text);
  const classic = stream === null ? CLASSIC.exec(text) : null;
  const signal = stream === null && classic === null ? SIGNAL.exec(text) : null;
  const delay = stream?.[2] ?? classic?.[1] ?? signal?.[1];
  if (delay === undefined) return false;
  sums.events++;
  sums.delayMs += Number(delay) * 1000;
  if (classic === null) sums.advanced = true;
  if (stream?.[1] === 'I') sums.input += Number(stream[3]);
  else sums.output += Number(stream?.[3] ?? classic?.[2] ?? 0);
  return true;
}
