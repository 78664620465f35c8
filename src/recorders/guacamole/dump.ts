import type { Problem } from '../../model/recording.ts';
import { count, plural } from '../text.ts';

/** What a dump of Guacamole's protocol shows of itself. Its pictures and keys are counted and dropped. */
export interface Dump {
  readonly instructions: number;
  /** Instructions that put something on the screen. */
  readonly drawn: number;
  readonly keys: number;
  /** Epoch ms of the first and of the last time written. */
  readonly first: number | null;
  readonly last: number | null;
  readonly problems: readonly Problem[];
}

const DRAWS: ReadonlySet<string> = new Set([
  'blob',
  'cfill',
  'copy',
  'cstroke',
  'img',
  'jpeg',
  'lfill',
  'lstroke',
  'png',
  'rect',
  'transfer',
  'video',
]);
/** Instructions with a time, and which of their arguments it is. */
const TIMED: Readonly<Record<string, number>> = { sync: 1, key: 3, mouse: 4, touch: 8 };
const OTHERS: ReadonlySet<string> = new Set([
  'ack',
  'arc',
  'argv',
  'audio',
  'body',
  'clip',
  'clipboard',
  'close',
  'cursor',
  'curve',
  'dispose',
  'distort',
  'end',
  'file',
  'filesystem',
  'identity',
  'line',
  'log',
  'move',
  'msg',
  'name',
  'nest',
  'nop',
  'pipe',
  'pop',
  'push',
  'ready',
  'reset',
  'set',
  'shade',
  'size',
  'start',
  'transform',
  'undefine',
]);

/** True where the first instruction is one of the protocol, with its right length. */
export function beginsDump(head: Uint8Array): boolean {
  const text = Buffer.from(head.subarray(0, 32)).toString('latin1');
  const [, length, opcode = ''] = /^(\d{1,2})\.([a-z]{2,16})[,;]/.exec(text) ?? [];
  const isKnown = DRAWS.has(opcode) || OTHERS.has(opcode) || Object.hasOwn(TIMED, opcode);
  return Number(length) === opcode.length && isKnown;
}

// Guacamole's own parser takes five digits and 128 elements.
const DIGITS = 5;
const ELEMENTS = 128;
// Opcodes have up to 12 letters and times 13 digits; nothing else of an element is kept.
const KEPT = 24;
// A clock is stepped by less when it is corrected.
const TOLERANCE_MS = 5_000;
// The year 5138: larger numbers are damage.
const LATEST_MS = 1e14;
const [DOT, COMMA, SEMICOLON, ZERO, NINE] = [0x2e, 0x2c, 0x3b, 0x30, 0x39] as const;

/** Reads `LENGTH.VALUE,…;` while the bytes pass by; lengths are characters of UTF-8. It stops at the first fault. */
export class DumpScanner {
  #expect: 'length' | 'value' | 'separator' | 'nothing' = 'length';
  #digits = 0;
  /** Characters of the value that are still to come. */
  #left = 0;
  #element = 0;
  #opcode = '';
  #value = '';
  #inside = false;
  #instructions = 0;
  #drawn = 0;
  #keys = 0;
  #first: number | null = null;
  #last: number | null = null;
  readonly #problems: Problem[] = [];

  push(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length && this.#expect !== 'nothing'; at++) {
      const byte = chunk[at] ?? 0;
      // What follows the first byte of a character belongs to it, and ends no value.
      if ((byte & 0xc0) === 0x80 && this.#expect !== 'length') continue;
      if (this.#expect === 'length') this.#takeLength(byte);
      else if (this.#expect === 'value') this.#takeValue(byte);
      else this.#takeSeparator(byte);
    }
  }

  finish(): Dump {
    if (this.#inside && this.#problems.length === 0)
      this.#problems.push({
        code: 'recording-truncated',
        detail: `breaks off in an instruction behind ${plural(this.#instructions, 'other')}`,
      });
    return {
      instructions: this.#instructions,
      drawn: this.#drawn,
      keys: this.#keys,
      first: this.#first,
      last: this.#last,
      problems: this.#problems,
    };
  }

  #takeLength(byte: number): void {
    this.#inside = true;
    if (byte >= ZERO && byte <= NINE && this.#digits < DIGITS) {
      this.#left = this.#left * 10 + byte - ZERO;
      this.#digits++;
    } else if (byte === DOT && this.#digits > 0) this.#expect = this.#left === 0 ? 'separator' : 'value';
    else this.#fault('has no length where one should stand');
  }

  #takeValue(byte: number): void {
    if (this.#isKept() && this.#value.length < KEPT) this.#value += String.fromCharCode(byte);
    this.#left--;
    if (this.#left === 0) this.#expect = 'separator';
  }

  /** Only opcodes and times are kept. */
  #isKept(): boolean {
    return this.#element === 0 || TIMED[this.#opcode] === this.#element;
  }

  #takeSeparator(byte: number): void {
    if (byte !== COMMA && byte !== SEMICOLON) return this.#fault('does not have the lengths it states');
    if (this.#element === 0) this.#opcode = this.#value;
    else if (this.#isKept()) this.#takeTime(this.#value);
    this.#value = '';
    this.#digits = 0;
    this.#left = 0;
    this.#element++;
    if (this.#expect === 'nothing') return;
    this.#expect = 'length';
    if (byte === SEMICOLON) this.#endInstruction();
    else if (this.#element >= ELEMENTS) this.#fault('has too many elements');
  }

  #endInstruction(): void {
    this.#inside = false;
    this.#instructions++;
    if (DRAWS.has(this.#opcode)) this.#drawn++;
    if (this.#opcode === 'key') this.#keys++;
    this.#opcode = '';
    this.#element = 0;
  }

  #takeTime(text: string): void {
    const time = /^\d{1,14}$/.test(text) ? Number(text) : 0;
    if (time <= 0 || time >= LATEST_MS) return;
    if (this.#last !== null && this.#last - time > TOLERANCE_MS)
      return this.#fault(`goes back by ${count(this.#last - time)} ms`);
    this.#first ??= time;
    this.#last = Math.max(this.#last ?? time, time);
  }

  /** Behind a wrong length nothing can be told apart: the rest is not read. */
  #fault(what: string): void {
    this.#expect = 'nothing';
    this.#problems.push({
      code: 'recording-altered',
      detail: `instruction ${count(this.#instructions + 1)} ${what}`,
    });
  }
}
