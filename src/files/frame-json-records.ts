import { VALUE_LIMIT } from './frame-json-values.ts';
import type { FramedRecord, Framer, Position } from './framing.ts';
import { Pending } from './pending.ts';

const LF = 10;
const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const BACKSLASH = 0x5c;
const BRACE = 0x7b;
const BRACKET = 0x5b;
const BRACKET_END = 0x5d;
const OPEN = [BRACE, BRACKET];
const CLOSE = [0x7d, BRACKET_END];
// JSON's white space, and the record separator of JSON text sequences (RFC 7464).
const SPACE = [9, LF, 13, 32, 0x1e];
const BOM = [0xef, 0xbb, 0xbf];
const ENDS_WORD = [...SPACE, COMMA, QUOTE, ...OPEN, ...CLOSE];

/**
 * Members of a top-level object that hold records: a trail's file, LookupEvents, a subscription of CloudWatch Logs; an
 * answer of Microsoft Graph, Azure's event hubs, an answer of Google's `entries.list`.
 */
const HOLDERS = new Set(['Records', 'Events', 'logEvents', 'value', 'records', 'entries']);
/** Keys are compared up to the longest of them; one byte more tells a longer key apart. */
const KEY_BYTES = Math.max(...[...HOLDERS].map((key) => key.length)) + 1;

/** 1 for bytes that change nothing: inside a string, and inside a value below the first level. */
const PLAIN_STRING = plainExcept([LF, QUOTE, BACKSLASH]);
const PLAIN_VALUE = plainExcept([LF, QUOTE, ...OPEN, ...CLOSE]);

function plainExcept(bytes: readonly number[]): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => (bytes.includes(byte) ? 0 : 1));
}

/** What a byte does to the record around it: part of it, its last one, the first one behind it, or none of it. */
type Effect = 'part' | 'last' | 'behind' | 'drop';

/**
 * JSON that holds records: each element of a top-level array, or of the array that is a top-level object's member
 * of a name in `HOLDERS`; any other top-level value is one record, several may follow one another.
 * A crash may cut off a line of a growing log: a value in which an object begins at the start of a line, where JSON
 * allows none, ends before it. What is no JSON is a record of its own, for a decoder to reject, and so is the first byte of a value that never
 * ends: a file cut off between two elements does not pass for a whole one. A line feed inside a string is no JSON
 * and ends the value around it. Within a value that holds records the place to resume from is where it began.
 */
export class JsonRecordsFramer implements Framer {
  #start: Position;
  #offset: number;
  #line: number;
  /**
   * `value` is a record or the beginning of an object that may turn out to hold some; `gap` lies between elements,
   * and `tail` is what follows the array in its object.
   */
  #state: 'between' | 'scrap' | 'value' | 'gap' | 'word' | 'tail' = 'between';
  #string: 'no' | 'in' | 'escape' = 'no';
  #depth = 0;
  /** Depth around the records: 0 at the top, 1 in an array, 2 in the array that is a member. */
  #floor = 0;
  /** The value that holds the records, while it is open, and its first byte. */
  #outer: (Position & { readonly byte: number }) | null = null;
  /** The last string on the first level of an object, and whether a colon followed. */
  #key = '';
  #keyed = false;
  /** Objects (true) and lists that are open in the value, innermost last. */
  #nesting = [] as boolean[];
  /** The last byte of the chunks before, and the last one that is no space. */
  #last = LF;
  #telling = 0;
  readonly #pending = new Pending();

  constructor(start: Position) {
    this.#start = start;
    this.#offset = start.offset;
    this.#line = start.line;
  }

