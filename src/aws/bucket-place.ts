/** A part of a bucket: all keys that begin with `prefix`. */
export interface BucketPlace {
  readonly bucket: string;
  /** Without a slash in front; empty for the whole bucket. */
  readonly prefix: string;
}

/** 3 to 63 of lower-case letters, digits, dots and hyphens; keys have at most 1,024 bytes (S3 user guide). */
const URL_SHAPE = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.{0,1024}))?$/;
const MAX_URL = 5 + 63 + 1 + 1024;

/** `s3://BUCKET[/PREFIX]` → its place; null for anything else. */
export function parseBucketUrl(url: string): BucketPlace | null {
  if (url.length > MAX_URL) return null;
  const [, bucket, prefix = ''] = URL_SHAPE.exec(url) ?? [];
  return bucket === undefined ? null : { bucket, prefix };
}

/** The form that `parseBucketUrl` reads. */
export function toBucketUrl({ bucket, prefix }: BucketPlace): string {
  return `s3://${bucket}${prefix === '' ? '' : `/${prefix}`}`;
}
