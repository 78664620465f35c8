import assert from 'node:assert/strict';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { type AwsClients, openAws } from '../../src/aws/clients.ts';
import { missingGlobalRegion } from '../../src/aws/connection.ts';
import { type AwsProblem, toAwsProblem } from '../../src/aws/problem.ts';
import { type AccountState, type FakeAws, startAws } from '../support/aws/aws.ts';
import { ACCOUNT, asOwnerOf, connectionTo, HOUR, KEY, REGION } from './history.ts';

const OTHER = '444455556666';
const ROLE_ARN = `arn:aws:iam::${OTHER}:role/reader`;

/** Two accounts; the role in the other one demands an external id. The clock is real: credentials expire by it. */
async function start(context: TestContext, other: Partial<AccountState> = {}): Promise<FakeAws> {
  const roles = { reader: { externalId: 'x-1' } };
  const accounts = {
    [ACCOUNT]: { keys: [KEY], regions: {} },
    [OTHER]: { keys: [], roles, regions: {}, ...other },
  };
  const aws = await startAws({ state: { accounts }, now: Date.now });
  context.after(() => aws.close());
  return aws;
}

async function describeTrails(clients: AwsClients, region = REGION): Promise<readonly unknown[]> {
  const { DescribeTrailsCommand } = await import('@aws-sdk/client-cloudtrail');
  const client = await clients.cloudtrail(region);
  return (await client.send(new DescribeTrailsCommand({}))).trailList ?? [];
}

async function problemOf(call: Promise<unknown>): Promise<AwsProblem> {
  return call.then(
    () => assert.fail('it went well'),
    (error: unknown) => toAwsProblem(error, 'cloudtrail:DescribeTrails'),
  );
}

describe('clients of a connection', () => {
  it('speak as the owner of the credentials', async (context) => {
    const aws = await start(context);
    const clients = openAws(connectionTo(aws), asOwnerOf(KEY));
    context.after(() => clients.close());
    assert.equal(await clients.accountId(), ACCOUNT);
    await clients.accountId();
    assert.deepEqual(
      aws.requests.map(({ action }) => action),
      ['sts:GetCallerIdentity'],
    );
  });

  it('ask for the account again where the first answer was a failure', async (context) => {
    const aws = await start(context);
    const clients = openAws(connectionTo(aws), asOwnerOf(KEY));
    context.after(() => clients.close());
    aws.fault({ action: 'GetCallerIdentity', times: 1, kind: 'internal' });
    assert.equal((await problemOf(clients.accountId())).code, 'unreachable');
    assert.equal(await clients.accountId(), ACCOUNT);
  });

  it('speak as the role, which all of them assume once', async (context) => {
    const aws = await start(context);
    const connection = connectionTo(aws, { roleArn: ROLE_ARN, externalId: 'x-1' });
    const clients = openAws(connection, asOwnerOf(KEY));
    context.after(() => clients.close());
    await Promise.all([clients.accountId(), describeTrails(clients), describeTrails(clients, 'us-east-1')]);
    assert.equal(await clients.accountId(), OTHER);
    const actions = aws.requests.map(({ action, account, region }) => [action, account, region]);
    assert.deepEqual(actions.sort(), [
      ['cloudtrail:DescribeTrails', OTHER, REGION],
      ['cloudtrail:DescribeTrails', OTHER, 'us-east-1'],
      ['sts:AssumeRole', ACCOUNT, REGION],
      ['sts:GetCallerIdentity', OTHER, REGION],
    ]);
  });

  it('tell of a role that may not be assumed, and try again with the next call', async (context) => {
    const aws = await start(context);
    const refused = openAws(connectionTo(aws, { roleArn: ROLE_ARN, externalId: 'x-2' }), asOwnerOf(KEY));
    context.after(() => refused.close());
    const problem = await problemOf(describeTrails(refused));
    assert.deepEqual([problem.code, problem.action], ['denied', 'sts:AssumeRole']);
    await problemOf(describeTrails(refused));
    assert.deepEqual(
      aws.requests.map(({ action }) => action),
      ['sts:AssumeRole', 'sts:AssumeRole'],
    );
  });

  it('get new credentials after a renewal, and without it keep those that AWS calls expired', async (context) => {
    const aws = await start(context);
    const connection = connectionTo(aws, { roleArn: ROLE_ARN, externalId: 'x-1' });
    const clients = openAws(connection, asOwnerOf(KEY));
    context.after(() => clients.close());
    await describeTrails(clients);
    aws.expireTokens();
    assert.equal((await problemOf(describeTrails(clients))).code, 'expired');
    assert.equal((await problemOf(describeTrails(clients))).code, 'expired');
    clients.renew();
    assert.deepEqual(await describeTrails(clients), []);
  });

  it('ask for credentials again before they run out', async (context) => {
    const aws = await start(context);
    let asked = 0;
    const { credentials } = asOwnerOf(KEY);
    const lasting = (ms: number) => async () => {
      asked += 1;
      return { ...(await credentials?.()), expiration: new Date(Date.now() + ms) } as never;
    };
    for (const [ms, isKept] of [
      [HOUR, true],
      [60_000, false],
    ] as const) {
      asked = 0;
      const clients = openAws(connectionTo(aws), asOwnerOf(KEY, { credentials: lasting(ms) }));
      await describeTrails(clients);
      await describeTrails(clients, 'us-east-1');
      clients.close();
      assert.equal(asked === 1, isKept);
    }
  });

  it('tell of missing credentials without naming the call', async (context) => {
    const aws = await start(context);
    const none = Object.assign(new Error('none'), { name: 'CredentialsProviderError' });
    const clients = openAws(connectionTo(aws), asOwnerOf(KEY, { credentials: () => Promise.reject(none) }));
    context.after(() => clients.close());
    const problem = await problemOf(describeTrails(clients));
    assert.deepEqual([problem.code, problem.action], ['denied', 'credentials']);
    assert.equal(aws.requests.length, 0);
  });

  it('are one for a service and region', async (context) => {
    const aws = await start(context);
    const clients = openAws(connectionTo(aws), asOwnerOf(KEY));
    context.after(() => clients.close());
    for (const service of ['cloudtrail', 'ssm', 'ecs', 's3'] as const) {
      assert.equal(await clients[service](REGION), await clients[service](REGION));
      assert.notEqual(await clients[service](REGION), await clients[service]('us-east-1'));
    }
    assert.equal(await (await clients.s3(REGION)).config.userAgentAppId(), 'offrecord');
    assert.equal(await (await clients.s3(REGION)).config.region(), REGION);
  });

  it('repeat what failed by chance, twice and no more', async (context) => {
    const aws = await start(context);
    const clients = openAws(connectionTo(aws), { ...asOwnerOf(KEY), maxAttempts: undefined } as never);
    context.after(() => clients.close());
    aws.fault({ action: 'DescribeTrails', times: 9, kind: 'internal' });
    assert.equal((await problemOf(describeTrails(clients))).code, 'unreachable');
    assert.equal(aws.requests.length, 3);
  });
});