  get at(): Position {
    if (this.#outer !== null) return { offset: this.#outer.offset, line: this.#outer.line };
    return this.#state === 'between' ? { offset: this.#offset, line: this.#line } : this.#start;
  }

  push(chunk: Uint8Array): FramedRecord[] {
    const records: FramedRecord[] = [];
    // Index of the current record's first byte in this chunk; what came before is pending.
    let from = 0;
    for (let at = this.#skipPlain(chunk, 0); at < chunk.length; at = this.#skipPlain(chunk, at + 1)) {
      const byte = chunk[at] ?? 0;
      const isBroken = byte === BRACE && this.#isBroken(chunk, at);
      const effect = isBroken ? 'behind' : this.#step(byte);
      if (isBroken) this.#outer = null;
      if (effect === 'last' || effect === 'behind')
        records.push(this.#finish(chunk.subarray(from, at), effect, byte));
      if (effect === 'drop') this.#pending.clear();
      if (this.#start.offset >= this.#offset) from = at + this.#start.offset - this.#offset;
      this.#offset += 1;
      if (byte === LF) this.#line += 1;
    }
    if (this.#holds()) this.#hold(chunk.subarray(from), 0);
    this.#last = chunk.at(-1) ?? this.#last;
    this.#telling = this.#tellingBefore(chunk, chunk.length);
    return records;
  }

  /** An object that begins a line within a value, where JSON has none: the value before it was cut off. */
  #isBroken(chunk: Uint8Array, at: number): boolean {
    if (this.#state !== 'value' || this.#string !== 'no') return false;
    if ((at > 0 ? chunk[at - 1] : this.#last) !== LF) return false;
    const before = this.#tellingBefore(chunk, at);
    return before !== COLON && before !== BRACKET && (before !== COMMA || this.#nesting.at(-1) === true);
  }

  #tellingBefore(chunk: Uint8Array, end: number): number {
    let at = end - 1;
    while (at >= 0 && SPACE.includes(chunk[at] ?? 0)) at -= 1;
    return at < 0 ? this.#telling : (chunk[at] ?? 0);
  }

  end(): { readonly rest: FramedRecord | null } {
    if (this.#state === 'between') return { rest: null };
    if (this.#outer === null || (this.#state !== 'gap' && this.#state !== 'tail'))
      return { rest: this.#toRecord(this.#offset) };
    const { byte, ...place } = this.#outer;
    return { rest: { bytes: Uint8Array.of(byte), ...place, tooLong: false, end: this.#offset } };
  }

  #holds(): boolean {
    return this.#state !== 'between' && this.#state !== 'gap';
  }

  /** Index of the next byte that has to be looked at. Most of a value is plain: this loop is the hot one. */
  #skipPlain(chunk: Uint8Array, from: number): number {
    const plain = this.#plainHere();
    if (plain === null) return from;
    let at = from;
    while (at < chunk.length && plain[chunk[at] ?? 0] === 1) at += 1;
    this.#offset += at - from;
    return at;
  }

  /** Bytes that can be skipped; null where each counts: on the first level of an object, whose keys are looked at. */
  #plainHere(): Uint8Array | null {
    if (this.#state !== 'value' && this.#state !== 'tail') return null;
    const isKnown = !this.#onFirstLevel() || this.#key.length >= KEY_BYTES;
    if (this.#string === 'in') return isKnown ? PLAIN_STRING : null;
    return this.#string === 'no' && !this.#onFirstLevel() ? PLAIN_VALUE : null;
  }

  #onFirstLevel(): boolean {
    return this.#depth === 1 && (this.#state === 'tail' || this.#floor === 0);
  }

  #step(byte: number): Effect {
    switch (this.#state) {
      case 'between':
        this.#begin(byte);
        return 'part';
      case 'gap':
        return this.#stepGap(byte);
      case 'scrap':
        return byte === LF || OPEN.includes(byte) ? 'behind' : 'part';
      case 'word':
        return ENDS_WORD.includes(byte) ? 'behind' : 'part';
      default:
        return this.#string === 'no' ? this.#stepValue(byte) : this.#stepString(byte);
    }
  }

  #begin(byte: number): void {
    if (SPACE.includes(byte) || (this.#offset < 3 && byte === BOM[this.#offset])) return;
    this.#open(byte, OPEN.includes(byte) ? 'value' : 'scrap');
    this.#depth = 1;
    this.#floor = 0;
    if (byte === BRACKET) this.#enter(1);
  }

  /** Between two elements, where missing and doubled commas do no harm. */
  #stepGap(byte: number): Effect {
    if (SPACE.includes(byte) || byte === COMMA) return 'part';
    if (CLOSE.includes(byte)) return this.#leave(byte);
    this.#open(byte, OPEN.includes(byte) || byte === QUOTE ? 'value' : 'word');
    this.#depth = OPEN.includes(byte) ? this.#floor + 1 : this.#floor;
    if (byte === QUOTE) this.#string = 'in';
    return 'part';
  }

  #stepString(byte: number): Effect {
    if (byte === LF) return 'behind';
    if (this.#string === 'escape') this.#string = 'in';
    else if (byte === BACKSLASH) this.#string = 'escape';
    else if (byte === QUOTE) {
      this.#string = 'no';
      return this.#depth === this.#floor && this.#state === 'value' ? 'last' : 'part';
    }
    if (this.#onFirstLevel() && this.#key.length < KEY_BYTES) this.#key += String.fromCharCode(byte);
    return 'part';
  }

  #stepValue(byte: number): Effect {
    const isKey = this.#onFirstLevel();
    if (byte === QUOTE) {
      this.#string = 'in';
      if (isKey) this.#key = '';
      this.#keyed = false;
    } else if (byte === COLON) this.#keyed = isKey;
    else if (OPEN.includes(byte)) {
      this.#depth += 1;
      this.#nesting.push(byte === BRACE);
      if (isKey && byte === BRACKET && this.#keyed && HOLDERS.has(this.#key)) return this.#enter(2);
      this.#keyed = false;
    } else if (CLOSE.includes(byte)) return this.#close();
    return 'part';
  }

  #close(): Effect {
    this.#depth -= 1;
    this.#nesting.pop();
    if (this.#state === 'tail') {
      if (this.#depth > 0) return 'part';
      this.#top();
      return 'drop';
    }
    return this.#depth === this.#floor ? 'last' : 'part';
  }

  /** The array begins whose elements are records. */
  #enter(floor: number): Effect {
    this.#outer ??= { ...this.#start, byte: floor === 1 ? BRACKET : BRACE };
    this.#state = 'gap';
    this.#floor = floor;
    return 'drop';
  }

  /** The array ends. A brace there is no JSON: it becomes a record to reject. */
  #leave(byte: number): Effect {
    if (byte !== BRACKET_END) {
      this.#top();
      this.#open(byte, 'scrap');
      return 'part';
    }
    this.#depth = this.#floor - 1;
    if (this.#depth === 0) this.#top();
    else {
      this.#start = { offset: this.#offset + 1, line: this.#line };
      this.#state = 'tail';
      this.#key = '';
    }
    return 'part';
  }

  #top(): void {
    this.#state = 'between';
    this.#string = 'no';
    this.#outer = null;
    this.#floor = 0;
  }

  #open(byte: number, state: 'scrap' | 'value' | 'word'): void {
    this.#start = { offset: this.#offset, line: this.#line };
    this.#state = state;
    this.#string = 'no';
    this.#nesting = [byte === BRACE];
    if (byte === BRACE) this.#key = '';
    this.#keyed = false;
  }

  /** `before` are the record's bytes in this chunk up to the current one. */
  #finish(before: Uint8Array, effect: 'last' | 'behind', byte: number): FramedRecord {
    const last = effect === 'last' ? 1 : 0;
    this.#hold(before, 0);
    if (last === 1) this.#pending.add(Uint8Array.of(byte));
    const record = this.#toRecord(this.#offset + last);
    this.#pending.clear();
    // A value that broke off takes what is around it with it: what follows is looked at afresh.
    if (this.#outer === null || this.#string !== 'no') this.#top();
    else this.#state = 'gap';
    if (effect === 'behind') this.#step(byte);
    return record;
  }

  #toRecord(end: number): FramedRecord {
    const tooLong = end - this.#start.offset > VALUE_LIMIT;
    return { bytes: tooLong ? new Uint8Array(0) : this.#pending.peek(), ...this.#start, tooLong, end };
  }

  #hold(part: Uint8Array, last: number): void {
    if (this.#offset + last - this.#start.offset > VALUE_LIMIT) this.#pending.clear();
    else this.#pending.add(part);
  }
}
