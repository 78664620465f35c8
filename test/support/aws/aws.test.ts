import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { CloudTrailClient, ListTrailsCommand, LookupEventsCommand } from '@aws-sdk/client-cloudtrail';
import { ECSClient, ListClustersCommand } from '@aws-sdk/client-ecs';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { DescribeSessionsCommand, SSMClient } from '@aws-sdk/client-ssm';
import {
  AssumeRoleCommand,
  type AssumeRoleCommandInput,
  GetCallerIdentityCommand,
  STSClient,
} from '@aws-sdk/client-sts';
import { type ClientConfig, type FakeAws, secretOf } from './aws.ts';
import {
  ACCOUNT,
  KEY,
  NOW,
  OTHER,
  OTHER_KEY,
  refusedAs,
  REGION,
  startSample,
  twoAccounts,
} from './sample.ts';

const ROLE = `arn:aws:iam::${OTHER}:role/audit/reader`;
const ASSUME = { RoleArn: ROLE, RoleSessionName: 'offrecord' };

/** The same cheapest call of every service, as the owner of any credentials. */
const CALLS: Readonly<Record<string, (config: Config) => Promise<unknown>>> = {
  cloudtrail: (config) => send(new CloudTrailClient(config), (one) => one.send(new ListTrailsCommand({}))),
  s3: (config) => send(new S3Client(config), (one) => one.send(new ListObjectsV2Command({ Bucket: 'open' }))),
  ssm: (config) =>
    send(new SSMClient(config), (one) => one.send(new DescribeSessionsCommand({ State: 'Active' }))),
  sts: (config) => send(new STSClient(config), (one) => one.send(new GetCallerIdentityCommand({}))),
  ecs: (config) => send(new ECSClient(config), (one) => one.send(new ListClustersCommand({}))),
};

type Config = Omit<ClientConfig, 'credentials'> & {
  credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
  maxAttempts?: number;
};

async function send<C extends { destroy(): void }, T>(
  client: C,
  call: (client: C) => Promise<T>,
): Promise<T> {
  try {
    return await call(client);
  } finally {
    client.destroy();
  }
}

interface World {
  readonly aws: FakeAws;
  /** Never tries again. */
  readonly config: Config;
  /** Moves the clock of AWS. */
  readonly tick: (ms: number) => void;
  readonly assume: (change?: Partial<AssumeRoleCommandInput>, by?: Config) => Promise<Config>;
}

async function start(context: TestContext, judgeClock = false): Promise<World> {
  const state = twoAccounts({
    buckets: { open: { account: ACCOUNT, readers: [OTHER], region: REGION, objects: [] } },
  });
  Object.assign(state.accounts[OTHER] ?? {}, {
    roles: { reader: {}, chosen: { trusts: [OTHER], externalId: 'x-1' } },
  });
  let now = NOW;
  const aws = await startSample(context, { state, judgeClock, now: () => now });
  const config = { ...aws.clientConfig(KEY, REGION), maxAttempts: 1 };
  return {
    aws,
    config,
    tick: (ms) => (now += ms),
    assume: async (change, by = config) => {
      const { Credentials: got } = await send(new STSClient(by), (one) =>
        one.send(new AssumeRoleCommand({ ...ASSUME, ...change })),
      );
      const {
        AccessKeyId: accessKeyId = '',
        SecretAccessKey: secretAccessKey = '',
        SessionToken,
      } = got ?? {};
      return { ...config, credentials: { accessKeyId, secretAccessKey, sessionToken: SessionToken ?? '' } };
    },
  };
}

/** What each service calls the same failure. */
type Names = Readonly<
  Record<'cloudtrail' | 's3' | 'ssm' | 'sts' | 'ecs', readonly [name: string, status: number]>
>;

const json = (name: string, status = 400): Pick<Names, 'cloudtrail' | 'ssm' | 'ecs'> => ({
  cloudtrail: [name, status],
  ssm: [name, status],
  ecs: [name, status],
});

