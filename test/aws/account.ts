import type { TestContext } from 'node:test';
import type { Trail } from '@aws-sdk/client-cloudtrail';
import type { AccountState, AwsState, BucketState, Policy, RegionState } from '../support/aws/aws.ts';
import { ACCOUNT, HOUR, KEY, NOW, REGION, type Setup, startCloud } from './history.ts';

export const TRAIL_BUCKET = 'corp-trail';
export const LOG_BUCKET = 'corp-logs';
export const TRAILS = [{ bucket: TRAIL_BUCKET, prefix: 'AWSLogs/' }];
export const TRANSCRIPTS = [{ bucket: LOG_BUCKET, prefix: 'ssm/' }];

export function trailNamed(name: string, change: Partial<Trail> = {}) {
  return {
    Name: name,
    TrailARN: `arn:aws:cloudtrail:${REGION}:${ACCOUNT}:trail/${name}`,
    HomeRegion: REGION,
    S3BucketName: TRAIL_BUCKET,
    IncludeGlobalServiceEvents: true,
    IsMultiRegionTrail: true,
    LogFileValidationEnabled: true,
    ...change,
  };
}

/** A region in which everything is there and nothing is wrong. */
export function soundRegion(): RegionState {
  return {
    trails: [
      {
        trail: trailNamed('main', { HasCustomEventSelectors: true }),
        status: { IsLogging: true },
        selectors: [{ ReadWriteType: 'All', IncludeManagementEvents: true }],
      },
    ],
    publicKeys: [{ Value: Buffer.from('key'), Fingerprint: 'f0', ValidityStartTime: new Date(NOW - HOUR) }],
    sessions: [{ SessionId: 'alice-1', Status: 'Connected', StartDate: new Date(NOW - HOUR) }],
    documents: { 'SSM-SessionManagerRunShell': { content: { inputs: { s3BucketName: LOG_BUCKET } } } },
    clusters: [{ clusterName: 'prod', status: 'ACTIVE' }],
  };
}

function soundBucket(key: string): BucketState {
  return {
    account: ACCOUNT,
    region: REGION,
    versioning: 'Enabled',
    objectLock: {
      ObjectLockEnabled: 'Enabled',
      Rule: { DefaultRetention: { Mode: 'COMPLIANCE', Days: 400 } },
    },
    lifecycle: [{ Status: 'Enabled', Filter: { Prefix: '' }, Expiration: { Days: 500 } }],
    objects: [{ key, body: 'x', lastModified: new Date(NOW - HOUR) }],
  };
}

/** An account whose trail, recorders and buckets are in order. */
export function soundAccount(
  change: Partial<AccountState> = {},
): AwsState & Required<Pick<AwsState, 'buckets'>> {
  return {
    accounts: { [ACCOUNT]: { keys: [KEY], regions: { [REGION]: soundRegion() }, ...change } },
    buckets: {
      [TRAIL_BUCKET]: soundBucket('AWSLogs/1.json.gz'),
      [LOG_BUCKET]: soundBucket('ssm/alice-1.log'),
    },
  };
}

/** A sound account in which the reader may not do what is named. */
export function startDenied(context: TestContext, deny: readonly string[]): Promise<Setup> {
  const policies: Record<string, Policy> = { [KEY]: { deny } };
  return startCloud(context, soundAccount({ policies }));
}
