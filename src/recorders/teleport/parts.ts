import type { Problem } from '../../model/recording.ts';
import { count } from '../text.ts';

/** A part of a recording: what its header says, and where its body stands in the file. */
export interface Part {
  /** Offset of the body. */
  readonly offset: number;
  /** Bytes of the body, without padding, as far as the file holds them. */
  readonly size: number;
  /** The body is encrypted: it cannot be looked into. */
  readonly encrypted: boolean;
}

export interface Parts {
  readonly parts: readonly Part[];
  readonly problems: readonly Problem[];
  /** True where the file does not begin with a part. */
  readonly foreign: boolean;
}

/** Big-endian 64-bit numbers: version, bytes of the body, bytes of padding; version 2 has flags in a fourth. */
const HEADER_BYTES = { 1: 24, 2: 32 } as const;
const LONGEST_HEADER = 32;
const ENCRYPTED = 1;
// A store with multipart uploads takes 10,000 parts.
const PARTS_KEPT = 10_000;

export interface PartHeader {
  readonly bytes: number;
  readonly size: number;
  readonly padding: number;
  readonly encrypted: boolean;
}

/** The header at the beginning of some bytes; null where they are none, or too few to tell. */
export function parseHeader(bytes: Uint8Array): PartHeader | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = bytes.length >= 8 ? Number(view.getBigUint64(0)) : 0;
  if (version !== 1 && version !== 2) return null;
  const length = HEADER_BYTES[version];
  if (bytes.length < length) return null;
  return {
    bytes: length,
    size: Number(view.getBigUint64(8)),
    padding: Number(view.getBigUint64(16)),
    encrypted: version === 2 && ((bytes[24] ?? 0) & ENCRYPTED) !== 0,
  };
}

/** Finds the parts of a file that is pushed chunk by chunk; bodies are passed over. */
export class PartScanner {
  readonly #parts: Part[] = [];
  readonly #problems: Problem[] = [];
  #header: Uint8Array = new Uint8Array(0);
  #offset = 0;
  /** Bytes of body and padding still to come. */
  #left = 0;
  #broken = false;

  push(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.length && !this.#broken) {
      const wanted = this.#left > 0 ? this.#left : this.#wantedHeader() - this.#header.length;
      const taken = Math.min(wanted, chunk.length - at);
      if (this.#left > 0) this.#left -= taken;
      else this.#header = Buffer.concat([this.#header, chunk.subarray(at, at + taken)]);
      at += taken;
      this.#offset += taken;
      if (this.#header.length > 0) this.#tryHeader();
    }
  }

  /** The version decides how long the header is. */
  #wantedHeader(): number {
    return this.#header.length < 8 ? 8 : this.#header[7] === 2 ? LONGEST_HEADER : HEADER_BYTES[1];
  }

  #tryHeader(): void {
    if (this.#header.length < this.#wantedHeader()) return;
    const header = parseHeader(this.#header);
    const start = this.#offset - this.#header.length;
    if (header === null) return this.#break(`byte ${count(start)} begins no part`);
    if (this.#parts.length >= PARTS_KEPT) return this.#break(`more than ${count(PARTS_KEPT)} parts`);
    this.#header = new Uint8Array(0);
    this.#left = header.size + header.padding;
    this.#parts.push({ offset: this.#offset, size: header.size, encrypted: header.encrypted });
  }

  #break(detail: string): void {
    this.#broken = true;
    this.#problems.push({ code: 'recording-altered', detail });
  }

  finish(): Parts {
    const last = this.#parts.at(-1);
    if (!this.#broken && this.#header.length > 0)
      this.#cut(`the file ends ${this.#header.length} bytes into the header of a part`);
    if (last !== undefined && this.#left > 0)
      this.#cut(`part ${count(this.#parts.length)} lacks ${count(this.#left)} of its bytes`);
    return {
      parts: this.#parts.map((part) => ({ ...part, size: Math.min(part.size, this.#offset - part.offset) })),
      problems: this.#problems,
      foreign: this.#parts.length === 0 && this.#offset > 0,
    };
  }

  #cut(detail: string): void {
    this.#problems.push({ code: 'recording-truncated', detail });
  }
}
