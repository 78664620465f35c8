import type { LifecycleRule } from '@aws-sdk/client-s3';
import { openBucket, xmlReply } from './s3-bucket.ts';
import type { BucketState } from './state.ts';
import { AwsRefusal, type Call, type Reply } from './wire.ts';
import type { XmlValue } from './xml.ts';

interface BucketRead {
  /** Query parameter that asks for it. */
  readonly subresource: string;
  readonly name: string;
  readonly permission: string;
  answer(bucket: string, call: Call): Reply;
}

/** What can be asked about a bucket's settings. */
export const BUCKET_READS: readonly BucketRead[] = [
  read(
    'versioning',
    'GetBucketVersioning',
    's3:GetBucketVersioning',
    'VersioningConfiguration',
    (bucket) => ({
      Status: bucket.versioning,
      MfaDelete: bucket.mfaDelete,
    }),
  ),
  read(
    'object-lock',
    'GetObjectLockConfiguration',
    's3:GetBucketObjectLockConfiguration',
    'ObjectLockConfiguration',
    ({ objectLock }) =>
      objectLock ??
      absent(
        'ObjectLockConfigurationNotFoundError',
        'Object Lock configuration does not exist for this bucket',
      ),
  ),
  read(
    'lifecycle',
    'GetBucketLifecycleConfiguration',
    's3:GetLifecycleConfiguration',
    'LifecycleConfiguration',
    ({ lifecycle = [] }) =>
      lifecycle.length > 0
        ? { Rule: lifecycle.map(toWireRule) }
        : absent('NoSuchLifecycleConfiguration', 'The lifecycle configuration does not exist'),
  ),
  // The oldest region has no name here.
  read('location', 'GetBucketLocation', 's3:GetBucketLocation', 'LocationConstraint', ({ region }) =>
    region === 'us-east-1' ? '' : region,
  ),
  read(
    'policyStatus',
    'GetBucketPolicyStatus',
    's3:GetBucketPolicyStatus',
    'PolicyStatus',
    ({ policyStatus }) => policyStatus ?? absent('NoSuchBucketPolicy', 'The bucket policy does not exist'),
  ),
  read(
    'encryption',
    'GetBucketEncryption',
    's3:GetEncryptionConfiguration',
    'ServerSideEncryptionConfiguration',
    ({ encryption }) => ({
      Rule: encryption?.Rules ?? [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
    }),
  ),
  read(
    'publicAccessBlock',
    'GetPublicAccessBlock',
    's3:GetBucketPublicAccessBlock',
    'PublicAccessBlockConfiguration',
    ({ publicAccessBlock }) =>
      publicAccessBlock ??
      absent('NoSuchPublicAccessBlockConfiguration', 'The public access block configuration was not found'),
  ),
];

function read(
  subresource: string,
  name: string,
  permission: string,
  root: string,
  toValue: (bucket: BucketState) => XmlValue,
): BucketRead {
  return {
    subresource,
    name,
    permission,
    answer: (bucket, call) => xmlReply(root, toValue(openBucket(bucket, call)), call),
  };
}

function absent(code: string, message: string): never {
  throw new AwsRefusal(code, message, 404);
}

/** The SDK's plural names are singular elements on the wire. */
function toWireRule({ Transitions, NoncurrentVersionTransitions, Filter, ...rule }: LifecycleRule): XmlValue {
  const { And, ...filter } = Filter ?? {};
  const { Tags, ...both } = And ?? {};
  return {
    ...rule,
    ...(Filter && { Filter: { ...filter, ...(And && { And: { ...both, Tag: Tags } }) } }),
    Transition: Transitions,
    NoncurrentVersionTransition: NoncurrentVersionTransitions,
  };
}
