import { createGunzip, type Gunzip } from 'node:zlib';

/**
 * Inflates a gzip file of one or more members. Throws zlib's error where the stream is cut or damaged, after having
 * given everything before the damage; `source` is read a second time then.
 */
export async function* inflate(source: () => AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const first = new Inflating();
  yield* first.run(source(), COARSE_BYTES, Number.POSITIVE_INFINITY);
  if (first.failure === null) return;
  // zlib drops what it had inflated of the piece that holds the damage: that piece is fed again in tiny ones.
  const second = new Inflating();
  let skip = first.given;
  for await (const chunk of second.run(source(), COARSE_BYTES, first.pieceStart)) {
    if (chunk.length > skip) yield chunk.subarray(skip);
    skip = Math.max(0, skip - chunk.length);
  }
  throw first.failure;
}

// Deflate reaches 1032:1 at most: one piece inflates to no more than 16 MiB, whatever the file is made of.
const COARSE_BYTES = 16 * 1024;
// The length of the check sum: the piece that ends a wrong one then holds nothing of the content before it.
const FINE_BYTES = 4;

class Inflating {
  failure: Error | null = null;
  /** Bytes given out. */
  given = 0;
  /** Compressed offset of the piece last fed. */
  pieceStart = 0;
  #ended = false;
  #wake: () => void = () => {};
  readonly #out: Uint8Array[] = [];
  readonly #gunzip: Gunzip = createGunzip({ chunkSize: 64 * 1024 });

  constructor() {
    this.#gunzip.on('data', (chunk: Uint8Array) => this.#out.push(chunk));
    this.#gunzip.on('error', (error) => {
      this.failure = error;
    });
    // Comes after an error, and after the end; also where zero padding ends the stream while more is being fed.
    this.#gunzip.on('close', () => {
      this.#ended = true;
      this.#wake();
    });
  }

  async *run(
    source: AsyncIterable<Uint8Array>,
    pieceBytes: number,
    fineFrom: number,
  ): AsyncGenerator<Uint8Array> {
    let position = 0;
    try {
      for await (const chunk of source) {
        for (let at = 0; at < chunk.length && !this.#ended; ) {
          const size = position + at >= fineFrom ? FINE_BYTES : pieceBytes;
          this.pieceStart = position + at;
          await this.#step((done) => this.#gunzip.write(chunk.subarray(at, at + size), done));
          yield* this.#take();
          at += size;
        }
        position += chunk.length;
      }
      if (!this.#ended) await this.#step(() => this.#gunzip.end());
      yield* this.#take();
    } finally {
      this.#gunzip.destroy();
    }
  }

  #step(act: (done: () => void) => void): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
      act(resolve);
    });
  }

  *#take(): Generator<Uint8Array> {
    for (const chunk of this.#out.splice(0)) {
      this.given += chunk.length;
      yield chunk;
    }
  }
}
