import type { OnChunk } from '../read.ts';

/** One session in a typescript; `script -a` appends several to one file. Offsets are of the content. */
export interface Section {
  readonly start: number;
  /** Header line without its line feed; null where the section does not begin with one. */
  readonly header: string | null;
  /** Where the recorded bytes begin and the section ends, footer included. */
  readonly bodyStart: number;
  readonly end: number;
  readonly footer: Footer | null;
}

export interface Footer {
  /** The line `Script done on …`. */
  readonly text: string;
  /** Offset of the line feed that script writes before it: the recorded bytes end here. */
  readonly bodyEnd: number;
}

const STARTED = 'Script started on ';
const DONE = 'Script done on ';
const BOUNDARY = Buffer.from(`\n${STARTED}`);
// The header holds the command (at most 128 KiB in Linux); a longer first line is no header. A footer has 90 bytes.
const HEADER_LIMIT = 160 * 1024;
const LOOK_BACK = 1024;
// More appended sessions than a shell opens in years; the rest of such a file counts as one.
const SECTIONS_KEPT = 10_000;

/**
 * Finds header, footer and appended sessions while the bytes pass by. A new session begins only where a header
 * follows a footer line at once. Memory: a header and the last KiB.
 */
export function createTypescript(): { readonly push: OnChunk; readonly finish: () => readonly Section[] } {
  const sections: Section[] = [];
  let head: Buffer = Buffer.alloc(0);
  let tail: Buffer = Buffer.alloc(0);
  let start = 0;
  let size = 0;
  const close = (end: number, footer: Footer | null): void => {
    const header = readHeader(head);
    const bodyStart = header === null ? start : Math.min(start + header.bytes, end);
    sections.push({ start, header: header?.text ?? null, bodyStart, end, footer });
    start = end;
  };
  const push = (chunk: Uint8Array): void => {
    const window = Buffer.concat([tail, chunk]);
    const origin = size - tail.length;
    size += chunk.length;
    // A boundary that lies in the old tail as a whole was seen before.
    let from = Math.max(tail.length - BOUNDARY.length + 1, 0);
    for (let at = window.indexOf(BOUNDARY, from); at >= 0; at = window.indexOf(BOUNDARY, from)) {
      from = at + 1;
      const footer = footerBefore(window, at, origin);
      if (footer === null || sections.length >= SECTIONS_KEPT) continue;
      head = headBytes(head, window, start - origin);
      close(origin + at + 1, footer);
      head = Buffer.alloc(0);
    }
    head = headBytes(head, window, start - origin);
    tail = Buffer.from(window.subarray(Math.max(window.length - LOOK_BACK, 0)));
  };
  const finish = (): readonly Section[] => {
    const ended = tail.at(-1) === 10;
    close(size, ended ? footerBefore(tail, tail.length - 1, size - tail.length) : null);
    return sections;
  };
  return { push, finish };
}

/** Adds to the first bytes of the section what the window holds of them. */
function headBytes(head: Buffer, window: Buffer, startInWindow: number): Buffer {
  const next = startInWindow + head.length;
  if (head.length >= HEADER_LIMIT || next < 0 || next >= window.length || head.includes(10)) return head;
  return Buffer.concat([head, window.subarray(next, next + HEADER_LIMIT - head.length)]);
}

function readHeader(head: Buffer): { readonly text: string; readonly bytes: number } | null {
  const end = head.indexOf(10);
  if (end < 0 || head.toString('latin1', 0, STARTED.length) !== STARTED) return null;
  return { text: head.toString('utf8', 0, end), bytes: end + 1 };
}

/** The footer whose line ends at `lineEnd` (the index of its line feed), or null where that line is none. */
function footerBefore(window: Buffer, lineEnd: number, origin: number): Footer | null {
  const before = window.subarray(Math.max(lineEnd - LOOK_BACK, 0), lineEnd);
  const lineStart = before.lastIndexOf(10);
  if (lineStart < 0) return null;
  const text = before.toString('utf8', lineStart + 1);
  const bodyEnd = origin + lineEnd - before.length + lineStart;
  return text.startsWith(DONE) ? { text, bodyEnd } : null;
}
