import type { OnChunk } from '../read.ts';

/** What one transcript shows of itself. Its content is counted and dropped. */
export interface Transcript {
  /** The first lines are those that script or PowerShell writes. */
  readonly begun: boolean;
  /** The last lines are those that they write at the end. */
  readonly ended: boolean;
  readonly bytes: number;
  /** Bytes between beginning and end that are more than white space. */
  readonly shown: number;
}

export interface TranscriptOptions {
  /** True where the last line feed was taken away, as the agent does before it sends a transcript to a log stream. */
  readonly trimmed: boolean;
}

// A header of script names the agent's own command in some 200 bytes, and one of PowerShell host and versions in
// 600; 4 KiB hold either. An end takes 100 bytes.
const EDGE = 4096;

/** Looks at both ends of a transcript while its bytes pass by. Memory: 4 KiB for each end. */
export function createTranscript(options: TranscriptOptions): {
  readonly push: OnChunk;
  readonly finish: () => Transcript;
} {
  let head: Buffer = Buffer.alloc(0);
  let tail: Buffer = Buffer.alloc(0);
  let bytes = 0;
  let shown = 0;
  const push = (chunk: Uint8Array): void => {
    bytes += chunk.length;
    shown += visible(chunk);
    if (head.length < EDGE) head = Buffer.concat([head, chunk.subarray(0, EDGE - head.length)]);
    tail = Buffer.concat([tail, chunk.subarray(Math.max(chunk.length - EDGE, 0))]).subarray(-EDGE);
  };
  const finish = (): Transcript => {
    const beginning = findBeginning(head.toString('latin1'));
    const end = findEnd(tail.toString('latin1'), options, beginning?.stars ?? null);
    // What an end takes cannot lie in the beginning: a header alone is no end.
    const ended = end !== null && bytes - end.length >= (beginning?.text.length ?? 0);
    const edges = visible(beginning?.text ?? '') + (ended ? visible(end) : 0);
    return { begun: beginning !== null, ended, bytes, shown: Math.max(shown - edges, 0) };
  };
  return { push, finish };
}

/** Bytes above the space: what a person would see, and parts of what moves the cursor. */
function visible(text: Uint8Array | string): number {
  let count = 0;
  for (let at = 0; at < text.length; at++) {
    const byte = typeof text === 'string' ? text.charCodeAt(at) : (text[at] ?? 0);
    if (byte > 0x20) count++;
  }
  return count;
}

interface Beginning {
  readonly text: string;
  /** The line of asterisks, without its line end, where PowerShell wrote it. */
  readonly stars: string | null;
}

/** `Script started on …`, or PowerShell's block between two lines of asterisks. */
function findBeginning(head: string): Beginning | null {
  const script = /^Script started on [^\n]*\n/.exec(head)?.[0];
  if (script !== undefined) return { text: script, stars: null };
  const [first, stars] =
    /^(?:\xef\xbb\xbf)?(\*{10,64})\r?\n(?:Windows )?PowerShell transcript start\r?\n/.exec(head) ?? [];
  if (first === undefined || stars === undefined) return null;
  const close = head.indexOf(`\n${stars}`, first.length - 1);
  const end = close < 0 ? -1 : head.indexOf('\n', close + 1);
  return end < 0 ? { text: first, stars } : { text: head.slice(0, end + 1), stars };
}

function findEnd(tail: string, { trimmed }: TranscriptOptions, stars: string | null): string | null {
  return stars === null ? scriptEnd(tail, trimmed) : powerShellEnd(tail, stars);
}

/** The last line `Script done on …`; without its line feed it was cut, unless all were taken away. */
function scriptEnd(tail: string, trimmed: boolean): string | null {
  if (!trimmed && !tail.endsWith('\n')) return null;
  const text = tail.replace(/\r?\n$/, '');
  const line = text.slice(text.lastIndexOf('\n') + 1);
  return /^Script done on .{8}/.test(line) ? tail.slice(text.length - line.length) : null;
}

/** `stars`, `… transcript end`, `End time: …`, `stars`. */
function powerShellEnd(tail: string, stars: string): string | null {
  const lines = tail.trimEnd().split('\n').slice(-4);
  const [open = '', title = '', time = '', close = ''] = lines.map((line) => line.trimEnd());
  const whole =
    open === stars &&
    /^(?:Windows )?PowerShell transcript end$/.test(title) &&
    /^[^:]{1,40}: ?\d{14}$/.test(time) &&
    close === stars;
  return whole ? lines.join('\n') : null;
}
