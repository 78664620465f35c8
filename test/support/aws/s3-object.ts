import { isAllowed } from './identities.ts';
import { openBucket, type Version, versionsOf, xmlReply } from './s3-bucket.ts';
import { etagOf } from './s3-listing.ts';
import type { BucketState } from './state.ts';
import { AwsRefusal, type Call, type Reply } from './wire.ts';

/** GetObject and HeadObject: the bytes, or the range of them that was asked for, and what is known about them. */
export function getObject(name: string, key: string, call: Call): Reply {
  const bucket = openBucket(name, call);
  const version = findVersion(bucket, key, call);
  const { headers } = call.request;
  const etag = etagOf(version.object);
  if (
    headers['if-match'] !== undefined &&
    headers['if-match'].replaceAll('"', '') !== etag.replaceAll('"', '')
  )
    throw new AwsRefusal(
      'PreconditionFailed',
      'At least one of the pre-conditions you specified did not hold',
      412,
    );
  const body = Buffer.from(version.object.body as Uint8Array);
  const range = parseRange(headers['range'], body.length);
  return {
    status: range ? 206 : 200,
    headers: {
      ...describe(bucket, version, call),
      etag,
      ...(range && { 'content-range': `bytes ${range.from}-${range.to}/${body.length}` }),
    },
    body: range ? body.subarray(range.from, range.to + 1) : body,
  };
}

/** Until when the version is locked. Throws NoSuchObjectLockConfiguration where it is not. */
export function getObjectRetention(name: string, key: string, call: Call): Reply {
  const { object } = findVersion(openBucket(name, call), key, call);
  if (object.retention) return xmlReply('Retention', object.retention, call);
  throw new AwsRefusal(
    'NoSuchObjectLockConfiguration',
    'The specified object does not have a ObjectLock configuration',
    404,
  );
}

/** The version asked for, else the current one. Throws NoSuchKey, NoSuchVersion or MethodNotAllowed. */
function findVersion(bucket: BucketState, key: string, call: Call): Version {
  const versions = versionsOf(bucket).filter(({ object }) => object.key === key);
  const wanted = call.request.query.get('versionId');
  const found = wanted === null ? versions[0] : versions.find(({ versionId }) => versionId === wanted);
  const isMarker = found?.object.deleteMarker === true;
  if (found && !isMarker) return found;
  // Who may not list is not told that a key is absent.
  if (!isAllowed(call.caller.policy, 's3:ListBucket'))
    throw new AwsRefusal('AccessDenied', 'Access Denied', 403);
  const headers: Record<string, string> = isMarker
    ? { 'x-amz-delete-marker': 'true', 'x-amz-version-id': found.versionId }
    : {};
  if (wanted === null)
    throw new AwsRefusal('NoSuchKey', 'The specified key does not exist.', 404, {
      headers,
      more: { Key: key },
    });
  if (isMarker)
    throw new AwsRefusal(
      'MethodNotAllowed',
      'The specified method is not allowed against this resource.',
      405,
      {
        headers,
      },
    );
  throw new AwsRefusal('NoSuchVersion', 'The specified version does not exist.', 404, {
    more: { Key: key, VersionId: wanted },
  });
}

function describe(bucket: BucketState, { object, versionId }: Version, call: Call): Record<string, string> {
  const metadata = Object.entries(object.metadata ?? {}).map(([name, value]) => [
    `x-amz-meta-${name}`,
    value,
  ]);
  return {
    'content-type': object.contentType ?? 'binary/octet-stream',
    'last-modified': object.lastModified.toUTCString(),
    'accept-ranges': 'bytes',
    'x-amz-request-id': call.requestId,
    'x-amz-server-side-encryption': 'AES256',
    ...(object.contentEncoding !== undefined && { 'content-encoding': object.contentEncoding }),
    ...(bucket.versioning !== undefined && { 'x-amz-version-id': versionId }),
    ...(object.retention && {
      'x-amz-object-lock-mode': object.retention.Mode,
      'x-amz-object-lock-retain-until-date': object.retention.RetainUntilDate.toISOString(),
    }),
    ...Object.fromEntries(metadata),
  };
}

/** Both ends inclusive; undefined where the header is absent or not understood, which S3 takes as no range. */
function parseRange(header: string | undefined, size: number): { from: number; to: number } | undefined {
  const [, first = '', last = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '') ?? [];
  if (first === '' && last === '') return undefined;
  const from = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const to = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (from > to)
    throw new AwsRefusal('InvalidRange', 'The requested range is not satisfiable', 416, {
      headers: { 'content-range': `bytes */${size}` },
    });
  return { from, to };
}
