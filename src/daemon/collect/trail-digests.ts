import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { Digest, DigestFile, PublicKey } from '../../digests/digest.ts';
import { type ObjectName, parseObjectName } from '../../digests/object-name.ts';
import { parseDigest } from '../../digests/parse-digest.ts';
import { keysFromListPublicKeys } from '../../digests/public-keys.ts';
import { verifyChain } from '../../digests/verify-chain.ts';
import type { FileEntry } from '../../files/entry.ts';
import { openFile, readChunks, readFirst } from '../../files/open.ts';
import { toFileProblem } from '../../files/problem.ts';
import type { TrailProblem } from '../../model/control.ts';

/** A digest lists an hour's files at about 500 bytes each: 16 MiB are 30,000 files in an hour. */
const DIGEST_BYTES = 16 * 1024 * 1024;
/** What `aws cloudtrail list-public-keys` prints was saved under such a name. */
const KEYS_NAME = /public[-_]?keys[^/]*\.json$/i;
const KEYS_BYTES = 1024 * 1024;

export interface CheckedTrails {
  readonly problems: readonly TrailProblem[];
  /** Names of the files that were needed for it: digests and lists of keys. */
  readonly used: ReadonlySet<string>;
}

interface NamedFile {
  readonly file: FileEntry;
  readonly name: ObjectName;
}

/**
 * Proves the trail files of a folder by the digests that lie with them. Nothing is vouched for beyond what is there:
 * a folder may hold a part of a trail. A listed file counts as missing where others of its account and region are
 * there.
 */
export async function checkTrails(files: readonly FileEntry[]): Promise<CheckedTrails> {
  const named = files.flatMap((file) => {
    const name = parseObjectName(file.path);
    return name === null ? [] : [{ file, name }];
  });
  const digests = named.filter(({ name }) => name.kind === 'digest');
  if (digests.length === 0) return { problems: [], used: new Set() };
  const keyFiles = files.filter((file) => KEYS_NAME.test(basename(file.path)));
  const parsed = await Promise.all(digests.map(({ file }) => readDigest(file)));
  const keys = (await Promise.all(keyFiles.map(readKeys))).flat();
  const logs = named.filter(({ name, file }) => name.kind === 'log' && /\.json(?:\.gz)?$/.test(file.path));
  const facts = await logFacts(logs, parsed);
  // Without the keys every digest would be "key unknown": their hashes still chain, and that is what is checked.
  const found = verifyChain(parsed, facts, keys, { from: null, to: null });
  const problems = keys.length > 0 ? found : found.filter(({ code }) => code !== 'key-unknown');
  return {
    problems,
    used: new Set([...digests.map(({ file }) => file.name), ...keyFiles.map((file) => file.name)]),
  };
}

async function readDigest(file: FileEntry): Promise<DigestFile> {
  try {
    const opened = await openFile(file);
    try {
      const { bytes, error } = await readFirst({ ...opened, gzip: false }, DIGEST_BYTES);
      if (error !== null) throw error;
      return parseDigest(bytes, { key: file.path, signature: null });
    } finally {
      await opened.handle.close();
    }
  } catch (error) {
    return { problem: { key: file.path, reason: toFileProblem(file.path, error).message } };
  }
}

async function readKeys(file: FileEntry): Promise<readonly PublicKey[]> {
  try {
    const opened = await openFile(file);
    try {
      const { bytes } = await readFirst(opened, KEYS_BYTES);
      return keysFromListPublicKeys(JSON.parse(Buffer.from(bytes).toString('utf8')), null);
    } finally {
      await opened.handle.close();
    }
  } catch {
    // A file of that name that is no list of keys: without keys nothing is proven by them, and nothing refuted.
    return [];
  }
}

/** What is known of the log files: found by their names, which are unique, wherever the folder was copied to. */
async function logFacts(logs: readonly NamedFile[], digests: readonly DigestFile[]) {
  const hashes = new Map<string, string>();
  for (const { file, name } of logs) hashes.set(name.name, await contentHash(file));
  const present = new Set(logs.map(({ name }) => `${name.account}/${name.region}`));
  return {
    find: (object: string) => {
      const sha256 = hashes.get(basename(object));
      if (sha256 !== undefined) return { sha256 };
      const name = parseObjectName(object);
      return name !== null && present.has(`${name.account}/${name.region}`) ? 'missing' : 'unread';
    },
    seen: seenObjects(logs, digests),
  } as const;
}

/** SHA-256 of a file's decompressed content; of what cannot be decompressed a text that no digest holds. */
export async function contentHash(file: FileEntry): Promise<string> {
  const hash = createHash('sha256');
  try {
    const opened = await openFile(file);
    try {
      for await (const chunk of readChunks(opened)) hash.update(chunk);
    } finally {
      await opened.handle.close();
    }
  } catch {
    return 'unreadable';
  }
  return hash.digest('hex');
}

/** The objects that local files are copies of: in the bucket that the digests of their account name. */
function seenObjects(logs: readonly NamedFile[], digests: readonly DigestFile[]): string[] {
  const places = new Map<string, string>();
  for (const one of digests) {
    if ('digest' in one) places.set(placeKey(one.digest), one.digest.place);
  }
  return logs.flatMap(({ file, name }) => {
    const place = places.get(placeKey(name));
    const rest = /\/CloudTrail\/.+$/.exec(file.path)?.[0];
    return place === undefined || rest === undefined ? [] : [`${place}${rest}`];
  });
}

function placeKey({ account, region }: Pick<Digest, 'account' | 'region'>): string {
  return `${account}/${region}`;
}
