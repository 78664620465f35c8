import type { FramedRecord, Framer, Position } from './framing.ts';
import { Pending } from './pending.ts';

// The longest lines are journal records as JSON: journalctl prints fields of up to 4 KiB, some 40 to a record, and a
// control character becomes six (`\u0001`): 40 × 4 KiB × 6 = 960 KiB. Lines of syslog end at 8 KiB in practice.
export const LINE_LIMIT = 1024 * 1024;

const LF = 10;
const CR = 13;

/** Lines that end with LF or CR LF; empty ones are no records. A line of any length takes LINE_LIMIT of memory. */
export class LineFramer implements Framer {
  #offset: number;
  #line: number;
  /** Bytes of the unfinished line, also those that are no longer held. */
  #length = 0;
  readonly #pending = new Pending();

  constructor(start: Position) {
    this.#offset = start.offset;
    this.#line = start.line;
  }

  get at(): Position {
    return { offset: this.#offset, line: this.#line };
  }

  push(chunk: Uint8Array): FramedRecord[] {
    const records: FramedRecord[] = [];
    let from = 0;
    for (let end = chunk.indexOf(LF); end >= 0; end = chunk.indexOf(LF, from)) {
      const record = this.#finish(chunk.subarray(from, end), 1);
      if (record !== null) records.push(record);
      from = end + 1;
    }
    this.#hold(chunk.subarray(from));
    return records;
  }

  end(): { readonly rest: FramedRecord | null } {
    return { rest: this.#toRecord(this.#pending.peek(), this.#length, 0) };
  }

  #hold(part: Uint8Array): void {
    this.#length += part.length;
    if (this.#length > LINE_LIMIT) this.#pending.clear();
    else this.#pending.add(part);
  }

  #finish(part: Uint8Array, terminator: number): FramedRecord | null {
    const whole = this.#length === 0;
    if (!whole) this.#hold(part);
    const length = whole ? part.length : this.#length;
    const record = this.#toRecord(whole ? part : this.#pending.peek(), length, terminator);
    this.#offset += length + terminator;
    this.#line += 1;
    this.#length = 0;
    this.#pending.clear();
    return record;
  }

  #toRecord(raw: Uint8Array, length: number, terminator: number): FramedRecord | null {
    const tooLong = length > LINE_LIMIT;
    const text = raw.at(-1) === CR ? raw.subarray(0, -1) : raw;
    if (!tooLong && text.length === 0) return null;
    const end = this.#offset + length + terminator;
    return { bytes: tooLong ? NOTHING : text, offset: this.#offset, line: this.#line, tooLong, end };
  }
}

const NOTHING = new Uint8Array(0);
