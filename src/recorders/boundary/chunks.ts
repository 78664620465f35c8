import { crc32 } from 'node:zlib';
import type { Problem } from '../../model/recording.ts';
import { count, plural } from '../text.ts';

const MAGIC = Uint8Array.of(0x89, 0x42, 0x53, 0x52, 0x0d, 0x0a, 0x1a, 0x0a);

/** How every file of chunks begins. */
export function startsWithMagic(head: Uint8Array): boolean {
  return head.length >= MAGIC.length && MAGIC.every((byte, at) => head[at] === byte);
}

/** What the chunks of one `.data` file show of themselves. Their content is counted and dropped. */
export interface Chunks {
  readonly foreign: boolean;
  /** Chunks between the first, `HEAD`, and the last, `DONE`. */
  readonly inner: number;
  readonly ended: boolean;
  /** Epoch ms of the first and of the last chunk. */
  readonly first: number | null;
  readonly last: number | null;
  /** Id that `HEAD` names. */
  readonly session: string | null;
  readonly problems: readonly Problem[];
}

// Length (4), protocol (4), type (4), direction (1), seconds (8) and nanoseconds (4).
const HEADER_BYTES = 25;
const CRC_BYTES = 4;
// Boundary itself refuses longer chunks.
const LENGTH_LIMIT = 6_400_000;
// Two bytes for compression and encryption and an id of Boundary, which has 12 characters.
const HEAD_KEPT = 128;
// A clock is stepped by less when it is corrected.
const TOLERANCE_MS = 5_000;
// The year 5138: larger numbers are damage.
const LATEST_S = 1e11;

interface Chunk {
  readonly type: string;
  readonly time: number | null;
  /** Bytes of data that are still to come. */
  left: number;
  crc: number;
}

/** Reads chunk after chunk while the bytes pass by; it stops at the first fault. Memory: a header and one id. */
export class ChunkScanner {
  readonly #name: string;
  #expect: 'magic' | 'header' | 'body' | 'crc' | 'nothing' = 'magic';
  #held: Uint8Array = new Uint8Array(0);
  #bytes = 0;
  #chunk: Chunk = { type: '', time: null, left: 0, crc: 0 };
  #head: Uint8Array = new Uint8Array(0);
  #foreign = false;
  #chunks = 0;
  #ended = false;
  #first: number | null = null;
  #last: number | null = null;
  readonly #problems: Problem[] = [];

  /** `name` is how problems call the file. */
  constructor(name: string) {
    this.#name = name;
  }

