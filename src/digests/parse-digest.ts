import { parseInstant } from '../util/instant.ts';
import type { Digest, DigestFile, ListedLog, PreviousDigest } from './digest.ts';
import { inflate, sha256, toSha256 } from './hash.ts';
import { type ObjectName, parseObjectName } from './object-name.ts';

/** What stands beside a digest's bytes: the key or path it was found under, and `x-amz-meta-signature`. */
export interface DigestFacts {
  readonly key: string | null;
  /** Hex. */
  readonly signature: string | null;
}

/**
 * Reads a digest as it is stored, compressed or not. Total: what is no digest comes back as a problem. Fields: CloudTrail
 * user guide, "CloudTrail digest file structure". Nothing in it is to be believed before `verifyChain`.
 */
export function parseDigest(bytes: Uint8Array, facts: DigestFacts): DigestFile {
  const content = inflate(bytes, LIMIT_BYTES);
  if (content === null) return unreadable(facts, 'it is cut off, damaged or too large');
  const record = toRecord(content);
  if (record === null) return unreadable(facts, 'it is not a JSON object');
  const digest = toDigest(record, sha256(content), facts);
  return typeof digest === 'string' ? unreadable(facts, digest) : { digest };
}

// An entry of a log takes some 450 bytes, so this holds 37,000 logs an hour: ten deliveries a second.
const LIMIT_BYTES = 16 * 1024 * 1024;
// RSA-8192 signs with 1,024 bytes: 2,048 hex digits.
const SIGNATURE = /^(?:[0-9a-f]{2}){64,1024}$/i;
const KEY_LIMIT = 1024;

type Fields = Readonly<Record<string, unknown>>;

/** The digest, or what is wrong with the record. */
function toDigest(record: Fields, hash: string, facts: DigestFacts): Digest | string {
  const from = toTime(record['digestStartTime']);
  const to = toTime(record['digestEndTime']);
  if (from === null || to === null || from > to) return 'it names no period';
  const bucket = toText(record['digestS3Bucket']);
  const key = toText(record['digestS3Object']);
  const named = key === null ? null : parseObjectName(`${bucket}/${key}`);
  if (bucket === null || key === null || named?.kind !== 'digest') return 'it does not name its own place';
  const fingerprint = toText(record['digestPublicKeyFingerprint']);
  if (fingerprint === null) return 'it names no key';
  if (record['digestSignatureAlgorithm'] !== 'SHA256withRSA') return 'its signature algorithm is not known';
  const previous = toPrevious(record);
  if (previous === undefined) return 'it names the digest before it in part or in an unknown way';
  const logs = toLogs(record['logFiles']);
  if (logs === null) return 'its list of logs cannot be read';
  const signed = `${String(record['digestEndTime'])}\n${bucket}/${key}\n${hash}\n`;
  const signature = toSignature(facts.signature);
  const period = { from, to, bucket, key, sha256: hash, signature, signed };
  return { ...identify(named, facts.key), ...period, fingerprint, previous, logs };
}

/** Where it was found decides what it is: its own word may be what was altered. */
function identify(named: ObjectName, found: string | null) {
  const seen = found === null ? null : parseObjectName(found);
  const where = seen?.kind === 'digest' ? seen : named;
  const { account, region, backfill, name } = where;
  const trail = where.trail ?? '';
  const moved = name !== named.name;
  return { account, region, trail, backfill, name, found, place: named.place, moved };
}

/** Null for a starting digest, whose five fields are all null; undefined where they contradict each other. */
function toPrevious(record: Fields): PreviousDigest | null | undefined {
  const fields = ['S3Bucket', 'S3Object', 'HashValue', 'HashAlgorithm', 'Signature'];
  const values = fields.map((field) => record[`previousDigest${field}`] ?? null);
  if (values.every((value) => value === null)) return null;
  const [bucket = null, key = null, hash, algorithm, signature] = values;
  const hex = toSha256(hash);
  const texts = [toText(bucket), toText(key)] as const;
  if (texts[0] === null || texts[1] === null || hex === null || algorithm !== 'SHA-256') return undefined;
  if (typeof signature !== 'string' || !SIGNATURE.test(signature)) return undefined;
  return { bucket: texts[0], key: texts[1], sha256: hex, signature };
}

function toLogs(value: unknown): readonly ListedLog[] | null {
  if (!Array.isArray(value)) return null;
  const logs: ListedLog[] = [];
  for (const entry of value as readonly unknown[]) {
    const log = isRecord(entry) ? toLog(entry) : null;
    if (log === null) return null;
    logs.push(log);
  }
  return logs;
}

function toLog(entry: Fields): ListedLog | null {
  const bucket = toText(entry['s3Bucket']);
  const key = toText(entry['s3Object']);
  const hash = toSha256(entry['hashValue']);
  if (bucket === null || key === null || hash === null || entry['hashAlgorithm'] !== 'SHA-256') return null;
  return { object: `${bucket}/${key}`, sha256: hash };
}

/** A signature that is none stays what it is: it verifies with no key, and that is told. */
function toSignature(text: string | null): string | null {
  const trimmed = text?.trim() ?? '';
  if (trimmed === '') return null;
  return SIGNATURE.test(trimmed) ? trimmed.toLowerCase() : '00';
}

function toTime(value: unknown): number | null {
  return typeof value === 'string' && value.length <= 40 ? parseInstant(value) : null;
}

function toText(value: unknown): string | null {
  return typeof value === 'string' && value !== '' && value.length <= KEY_LIMIT ? value : null;
}

function toRecord(content: Uint8Array): Fields | null {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(content));
    return isRecord(value) ? value : null;
  } catch {
    return null;
  }
}

function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function unreadable(facts: DigestFacts, reason: string): DigestFile {
  return { problem: { key: facts.key, reason } };
}
