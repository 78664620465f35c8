import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { CloudTrailClient, paginateLookupEvents } from '@aws-sdk/client-cloudtrail';
import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { findProgram } from '../real/parts.ts';
import { type Outcome, run } from '../real/process.ts';
import { temporaryFolder } from '../temp.ts';
import { type FakeAws, secretOf } from './aws.ts';
import { ACCOUNT, KEY, NOW, OTHER, OTHER_KEY, REGION, startSample, twoAccounts } from './sample.ts';
import type { AwsState, JsonObject } from './state.ts';

const cli = findProgram('aws');
/** A cold start of the command line takes seconds on a busy machine. */
const TIMEOUT_MS = 120_000;

const reason = 'missing here: aws (package awscli)';

// The SDK and the loopback were written for one another; this client knows neither.
if (cli !== undefined) describe('loopback AWS, asked by the AWS command line', () => suite(cli));
else if (process.env['OFFRECORD_REQUIRE_REAL_PARTS'] === '1')
  it('loopback AWS, asked by the AWS command line', () => assert.fail(reason));
else it('loopback AWS, asked by the AWS command line', { skip: reason }, () => {});

function suite(command: string): void {
  const ask = (aws: FakeAws, args: readonly string[], env: Record<string, string> = {}): Promise<Outcome> =>
    run(command, [...args, '--endpoint-url', aws.endpoint, '--output', 'json'], {
      env: { ...ENVIRONMENT, ...env },
      timeoutMs: TIMEOUT_MS,
    });
  const told = async (
    aws: FakeAws,
    args: readonly string[],
    env?: Record<string, string>,
  ): Promise<Answer> => {
    const { code, stdout, stderr } = await ask(aws, args, env);
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout) as Answer;
  };

  it('lookup-events gives what the SDK gives, over three pages', async (context) => {
    const aws = await startSample(context, { state: sample() });
    const attribute = 'AttributeKey=EventName,AttributeValue=Event7';
    const [all, one] = await Promise.all([
      told(aws, ['cloudtrail', 'lookup-events']),
      told(aws, ['cloudtrail', 'lookup-events', '--lookup-attributes', attribute]),
    ]);
    const client = new CloudTrailClient(aws.clientConfig(KEY, REGION));
    const wanted: string[] = [];
    for await (const page of paginateLookupEvents({ client }, {}))
      wanted.push(...(page.Events ?? []).map(({ CloudTrailEvent = '' }) => CloudTrailEvent));
    client.destroy();
    assert.equal(wanted.length, 130);
    const recordsOf = ({ Events }: Answer): unknown[] =>
      (Events as JsonObject[]).map(({ CloudTrailEvent }) => CloudTrailEvent);
    assert.deepEqual(recordsOf(all), wanted);
    assert.deepEqual(recordsOf(one), wanted.slice(7, 8));
  });

  it('list-objects-v2 and get-object give what lies there', async (context) => {
    const aws = await startSample(context, { state: sample() });
    const file = join(temporaryFolder(context), 'object');
    const bucket = ['--bucket', 'evidence'];
    const [list, got] = await Promise.all([
      told(aws, ['s3api', 'list-objects-v2', ...bucket, '--page-size', '2']),
      told(aws, ['s3api', 'get-object', ...bucket, '--key', 'a/é +&.gz', file]),
    ]);
    const client = new S3Client(aws.clientConfig(KEY, REGION));
    const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: 'evidence' }));
    client.destroy();
    assert.deepEqual(
      (list['Contents'] as JsonObject[]).map(({ Key, ETag, Size }) => [Key, ETag, Size]),
      Contents.map(({ Key, ETag, Size }) => [Key, ETag, Size]),
    );
    assert.equal(Contents.length, 3);
    assert.deepEqual(got['Metadata'], { signature: 'cafe' });
    assert.deepEqual([...readFileSync(file)], [31, 139, 0, 255]);
  });

  it('describe-sessions pages through all of them, and a wrong secret gets none', async (context) => {
    const aws = await startSample(context, { state: sample() });
    const args = ['ssm', 'describe-sessions', '--state', 'History', '--page-size', '2'];
    const [{ Sessions }, refused] = await Promise.all([
      told(aws, args),
      ask(aws, args, { AWS_SECRET_ACCESS_KEY: secretOf(OTHER_KEY) }),
    ]);
    assert.deepEqual(
      (Sessions as JsonObject[]).map(({ SessionId }) => SessionId),
      ['bob-0', 'bob-1', 'bob-2'],
    );
    assert.notEqual(refused.code, 0);
    assert.match(refused.stderr, /\(InvalidSignatureException\)/);
  });

  it('assume-role hands out credentials that work', async (context) => {
    const aws = await startSample(context, { state: sample() });
    const args = ['--role-arn', `arn:aws:iam::${OTHER}:role/reader`, '--role-session-name', 'cli'];
    const { Credentials } = await told(aws, ['sts', 'assume-role', ...args]);
    const { AccessKeyId, SecretAccessKey, SessionToken } = Credentials as Record<string, string>;
    const env = {
      AWS_ACCESS_KEY_ID: AccessKeyId ?? '',
      AWS_SECRET_ACCESS_KEY: SecretAccessKey ?? '',
      AWS_SESSION_TOKEN: SessionToken ?? '',
    };
    assert.equal((await told(aws, ['sts', 'get-caller-identity'], env))['Account'], OTHER);
  });
}

type Answer = Readonly<Record<string, unknown>>;

/** Nothing of the machine's own configuration takes part. */
const ENVIRONMENT = {
  AWS_ACCESS_KEY_ID: KEY,
  AWS_SECRET_ACCESS_KEY: secretOf(KEY),
  AWS_DEFAULT_REGION: REGION,
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_PAGER: '',
  AWS_MAX_ATTEMPTS: '1',
  NO_PROXY: '127.0.0.1',
  PYTHONIOENCODING: 'utf-8',
};

function sample(): AwsState {
  const state = twoAccounts({
    buckets: {
      evidence: {
        account: ACCOUNT,
        region: REGION,
        objects: ['b', 'a/é +&.gz', 'a/1'].map((key) => ({
          key,
          body: new Uint8Array([31, 139, 0, 255]),
          metadata: { signature: 'cafe' },
          lastModified: new Date(NOW),
        })),
      },
    },
  });
  Object.assign(state.accounts[OTHER] ?? {}, { roles: { reader: { trusts: [ACCOUNT] } } });
  Object.assign(state.accounts[ACCOUNT]?.regions ?? {}, {
    [REGION]: {
      events: Array.from({ length: 130 }, (_, index) => ({
        eventID: `event-${index}`,
        eventName: `Event${index}`,
        eventSource: 'ssm.amazonaws.com',
        eventTime: new Date(NOW - index * 1000).toISOString(),
        userIdentity: { type: 'Root', accessKeyId: 'ASIAROOT' },
      })),
      sessions: [0, 1, 2].map((index) => ({
        SessionId: `bob-${index}`,
        Status: 'Terminated',
        StartDate: new Date(NOW - index * 60_000),
      })),
    },
  });
  return state;
}
