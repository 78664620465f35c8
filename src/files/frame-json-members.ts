import type { FramedRecord, Framer, Position } from './framing.ts';
import { Pending } from './pending.ts';

// An event of sudo holds its command line and environment, of which the kernel allows some 100 KiB to be usual and
// 2 MiB at most; 4 MiB leave room for escapes and bound the memory.
export const MEMBER_LIMIT = 4 * 1024 * 1024;

const LF = 10;
const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const BACKSLASH = 0x5c;
const OPEN = [0x7b, 0x5b];
const CLOSE = [0x7d, 0x5d];
// Whatever may stand around members: white space, and the brackets and commas of the objects that hold them.
const BETWEEN = new Set([9, LF, 13, 32, COMMA, ...OPEN, ...CLOSE]);

/**
 * Members (`"key": value`) of objects, one after another, wherever the objects begin and end: sudo writes its events
 * as members of one object that it keeps open, so the object as a whole is never finished and may be of any size.
 * Whatever else stands between them is a record of its own up to the end of its line. A line feed inside a string is
 * no JSON and ends a record, so that one cut off does not swallow what follows.
 */
export class JsonMembersFramer implements Framer {
  #start: Position;
  /** Behind the last record: what closes the object there is overwritten when the object grows. */
  #resume: Position;
  #offset: number;
  #line: number;
  #state: 'between' | 'scrap' | 'member' | 'string' | 'escape' = 'between';
  #depth = 0;
  /** The key's colon was seen: what follows is the value. */
  #inValue = false;
  readonly #pending = new Pending();

  constructor(start: Position) {
    this.#start = start;
    this.#resume = start;
    this.#offset = start.offset;
    this.#line = start.line;
  }

  get at(): Position {
    return this.#state === 'between' ? this.#resume : this.#start;
  }

  push(chunk: Uint8Array): FramedRecord[] {
    const records: FramedRecord[] = [];
    let from = 0;
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at] ?? 0;
      if (this.#state === 'between') {
        if (this.#begin(byte)) from = at;
      } else {
        const ends = this.#step(byte);
        if (ends !== 'no')
          records.push(this.#finish(chunk.subarray(from, ends === 'with' ? at + 1 : at), ends));
      }
      this.#offset += 1;
      if (byte === LF) this.#line += 1;
    }
    if (this.#state !== 'between') this.#hold(chunk.subarray(from), 0);
    return records;
  }

  end(): { readonly rest: FramedRecord | null } {
    return { rest: this.#state === 'between' ? null : this.#toRecord(this.#offset) };
  }

  #begin(byte: number): boolean {
    if (BETWEEN.has(byte)) return false;
    this.#start = { offset: this.#offset, line: this.#line };
    this.#state = byte === QUOTE ? 'string' : 'scrap';
    this.#depth = 0;
    this.#inValue = false;
    return true;
  }

  /** Whether the record ends with the byte, or before it. */
  #step(byte: number): 'no' | 'with' | 'before' {
    if (this.#state === 'scrap') return byte === LF ? 'before' : 'no';
    if (this.#state === 'member') return this.#stepMember(byte);
    if (byte === LF) return 'before';
    if (this.#state === 'escape') this.#state = 'string';
    else if (byte === BACKSLASH) this.#state = 'escape';
    else if (byte === QUOTE) {
      this.#state = 'member';
      if (this.#inValue && this.#depth === 0) return 'with';
    }
    return 'no';
  }

  #stepMember(byte: number): 'no' | 'with' | 'before' {
    if (byte === QUOTE) this.#state = 'string';
    else if (byte === COLON) this.#inValue = true;
    else if (OPEN.includes(byte)) this.#depth += 1;
    else if (CLOSE.includes(byte)) {
      this.#depth -= 1;
      if (this.#depth === 0) return 'with';
      // The object around the member ended: the value was a number or a word, or there was none.
      if (this.#depth < 0) return 'before';
    } else if (byte === COMMA && this.#depth === 0) return 'before';
    return 'no';
  }

  #finish(part: Uint8Array, ends: 'with' | 'before'): FramedRecord {
    const last = ends === 'with' ? 1 : 0;
    this.#hold(part, last);
    const record = this.#toRecord(this.#offset + last);
    this.#pending.clear();
    this.#state = 'between';
    this.#resume = { offset: record.end, line: this.#line };
    return record;
  }

  #toRecord(end: number): FramedRecord {
    const tooLong = end - this.#start.offset > MEMBER_LIMIT;
    return { bytes: tooLong ? new Uint8Array(0) : this.#pending.peek(), ...this.#start, tooLong, end };
  }

  #hold(part: Uint8Array, last: number): void {
    if (this.#offset + last - this.#start.offset > MEMBER_LIMIT) this.#pending.clear();
    else this.#pending.add(part);
  }
}