async function rejectsAll(config: Config, names: Partial<Names>): Promise<void> {
  for (const [service, [name, status]] of Object.entries(names)) {
    const call = CALLS[service];
    assert.ok(call);
    await assert.rejects(call(config), refusedAs(name, status), service);
  }
}

async function acceptsAll(config: Config): Promise<void> {
  for (const call of Object.values(CALLS)) await call(config);
}

describe('loopback AWS: who signs', () => {
  it('accepts the right secret and no other', async (context) => {
    const { config } = await start(context);
    await acceptsAll(config);
    const credentials = { accessKeyId: KEY, secretAccessKey: secretOf(OTHER_KEY) };
    await rejectsAll(
      { ...config, credentials },
      {
        ...json('InvalidSignatureException'),
        s3: ['SignatureDoesNotMatch', 403],
        sts: ['SignatureDoesNotMatch', 403],
      },
    );
  });

  it('does not know keys that nobody has', async (context) => {
    const { config, aws } = await start(context);
    const credentials = { accessKeyId: 'AKIANOBODY', secretAccessKey: secretOf('AKIANOBODY') };
    await rejectsAll(
      { ...config, credentials },
      {
        ...json('UnrecognizedClientException'),
        s3: ['InvalidAccessKeyId', 403],
        sts: ['InvalidClientTokenId', 403],
      },
    );
    assert.ok(aws.requests.every(({ account }) => account === null));
  });

  it('refuses what nobody signed, and what was changed after signing', async (context) => {
    const { aws, config } = await start(context);
    const anonymous = await fetch(`${aws.endpoint}/open?list-type=2`);
    assert.equal(anonymous.status, 403);
    const unsigned = await fetch(aws.endpoint, {
      method: 'POST',
      headers: { 'x-amz-target': 'CloudTrail_20131101.ListTrails' },
    });
    assert.match(await unsigned.text(), /MissingAuthenticationTokenException/);
    const client = new CloudTrailClient(config);
    client.middlewareStack.add(
      (next) => (args) => {
        (args.request as { body: string }).body = '[]';
        return next(args);
      },
      { step: 'finalizeRequest', priority: 'low', name: 'changeBody' },
    );
    await assert.rejects(
      send(client, (one) => one.send(new LookupEventsCommand({}))),
      refusedAs('InvalidSignatureException', 400),
    );
  });

  it('judges the clock of the client only where it is told to', async (context) => {
    const near = await start(context);
    near.tick(365 * 86_400_000);
    await acceptsAll(near.config);
    const { config, tick } = await start(context, true);
    tick(Date.now() - NOW);
    await acceptsAll(config);
    tick(6 * 60_000);
    await rejectsAll(config, { ...json('InvalidSignatureException'), sts: ['SignatureDoesNotMatch', 403] });
    await CALLS['s3']?.(config);
    tick(10 * 60_000);
    await rejectsAll(config, { s3: ['RequestTimeTooSkewed', 403] });
  });
});

