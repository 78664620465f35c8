import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type {
  AdvancedFieldSelector,
  EventSelector,
  GetTrailStatusResponse,
  Trail,
} from '@aws-sdk/client-cloudtrail';
import type { ExecuteCommandConfiguration } from '@aws-sdk/client-ecs';
import { type BucketFacts, toBucketSnapshot } from '../../src/aws/snapshots-bucket.ts';
import { toClusterSnapshot } from '../../src/aws/snapshots-ecs.ts';
import { EVERYTHING, type Selection, toSelection } from '../../src/aws/snapshots-selectors.ts';
import { toPreferencesSnapshot } from '../../src/aws/snapshots-ssm.ts';
import type { Snapshot } from '../../src/aws/snapshots-snapshot.ts';
import { toStatusSnapshot, toTrailSnapshots, type TrailFacts } from '../../src/aws/snapshots-trails.ts';

const ACCOUNT = '111122223333';
const REGION = 'eu-central-1';

function codesOf(snapshot: Snapshot | null | undefined): string[] {
  assert.ok(snapshot);
  return snapshot.weaknesses.map(({ code }) => code);
}

const SOUND: Trail = {
  Name: 'main',
  TrailARN: `arn:aws:cloudtrail:${REGION}:${ACCOUNT}:trail/main`,
  HomeRegion: REGION,
  S3BucketName: 'corp-trail',
  IncludeGlobalServiceEvents: true,
  IsMultiRegionTrail: true,
  LogFileValidationEnabled: true,
};

function trailFacts(change: Partial<Trail>, name = 'main'): TrailFacts {
  const arn = `arn:aws:cloudtrail:${REGION}:${ACCOUNT}:trail/${name}`;
  const trail = { ...SOUND, Name: name, TrailARN: arn, ...change };
  return { trail, arn, name, homeRegion: REGION, selection: EVERYTHING };
}

describe('toTrailSnapshots', () => {
  const weaknessesOf = (...changes: readonly Partial<Trail>[]) =>
    toTrailSnapshots(
      ACCOUNT,
      changes.map((change, index) => trailFacts(change, `t${index}`)),
    ).map(codesOf);

  it('a trail of all regions with validation has no weakness', () => {
    assert.deepEqual(weaknessesOf({}), [[]]);
    const [snapshot] = toTrailSnapshots(ACCOUNT, [trailFacts({})]);
    assert.equal(snapshot?.key, `aws/${ACCOUNT}/${REGION}/trail/main`);
    assert.equal(snapshot.value['bucket'], 'corp-trail');
    assert.equal(snapshot.value['kmsKey'], null);
  });

  it('validation that is off weakens the evidence', () => {
    assert.deepEqual(weaknessesOf({ LogFileValidationEnabled: false }), [['evidence-store-weakened']]);
  });

  it('a narrow trail is weak only where no wide one stands beside it', () => {
    assert.deepEqual(weaknessesOf({ IsMultiRegionTrail: false }), [['source-weakened']]);
    assert.deepEqual(weaknessesOf({ IncludeGlobalServiceEvents: false }), [['source-weakened']]);
    assert.deepEqual(weaknessesOf({ IsMultiRegionTrail: false }, {}), [[], []]);
  });

  it('a trail that leaves out events is as weak', () => {
    const one = trailFacts({});
    const weakOf = (selection: Selection | null, ...others: readonly TrailFacts[]) =>
      toTrailSnapshots(ACCOUNT, [{ ...one, selection }, ...others]).map(codesOf);
    assert.deepEqual(weakOf({ managementEvents: 'WriteOnly', excluded: [] }), [['source-weakened']]);
    assert.deepEqual(weakOf({ managementEvents: 'None', excluded: [] }), [['source-weakened']]);
    const without = { managementEvents: 'All', excluded: ['kms.amazonaws.com'] } as const;
    assert.deepEqual(weakOf(without), [['source-weakened']]);
    assert.deepEqual(weakOf(without, trailFacts({}, 'second')), [[], []]);
    assert.deepEqual(weakOf(null, { ...trailFacts({}, 'second'), selection: without }), [[]]);
  });

  it('a trail that several regions show is one', () => {
    assert.equal(toTrailSnapshots(ACCOUNT, [trailFacts({}), trailFacts({})]).length, 1);
  });
});

