import type { SFTPWrapper } from 'ssh2';
import type { SshConnection } from './connection.ts';

// The largest piece that every server gives in one answer (draft-ietf-secsh-filexfer-02, 3).
const CHUNK_BYTES = 32 * 1024;
/** Pieces asked for ahead: 8 × 32 KiB for each file that is read hide 10 ms of way at 25 MB/s. */
const MAX_AHEAD = 8;
/** The first piece: whoever looks at a beginning needs no more. */
const FIRST_BYTES = 4096;

interface Asked {
  readonly at: number;
  readonly length: number;
  readonly answer: Promise<Uint8Array>;
}

/** A file that is opened when it is first read, and then stays the same one. */
export class SftpFile {
  readonly #connection: SshConnection;
  readonly #sftp: SFTPWrapper;
  readonly #path: string;
  #handle: Promise<Buffer> | null = null;

  constructor(connection: SshConnection, sftp: SFTPWrapper, path: string) {
    this.#connection = connection;
    this.#sftp = sftp;
    this.#path = path;
  }

  /** Bytes of [from, end), or up to where the file ends. Throws an SshFault. */
  async *read(from: number, end: number): AsyncGenerator<Uint8Array> {
    this.#handle ??= this.#connection.answer<Buffer>((done) => this.#sftp.open(this.#path, 'r', done));
    const handle = await this.#handle;
    let asked: Asked[] = [];
    let next = from;
    for (let ahead = 1; ; ahead = Math.min(MAX_AHEAD, ahead * 2)) {
      while (asked.length < ahead && next < end) {
        const length = Math.min(next === from ? FIRST_BYTES : CHUNK_BYTES, end - next);
        asked.push(this.#ask(handle, next, length));
        next += length;
      }
      const first = asked.shift();
      if (first === undefined) return;
      const chunk = await first.answer;
      if (chunk.length === 0) return;
      yield chunk;
      if (chunk.length === first.length) continue;
      // A short answer: what was asked for behind it leaves a hole.
      await Promise.allSettled(asked.map(({ answer }) => answer));
      asked = [];
      next = first.at + chunk.length;
    }
  }

  #ask(handle: Buffer, at: number, length: number): Asked {
    const buffer = Buffer.allocUnsafe(length);
    const answer = this.#connection.answer<Uint8Array>((done) =>
      this.#sftp.read(handle, buffer, 0, length, at, (error, bytesRead) =>
        done(error, buffer.subarray(0, bytesRead)),
      ),
    );
    // Where the reader stops early, nobody waits for what was asked ahead.
    answer.catch(() => undefined);
    return { at, length, answer };
  }
}