describe('loopback AWS: roles', () => {
  it('hands out credentials that speak for the account of the role', async (context) => {
    const { aws, assume, config } = await start(context);
    const assumed = await assume();
    await acceptsAll(assumed);
    const who = (by: Config): Promise<{ Account?: string; Arn?: string }> =>
      send(new STSClient(by), (one) => one.send(new GetCallerIdentityCommand({})));
    assert.equal((await who(config)).Account, ACCOUNT);
    const { Account, Arn } = await who(assumed);
    assert.deepEqual([Account, Arn], [OTHER, `arn:aws:sts::${OTHER}:assumed-role/reader/offrecord`]);
    assert.deepEqual(
      aws.requests.map(({ account }) => account),
      [ACCOUNT, OTHER, OTHER, OTHER, OTHER, OTHER, ACCOUNT, OTHER],
    );
  });

  it('refuses a session without its token, with the token of another, or after its end', async (context) => {
    const { assume, tick } = await start(context);
    const [one, two] = [await assume({ DurationSeconds: 900 }), await assume()];
    const { sessionToken: _, ...bare } = one.credentials;
    const names: Names = {
      ...json('UnrecognizedClientException'),
      s3: ['InvalidToken', 400],
      sts: ['InvalidClientTokenId', 403],
    };
    await rejectsAll({ ...one, credentials: bare }, names);
    await rejectsAll(
      { ...one, credentials: { ...bare, sessionToken: two.credentials.sessionToken ?? '' } },
      names,
    );
    tick(899_999);
    await acceptsAll(one);
    tick(1);
    await rejectsAll(one, {
      ...json('ExpiredTokenException'),
      s3: ['ExpiredToken', 400],
      sts: ['ExpiredToken', 403],
    });
    await acceptsAll(two);
  });

  it('lets all sessions expire when the test says so, but not the keys', async (context) => {
    const { aws, assume, config } = await start(context);
    const before = await assume();
    aws.expireTokens();
    await rejectsAll(before, json('ExpiredTokenException'));
    await acceptsAll(config);
    await acceptsAll(await assume());
  });

  it('gives a role only to whom it trusts, with its external id', async (context) => {
    const { aws, assume } = await start(context);
    const chosen = { RoleArn: `arn:aws:iam::${OTHER}:role/chosen`, ExternalId: 'x-1' };
    const trusted = { ...aws.clientConfig(OTHER_KEY, REGION), maxAttempts: 1 };
    const denied = refusedAs('AccessDenied', 403);
    await assume(chosen, trusted);
    await assert.rejects(assume(chosen), denied);
    await assert.rejects(assume({ ...chosen, ExternalId: 'x-2' }, trusted), denied);
    await assert.rejects(assume({ RoleArn: `arn:aws:iam::${OTHER}:role/nobodys` }), denied);
  });

  it('refuses names and durations that STS does not take', async (context) => {
    const { assume } = await start(context);
    const refused = refusedAs('ValidationError', 400);
    await assert.rejects(assume({ RoleSessionName: 'a b' }), refused);
    await assert.rejects(assume({ RoleArn: 'arn:aws:iam::1:role/short' }), refused);
    await assert.rejects(assume({ DurationSeconds: 899 }), refused);
    const chained = await assume({ DurationSeconds: 43_200 });
    await assert.rejects(assume({ DurationSeconds: 3601 }, chained), refused);
    await assume({ DurationSeconds: 3600 }, chained);
  });
});

describe('loopback AWS: permissions', () => {
  it('denies an action to a key or a role in the words of AWS', async (context) => {
    const { aws, assume, config } = await start(context);
    Object.assign(aws.state.accounts[ACCOUNT] ?? {}, {
      policies: { [KEY]: { deny: ['ssm:Describe*', 's3:ListBucket'] } },
    });
    Object.assign(aws.state.accounts[OTHER] ?? {}, { policies: { reader: { allow: ['ssm:*'] } } });
    await rejectsAll(config, { ssm: ['AccessDeniedException', 400], s3: ['AccessDenied', 403] });
    await CALLS['ecs']?.(config);
    const assumed = await assume();
    await CALLS['ssm']?.(assumed);
    await rejectsAll(assumed, {
      ecs: ['AccessDeniedException', 400],
      cloudtrail: ['AccessDeniedException', 400],
    });
    await CALLS['sts']?.(assumed);
    await assert.rejects(
      CALLS['cloudtrail']?.(assumed) ?? Promise.resolve(),
      /^AccessDeniedException: User: arn:aws:sts::444455556666:assumed-role\/reader\/offrecord is not authorized to perform: cloudtrail:ListTrails on resource: \* because no identity-based policy allows the cloudtrail:ListTrails action$/,
    );
  });

  it('writes down what was asked, which permission it needed and how it ended', async (context) => {
    const { aws, config } = await start(context);
    await CALLS['s3']?.(config);
    aws.fault({ action: 's3:ListObjectsV2', times: 1, kind: 'throttle' });
    await assert.rejects(CALLS['s3']?.(config) ?? Promise.resolve(), refusedAs('SlowDown', 503));
    const line = {
      action: 's3:ListObjectsV2',
      permission: 's3:ListBucket',
      account: ACCOUNT,
      region: REGION,
      accessKeyId: KEY,
      at: NOW,
    };
    assert.deepEqual(aws.requests, [
      { ...line, outcome: 'ok' },
      { ...line, outcome: 'SlowDown' },
    ]);
  });
});

