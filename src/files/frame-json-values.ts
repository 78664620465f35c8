import type { FramedRecord, Framer, Position } from './framing.ts';
import { Pending } from './pending.ts';

// A trail file holds some thousand records of 2 to 5 KiB in one value; 16 MiB is 4,000 of them, and bounds the memory.
export const VALUE_LIMIT = 16 * 1024 * 1024;

const LF = 10;
const QUOTE = 34;
const OPEN = [0x7b, 0x5b];
const CLOSE = [0x7d, 0x5d];
const BACKSLASH = 0x5c;
// JSON's white space, and the record separator of JSON text sequences (RFC 7464).
const SPACE = [9, LF, 13, 32, 0x1e];
const BOM = [0xef, 0xbb, 0xbf];

/** 1 for bytes that change nothing inside a value or a string. */
const PLAIN = Uint8Array.from({ length: 256 }, (_, byte) =>
  [LF, QUOTE, BACKSLASH, ...OPEN, ...CLOSE].includes(byte) ? 0 : 1,
);

/** What a byte does to the record around it: part of it, its last one, or the first one behind it. */
type Effect = 'part' | 'last' | 'behind';

/**
 * JSON objects and arrays one after another, pretty-printed or not. Whatever else stands between them is a record of
 * its own up to the end of its line, for a decoder to reject. A line feed inside a string is no JSON: a value cut off
 * within a string ends there and does not swallow what follows.
 */
export class JsonValuesFramer implements Framer {
  #start: Position;
  /** Where scanning stands. */
  #offset: number;
  #line: number;
  #state: 'between' | 'scrap' | 'value' | 'string' | 'escape' = 'between';
  #depth = 0;
  readonly #pending = new Pending();

  constructor(start: Position) {
    this.#start = start;
    this.#offset = start.offset;
    this.#line = start.line;
  }

  get at(): Position {
    return this.#state === 'between' ? { offset: this.#offset, line: this.#line } : this.#start;
  }

  push(chunk: Uint8Array): FramedRecord[] {
    const records: FramedRecord[] = [];
    // Index of the current record's first byte in this chunk; what came before is pending.
    let from = 0;
    for (let at = this.#skipPlain(chunk, 0); at < chunk.length; at = this.#skipPlain(chunk, at + 1)) {
      const byte = chunk[at] ?? 0;
      if (this.#state !== 'between') {
        const effect = this.#step(byte);
        if (effect !== 'part') records.push(this.#finish(chunk.subarray(from, at), effect, byte));
      } else this.#begin(byte);
      if (this.#start.offset === this.#offset) from = at;
      this.#offset += 1;
      if (byte === LF) this.#line += 1;
    }
    if (this.#state !== 'between') this.#hold(chunk.subarray(from));
    return records;
  }

  end(): { readonly rest: FramedRecord | null } {
    return { rest: this.#state === 'between' ? null : this.#toRecord(this.#pending.peek(), this.#offset) };
  }

  /** Index of the next byte that has to be looked at. Most of a value is plain: this loop is the hot one. */
  #skipPlain(chunk: Uint8Array, from: number): number {
    if (this.#state !== 'value' && this.#state !== 'string') return from;
    let at = from;
    while (at < chunk.length && PLAIN[chunk[at] ?? 0] === 1) at += 1;
    this.#offset += at - from;
    return at;
  }

  #begin(byte: number): void {
    if (SPACE.includes(byte) || (this.#offset < 3 && byte === BOM[this.#offset])) return;
    this.#start = { offset: this.#offset, line: this.#line };
    this.#state = OPEN.includes(byte) ? 'value' : 'scrap';
    this.#depth = 1;
  }

  #step(byte: number): Effect {
    switch (this.#state) {
      case 'scrap':
        return byte === LF || OPEN.includes(byte) ? 'behind' : 'part';
      case 'string':
      case 'escape':
        return this.#stepString(byte);
      default:
        return this.#stepValue(byte);
    }
  }

  #stepString(byte: number): Effect {
    if (byte === LF) return 'behind';
    if (this.#state === 'escape') this.#state = 'string';
    else if (byte === BACKSLASH) this.#state = 'escape';
    else if (byte === QUOTE) this.#state = 'value';
    return 'part';
  }

  #stepValue(byte: number): Effect {
    if (byte === QUOTE) this.#state = 'string';
    else if (OPEN.includes(byte)) this.#depth += 1;
    else if (CLOSE.includes(byte)) this.#depth -= 1;
    return this.#depth === 0 ? 'last' : 'part';
  }

  /** `before` are the record's bytes in this chunk up to the current one. */
  #finish(before: Uint8Array, effect: Effect, byte: number): FramedRecord {
    this.#hold(before);
    if (effect === 'last') this.#pending.add(Uint8Array.of(byte));
    const end = this.#offset + (effect === 'last' ? 1 : 0);
    const record = this.#toRecord(this.#pending.peek(), end);
    this.#pending.clear();
    this.#state = 'between';
    if (effect === 'behind') this.#begin(byte);
    return record;
  }

  #toRecord(bytes: Uint8Array, end: number): FramedRecord {
    const tooLong = end - this.#start.offset > VALUE_LIMIT;
    return { bytes: tooLong ? new Uint8Array(0) : bytes, ...this.#start, tooLong, end };
  }

  #hold(part: Uint8Array): void {
    if (this.#offset - this.#start.offset > VALUE_LIMIT) this.#pending.clear();
    else this.#pending.add(part);
  }
}