describe('toSelection', () => {
  const advanced = (...fields: readonly AdvancedFieldSelector[]) =>
    toSelection({
      AdvancedEventSelectors: [
        { FieldSelectors: [{ Field: 'eventCategory', Equals: ['Management'] }, ...fields] },
      ],
    });

  it('reads both forms of selectors alike', () => {
    assert.deepEqual(toSelection({ EventSelectors: [{}] }), EVERYTHING);
    assert.deepEqual(advanced(), EVERYTHING);
    const kms = { managementEvents: 'WriteOnly', excluded: ['kms.amazonaws.com'] };
    const basic: EventSelector = {
      ReadWriteType: 'WriteOnly',
      ExcludeManagementEventSources: ['kms.amazonaws.com'],
    };
    assert.deepEqual(toSelection({ EventSelectors: [basic] }), kms);
    const fields = [
      { Field: 'readOnly', Equals: ['false'] },
      { Field: 'eventSource', NotEquals: ['kms.amazonaws.com'] },
    ];
    assert.deepEqual(advanced(...fields), kms);
  });

  it('several selectors add up', () => {
    const reads: EventSelector = {
      ReadWriteType: 'ReadOnly',
      ExcludeManagementEventSources: ['kms.amazonaws.com'],
    };
    const writes: EventSelector = { ReadWriteType: 'WriteOnly' };
    assert.equal(toSelection({ EventSelectors: [reads] }).managementEvents, 'ReadOnly');
    assert.deepEqual(toSelection({ EventSelectors: [reads, writes] }), EVERYTHING);
  });

  it('data events and single services are no recording of all', () => {
    const nothing = { managementEvents: 'None', excluded: [] };
    assert.deepEqual(toSelection({ EventSelectors: [{ IncludeManagementEvents: false }] }), nothing);
    assert.deepEqual(toSelection({}), nothing);
    const data = { FieldSelectors: [{ Field: 'eventCategory', Equals: ['Data'] }] };
    assert.deepEqual(toSelection({ AdvancedEventSelectors: [data] }), nothing);
    assert.deepEqual(advanced({ Field: 'eventSource', Equals: ['iam.amazonaws.com'] }), nothing);
    assert.deepEqual(advanced({ Field: 'eventName', Equals: ['AssumeRole'] }), nothing);
  });
});

describe('toStatusSnapshot', () => {
  const statusOf = (status: GetTrailStatusResponse) => toStatusSnapshot(ACCOUNT, trailFacts({}), status);

  it('a trail that records and delivers has no weakness', () => {
    assert.deepEqual(codesOf(statusOf({ IsLogging: true, LatestDeliveryError: '' })), []);
  });

  it('a trail that is stopped or cannot deliver has', () => {
    assert.deepEqual(codesOf(statusOf({ IsLogging: false })), ['source-weakened']);
    const delivery = statusOf({ IsLogging: true, LatestDeliveryError: 'NoSuchBucket' });
    assert.deepEqual(codesOf(delivery), ['source-weakened']);
    const digests = statusOf({ IsLogging: true, LatestDigestDeliveryError: 'AccessDenied' });
    assert.deepEqual(codesOf(digests), ['evidence-store-weakened']);
  });

  it('times are no part of the value', () => {
    const at = (time: number) => statusOf({ IsLogging: true, LatestDeliveryTime: new Date(time) }).value;
    assert.deepEqual(at(1), at(2));
  });
});

describe('toPreferencesSnapshot', () => {
  const preferencesOf = (inputs: Readonly<Record<string, unknown>> | null) =>
    toPreferencesSnapshot(ACCOUNT, REGION, inputs);

  it('one destination is enough', () => {
    const toBucket = preferencesOf({ s3BucketName: 'logs', cloudWatchLogGroupName: '' });
    assert.deepEqual(codesOf(toBucket), []);
    assert.equal(toBucket.key, `aws/${ACCOUNT}/${REGION}/ssm-preferences`);
    assert.deepEqual(codesOf(preferencesOf({ cloudWatchLogGroupName: 'g' })), []);
  });

  it('without one nothing is recorded, whether that was saved or never touched', () => {
    const saved = preferencesOf({ s3BucketName: '', cloudWatchLogGroupName: ' ' });
    assert.deepEqual(codesOf(saved), ['recording-disabled']);
    const never = preferencesOf(null);
    assert.deepEqual(codesOf(never), ['recording-disabled']);
    assert.notEqual(saved.weaknesses[0]?.detail, never.weaknesses[0]?.detail);
    assert.deepEqual([saved.value['saved'], never.value['saved']], [true, false]);
  });

  it('flags and numbers written as text read the same', () => {
    const asText = preferencesOf({ s3EncryptionEnabled: 'true', idleSessionTimeout: '20' });
    const asValues = preferencesOf({ s3EncryptionEnabled: true, idleSessionTimeout: 20 });
    assert.deepEqual(asText.value, asValues.value);
    assert.equal(asText.value['bucketEncryption'], true);
  });

  it('a shell profile is counted and not kept', () => {
    const withProfile = preferencesOf({ shellProfile: { linux: 'export TOKEN=hunter2' } });
    assert.equal(withProfile.value['shellProfile'], true);
    assert.ok(!JSON.stringify(withProfile).includes('hunter2'));
    assert.equal(preferencesOf({ shellProfile: { linux: '', windows: '' } }).value['shellProfile'], false);
  });
});

