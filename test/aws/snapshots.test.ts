import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compareSnapshots, type SnapshotSet, takeSnapshots } from '../../src/aws/snapshots.ts';
import type { AwsClients } from '../../src/aws/clients.ts';
import { LOG_BUCKET, soundAccount, soundRegion, startDenied, TRAIL_BUCKET, trailNamed } from './account.ts';
import { ACCOUNT, REGION, startCloud } from './history.ts';

const SIGNAL = new AbortController().signal;
const BUCKETS = [
  { bucket: TRAIL_BUCKET, prefix: '' },
  { bucket: LOG_BUCKET, prefix: 'ssm/' },
];

function look(clients: AwsClients, regions: readonly string[] = [REGION]): Promise<SnapshotSet> {
  return takeSnapshots(clients, { regions, buckets: BUCKETS, retentionDays: 400 }, SIGNAL);
}

function keysOf({ snapshots }: SnapshotSet): string[] {
  return snapshots.map(({ key }) => key.replace(`aws/${ACCOUNT}/`, ''));
}

function weaknessesOf({ snapshots }: SnapshotSet): string[] {
  return snapshots.flatMap(({ kind, weaknesses }) => weaknesses.map(({ code }) => `${kind} ${code}`));
}

describe('takeSnapshots', () => {
  it('reads all that recording depends on, and finds nothing in a sound account', async (context) => {
    const { clients } = await startCloud(context, soundAccount());
    const found = await look(clients);
    assert.deepEqual(found.problems, []);
    assert.deepEqual(found.unread, []);
    assert.deepEqual(keysOf(found), [
      `${REGION}/ecs-cluster/prod`,
      `${REGION}/ssm-preferences`,
      `${REGION}/trail-status/main`,
      `${REGION}/trail/main`,
      `global/bucket/${LOG_BUCKET}/ssm/`,
      `global/bucket/${TRAIL_BUCKET}`,
    ]);
    assert.deepEqual(weaknessesOf(found), []);
    const cluster = found.snapshots.find(({ kind }) => kind === 'ecs-cluster');
    assert.equal(cluster?.value['logging'], 'DEFAULT');
    assert.deepEqual(compareSnapshots(found.snapshots, (await look(clients)).snapshots), []);
  });

  it('names each weakness where it lies', async (context) => {
    const state = soundAccount();
    const regions = state.accounts[ACCOUNT]?.regions ?? {};
    regions[REGION] = {
      trails: [
        { trail: trailNamed('main', { LogFileValidationEnabled: false }), status: { IsLogging: false } },
      ],
      clusters: [
        { clusterName: 'open', configuration: { executeCommandConfiguration: { logging: 'NONE' } } },
        { clusterName: 'prod' },
      ],
    };
    const bucket = state.buckets[LOG_BUCKET];
    assert.ok(bucket);
    delete bucket.versioning;
    delete bucket.objectLock;
    bucket.lifecycle = [{ Status: 'Enabled', Filter: { Prefix: 'ssm/' }, Expiration: { Days: 30 } }];
    const { clients } = await startCloud(context, state);
    assert.deepEqual(weaknessesOf(await look(clients)), [
      'ecs-cluster recording-disabled',
      'ssm-preferences recording-disabled',
      'trail-status source-weakened',
      'trail evidence-store-weakened',
      'bucket evidence-store-weakened',
      'bucket evidence-store-weakened',
      'bucket retention-short',
    ]);
  });

  it('a change of a setting is seen with before and after', async (context) => {
    const state = soundAccount();
    const { clients } = await startCloud(context, state);
    const before = await look(clients);
    const region = state.accounts[ACCOUNT]?.regions[REGION];
    assert.ok(region);
    region.documents = { 'SSM-SessionManagerRunShell': { content: { inputs: { s3BucketName: '' } } } };
    region.trails = [];
    const after = await look(clients);
    const changes = compareSnapshots(before.snapshots, after.snapshots, after.unread).map((one) => [
      one.key.replace(`aws/${ACCOUNT}/${REGION}/`, ''),
      one.field,
      one.before,
      one.after,
    ]);
    assert.deepEqual(changes, [
      ['ssm-preferences', 'bucket', LOG_BUCKET, null],
      ['trail-status/main', 'present', true, false],
      ['trail/main', 'present', true, false],
    ]);
  });

  it('a trail that several regions show is one, under its home', async (context) => {
    const state = soundAccount();
    const regions = state.accounts[ACCOUNT]?.regions ?? {};
    regions['us-east-1'] = { ...soundRegion(), trails: [] };
    const { clients } = await startCloud(context, state);
    const trails = keysOf(await look(clients, ['us-east-1', REGION])).filter((key) => key.includes('trail'));
    assert.deepEqual(trails.slice(0, 2), [`${REGION}/trail-status/main`, `${REGION}/trail/main`]);
    assert.equal(trails.filter((key) => key.endsWith('/main')).length, 2);
  });

  it('a trail whose home is not read has its status from a region that shows it', async (context) => {
    const state = soundAccount();
    const { clients } = await startCloud(context, state);
    const found = await look(clients, ['us-east-1']);
    assert.deepEqual(found.problems, []);
    assert.deepEqual(
      keysOf(found).filter((key) => key.includes('trail')),
      [`${REGION}/trail-status/main`, `${REGION}/trail/main`, `global/bucket/${TRAIL_BUCKET}`],
    );
  });

  it('more clusters than one call takes are all read', async (context) => {
    const state = soundAccount();
    const region = state.accounts[ACCOUNT]?.regions[REGION];
    assert.ok(region);
    region.clusters = Array.from({ length: 230 }, (_, index) => ({ clusterName: `c${index}` }));
    const { clients } = await startCloud(context, state);
    const { snapshots } = await look(clients);
    assert.equal(snapshots.filter(({ kind }) => kind === 'ecs-cluster').length, 230);
  });

  it('a document that cannot be understood is a problem, and not the default', async (context) => {
    const state = soundAccount();
    const region = state.accounts[ACCOUNT]?.regions[REGION];
    assert.ok(region);
    region.documents = { 'SSM-SessionManagerRunShell': { content: '{"inputs": {"s3BucketName": "a"' } };
    const { clients } = await startCloud(context, state);
    const { problems, unread } = await look(clients);
    assert.deepEqual(
      problems.map(({ code, action }) => [code, action]),
      [['invalid', 'ssm:GetDocument']],
    );
    assert.deepEqual(unread, [`aws/${ACCOUNT}/${REGION}/ssm-preferences`]);
  });

  const DENIALS: readonly (readonly [string, string, readonly string[]])[] = [
    ['cloudtrail:DescribeTrails', 'trail', ['*/trail', '*/trail-status']],
    ['cloudtrail:GetTrailStatus', 'trail-status', [`${REGION}/trail-status/main`]],
    ['cloudtrail:GetEventSelectors', 'trail', [`${REGION}/trail/main`]],
    ['ssm:GetDocument', 'ssm-preferences', [`${REGION}/ssm-preferences`]],
    ['ecs:ListClusters', 'ecs-cluster', [`${REGION}/ecs-cluster`]],
    ['ecs:DescribeClusters', 'ecs-cluster', [`${REGION}/ecs-cluster`]],
    ['s3:GetLifecycleConfiguration', 'bucket', BUCKETS.map(({ bucket }) => `global/bucket/${bucket}`)],
  ];
  for (const [action, kind, scopes] of DENIALS)
    it(`without ${action} its part is unread, and all else is there`, async (context) => {
      const { clients } = await startDenied(context, [action]);
      const { clients: free } = await startCloud(context, soundAccount());
      const [before, after] = [await look(free), await look(clients)];
      assert.deepEqual(
        [...new Set(after.problems.map((one) => `${one.code} ${one.action}`))],
        [`denied ${action}`],
      );
      assert.deepEqual(
        after.unread,
        scopes.map((scope) => `aws/${ACCOUNT}/${scope}`),
      );
      assert.ok(!after.snapshots.some((one) => one.kind === kind));
      assert.deepEqual(compareSnapshots(before.snapshots, after.snapshots, after.unread), []);
    });

  for (const kind of ['throttle', 'internal', 'expired-token', 'drop-connection', 'malformed'] as const)
    it(`answers of the kind ${kind} are problems, and nothing is taken for gone`, async (context) => {
      const { aws, clients } = await startCloud(context, soundAccount());
      const before = await look(clients);
      aws.fault({ action: '*', times: 1000, kind });
      const after = await look(clients);
      assert.ok(after.problems.length > 4);
      assert.deepEqual(compareSnapshots(before.snapshots, after.snapshots, after.unread), []);
    });

  it('without credentials nothing is known, and nothing is gone', async (context) => {
    const { aws, clients } = await startCloud(context, soundAccount());
    const before = await look(clients);
    clients.renew();
    const gone = await startCloud(context, { accounts: {} });
    const after = await look(gone.clients);
    assert.deepEqual(after.snapshots, []);
    assert.equal(after.problems.length, 1);
    assert.deepEqual(compareSnapshots(before.snapshots, after.snapshots, after.unread), []);
    assert.ok(aws.requests.length > 0);
  });

  it('stops with the reason of the signal', async (context) => {
    const { clients } = await startCloud(context, soundAccount());
    const reason = new Error('the pass is over');
    const options = { regions: [REGION], buckets: BUCKETS };
    await assert.rejects(takeSnapshots(clients, options, AbortSignal.abort(reason)), reason);
  });
});
