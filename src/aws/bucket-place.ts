/** A folder of a bucket: all keys that begin with `prefix`. */
export interface BucketPlace {
  readonly bucket: string;
  /** Ends with a slash; empty for the whole bucket. */
  readonly prefix: string;
}

/** 3 to 63 of lower-case letters, digits, dots and hyphens; keys have at most 1,024 bytes (S3 user guide). */
const URL_SHAPE = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.{0,1023}))?$/;
const MAX_URL = 5 + 63 + 1 + 1023;

/** `s3://BUCKET[/FOLDER[/]]` → its place; null for anything else. `a` is the folder `a/`, and never `abc/`. */
export function parseBucketUrl(url: string): BucketPlace | null {
  if (url.length > MAX_URL) return null;
  const [, bucket, folder = ''] = URL_SHAPE.exec(url) ?? [];
  if (bucket === undefined) return null;
  return { bucket, prefix: folder === '' || folder.endsWith('/') ? folder : `${folder}/` };
}
