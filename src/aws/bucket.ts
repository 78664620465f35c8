import type { ListObjectsV2Output, S3Client } from '@aws-sdk/client-s3';
import type { BucketPlace } from './bucket-place.ts';
import { type ObjectSource, readObject } from './bucket-object.ts';
import { call } from './fault.ts';

export interface BucketObject extends ObjectSource {
  readonly bucket: string;
  readonly key: string;
  readonly size: number;
  /** Epoch ms at which these bytes were stored; S3 keeps whole seconds. */
  readonly modifiedMs: number;
  /** With its quotes, as S3 writes it: equal only where the bytes are. */
  readonly etag: string | null;
  /** Of the current version; null where the listing did not ask for versions. */
  readonly versionId: string | null;
  /** How many versions the key has, deletions not counted; null where the listing did not ask. */
  readonly versions: number | null;
}

/** A listed object as the file readers take it; its content is fetched when it is read. */
export interface BucketFile {
  /** `s3://BUCKET/KEY`. */
  readonly path: string;
  /** `BUCKET/KEY`. */
  readonly name: string;
  readonly host: null;
  readonly size: number;
  readonly mtimeMs: number;
  readonly mode: number;
  readonly uid: number;
  readonly dev: number;
  readonly ino: number;
  readonly pinned: null;
  /** How often the key was written; absent where the listing did not ask. */
  readonly versions?: number;
  /** `end` is the offset behind the last byte. Throws `AwsFault`. */
  readonly open: (range?: ByteRange) => AsyncIterable<Uint8Array>;
}

interface ByteRange {
  readonly start?: number;
  readonly end?: number;
}

export interface ListOptions extends BucketPlace {
  /** Only keys behind this one, in the order of their UTF-8 bytes: keys of log files begin with their time. */
  readonly startAfter?: string;
}

/** Keys of a page: S3 gives at most 1,000, about 300 KB of memory. */
const PAGE_KEYS = 1000;

/**
 * Objects of a part of a bucket, page by page in the order of their keys. Throws `AwsFault`. A bucket with versioning
 * is listed by `listVersions`, which also tells how often each key was written.
 */
export async function* listBucket(
  s3: S3Client,
  { bucket, prefix, startAfter }: ListOptions,
  signal: AbortSignal,
): AsyncGenerator<readonly BucketObject[]> {
  const { ListObjectsV2Command } = await import('@aws-sdk/client-s3');
  let token: string | undefined;
  do {
    const input = {
      Bucket: bucket,
      Prefix: prefix,
      MaxKeys: PAGE_KEYS,
      StartAfter: startAfter,
      ContinuationToken: token,
    };
    const page: ListObjectsV2Output = await call('s3:ListBucket', signal, () =>
      s3.send(new ListObjectsV2Command(input), { abortSignal: signal }),
    );
    const objects = (page.Contents ?? []).flatMap((one) => toObject(bucket, one) ?? []);
    if (objects.length > 0) yield objects;
    const next = page.IsTruncated === true ? page.NextContinuationToken : undefined;
    // A token that comes back would list the same page for ever.
    token = next === token ? undefined : next;
  } while (token !== undefined);
}

export interface Listed {
  readonly Key?: string;
  readonly Size?: number;
  readonly LastModified?: Date;
  readonly ETag?: string;
}

/** Null for a folder marker (an empty object whose key ends with a slash) and for an entry without key or size. */
export function toObject(bucket: string, one: Listed): BucketObject | null {
  const { Key: key, Size: size, LastModified: modified, ETag: etag } = one;
  if (key === undefined || size === undefined || modified === undefined) return null;
  if (size === 0 && key.endsWith('/')) return null;
  const modifiedMs = modified.getTime();
  return { bucket, key, size, modifiedMs, etag: etag ?? null, versionId: null, versions: null };
}

/**
 * The object as a file. What `open` reads is the version that was listed, or nothing: an object that was written over
 * since is refused. `mode` is that of a file of its owner alone; who may read a bucket is not told by its objects.
 */
export function toFileEntry(s3: S3Client, object: BucketObject, signal: AbortSignal): BucketFile {
  const { bucket, key, size, modifiedMs } = object;
  return {
    path: `s3://${bucket}/${key}`,
    name: `${bucket}/${key}`,
    host: null,
    size,
    mtimeMs: modifiedMs,
    mode: 0o600,
    uid: 0,
    dev: 0,
    ino: 0,
    pinned: null,
    ...(object.versions === null ? {} : { versions: object.versions }),
    open: (range) => {
      const { start = 0, end = size } = range ?? {};
      const isWhole = start === 0 && end >= size;
      // Only of a whole object does S3 send a check sum, which the client then verifies.
      return readObject(
        s3,
        isWhole ? object : { ...object, range: { start, end: Math.min(end, size) } },
        signal,
      );
    },
  };
}
