import { type Call, call } from './call.ts';
import { ACCOUNT, REGION } from './names.ts';
import type { TrailRecord } from './record.ts';

export function stopLogging(options: Call & { readonly trail?: string } = {}): TrailRecord {
  const { account = ACCOUNT, region = REGION, trail = 'main' } = options;
  const name = `arn:aws:cloudtrail:${region}:${account}:trail/${trail}`;
  return call('cloudtrail', 'StopLogging', { name }, null, options);
}

export function startLogging(options: Call & { readonly trail?: string } = {}): TrailRecord {
  const { account = ACCOUNT, region = REGION, trail = 'main' } = options;
  const name = `arn:aws:cloudtrail:${region}:${account}:trail/${trail}`;
  return call('cloudtrail', 'StartLogging', { name }, null, options);
}

export function deleteTrail(options: Call & { readonly trail?: string } = {}): TrailRecord {
  return call('cloudtrail', 'DeleteTrail', { name: options.trail ?? 'main' }, null, options);
}

export interface SelectorsCall extends Call {
  readonly trail?: string;
  readonly readWriteType?: 'All' | 'ReadOnly' | 'WriteOnly';
  readonly management?: boolean;
  readonly exclude?: readonly string[];
}

export function putEventSelectors(options: SelectorsCall = {}): TrailRecord {
  const { account = ACCOUNT, region = REGION, trail = 'main' } = options;
  const eventSelectors = [
    {
      readWriteType: options.readWriteType ?? 'All',
      includeManagementEvents: options.management ?? true,
      dataResources: [],
      excludeManagementEventSources: options.exclude ?? [],
    },
  ];
  const response = { trailARN: `arn:aws:cloudtrail:${region}:${account}:trail/${trail}`, eventSelectors };
  return call('cloudtrail', 'PutEventSelectors', { trailName: trail, eventSelectors }, response, options);
}

export interface DocumentCall extends Call {
  readonly document?: string;
  /** Destinations in the document; an empty string is none. */
  readonly bucket?: string;
  readonly logGroup?: string;
  /** Whole `content`; null leaves it out of the record. */
  readonly content?: string | null;
}

/** UpdateDocument of the Session Manager preferences; AWS does not document how the record shows `content`. */
export function updateDocument(options: DocumentCall = {}): TrailRecord {
  const { document = 'SSM-SessionManagerRunShell' } = options;
  const content = options.content === undefined ? preferences(options) : options.content;
  const request = {
    name: document,
    documentVersion: '$LATEST',
    documentFormat: 'JSON',
    ...(content === null ? {} : { content }),
  };
  const response = {
    documentDescription: { name: document, documentVersion: '4', status: 'Updating', owner: ACCOUNT },
  };
  return call('ssm', 'UpdateDocument', request, response, options);
}

function preferences({ bucket = '', logGroup = '' }: DocumentCall): string {
  return JSON.stringify({
    schemaVersion: '1.0',
    description: 'Document to hold regional settings for Session Manager',
    sessionType: 'Standard_Stream',
    inputs: {
      s3BucketName: bucket,
      s3KeyPrefix: '',
      s3EncryptionEnabled: true,
      cloudWatchLogGroupName: logGroup,
      cloudWatchEncryptionEnabled: true,
      cloudWatchStreamingEnabled: true,
      kmsKeyId: '',
      runAsEnabled: false,
      runAsDefaultUser: '',
      idleSessionTimeout: '20',
    },
  });
}

export function deleteLogGroup(options: Call & { readonly logGroup?: string } = {}): TrailRecord {
  return call('logs', 'DeleteLogGroup', { logGroupName: options.logGroup ?? '/ssm/sessions' }, null, options);
}

export function putBucketVersioning(
  options: Call & { readonly bucket?: string; readonly status?: 'Enabled' | 'Suspended' } = {},
): TrailRecord {
  const { bucket = 'session-logs', status = 'Suspended' } = options;
  const request = {
    bucketName: bucket,
    Host: `${bucket}.s3.${options.region ?? REGION}.amazonaws.com`,
    versioning: '',
    VersioningConfiguration: { xmlns: 'http://s3.amazonaws.com/doc/2006-03-01/', Status: status },
  };
  return call('s3', 'PutBucketVersioning', request, null, options);
}

export function disableKey(options: Call & { readonly key?: string } = {}): TrailRecord {
  const keyIdOf = options.key ?? '0a1b2c3d-1111-4222-8333-0123456789ab';
  return call('kms', 'DisableKey', { keyId: keyIdOf }, null, options);
}

export function updateCluster(
  options: Call & { readonly cluster?: string; readonly logging?: 'NONE' | 'DEFAULT' | 'OVERRIDE' } = {},
): TrailRecord {
  const { cluster = 'prod', logging = 'NONE' } = options;
  const request = { cluster, configuration: { executeCommandConfiguration: { logging } } };
  return call('ecs', 'UpdateCluster', request, { cluster: { clusterName: cluster } }, options);
}
