import { Pending } from '../files/pending.ts';

/** What a piece of a connection held. */
export interface Framed {
  /** Whole messages, without what framed them. May be views of the chunk they came in: copy them to keep them. */
  readonly messages: readonly Uint8Array[];
  /** How many of them were longer than the limit and are given cut. */
  readonly cut: number;
  /** True where lengths and messages no longer agree: nothing after this can be trusted. */
  readonly broken: boolean;
}

/**
 * Longest message that is kept whole. rsyslog cuts at 8 KiB unless told otherwise, and a line of a log is read up to
 * 64 KiB: 512 connections hold 32 MiB of unfinished messages at most.
 */
export const MESSAGE_LIMIT = 64 * 1024;

/** RFC 6587 sets no bound to a length; 8 digits (100 MB) are more than any sender announces, and are skipped over. */
const LENGTH_DIGITS = 8;

const LF = 10;
const CR = 13;
const SPACE = 0x20;

/**
 * Cuts a connection into syslog messages (RFC 6587): with their length in front (`57 <38>1 …`), or one to a line.
 * Which of both it is, is settled once by how the connection begins. Total: any bytes, in any pieces.
 */
export class MessageFramer {
  #mode: 'start' | 'lines' | 'length' | 'message' = 'start';
  #digits = '';
  /** Bytes of the message that are still to come. */
  #missing = 0;
  /** Bytes of the unfinished message, also those that are no longer held. */
  #length = 0;
  readonly #pending = new Pending();
  #messages: Uint8Array[] = [];
  #cut = 0;
  #broken = false;

  push(chunk: Uint8Array): Framed {
    let at = 0;
    while (at < chunk.length && !this.#broken) {
      if (this.#mode === 'start') at = this.#takeStart(chunk, at);
      else if (this.#mode === 'lines') at = this.#takeLine(chunk, at);
      else if (this.#mode === 'length') at = this.#takeLength(chunk, at);
      else at = this.#takeMessage(chunk, at);
    }
    return this.#give();
  }

  /** The last line needs no end. A message that is shorter than its length said is not whole: it counts as broken. */
  end(): Framed {
    if (this.#mode === 'start') this.#hold(Buffer.from(this.#digits));
    if (this.#mode === 'start' || this.#mode === 'lines') {
      if (this.#length > 0) this.#finish();
    } else if (this.#mode === 'message' || this.#digits !== '') this.#broken = true;
    return this.#give();
  }

  #give(): Framed {
    const framed = { messages: this.#messages, cut: this.#cut, broken: this.#broken };
    this.#messages = [];
    this.#cut = 0;
    return framed;
  }

  /** Digits and a space begin a length; an ISO time begins with digits too, and goes on otherwise. */
  #takeStart(chunk: Uint8Array, from: number): number {
    const byte = chunk[from] ?? 0;
    if (isDigit(byte, this.#digits) && this.#digits.length < LENGTH_DIGITS) {
      this.#digits += String.fromCharCode(byte);
      return from + 1;
    }
    if (byte === SPACE && this.#digits !== '') return this.#beginMessage(from + 1);
    this.#hold(Buffer.from(this.#digits));
    this.#digits = '';
    this.#mode = 'lines';
    return from;
  }

  #takeLine(chunk: Uint8Array, from: number): number {
    const end = chunk.indexOf(LF, from);
    if (end < 0) {
      this.#hold(chunk.subarray(from));
      return chunk.length;
    }
    this.#finish(chunk.subarray(from, end));
    return end + 1;
  }

  #takeLength(chunk: Uint8Array, from: number): number {
    const byte = chunk[from] ?? 0;
    if (isDigit(byte, this.#digits) && this.#digits.length < LENGTH_DIGITS) {
      this.#digits += String.fromCharCode(byte);
    } else if (byte === SPACE && this.#digits !== '') return this.#beginMessage(from + 1);
    // Some senders end a message with a line feed that they do not count.
    else if (this.#digits !== '' || (byte !== LF && byte !== CR)) this.#broken = true;
    return from + 1;
  }

  #beginMessage(next: number): number {
    this.#missing = Number(this.#digits);
    this.#digits = '';
    this.#mode = 'message';
    return next;
  }

  #takeMessage(chunk: Uint8Array, from: number): number {
    const end = Math.min(chunk.length, from + this.#missing);
    this.#missing -= end - from;
    if (this.#missing > 0) this.#hold(chunk.subarray(from, end));
    else {
      this.#finish(chunk.subarray(from, end));
      this.#mode = 'length';
    }
    return end;
  }

  #hold(part: Uint8Array): void {
    this.#pending.add(part.subarray(0, Math.max(0, MESSAGE_LIMIT - this.#length)));
    this.#length += part.length;
  }

  #finish(part: Uint8Array = NOTHING): void {
    if (this.#length + part.length > MESSAGE_LIMIT) this.#cut += 1;
    if (this.#length === 0) this.#messages.push(part.subarray(0, MESSAGE_LIMIT));
    else {
      this.#hold(part);
      this.#messages.push(this.#pending.peek());
    }
    this.#length = 0;
    this.#pending.clear();
  }
}

/** A length begins with no zero. */
function isDigit(byte: number, before: string): boolean {
  return byte >= (before === '' ? 0x31 : 0x30) && byte <= 0x39;
}

const NOTHING = new Uint8Array(0);
