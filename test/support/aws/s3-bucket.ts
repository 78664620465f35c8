import { encode } from './sigv4.ts';
import type { BucketState, StoredObject } from './state.ts';
import { AwsRefusal, type Call, type Reply, sha256Hex } from './wire.ts';
import { toXml, type XmlValue } from './xml.ts';

const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';

/** One version of a key. */
export interface Version {
  readonly object: StoredObject;
  readonly versionId: string;
  readonly isLatest: boolean;
}

/** The bucket, for a caller of its own account or of one that it lets in. Throws AwsRefusal. */
export function openBucket(name: string, call: Call): BucketState {
  const bucket = call.state.buckets?.[name];
  const { account } = call.caller;
  if (!bucket) throw new AwsRefusal('NoSuchBucket', 'The specified bucket does not exist', 404);
  if (bucket.account !== account && !bucket.readers?.includes(account))
    throw new AwsRefusal('AccessDenied', 'Access Denied', 403);
  return bucket;
}

/** All versions in the order of S3: by the bytes of the key, the newest first. */
export function versionsOf(bucket: BucketState): Version[] {
  const byKey = Map.groupBy(bucket.objects, ({ key }) => key);
  return [...byKey]
    .sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    .flatMap(([, objects]) => {
      const versions = objects.map((object, nth) => ({
        object,
        versionId: versionIdOf(bucket, object, nth),
      }));
      // Without versioning a write replaces what was there.
      const kept = bucket.versioning === undefined ? versions.slice(-1) : versions;
      return kept.reverse().map((one, index) => ({ ...one, isLatest: index === 0 }));
    });
}

/** What lies under each key now. */
export function currentOf(bucket: BucketState): StoredObject[] {
  return versionsOf(bucket)
    .filter(({ isLatest, object }) => isLatest && object.deleteMarker !== true)
    .map(({ object }) => object);
}

function versionIdOf(bucket: BucketState, object: StoredObject, nth: number): string {
  if (object.versionId !== undefined) return object.versionId;
  if (bucket.versioning !== 'Enabled') return 'null';
  return sha256Hex(`${object.key} ${nth} ${object.lastModified.getTime()}`).slice(0, 32);
}

/** Keys as a listing writes them: with encoding-type=url all but the slash is percent-encoded. */
export function keyWriter(call: Call): (key: string) => string {
  const encoded = call.request.query.get('encoding-type') === 'url';
  return (key) => (encoded ? key.split('/').map(encode).join('/') : key);
}

/** An answer in XML. */
export function xmlReply(root: string, value: XmlValue, call: Call): Reply {
  return {
    status: 200,
    headers: { 'content-type': 'application/xml', 'x-amz-request-id': call.requestId },
    body: toXml(root, value, NAMESPACE),
  };
}
