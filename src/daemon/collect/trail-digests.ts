import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { DigestFile, LogFacts, PublicKey } from '../../digests/digest.ts';
import { objectOfCopy, placesOf } from '../../digests/local-copy.ts';
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

/** SHA-256 of a log's decompressed content; null where it is not known. */
export type HashOf = (file: FileEntry) => Promise<string | null>;

interface NamedFile {
  readonly file: FileEntry;
  readonly name: ObjectName;
}

/**
 * Proves the trail files of a folder by the digests that lie with them. Nothing is vouched for beyond what is there:
 * a folder may hold a part of a trail. A listed file counts as missing where others of its account and region are
 * there.
 */
export async function checkTrails(
  files: readonly FileEntry[],
  hashOf: HashOf = contentHash,
): Promise<CheckedTrails> {
  const named = files.flatMap((file) => {
    const name = parseObjectName(file.path);
    return name === null ? [] : [{ file, name }];
  });
  const digests = named.filter(({ name }) => name.kind === 'digest');
  if (digests.length === 0) return { problems: [], used: new Set() };
  const keyFiles = files.filter((file) => KEYS_NAME.test(basename(file.path)));
  const keys: PublicKey[] = [];
  for (const file of keyFiles) keys.push(...(await readKeys(file)));
  const parsed: DigestFile[] = [];
  for (const { file } of digests) parsed.push(await readDigest(file, null));
  const logs = named.filter(({ name, file }) => name.kind === 'log' && /\.json(?:\.gz)?$/.test(file.path));
  const found = verifyChain(parsed, await localFacts(logs, parsed, hashOf), keys, { from: null, to: null });
  // Without any key every digest would be "key unknown": their hashes still chain, and that is what is checked.
  const problems = keys.length > 0 ? found : found.filter(({ code }) => code !== 'key-unknown');
  const used = [...digests.map(({ file }) => file.name), ...keyFiles.map((file) => file.name)];
  return { problems, used: new Set(used) };
}

/** A digest as it is stored, with the signature that its store keeps beside it. */
export async function readDigest(file: FileEntry, signature: string | null): Promise<DigestFile> {
  // A digest in a bucket is known by `bucket/key`, which is its name; one in a folder by its path.
  const key = file.open === undefined ? file.path : file.name;
  try {
    const opened = await openFile(file);
    try {
      const { bytes, error } = await readFirst({ ...opened, gzip: false }, DIGEST_BYTES);
      if (error !== null) throw error;
      return parseDigest(bytes, { key, signature });
    } finally {
      await opened.handle.close();
    }
  } catch (error) {
    return { problem: { key, reason: toFileProblem(file.path, error).message } };
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

/** What is known of copied logs: names are unique, wherever the folder was copied to. */
async function localFacts(
  logs: readonly NamedFile[],
  digests: readonly DigestFile[],
  hashOf: HashOf,
): Promise<LogFacts> {
  const hashes = new Map<string, string | null>();
  for (const { file, name } of logs) hashes.set(name.name, await hashOf(file));
  const present = new Set(logs.map(({ name }) => `${name.account}/${name.region}`));
  const places = placesOf(digests);
  return {
    find: (object) => {
      const sha256 = hashes.get(basename(object));
      if (sha256 === null) return 'unread';
      if (sha256 !== undefined) return { sha256 };
      const name = parseObjectName(object);
      return name !== null && present.has(`${name.account}/${name.region}`) ? 'missing' : 'unread';
    },
    seen: logs.flatMap(({ file }) => objectOfCopy(file.path, places) ?? []),
  };
}

/** SHA-256 of a file's decompressed content; of what cannot be decompressed a text that no digest holds. */
async function contentHash(file: FileEntry): Promise<string | null> {
  const hash = createHash('sha256');
  try {
    const opened = await openFile(file);
    try {
      for await (const chunk of readChunks(opened)) hash.update(chunk);
    } finally {
      await opened.handle.close();
    }
  } catch (error) {
    const { code } = toFileProblem(file.path, error);
    return code === 'cut' || code === 'damaged' ? 'damaged' : null;
  }
  return hash.digest('hex');
}
