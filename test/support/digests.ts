import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { DigestFile, DigestWindow, LogFacts, PublicKey } from '../../src/digests/digest.ts';
import { logHash } from '../../src/digests/hash.ts';
import { parseDigest } from '../../src/digests/parse-digest.ts';

export const HOUR = 3_600_000;
export const T0 = Date.UTC(2026, 10, 22, 10, 1, 31);
const LOG_LIMIT = 1_000_000;

/** A key as CloudTrail has one for a region. */
export interface SigningKey {
  readonly fingerprint: string;
  readonly privateKey: KeyObject;
  /** The same key as SubjectPublicKeyInfo. */
  readonly spki: Uint8Array;
  readonly published: PublicKey;
}

/** An object in the bucket: a digest with the signature in its metadata. */
export interface StoredDigest {
  readonly key: string;
  /** Uncompressed. */
  readonly content: Buffer;
  readonly signature: string | null;
}

export interface Trail {
  readonly account: string;
  readonly region: string;
  readonly trail: string;
  readonly bucket: string;
  readonly prefix: string;
}

export const TRAIL: Trail = {
  account: '111122223333',
  region: 'eu-west-1',
  trail: 'main_trail',
  bucket: 'trail-bucket',
  prefix: '',
};

/** An RSA-2048 pair; the fingerprint is the MD5 of the DER, as in every answer of ListPublicKeys that is published. */
export function makeKey(region: string | null = TRAIL.region): SigningKey {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const der = publicKey.export({ type: 'pkcs1', format: 'der' });
  const fingerprint = createHash('md5').update(der).digest('hex');
  const published = { fingerprint, der, region, from: T0 - 240 * HOUR, to: T0 + 480 * HOUR };
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  return { fingerprint, privateKey, spki, published };
}

/** Logs by `bucket/key`, compressed as CloudTrail stores them. */
export type Logs = Map<string, Buffer>;

/** A log that is delivered `minutes` after T0. */
export function putLog(
  logs: Logs,
  minutes: number,
  content = `{"Records":[${minutes}]}`,
  trail = TRAIL,
): string {
  const time = new Date(T0 + minutes * 60_000).toISOString();
  const stamp = `${time.slice(0, 16).replace(/[-:]/g, '')}Z`;
  const unique = createHash('sha256').update(`${minutes} ${content}`).digest('hex').slice(0, 16);
  const name = `${trail.account}_CloudTrail_${trail.region}_${stamp}_${unique}.json.gz`;
  const object = `${trail.bucket}/${folderOf(trail, 'CloudTrail', time)}/${name}`;
  logs.set(object, gzipSync(content));
  return object;
}

function folderOf({ account, region, prefix }: Trail, kind: string, time: string): string {
  return `${prefix}AWSLogs/${account}/${kind}/${region}/${time.slice(0, 10).replaceAll('-', '/')}`;
}

export interface ChainOptions {
  readonly key: SigningKey;
  /** Logs of each hour, by `bucket/key`. */
  readonly hours: readonly (readonly string[])[];
  readonly logs: Logs;
  readonly trail?: Trail;
  /** Epoch ms of the first hour's beginning. */
  readonly start?: number;
  /** What the first digest names as the one before it; by default nothing. */
  readonly before?: StoredDigest | undefined;
  /** Digests of late logs. */
  readonly backfill?: boolean;
  /** What stands in place of a signature before the first one. */
  readonly starting?: string;
}

/** A chain as CloudTrail delivers it: one signed digest an hour, each naming the one before. */
export function makeChain(options: ChainOptions): StoredDigest[] {
  const chain: StoredDigest[] = [];
  for (const [hour, listed] of options.hours.entries()) {
    chain.push(makeDigest(options, hour, listed, chain.at(-1) ?? options.before ?? null));
  }
  return chain;
}

function makeDigest(
  options: ChainOptions,
  hour: number,
  listed: readonly string[],
  previous: StoredDigest | null,
): StoredDigest {
  const trail = options.trail ?? TRAIL;
  const from = toSeconds((options.start ?? T0) + hour * HOUR);
  const to = toSeconds((options.start ?? T0) + (hour + 1) * HOUR);
  const name = `${trail.account}_CloudTrail-Digest_${trail.region}_${trail.trail}_${trail.region}_${to.replace(/[-:]/g, '')}${options.backfill === true ? '_backfill' : ''}.json.gz`;
  const key = `${folderOf(trail, 'CloudTrail-Digest', to)}/${name}`;
  const content = Buffer.from(
    JSON.stringify({
      awsAccountId: trail.account,
      digestStartTime: from,
      digestEndTime: to,
      digestS3Bucket: trail.bucket,
      digestS3Object: key,
      digestPublicKeyFingerprint: options.key.fingerprint,
      digestSignatureAlgorithm: 'SHA256withRSA',
      newestEventTime: listed.length === 0 ? null : to,
      oldestEventTime: listed.length === 0 ? null : from,
      previousDigestS3Bucket: previous && trail.bucket,
      previousDigestS3Object: previous && previous.key,
      previousDigestHashValue: previous && hex(previous.content),
      previousDigestHashAlgorithm: previous && 'SHA-256',
      previousDigestSignature: previous && previous.signature,
      logFiles: listed.map((object) => toEntry(object, options.logs, from, to)),
    }),
  );
  const ending = previous?.signature ?? options.starting ?? 'null';
  const signed = [to, `${trail.bucket}/${key}`, hex(content), ending].join('\n');
  const signature = sign('sha256', Buffer.from(signed), options.key.privateKey).toString('hex');
  return { key, content, signature };
}

function toEntry(object: string, logs: Logs, oldestEventTime: string, newestEventTime: string) {
  const slash = object.indexOf('/');
  return {
    s3Bucket: object.slice(0, slash),
    s3Object: object.slice(slash + 1),
    hashValue: logHash(logs.get(object) ?? Buffer.of(), LOG_LIMIT),
    hashAlgorithm: 'SHA-256',
    newestEventTime,
    oldestEventTime,
  };
}

function hex(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function toSeconds(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19)}Z`;
}

/** A stored digest as it is read back. */
export function readBack({ key, content, signature }: StoredDigest): DigestFile {
  return parseDigest(gzipSync(content), { key: `${TRAIL.bucket}/${key}`, signature });
}

/** All logs that are there. */
export function factsOf(logs: Logs): LogFacts {
  return {
    find: (object) => {
      const stored = logs.get(object);
      return stored === undefined ? 'missing' : { sha256: logHash(stored, LOG_LIMIT) };
    },
    seen: logs.keys(),
  };
}

/** Nothing is vouched for beyond what is handed in. */
export const OPEN: DigestWindow = { from: null, to: null };

/** The same digest with a part of its text replaced; it must occur. */
export function alter(stored: StoredDigest, part: string | RegExp, by: string): StoredDigest {
  const text = stored.content.toString();
  const altered = text.replace(part, by);
  if (altered === text) throw new Error('nothing was replaced');
  return { ...stored, content: Buffer.from(altered) };
}
