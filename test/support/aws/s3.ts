import { BUCKET_READS } from './s3-configuration.ts';
import { listObjectsV2, listObjectVersions } from './s3-listing.ts';
import { getObject, getObjectRetention } from './s3-object.ts';
import type { AwsState } from './state.ts';
import { AwsRefusal, type CommonErrors, type Operation, type Service, type WireRequest } from './wire.ts';
import { toXml } from './xml.ts';

/** S3 over REST, read-only: the bucket stands in the path, or before `.localhost` in the host. */
export const S3: Service = {
  errors: errors(),
  findOperation: (request, state) => {
    const { bucket, key } = placeOf(request);
    const found = key === '' ? ofBucket(request, bucket) : ofObject(request, bucket, key);
    if (!found || bucket === '')
      throw new AwsRefusal(
        'MethodNotAllowed',
        'The specified method is not allowed against this resource.',
        405,
      );
    return {
      ...found,
      answer: (call) => (verifyPlace(bucket, found.name, call.region, state), found.answer(call)),
    };
  },
  refuse: (refusal, requestId) => ({
    status: refusal.status,
    headers: { 'content-type': 'application/xml', 'x-amz-request-id': requestId, ...refusal.headers },
    body: toXml('Error', {
      Code: refusal.code,
      Message: refusal.message,
      ...refusal.more,
      RequestId: requestId,
      HostId: 'loopback',
    }),
  }),
};

function placeOf(request: WireRequest): { bucket: string; key: string } {
  const path = decodeURIComponent(request.path).slice(1);
  const [, hosted] =
    /^([a-z0-9][a-z0-9.-]{1,62})\.localhost(?::\d{1,5})?$/.exec(request.headers['host'] ?? '') ?? [];
  if (hosted !== undefined) return { bucket: hosted, key: path };
  const slash = path.indexOf('/');
  return slash === -1
    ? { bucket: path, key: '' }
    : { bucket: path.slice(0, slash), key: path.slice(slash + 1) };
}

function ofBucket({ method, query }: WireRequest, bucket: string): Operation | undefined {
  const resource = `"arn:aws:s3:::${bucket}"`;
  if (method === 'HEAD')
    return {
      name: 'HeadBucket',
      permission: 's3:ListBucket',
      resource,
      answer: () => ({ status: 200, body: '' }),
    };
  if (method !== 'GET') return undefined;
  const read = BUCKET_READS.find(({ subresource }) => query.has(subresource));
  if (read) return { ...read, resource, answer: (call) => read.answer(bucket, call) };
  if (query.has('versions'))
    return {
      name: 'ListObjectVersions',
      permission: 's3:ListBucketVersions',
      resource,
      answer: (call) => listObjectVersions(bucket, call),
    };
  if (query.get('list-type') !== '2') return undefined;
  return {
    name: 'ListObjectsV2',
    permission: 's3:ListBucket',
    resource,
    answer: (call) => listObjectsV2(bucket, call),
  };
}

function ofObject({ method, query }: WireRequest, bucket: string, key: string): Operation | undefined {
  const resource = `"arn:aws:s3:::${bucket}/${key}"`;
  if (method === 'GET' && query.has('retention'))
    return {
      name: 'GetObjectRetention',
      permission: 's3:GetObjectRetention',
      resource,
      answer: (call) => getObjectRetention(bucket, key, call),
    };
  if (method !== 'GET' && method !== 'HEAD') return undefined;
  return {
    name: method === 'GET' ? 'GetObject' : 'HeadObject',
    permission: query.has('versionId') ? 's3:GetObjectVersion' : 's3:GetObject',
    resource,
    answer: (call) => getObject(bucket, key, call),
  };
}

/** The bucket exists and lies where the request was sent. Only the location may be asked from everywhere. */
function verifyPlace(name: string, operation: string, region: string, state: AwsState): void {
  const bucket = state.buckets?.[name];
  if (!bucket)
    throw new AwsRefusal('NoSuchBucket', 'The specified bucket does not exist', 404, {
      more: { BucketName: name },
    });
  if (bucket.region !== region && operation !== 'GetBucketLocation')
    throw new AwsRefusal(
      'PermanentRedirect',
      'The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.',
      301,
      {
        headers: { 'x-amz-bucket-region': bucket.region },
        more: { Endpoint: `${name}.s3.${bucket.region}.amazonaws.com`, Bucket: name },
      },
    );
}

function errors(): CommonErrors {
  return {
    throttled: () => new AwsRefusal('SlowDown', 'Please reduce your request rate.', 503),
    internal: () =>
      new AwsRefusal('InternalError', 'We encountered an internal error. Please try again.', 500),
    expired: () => new AwsRefusal('ExpiredToken', 'The provided token has expired.'),
    unknownKey: () =>
      new AwsRefusal(
        'InvalidAccessKeyId',
        'The AWS Access Key Id you provided does not exist in our records.',
        403,
      ),
    badToken: () => new AwsRefusal('InvalidToken', 'The provided token is malformed or otherwise invalid.'),
    badSignature: (message) => new AwsRefusal('SignatureDoesNotMatch', message, 403),
    clockSkew: () =>
      new AwsRefusal(
        'RequestTimeTooSkewed',
        'The difference between the request time and the current time is too large.',
        403,
      ),
    anonymous: () => new AwsRefusal('AccessDenied', 'Access Denied', 403),
    denied: (message) => new AwsRefusal('AccessDenied', message, 403),
  };
}