describe('toClusterSnapshot', () => {
  const clusterOf = (executeCommandConfiguration?: ExecuteCommandConfiguration) =>
    toClusterSnapshot(ACCOUNT, REGION, {
      clusterName: 'prod',
      ...(executeCommandConfiguration && { configuration: { executeCommandConfiguration } }),
    });

  it('NONE, and OVERRIDE without a destination, record nothing', () => {
    assert.deepEqual(codesOf(clusterOf({ logging: 'NONE' })), ['recording-disabled']);
    assert.deepEqual(codesOf(clusterOf({ logging: 'OVERRIDE' })), ['recording-disabled']);
    const empty = clusterOf({ logging: 'OVERRIDE', logConfiguration: { s3BucketName: '' } });
    assert.deepEqual(codesOf(empty), ['recording-disabled']);
  });

  it('a destination or the default does', () => {
    const named = clusterOf({ logging: 'OVERRIDE', logConfiguration: { cloudWatchLogGroupName: 'g' } });
    assert.deepEqual(codesOf(named), []);
    assert.deepEqual(codesOf(clusterOf()), []);
    assert.equal(clusterOf()?.value['logging'], 'DEFAULT');
  });

  it('a deleted cluster is none', () => {
    assert.equal(toClusterSnapshot(ACCOUNT, REGION, { clusterName: 'prod', status: 'INACTIVE' }), null);
  });
});

describe('toBucketSnapshot', () => {
  const LOCKED: BucketFacts = {
    versioning: { Status: 'Enabled', MFADelete: 'Enabled' },
    lock: {
      ObjectLockEnabled: 'Enabled',
      Rule: { DefaultRetention: { Mode: 'COMPLIANCE', Years: 2 } },
    },
    rules: [],
  };
  const bucketOf = (change: Partial<BucketFacts>, retentionDays: number | null = 400) =>
    toBucketSnapshot(ACCOUNT, { bucket: 'logs', prefix: 'ssm/' }, { ...LOCKED, ...change }, retentionDays);

  it('a locked bucket has no weakness', () => {
    const locked = bucketOf({});
    assert.deepEqual(codesOf(locked), []);
    assert.equal(locked.key, `aws/${ACCOUNT}/global/bucket/logs/ssm/`);
    assert.equal(locked.value['lockDays'], 730);
  });

  it('versioning that is off or suspended, and no or a soft lock, weaken it', () => {
    const weak = ['evidence-store-weakened'];
    assert.deepEqual(codesOf(bucketOf({ versioning: {} })), weak);
    assert.deepEqual(codesOf(bucketOf({ versioning: { Status: 'Suspended' } })), weak);
    assert.deepEqual(codesOf(bucketOf({ lock: null })), weak);
    const soft = {
      ObjectLockEnabled: 'Enabled',
      Rule: { DefaultRetention: { Mode: 'GOVERNANCE', Days: 400 } },
    };
    assert.deepEqual(codesOf(bucketOf({ lock: soft as BucketFacts['lock'] })), weak);
  });

  it('expiry and lock must not end before the retention', () => {
    const expiring = (Days: number) =>
      bucketOf({ rules: [{ Status: 'Enabled', Filter: { Prefix: 'ssm/' }, Expiration: { Days } }] });
    assert.deepEqual(codesOf(expiring(399)), ['retention-short']);
    assert.deepEqual(codesOf(expiring(400)), []);
    const date = { Status: 'Enabled', Expiration: { Date: new Date(0) } } as const;
    assert.deepEqual(codesOf(bucketOf({ rules: [date] })), ['retention-short']);
    assert.deepEqual(codesOf(bucketOf({}, 731)), ['retention-short']);
    assert.deepEqual(codesOf(bucketOf({}, null)), []);
  });

  it('rules that are off or for another prefix do not count', () => {
    const rule = { Expiration: { Days: 1 } };
    const off = bucketOf({ rules: [{ ...rule, Status: 'Disabled' }] });
    assert.equal(off.value['expirationDays'], null);
    const other = bucketOf({ rules: [{ ...rule, Status: 'Enabled', Filter: { And: { Prefix: 'tmp/' } } }] });
    assert.equal(other.value['expirationDays'], null);
    const below = bucketOf({ rules: [{ ...rule, Status: 'Enabled', Prefix: 'ssm/old/' }] });
    assert.equal(below.value['expirationDays'], 1);
  });
});
