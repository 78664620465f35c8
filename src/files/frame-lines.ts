import type { FramedRecord, Framer, LineSkim, Position } from './framing.ts';
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
  readonly #skim: LineSkim | null;
  #skipped = 0;

  constructor(start: Position, skim?: LineSkim) {
    this.#skim = skim ?? null;
    this.#offset = start.offset;
    this.#line = start.line;
  }

  get at(): Position {
    return { offset: this.#offset, line: this.#line };
  }

  push(chunk: Uint8Array): FramedRecord[] {
    const records: FramedRecord[] = [];
    // A NUL makes a line no text, wherever it stands: such chunks are rare, and are decoded line by line.
    const skim = this.#skim !== null && !chunk.includes(0) ? this.#skim : null;
    const last = skim === null ? -1 : lastLine(chunk);
    let from = 0;
    for (let end = chunk.indexOf(LF); end >= 0; end = chunk.indexOf(LF, from)) {
      // The first and the last whole line of a chunk are decoded: they tell how far its times reach.
      if (skim !== null && from > 0 && from < last && this.#length === 0 && skim.skips(chunk, from, end)) {
        this.#offset += end + 1 - from;
        this.#line += 1;
        this.#skipped += 1;
        from = end + 1;
        continue;
      }
      const record = this.#finish(chunk.subarray(from, end), 1);
      if (record !== null) records.push(this.#withSkipped(record));
      from = end + 1;
    }
    this.#hold(chunk.subarray(from));
    return records;
  }

  #withSkipped(record: FramedRecord): FramedRecord {
    if (this.#skipped === 0) return record;
    const skipped = this.#skipped;
    this.#skipped = 0;
    return { ...record, skipped };
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

/** Where the last whole line of a chunk that is not empty begins; -1 where it holds none. */
function lastLine(chunk: Uint8Array): number {
  let end = chunk.lastIndexOf(LF);
  while (end > 0 && (chunk[end - 1] === LF || chunk[end - 1] === CR)) end -= 1;
  return end <= 0 ? -1 : chunk.lastIndexOf(LF, end - 1) + 1;
}

const NOTHING = new Uint8Array(0);
