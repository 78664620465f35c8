/** A folder of a bucket: all keys that begin with `prefix`. */
export interface BucketPlace {
  readonly bucket: string;
  /** Ends with a slash; empty for the whole bucket. */
  readonly prefix: string;
}
