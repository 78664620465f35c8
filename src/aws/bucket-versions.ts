import type { ListObjectVersionsOutput, ObjectVersion, S3Client } from '@aws-sdk/client-s3';
import { type BucketObject, type ListOptions, toObject } from './bucket.ts';
import { call } from './fault.ts';
import { readVersioning } from './snapshots-bucket.ts';

/** Whether the bucket keeps or kept versions: then each key may have several. Throws `AwsFault`. */
export async function isVersioned(s3: S3Client, bucket: string, signal: AbortSignal): Promise<boolean> {
  return (await readVersioning(s3, bucket, signal)).Status !== undefined;
}

/**
 * As `listBucket`, with the current version of each key and how many versions it has. A key whose newest entry is a
 * deletion is not listed, as if it were gone. Throws `AwsFault`.
 */
export async function* listVersions(
  s3: S3Client,
  { bucket, prefix, startAfter }: ListOptions,
  signal: AbortSignal,
): AsyncGenerator<readonly BucketObject[]> {
  const { ListObjectVersionsCommand } = await import('@aws-sdk/client-s3');
  const groups = new VersionGroups(bucket);
  let marker: { KeyMarker?: string; VersionIdMarker?: string } = { KeyMarker: startAfter };
  for (;;) {
    // 1,000 versions are the most that S3 gives at once.
    const input = { Bucket: bucket, Prefix: prefix, MaxKeys: 1000, ...marker };
    const page: ListObjectVersionsOutput = await call('s3:ListBucketVersions', signal, () =>
      s3.send(new ListObjectVersionsCommand(input), { abortSignal: signal }),
    );
    groups.add(page.Versions ?? []);
    const next = { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker };
    const same = next.KeyMarker === marker.KeyMarker && next.VersionIdMarker === marker.VersionIdMarker;
    const goesOn = page.IsTruncated === true && next.KeyMarker !== undefined && !same;
    const objects = groups.take(goesOn ? (next.KeyMarker ?? null) : null);
    if (objects.length > 0) yield objects;
    if (!goesOn) return;
    marker = next;
  }
}

interface Group {
  current: ObjectVersion | null;
  count: number;
}

/**
 * Counts the versions of each key. Entries come sorted by key, so only the key at a page's end can go on in the next
 * one: at most one page and one key are held.
 */
class VersionGroups {
  readonly #bucket: string;
  readonly #groups = new Map<string, Group>();

  constructor(bucket: string) {
    this.#bucket = bucket;
  }

  add(versions: readonly ObjectVersion[]): void {
    for (const version of versions) {
      if (version.Key === undefined) continue;
      const group = this.#groups.get(version.Key) ?? { current: null, count: 0 };
      group.count += 1;
      if (version.IsLatest === true) group.current = version;
      this.#groups.set(version.Key, group);
    }
  }

  /** Objects whose versions have all been seen: all but those of the key at which the next page begins. */
  take(openKey: string | null): BucketObject[] {
    const done = [...this.#groups].filter(([key]) => key !== openKey);
    for (const [key] of done) this.#groups.delete(key);
    return done.flatMap(([, { current, count }]) => {
      const object = current === null ? null : toObject(this.#bucket, current);
      return object === null ? [] : [{ ...object, versions: count, versionId: current?.VersionId ?? null }];
    });
  }
}
