import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';

/**
 * Hex SHA-256 that a digest gives for a log: of the *uncompressed* content. The user guide says so twice: "compute its
 * SHA-256 hash value on its uncompressed content" (custom implementations, "Validate the log files") and
 * `logFiles.hashValue` (digest file structure); `aws cloudtrail validate-logs` inflates before it hashes.
 *
 * All members of a gzip file are hashed, as a reader sees them all: the AWS CLI stops after the first, so that records
 * in a member that was appended would pass there. What cannot be uncompressed is hashed as it is, which matches nothing.
 */
export function logHash(stored: Uint8Array, limitBytes: number): string {
  return sha256(inflate(stored, limitBytes) ?? stored);
}

/** Content of a file that may be compressed; null where it is cut off, damaged or longer than the limit. */
export function inflate(stored: Uint8Array, limitBytes: number): Uint8Array | null {
  if (!isGzip(stored)) return stored.length > limitBytes ? null : stored;
  try {
    return gunzipSync(stored, { maxOutputLength: limitBytes });
  } catch {
    return null;
  }
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** A SHA-256 in hex as digests write it, in lower case; null where the text is none. */
export function toSha256(value: unknown): string | null {
  return typeof value === 'string' && /^[0-9a-f]{64}$/i.test(value) ? value.toLowerCase() : null;
}

function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}
