import type { OpenContent } from './entry.ts';
import { RefusedFile, systemCode } from './problem.ts';

/** What reading needs of an open file. */
export interface ReadHandle {
  read(
    buffer: Uint8Array,
    offset: number,
    length: number,
    position: number,
  ): Promise<{ readonly bytesRead: number }>;
  close(): Promise<void>;
}

/**
 * Content that is not on this machine, read as if it were a file. Reading on costs nothing; going elsewhere asks for
 * the content anew from there. At most one chunk of the transport is held.
 */
export class RemoteHandle implements ReadHandle {
  readonly #open: OpenContent;
  #chunks: AsyncIterator<Uint8Array> | null = null;
  #left: Uint8Array = new Uint8Array(0);
  #at = 0;
  #fault: { readonly error: unknown } | null = null;

  constructor(open: OpenContent) {
    this.#open = open;
  }

  /** Fills the buffer where it can: transports give small pieces, and each read is saved by itself. */
  async read(buffer: Uint8Array, offset: number, length: number, position: number) {
    if (this.#chunks === null || position !== this.#at) await this.#seek(position);
    let bytesRead = 0;
    while (bytesRead < length && (this.#left.length > 0 || (await this.#fetch(bytesRead > 0)))) {
      const part = this.#left.subarray(0, length - bytesRead);
      buffer.set(part, offset + bytesRead);
      this.#left = this.#left.subarray(part.length);
      bytesRead += part.length;
    }
    this.#at += bytesRead;
    return { bytesRead };
  }

  async close(): Promise<void> {
    const chunks = this.#chunks;
    this.#chunks = null;
    this.#left = new Uint8Array(0);
    this.#fault = null;
    await chunks?.return?.();
  }

  async #seek(position: number): Promise<void> {
    await this.close();
    this.#at = position;
    this.#chunks = this.#open({ start: position })[Symbol.asyncIterator]();
  }

  async #next(): Promise<IteratorResult<Uint8Array, unknown> | undefined> {
    try {
      return await this.#chunks?.next();
    } catch (error) {
      // A transport speaks the system's codes for like faults; anything else is told as a failed read.
      throw error instanceof RefusedFile || systemCode(error) !== null ? error : new RefusedFile('io');
    }
  }

  /** A fault behind bytes that were read already waits for the next read: they are not lost with it. */
  async #fetch(hasSome: boolean): Promise<boolean> {
    try {
      if (this.#fault !== null) throw this.#fault.error;
      return await this.#fetchOne();
    } catch (error) {
      if (!hasSome) throw error;
      this.#fault = { error };
      return false;
    }
  }

  async #fetchOne(): Promise<boolean> {
    for (;;) {
      const next = await this.#next();
      if (next === undefined || next.done === true) return false;
      if (next.value.length === 0) continue;
      this.#left = next.value;
      return true;
    }
  }
}
