import { parseInstant } from '../util/instant.ts';
import type { PublicKey } from './digest.ts';

/**
 * Keys of the answer of ListPublicKeys: as `aws cloudtrail list-public-keys` prints it, or as the SDK returns it. Total:
 * entries that hold no key are left out, and a digest of such a key is then `key-unknown`.
 *
 * The answer does not say its region, but a key counts for one region only: hand that in where it is known.
 */
export function keysFromListPublicKeys(answer: unknown, region: string | null): readonly PublicKey[] {
  const list = !Array.isArray(answer) && isRecord(answer) ? listOf(answer) : answer;
  if (!Array.isArray(list)) return [];
  return (list as readonly unknown[]).slice(0, KEYS).flatMap((entry) => {
    const key = isRecord(entry) ? toKey(entry, region) : null;
    return key === null ? [] : [key];
  });
}

/** The user guide's sample begins with a small letter, what the CLI prints does not. */
function listOf(answer: Readonly<Record<string, unknown>>): unknown {
  return answer['PublicKeyList'] ?? answer['publicKeyList'];
}

// Published answers show keys of 30 days in one region: this is eighty years of them, and eight for ten regions.
const KEYS = 1000;
// DER of an RSA-8192 key takes 1,062 bytes.
const DER_BYTES = 2048;

function toKey(entry: Readonly<Record<string, unknown>>, region: string | null): PublicKey | null {
  const fingerprint = entry['Fingerprint'];
  const der = toBytes(entry['Value']);
  if (typeof fingerprint !== 'string' || !/^[0-9a-f]{32}$/i.test(fingerprint) || der === null) return null;
  return {
    fingerprint: fingerprint.toLowerCase(),
    der,
    region,
    from: toTime(entry['ValidityStartTime']) ?? -Infinity,
    to: toTime(entry['ValidityEndTime']) ?? Infinity,
  };
}

/** Base64 in the file, bytes from the SDK. */
function toBytes(value: unknown): Uint8Array | null {
  if (value instanceof Uint8Array) return value.length <= DER_BYTES ? value : null;
  if (typeof value !== 'string' || value.length > 2 * DER_BYTES) return null;
  return /^[A-Za-z0-9+/]+={0,2}$/.test(value) ? Buffer.from(value, 'base64') : null;
}

/** Version 1 of the CLI prints epoch seconds, as a number or as text; version 2 ISO-8601; the SDK gives a Date. */
function toTime(value: unknown): number | null {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.getTime();
  if (typeof value === 'number') return Number.isFinite(value) ? value * 1000 : null;
  if (typeof value !== 'string') return null;
  return /^\d{1,12}(?:\.\d{1,9})?$/.test(value) ? Number(value) * 1000 : parseInstant(value);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