describe('loopback AWS: faults', () => {
  it('throttles in the words of each service, and the SDK tries again', async (context) => {
    const { aws, config } = await start(context);
    aws.fault({ action: '*', times: 6, kind: 'throttle' });
    await rejectsAll(config, {
      ...json('ThrottlingException'),
      s3: ['SlowDown', 503],
      sts: ['Throttling', 400],
    });
    await CALLS['cloudtrail']?.({ ...config, maxAttempts: 2 });
    assert.deepEqual(
      aws.requests.slice(-2).map(({ outcome }) => outcome),
      ['ThrottlingException', 'ok'],
    );
  });

  it('has each service word its own failure and expired token', async (context) => {
    const { aws, config } = await start(context);
    aws.fault({ action: '*', times: 5, kind: 'internal' });
    await rejectsAll(config, {
      ...json('InternalFailure', 500),
      s3: ['InternalError', 500],
      sts: ['InternalFailure', 500],
    });
    aws.fault({ action: '*', times: 4, kind: 'expired-token' });
    await rejectsAll(config, { ...json('ExpiredTokenException'), s3: ['ExpiredToken', 400] });
    await acceptsAll(config);
  });

  it('meets only the action, account and region that it names', async (context) => {
    const { aws, config } = await start(context);
    const elsewhere = { ...config, region: 'us-east-1' };
    const stranger = { ...aws.clientConfig(OTHER_KEY, REGION), maxAttempts: 1 };
    aws.fault({ action: 'ListTrails', account: ACCOUNT, region: REGION, times: 1, kind: 'internal' });
    await CALLS['ssm']?.(config);
    await CALLS['cloudtrail']?.(elsewhere);
    await CALLS['cloudtrail']?.(stranger);
    await rejectsAll(config, { cloudtrail: ['InternalFailure', 500] });
    await CALLS['cloudtrail']?.(config);
  });

  it('cuts connections', async (context) => {
    const { aws, config } = await start(context);
    aws.fault({ action: 'ListTrails', times: 1, kind: 'drop-connection' });
    await assert.rejects(CALLS['cloudtrail']?.(config) ?? Promise.resolve(), { code: 'ECONNRESET' });
    assert.equal(aws.requests[0]?.outcome, 'drop-connection');
  });

  it('holds an answer until it is released', async (context) => {
    const { aws, config } = await start(context);
    aws.fault({ action: 'ListTrails', times: 1, kind: 'slow' });
    let done = false;
    const held = CALLS['cloudtrail']?.(config).then(() => (done = true));
    while (aws.requests.length === 0) await sleep(1);
    // Whatever comes later is answered first.
    await CALLS['cloudtrail']?.(config);
    assert.equal(done, false);
    aws.release();
    await held;
    assert.equal(done, true);
  });

  it('breaks an answer off in the middle', async (context) => {
    const { aws, config } = await start(context);
    aws.state.buckets?.['open']?.objects.push({ key: 'a', body: '12345678', lastModified: new Date(NOW) });
    aws.fault({ action: '*', times: 2, kind: 'malformed' });
    await assert.rejects(CALLS['cloudtrail']?.(config) ?? Promise.resolve(), { name: 'SyntaxError' });
    const got = await send(new S3Client(config), (one) =>
      one
        .send(new GetObjectCommand({ Bucket: 'open', Key: 'a' }))
        .then((answer) => answer.Body?.transformToString()),
    );
    assert.equal(got, '1234');
    await acceptsAll(config);
  });
});
