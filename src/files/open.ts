import { constants, open } from 'node:fs/promises';
import type { Openable } from './entry.ts';
import { inflate } from './gzip.ts';
import { RefusedFile } from './problem.ts';
import { type ReadHandle, RemoteHandle } from './remote.ts';

/** An open regular file and what it was at that moment; close it with `handle.close()`. */
export interface OpenFile {
  readonly handle: ReadHandle;
  readonly stats: Pick<Openable, 'size' | 'mtimeMs' | 'dev' | 'ino'>;
  readonly gzip: boolean;
}

/**
 * Opens a regular file. Throws `RefusedFile` for anything else, and what the system throws. Without O_NONBLOCK a
 * fifo put where a log was expected would hold the reader for ever.
 */
export async function openFile(file: string | Openable): Promise<OpenFile> {
  if (typeof file !== 'string' && file.open !== undefined)
    return openRemote(file, new RemoteHandle(file.open));
  const path = typeof file === 'string' ? file : file.path;
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw new RefusedFile('not-a-file');
    return { handle, stats, gzip: await hasGzipMagic(handle) };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function openRemote(file: Openable, handle: ReadHandle): Promise<OpenFile> {
  try {
    return { handle, stats: file, gzip: await hasGzipMagic(handle) };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function hasGzipMagic(handle: ReadHandle): Promise<boolean> {
  const magic = new Uint8Array(2);
  const first = await handle.read(magic, 0, 2, 0);
  // What comes over a network may come byte by byte.
  const second = first.bytesRead === 1 ? await handle.read(magic, 1, 1, 1) : { bytesRead: 0 };
  return first.bytesRead + second.bytesRead === 2 && magic[0] === 0x1f && magic[1] === 0x8b;
}

/**
 * The content of an open file from an offset of its (decompressed) bytes, up to the size it had when it was
 * opened: a file that grows faster than it is read would never end. Every chunk is a buffer of its own. Throws
 * what the system and zlib throw, after having given all that could be read.
 */
export async function* readChunks(file: OpenFile, offset = 0): AsyncGenerator<Uint8Array> {
  if (!file.gzip) return yield* readRaw(file, offset, file.stats.size);
  let skip = offset;
  for await (const chunk of inflate(() => readRaw(file, 0, file.stats.size))) {
    if (chunk.length > skip) yield chunk.subarray(skip);
    skip = Math.max(0, skip - chunk.length);
  }
}

export interface FirstBytes {
  readonly bytes: Uint8Array;
  /** What was thrown before all of them were read, else null. */
  readonly error: unknown;
}

/** The first bytes of the content, at most `limit`; what an error cuts off is kept up to there. */
export async function readFirst(file: OpenFile, limit: number): Promise<FirstBytes> {
  const parts: Uint8Array[] = [];
  const chunks = file.gzip ? readChunks(file) : readRaw(file, 0, Math.min(limit, file.stats.size));
  let left = limit;
  try {
    for await (const chunk of chunks) {
      parts.push(chunk.subarray(0, left));
      left -= chunk.length;
      if (left <= 0) break;
    }
    return { bytes: Buffer.concat(parts), error: null };
  } catch (error) {
    return { bytes: Buffer.concat(parts), error };
  }
}

// 256 KiB: the cost of each call vanishes, and a hundred open files stay below 26 MB.
const CHUNK_BYTES = 256 * 1024;

async function* readRaw({ handle }: OpenFile, offset: number, end: number): AsyncGenerator<Uint8Array> {
  for (let position = offset; position < end; ) {
    const chunk = new Uint8Array(Math.min(CHUNK_BYTES, end - position));
    const { bytesRead } = await handle.read(chunk, 0, chunk.length, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    yield chunk.subarray(0, bytesRead);
  }
}
