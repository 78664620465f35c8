import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { awsWarnings, type CheckOptions, checkAws } from '../../src/aws/connect.ts';
import type { AwsConnection } from '../../src/aws/connection.ts';
import { PERMISSIONS } from '../../src/aws/permissions-table.ts';
import type { AwsState, FakeAws, Policy } from '../support/aws/aws.ts';
import { LOG_BUCKET, soundAccount, soundRegion, TRAIL_BUCKET, TRAILS, TRANSCRIPTS } from './account.ts';
import { ACCOUNT, asOwnerOf, connectionTo, KEY, NOW, REGION, startCloud } from './history.ts';

const GLOBAL = 'us-east-1';
const BOTH = [GLOBAL, REGION];
const BUCKETS = [TRAIL_BUCKET, LOG_BUCKET].join(', ');
const OPTIONS: CheckOptions = {
  lookup: true,
  trails: TRAILS,
  transcripts: TRANSCRIPTS,
  aws: asOwnerOf(KEY),
};

/** A sound account of two regions, of which one is read unless a test says otherwise. */
function account(policies: Record<string, Policy> = {}): ReturnType<typeof soundAccount> {
  const regions = { [GLOBAL]: soundRegion(), [REGION]: soundRegion() };
  return soundAccount({ policies, regions });
}

function check(
  aws: FakeAws,
  change: Partial<AwsConnection> = {},
  options: Partial<CheckOptions> = {},
): Promise<readonly string[]> {
  const connection = connectionTo(aws, { regions: [GLOBAL], ...change });
  return checkAws(connection, { ...OPTIONS, ...options }, new AbortController().signal);
}

async function checkState(
  context: TestContext,
  state: AwsState,
  change: Partial<AwsConnection> = {},
  options: Partial<CheckOptions> = {},
): Promise<readonly string[]> {
  const { aws } = await startCloud(context, state, { now: () => NOW });
  return check(aws, change, options);
}

describe('checkAws', () => {
  it('says nothing where everything is allowed', async (context) => {
    assert.deepEqual(await checkState(context, account(), { regions: BOTH }), []);
  });

  it('names all regions in which the same is missing in one sentence', async (context) => {
    const state = account({ [KEY]: { deny: ['ssm:GetDocument'] } });
    const [sentence, ...rest] = await checkState(context, state, { regions: BOTH });
    assert.deepEqual(rest, []);
    assert.match(sentence ?? '', /^us-east-1, eu-central-1: ssm:GetDocument is not allowed/);
  });

  const granted = PERMISSIONS.filter(({ use }) => use !== 'role');
  for (const { action, without } of granted)
    it(`without ${action} says so, and only that`, async (context) => {
      const found = await checkState(context, account({ [KEY]: { deny: [action] } }));
      const where = action.startsWith('s3:') ? BUCKETS : GLOBAL;
      assert.deepEqual(found, [`${where}: ${action} is not allowed: ${without}.`]);
    });

  it('what is denied altogether is all named', async (context) => {
    const found = await checkState(context, account({ [KEY]: { allow: [] } }));
    const named = granted.filter(({ action }) => found.some((sentence) => sentence.includes(`${action} is`)));
    // Of what is behind a listing that is denied nothing can be tried.
    const hidden = [
      'cloudtrail:GetTrailStatus',
      'cloudtrail:GetEventSelectors',
      's3:GetObject',
      's3:GetObjectVersion',
      's3:ListBucketVersions',
    ];
    assert.deepEqual(
      named.map(({ action }) => action),
      granted.map(({ action }) => action).filter((action) => !hidden.includes(action)),
    );
  });

  it('asks for nothing that the configuration does not need', async (context) => {
    const denied = ['cloudtrail:LookupEvents', 'cloudtrail:ListPublicKeys', 's3:*'];
    const state = account({ [KEY]: { deny: denied } });
    const found = await checkState(context, state, {}, { lookup: false, trails: [], transcripts: [] });
    assert.deepEqual(found, []);
  });

  it('an empty folder is tried all the same', async (context) => {
    const state = account({ [KEY]: { deny: ['s3:GetObject'] } });
    for (const bucket of Object.values(state.buckets)) bucket.objects = [];
    assert.equal((await checkState(context, state)).length, 1);
    assert.deepEqual(await checkState(context, { ...account(), buckets: state.buckets }), []);
  });

  it('versions are asked for only where a bucket keeps them', async (context) => {
    const state = account({ [KEY]: { deny: ['s3:ListBucketVersions', 's3:GetObjectVersion'] } });
    for (const bucket of Object.values(state.buckets)) delete bucket.versioning;
    assert.deepEqual(await checkState(context, state), []);
  });

  it('a bucket that does not exist is one sentence', async (context) => {
    const state = account();
    delete state.buckets[LOG_BUCKET];
    const [sentence, ...rest] = await checkState(context, state);
    assert.deepEqual(rest, []);
    assert.match(sentence ?? '', /^corp-logs: .*NoSuchBucket/);
  });

  it('warns where the region of global events is not read', async (context) => {
    assert.deepEqual(await checkState(context, account(), { regions: [REGION] }), []);
    const [sentence, ...rest] = awsWarnings({ regions: [REGION] });
    assert.deepEqual(rest, []);
    assert.match(sentence ?? '', /^us-east-1 is not read/);
    assert.deepEqual(awsWarnings({ regions: [REGION, GLOBAL] }), []);
  });

  it('a role that may not be assumed is the one thing that is said', async (context) => {
    const roleArn = `arn:aws:iam::${ACCOUNT}:role/absent`;
    const found = await checkState(context, account(), { roleArn });
    assert.deepEqual(found, ['the account: sts:AssumeRole is not allowed: nothing of this account is read.']);
  });

  it('expired credentials and a dead endpoint are each said once', async (context) => {
    const { aws } = await startCloud(context, account());
    aws.fault({ action: '*', times: 100, kind: 'expired-token' });
    const [expired, ...rest] = await check(aws);
    assert.deepEqual(rest, []);
    assert.match(expired ?? '', /^the account: .*expired/);
    const [unreachable, ...others] = await check(aws, { endpoint: 'http://127.0.0.1:9' });
    assert.deepEqual(others, []);
    assert.match(unreachable ?? '', /^the account: .*could not be reached/);
  });

  it('a region that does not answer is one sentence', async (context) => {
    const { aws } = await startCloud(context, account());
    aws.fault({ action: '*', region: REGION, times: 100, kind: 'drop-connection' });
    const [sentence, ...rest] = await check(aws, { regions: BOTH }, { trails: [], transcripts: [] });
    assert.deepEqual(rest, []);
    assert.match(sentence ?? '', /^eu-central-1: .*could not be reached/);
  });
});
