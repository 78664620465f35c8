import { createHash, type Hash } from 'node:crypto';
import type { FileEntry } from '../files/entry.ts';
import { type OpenFile, openFile, readChunks } from '../files/open.ts';

/**
 * How a file's content ended: `whole`; `cut` where a gzip stream has no trailer; `damaged` where its check sum
 * or structure is wrong; `stopped` where the reader had enough.
 */
export type ContentEnd = 'whole' | 'cut' | 'damaged' | 'stopped';

export interface FileDigest {
  /** Bytes read of the file itself, compressed or not. */
  readonly size: number;
  readonly sha256: string;
  /** sha256 of the first `pinned.size` bytes; null where nothing is pinned or the file is shorter now. */
  readonly pinnedSha256: string | null;
}

export interface ReadResult {
  readonly end: ContentEnd;
  readonly gzip: boolean;
  /** Bytes of content handed out, after decompression. */
  readonly contentBytes: number;
  readonly digest: FileDigest;
}

/** Takes a chunk of content; returning false stops the reading. */
export type OnChunk = (chunk: Uint8Array) => boolean | void;

/**
 * Reads a file once, decompressing gzip, and takes its digest on the way. Throws only for operating errors
 * (absent, unreadable); damaged content is a value.
 */
export async function readContent(file: FileEntry, onChunk: OnChunk): Promise<ReadResult> {
  return withFile(file, async (opened) => {
    const digest = new PinnedDigest(file.pinned?.size ?? null);
    const content = { bytes: 0, wanted: true };
    const end = await feed(opened, 0, (chunk) => {
      if (!opened.gzip) digest.update(chunk);
      if (content.wanted) {
        content.bytes += chunk.length;
        content.wanted = onChunk(chunk) !== false;
      }
      // The digest needs the rest of a plain file; of a compressed one it is taken below.
      return content.wanted || !opened.gzip;
    });
    if (opened.gzip) for await (const chunk of readChunks({ ...opened, gzip: false })) digest.update(chunk);
    return {
      end: content.wanted ? end : 'stopped',
      gzip: opened.gzip,
      contentBytes: content.bytes,
      digest: digest.finish(),
    };
  });
}

/** Content from an offset (into the decompressed bytes), without a digest: for files that only ever grow. */
export async function readFrom(file: FileEntry, offset: number, onChunk: OnChunk): Promise<ContentEnd> {
  return withFile(file, (opened) => feed(opened, offset, onChunk));
}

/** The first bytes of the content (decompressed), at most `limit`. */
export async function readHead(file: FileEntry, limit: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let left = limit;
  await readFrom(file, 0, (chunk) => {
    parts.push(chunk.subarray(0, left));
    left -= chunk.length;
    return left > 0;
  });
  return Buffer.concat(parts);
}

/** A small file as a whole; null where its content is larger than `limit` bytes. */
export async function readWhole(
  file: FileEntry,
  limit: number,
): Promise<{ readonly bytes: Uint8Array | null; readonly result: ReadResult }> {
  const parts: Uint8Array[] = [];
  let length = 0;
  const result = await readContent(file, (chunk) => {
    length += chunk.length;
    if (length <= limit) parts.push(chunk);
    return length <= limit;
  });
  return { bytes: length <= limit ? Buffer.concat(parts) : null, result };
}

async function withFile<T>(file: FileEntry, use: (opened: OpenFile) => Promise<T>): Promise<T> {
  const opened = await openFile(file);
  try {
    return await use(opened);
  } finally {
    await opened.handle.close();
  }
}

/** What a killed recorder had flushed counts: chunks reach the reader up to the point of damage. */
async function feed(opened: OpenFile, offset: number, onChunk: OnChunk): Promise<ContentEnd> {
  try {
    for await (const chunk of readChunks(opened, offset)) if (onChunk(chunk) === false) return 'stopped';
    return 'whole';
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code === 'Z_BUF_ERROR') return 'cut';
    if (typeof code === 'string' && code.startsWith('Z_')) return 'damaged';
    throw error;
  }
}

/** sha256 of a file and, in the same pass, of its first bytes as they were pinned. */
class PinnedDigest {
  readonly #hash: Hash = createHash('sha256');
  readonly #pinnedSize: number | null;
  #size = 0;
  #pinned: string | null;

  constructor(pinnedSize: number | null) {
    this.#pinnedSize = pinnedSize;
    this.#pinned = pinnedSize === 0 ? this.#hash.copy().digest('hex') : null;
  }

  update(chunk: Uint8Array): void {
    const boundary = (this.#pinnedSize ?? -1) - this.#size;
    const before = boundary > 0 && boundary <= chunk.length ? boundary : 0;
    if (before > 0) {
      this.#hash.update(chunk.subarray(0, before));
      this.#pinned = this.#hash.copy().digest('hex');
    }
    this.#hash.update(chunk.subarray(before));
    this.#size += chunk.length;
  }

  finish(): FileDigest {
    return { size: this.#size, sha256: this.#hash.digest('hex'), pinnedSha256: this.#pinned };
  }
}
