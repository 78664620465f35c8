import { createHash } from 'node:crypto';
import { currentOf, keyWriter, openBucket, type Version, versionsOf, xmlReply } from './s3-bucket.ts';
import type { StoredObject } from './state.ts';
import { AwsRefusal, type Call, type Reply } from './wire.ts';

/** A page holds at most a thousand keys and prefixes; asking for more is no error. */
const MAX_KEYS = 1000;

/** Current objects by the bytes of their keys; keys that share what follows the prefix up to the delimiter are one line. */
export function listObjectsV2(name: string, call: Call): Reply {
  const { query } = call.request;
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const startAfter = query.get('start-after') ?? '';
  const token = query.get('continuation-token');
  const scope = `ListObjectsV2 ${name}`;
  // A token belongs to its prefix and delimiter; max-keys may change from page to page.
  const parameters = { prefix, delimiter };
  const position = token === null ? `k${startAfter}` : call.pages.redeem(scope, parameters, token);
  if (position === undefined)
    throw new AwsRefusal('InvalidArgument', 'The continuation token provided is incorrect');
  const left = currentOf(openBucket(name, call)).filter(({ key }) => follows(key, position));
  const max = maxKeys(query);
  const page = toPage(left, ({ key }) => key, { prefix, delimiter, max });
  const write = keyWriter(call);
  return xmlReply(
    'ListBucketResult',
    {
      Name: name,
      Prefix: write(prefix),
      Delimiter: delimiter === '' ? undefined : write(delimiter),
      StartAfter: startAfter === '' ? undefined : write(startAfter),
      MaxKeys: max,
      EncodingType: query.get('encoding-type') ?? undefined,
      KeyCount: page.items.length + page.prefixes.length,
      IsTruncated: page.truncated,
      ContinuationToken: token ?? undefined,
      NextContinuationToken: page.truncated ? call.pages.issue(scope, parameters, page.last) : undefined,
      Contents: page.items.map((object) => contentsOf(object, write)),
      CommonPrefixes: page.prefixes.map((one) => ({ Prefix: write(one) })),
    },
    call,
  );
}

/** Every version and delete marker, a key's newest first. */
export function listObjectVersions(name: string, call: Call): Reply {
  const { query } = call.request;
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const keyMarker = query.get('key-marker') ?? '';
  const versionMarker = query.get('version-id-marker') ?? '';
  if (versionMarker !== '' && keyMarker === '')
    throw new AwsRefusal('InvalidArgument', 'A version-id marker cannot be specified without a key marker.');
  const all = versionsOf(openBucket(name, call));
  const marked = all.findIndex(
    ({ object, versionId }) => object.key === keyMarker && versionId === versionMarker,
  );
  if (versionMarker !== '' && marked === -1)
    throw new AwsRefusal('InvalidArgument', 'Invalid version id specified');
  const left =
    versionMarker === ''
      ? all.filter(({ object }) => follows(object.key, `k${keyMarker}`))
      : all.slice(marked + 1);
  const max = maxKeys(query);
  const inside = left.filter(({ object }) => delimiter === '' || !isUnder(object.key, keyMarker, delimiter));
  const page = toPage(inside, ({ object }) => object.key, { prefix, delimiter, max });
  const write = keyWriter(call);
  const next = page.truncated ? page.last.slice(1) : undefined;
  const lastItem = page.items.at(-1);
  return xmlReply(
    'ListVersionsResult',
    {
      Name: name,
      Prefix: write(prefix),
      KeyMarker: write(keyMarker),
      VersionIdMarker: versionMarker,
      MaxKeys: max,
      EncodingType: query.get('encoding-type') ?? undefined,
      IsTruncated: page.truncated,
      NextKeyMarker: next === undefined ? undefined : write(next),
      NextVersionIdMarker: next !== undefined && page.last.startsWith('k') ? lastItem?.versionId : undefined,
      Version: page.items.filter(({ object }) => !object.deleteMarker).map((one) => versionOf(one, write)),
      DeleteMarker: page.items.filter(({ object }) => object.deleteMarker).map((one) => markerOf(one, write)),
      CommonPrefixes: page.prefixes.map((one) => ({ Prefix: write(one) })),
    },
    call,
  );
}

interface Page<T> {
  readonly items: T[];
  readonly prefixes: string[];
  readonly truncated: boolean;
  /** Where the page ended: `k` and a key, or `p` and a common prefix that is done. */
  readonly last: string;
}

function toPage<T>(
  left: readonly T[],
  keyOf: (item: T) => string,
  { prefix, delimiter, max }: { prefix: string; delimiter: string; max: number },
): Page<T> {
  const page = { items: [] as T[], prefixes: [] as string[], last: 'k' };
  for (const item of left) {
    const key = keyOf(item);
    if (!key.startsWith(prefix)) continue;
    const common = commonPrefix(key, prefix, delimiter);
    if (common !== undefined && page.prefixes.includes(common)) continue;
    if (page.items.length + page.prefixes.length >= max) return { ...page, truncated: max > 0 };
    if (common === undefined) page.items.push(item);
    else page.prefixes.push(common);
    page.last = common === undefined ? `k${key}` : `p${common}`;
  }
  return { ...page, truncated: false };
}

function commonPrefix(key: string, prefix: string, delimiter: string): string | undefined {
  const at = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
  return at === -1 ? undefined : key.slice(0, at + delimiter.length);
}

function follows(key: string, position: string): boolean {
  const [kind, after] = [position.slice(0, 1), position.slice(1)];
  if (kind === 'p' && key.startsWith(after)) return false;
  return Buffer.compare(Buffer.from(key), Buffer.from(after)) > 0;
}

/** A marker that is a common prefix stands for all keys under it. */
function isUnder(key: string, marker: string, delimiter: string): boolean {
  return marker.endsWith(delimiter) && key.startsWith(marker);
}

function maxKeys(query: URLSearchParams): number {
  const text = query.get('max-keys') ?? String(MAX_KEYS);
  if (!/^\d{1,9}$/.test(text))
    throw new AwsRefusal('InvalidArgument', 'Argument maxKeys must be an integer between 0 and 2147483647');
  return Math.min(Number(text), MAX_KEYS);
}

function contentsOf(object: StoredObject, write: (key: string) => string): object {
  return {
    Key: write(object.key),
    LastModified: object.lastModified,
    ETag: etagOf(object),
    Size: Buffer.byteLength(object.body),
    StorageClass: 'STANDARD',
  };
}

function versionOf({ object, versionId, isLatest }: Version, write: (key: string) => string): object {
  return { ...contentsOf(object, write), VersionId: versionId, IsLatest: isLatest };
}

function markerOf({ object, versionId, isLatest }: Version, write: (key: string) => string): object {
  return {
    Key: write(object.key),
    VersionId: versionId,
    IsLatest: isLatest,
    LastModified: object.lastModified,
  };
}

/** MD5 of the bytes in quotes, as S3 gives for what was written in one piece. */
export function etagOf(object: StoredObject): string {
  return `"${createHash('md5').update(object.body).digest('hex')}"`;
}