  push(chunk: Uint8Array): void {
    this.#bytes += chunk.length;
    let rest = chunk;
    while (rest.length > 0 && this.#expect !== 'nothing') rest = this.#take(rest);
    if (rest.length > 0 && this.#ended && this.#problems.length === 0) this.#altered('bytes behind its end');
  }

  finish(): Chunks {
    if (this.#problems.length === 0 && !this.#ended && this.#bytes > 0) this.#cut();
    if (this.#bytes === 0) this.#problem('recording-truncated', 'the file is empty');
    return {
      foreign: this.#foreign,
      inner: Math.max(this.#chunks - (this.#ended ? 2 : 1), 0),
      ended: this.#ended,
      first: this.#first,
      last: this.#last,
      session: sessionOf(this.#head),
      problems: this.#problems,
    };
  }

  #cut(): void {
    const inside = this.#held.length > 0 || this.#expect === 'body' || this.#expect === 'crc';
    const where = inside ? 'breaks off in a chunk' : 'has no end';
    this.#problem('recording-truncated', `${where} behind ${plural(this.#chunks, 'chunk')}`);
  }

  /** Takes what it can of the bytes; gives the rest. */
  #take(bytes: Uint8Array): Uint8Array {
    if (this.#expect === 'body') return this.#takeBody(bytes);
    const wanted =
      this.#expect === 'magic' ? MAGIC.length : this.#expect === 'crc' ? CRC_BYTES : HEADER_BYTES;
    const part = bytes.subarray(0, wanted - this.#held.length);
    this.#held = Buffer.concat([this.#held, part]);
    if (this.#held.length === wanted) {
      const whole = this.#held;
      this.#held = new Uint8Array(0);
      if (this.#expect === 'magic') this.#takeMagic(whole);
      else if (this.#expect === 'crc') this.#takeCrc(whole);
      else this.#takeHeader(whole);
    }
    return bytes.subarray(part.length);
  }

  #takeMagic(magic: Uint8Array): void {
    this.#expect = 'header';
    if (startsWithMagic(magic)) return;
    this.#foreign = true;
    this.#altered('does not begin as a file of chunks');
  }

  #takeHeader(header: Uint8Array): void {
    const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
    const left = view.getUint32(0);
    const type = Buffer.from(header.subarray(8, 12)).toString('latin1');
    const [seconds, nanos] = [Number(view.getBigUint64(13)), view.getUint32(21)];
    const time =
      seconds > 0 && seconds < LATEST_S && nanos < 1e9
        ? seconds * 1000 + Math.floor(nanos / 1000) / 1000
        : null;
    this.#chunk = { type, time, left, crc: crc32(header.subarray(4)) };
    this.#expect = left === 0 ? 'crc' : 'body';
    if (left > LENGTH_LIMIT)
      this.#altered(`a chunk of ${count(left)} bytes behind ${plural(this.#chunks, 'chunk')}`);
  }

  #takeBody(bytes: Uint8Array): Uint8Array {
    const chunk = this.#chunk;
    const part = bytes.subarray(0, chunk.left);
    chunk.crc = crc32(part, chunk.crc);
    chunk.left -= part.length;
    if (this.#chunks === 0 && this.#head.length < HEAD_KEPT)
      this.#head = Buffer.concat([this.#head, part.subarray(0, HEAD_KEPT - this.#head.length)]);
    if (chunk.left === 0) this.#expect = 'crc';
    return bytes.subarray(part.length);
  }

  #takeCrc(crc: Uint8Array): void {
    const { type, time, crc: found } = this.#chunk;
    this.#expect = 'header';
    if (new DataView(crc.buffer, crc.byteOffset, CRC_BYTES).getUint32(0) !== found)
      return this.#altered(`the check sum of chunk ${count(this.#chunks + 1)} is wrong`);
    if ((this.#chunks === 0) !== (type === 'HEAD'))
      return this.#altered(
        `chunk ${count(this.#chunks + 1)} is ${type === 'HEAD' ? 'a second' : 'no'} beginning`,
      );
    if (time !== null && this.#last !== null && this.#last - time > TOLERANCE_MS)
      return this.#altered(
        `time goes back by ${count(Math.round(this.#last - time))} ms at chunk ${count(this.#chunks + 1)}`,
      );
    this.#chunks++;
    this.#first ??= time;
    this.#last = time === null ? this.#last : Math.max(this.#last ?? time, time);
    if (type !== 'DONE') return;
    this.#ended = true;
    this.#expect = 'nothing';
  }

  /** What follows damage means nothing: the rest is not read. */
  #altered(what: string): void {
    this.#expect = 'nothing';
    this.#problem('recording-altered', what);
  }

  #problem(code: Problem['code'], what: string): void {
    this.#problems.push({ code, detail: `${this.#name}: ${what}` });
  }
}

/** The data of `HEAD`: compression, encryption, then the id. */
function sessionOf(head: Uint8Array): string | null {
  return toId(Buffer.from(head.subarray(2)).toString('latin1'));
}

/** An id of Boundary, or null: nothing else may pass for one. */
export function toId(text: unknown): string | null {
  return typeof text === 'string' && /^[a-z]{1,8}_[0-9A-Za-z]{1,64}$/.test(text) ? text : null;
}
