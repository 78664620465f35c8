import { createHash, type Hash } from 'node:crypto';
import { createReadStream, type ReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import type { FileEntry } from '../files/entry.ts';

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

// 256 KiB: large enough that per-chunk cost vanishes, small enough that hundreds of open files stay below 100 MiB.
const CHUNK_BYTES = 256 * 1024;

/**
 * Reads a file once, decompressing gzip, and takes its digest on the way. No more than the size the entry
 * states is read, so that a file that grows meanwhile gives one consistent picture. Throws only for operating
 * errors (absent, unreadable); damaged content is a value.
 */
export async function readContent(file: FileEntry, onChunk: OnChunk): Promise<ReadResult> {
  const digest = new PinnedDigest(file.pinned?.size ?? null);
  const gzip = await isGzip(file);
  const content = { bytes: 0, end: 'whole' as ContentEnd };
  const take = (chunk: Uint8Array): boolean => {
    content.bytes += chunk.length;
    return onChunk(chunk) !== false;
  };
  if (file.size > 0) content.end = gzip ? await gunzip(file, take) : await readPlain(file, digest, take);
  // Compressed bytes are read a second time: an inflater that stops at damage stops its input too.
  if (gzip) await readPlain(file, digest, () => true);
  return { end: content.end, gzip, contentBytes: content.bytes, digest: digest.finish() };
}

/** Content from an offset (into the decompressed bytes), without a digest: for files that only ever grow. */
export async function readFrom(file: FileEntry, offset: number, onChunk: OnChunk): Promise<ContentEnd> {
  if (file.size === 0) return 'whole';
  if (!(await isGzip(file))) return readPlain(file, null, onChunk, offset);
  const left = { skip: offset };
  return gunzip(file, (chunk) => {
    const skipped = Math.min(left.skip, chunk.length);
    left.skip -= skipped;
    return skipped === chunk.length ? true : onChunk(chunk.subarray(skipped));
  });
}

/** The first bytes of the content (decompressed), at most `limit`. */
export async function readHead(file: FileEntry, limit: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  await readFrom(file, 0, (chunk) => {
    const part = chunk.subarray(0, limit - length);
    parts.push(Uint8Array.from(part));
    length += part.length;
    return length < limit;
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
    if (length <= limit) parts.push(Uint8Array.from(chunk));
  });
  return { bytes: length <= limit ? Buffer.concat(parts) : null, result };
}

async function isGzip(file: FileEntry): Promise<boolean> {
  const handle = await open(file.path, 'r');
  try {
    const magic = new Uint8Array(2);
    const { bytesRead } = await handle.read(magic, 0, 2, 0);
    return bytesRead === 2 && magic[0] === 0x1f && magic[1] === 0x8b;
  } finally {
    await handle.close();
  }
}

function rawStream(file: FileEntry, start = 0): ReadStream {
  return createReadStream(file.path, { start, end: file.size - 1, highWaterMark: CHUNK_BYTES });
}

async function readPlain(
  file: FileEntry,
  digest: PinnedDigest | null,
  onChunk: OnChunk,
  offset = 0,
): Promise<ContentEnd> {
  if (offset >= file.size) return 'whole';
  let wanted = true;
  for await (const chunk of rawStream(file, offset)) {
    digest?.update(chunk);
    wanted = wanted && onChunk(chunk) !== false;
    if (!wanted && digest === null) return 'stopped';
  }
  return wanted ? 'whole' : 'stopped';
}

/** Decompressed chunks reach the reader up to the point of damage: what a killed recorder had flushed counts. */
async function gunzip(file: FileEntry, onChunk: OnChunk): Promise<ContentEnd> {
  const inflate = createGunzip();
  const raw = rawStream(file);
  raw.on('error', (error) => inflate.destroy(error));
  try {
    for await (const chunk of raw.pipe(inflate)) if (onChunk(chunk) === false) return 'stopped';
    return 'whole';
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code === 'Z_BUF_ERROR') return 'cut';
    if (typeof code === 'string' && code.startsWith('Z_')) return 'damaged';
    throw error;
  } finally {
    raw.destroy();
  }
}

/** sha256 of a file and, in the same pass, of its first bytes as they were pinned. */
class PinnedDigest {
  private readonly hash: Hash = createHash('sha256');
  private size = 0;
  private pinned: string | null;
  private readonly pinnedSize: number | null;

  constructor(pinnedSize: number | null) {
    this.pinnedSize = pinnedSize;
    this.pinned = pinnedSize === 0 ? this.hash.copy().digest('hex') : null;
  }

  update(chunk: Uint8Array): void {
    const boundary = (this.pinnedSize ?? -1) - this.size;
    const before = boundary > 0 && boundary <= chunk.length ? boundary : 0;
    if (before > 0) {
      this.hash.update(chunk.subarray(0, before));
      this.pinned = this.hash.copy().digest('hex');
    }
    this.hash.update(chunk.subarray(before));
    this.size += chunk.length;
  }

  finish(): FileDigest {
    return { size: this.size, sha256: this.hash.digest('hex'), pinnedSha256: this.pinned };
  }
}
