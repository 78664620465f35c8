/** Bytes of a record whose end has not been seen. Grows by doubling: each byte is copied twice on average. */
export class Pending {
  length = 0;
  #buffer = new Uint8Array(256);

  add(bytes: Uint8Array): void {
    const length = this.length + bytes.length;
    if (length > this.#buffer.length) this.#grow(length);
    this.#buffer.set(bytes, this.length);
    this.length = length;
  }

  /** A copy of the bytes held. */
  peek(): Uint8Array {
    return this.#buffer.slice(0, this.length);
  }

  /** Forgets the bytes; a buffer that one huge record made large is given back. */
  clear(): void {
    this.length = 0;
    if (this.#buffer.length > KEPT_BYTES) this.#buffer = new Uint8Array(256);
  }

  #grow(length: number): void {
    const grown = new Uint8Array(Math.max(length, this.#buffer.length * 2));
    grown.set(this.#buffer.subarray(0, this.length));
    this.#buffer = grown;
  }
}

// A few hundred open framers keep no more than 64 KiB each, below 20 MB.
const KEPT_BYTES = 64 * 1024;