describe('a peer that does not answer', () => {
  /** A server that takes the connection, and then does with it what it is told. */
  async function listen(context: TestContext, treat: (socket: Socket) => void): Promise<AwsClients> {
    const sockets: Socket[] = [];
    const server = createServer((socket) => {
      sockets.push(socket.on('error', () => {}));
      socket.once('data', () => treat(socket));
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const clients = openAws(connectionTo({ endpoint }), asOwnerOf(KEY, { answerWithinMs: 100 }));
    context.after(() => {
      clients.close();
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    return clients;
  }

  it('is given up', async (context) => {
    const clients = await listen(context, () => {});
    assert.equal((await problemOf(describeTrails(clients))).code, 'unreachable');
  });

  it('is given up in the middle of its answer', async (context) => {
    const clients = await listen(context, (socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{"trailList":');
    });
    assert.equal((await problemOf(describeTrails(clients))).code, 'unreachable');
  });

  it('is given up where its headers never end', async (context) => {
    const clients = await listen(context, (socket) => {
      socket.write('HTTP/1.1 200 OK\r\n');
      const drip = setInterval(() => socket.write('x: y\r\n'), 20);
      socket.on('close', () => clearInterval(drip));
    });
    assert.equal((await problemOf(describeTrails(clients))).code, 'unreachable');
  });
});

describe('the region of global events', () => {
  it('is missing where others are read without it', () => {
    assert.equal(missingGlobalRegion(['eu-central-1']), true);
    assert.equal(missingGlobalRegion(['eu-central-1', 'us-east-1']), false);
    assert.equal(missingGlobalRegion([]), false);
  });

  it('is not missing in partitions that have another', () => {
    assert.equal(missingGlobalRegion(['cn-north-1', 'us-gov-west-1']), false);
    assert.equal(missingGlobalRegion(['cn-north-1', 'eu-west-1']), true);
  });
});
