import type { FramedRecord, Framer, Position } from './framing.ts';
import { Pending } from './pending.ts';

// A record is some 40 fields of up to 64 KiB (journald's own LineMax is 48 KiB, fields of coredumps are larger and
// are no access): 40 × 64 KiB = 2.5 MiB. 16 MiB leaves room and bounds the memory.
export const ENTRY_LIMIT = 16 * 1024 * 1024;

// journald itself stores no field above 768 MiB: a larger length is no length but text after a line without `=`.
const FIELD_LIMIT = 768n * 1024n * 1024n;

const LF = 10;
const EQUALS = 61;

/**
 * The Journal Export Format: fields `NAME=value` LF, or `NAME` LF, a 64-bit little-endian length, so many bytes of any
 * kind, LF. An empty line ends an entry. A record is the entry's fields without that line.
 */
export class JournalExportFramer implements Framer {
  #start: Position;
  /** Where scanning stands. */
  #offset: number;
  #line: number;
  #state: 'line' | 'size' | 'data' | 'after-data' = 'line';
  #lineLength = 0;
  /** Whether the current line is a whole field: its value follows `=`. */
  #hasValue = false;
  readonly #size = new Uint8Array(8);
  #sizeLength = 0;
  #dataLeft = 0;
  readonly #entry = new Pending();
  #records: FramedRecord[] = [];

  constructor(start: Position) {
    this.#start = start;
    this.#offset = start.offset;
    this.#line = start.line;
  }

  get at(): Position {
    return this.#start;
  }

  push(chunk: Uint8Array): FramedRecord[] {
    this.#scan(chunk);
    const records = this.#records;
    this.#records = [];
    return records;
  }

  end(): { readonly rest: FramedRecord | null } {
    const bytes = Buffer.concat([this.#entry.peek(), this.#size.subarray(0, this.#sizeLength)]);
    const end = this.#offset + this.#sizeLength;
    return { rest: end === this.#start.offset ? null : this.#toRecord(bytes, end, end) };
  }

  #scan(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length; ) {
      const rest = chunk.subarray(at);
      if (this.#state === 'line') at += this.#scanLine(rest);
      else if (this.#state === 'size') at += this.#scanSize(rest);
      else if (this.#state === 'data') at += this.#scanData(rest);
      else at += this.#scanAfterData(rest);
    }
  }

  #scanLine(chunk: Uint8Array): number {
    const end = chunk.indexOf(LF);
    if (end === 0 && this.#lineLength === 0) return this.#finish();
    const part = end < 0 ? chunk : chunk.subarray(0, end + 1);
    this.#hasValue ||= part.includes(EQUALS);
    this.#lineLength += part.length;
    this.#keep(part);
    if (end >= 0) this.#state = this.#hasValue ? 'line' : 'size';
    if (end >= 0) this.#beginLine();
    return part.length;
  }

  #beginLine(): void {
    this.#lineLength = 0;
    this.#hasValue = false;
  }

  /** The eight bytes are kept apart: where they are no length, they are scanned again as text. */
  #scanSize(chunk: Uint8Array): number {
    const part = chunk.subarray(0, 8 - this.#sizeLength);
    this.#size.set(part, this.#sizeLength);
    this.#sizeLength += part.length;
    if (this.#sizeLength < 8) return part.length;
    const bytes = this.#size.slice();
    this.#sizeLength = 0;
    const size = new DataView(bytes.buffer).getBigUint64(0, true);
    this.#state = size > FIELD_LIMIT ? 'line' : size === 0n ? 'after-data' : 'data';
    this.#dataLeft = Number(size);
    if (this.#state === 'line') this.#scan(bytes);
    else this.#keep(bytes);
    return part.length;
  }

  #scanData(chunk: Uint8Array): number {
    const part = chunk.subarray(0, this.#dataLeft);
    this.#keep(part);
    this.#dataLeft -= part.length;
    if (this.#dataLeft === 0) this.#state = 'after-data';
    return part.length;
  }

  /** Where the line feed is missing, what follows is damaged up to the end of its line, and no name of a field. */
  #scanAfterData(chunk: Uint8Array): number {
    this.#state = 'line';
    if (chunk[0] !== LF) {
      this.#hasValue = true;
      return 0;
    }
    this.#keep(chunk.subarray(0, 1));
    return 1;
  }

  #keep(part: Uint8Array): void {
    this.#offset += part.length;
    for (let at = part.indexOf(LF); at >= 0; at = part.indexOf(LF, at + 1)) this.#line += 1;
    if (this.#offset - this.#start.offset > ENTRY_LIMIT) this.#entry.clear();
    else this.#entry.add(part);
  }

  #finish(): number {
    const end = this.#offset + 1;
    if (this.#offset > this.#start.offset)
      this.#records.push(this.#toRecord(this.#entry.peek(), this.#offset, end));
    this.#offset = end;
    this.#line += 1;
    this.#start = { offset: end, line: this.#line };
    this.#entry.clear();
    this.#beginLine();
    return 1;
  }

  #toRecord(bytes: Uint8Array, stop: number, end: number): FramedRecord {
    const tooLong = stop - this.#start.offset > ENTRY_LIMIT;
    return { bytes: tooLong ? new Uint8Array(0) : bytes, ...this.#start, tooLong, end };
  }
}
