import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { DescribeClustersCommand, ECSClient, ListClustersCommand } from '@aws-sdk/client-ecs';
import {
  DescribeSessionsCommand,
  type DescribeSessionsCommandInput,
  GetDocumentCommand,
  paginateDescribeSessions,
  type Session,
  SSMClient,
} from '@aws-sdk/client-ssm';
import type { FakeAws } from './aws.ts';
import { ACCOUNT, DAY_MS, KEY, NOW, refusedAs, REGION, startSample } from './sample.ts';
import type { RegionState } from './state.ts';

async function start(
  context: TestContext,
  region: RegionState,
): Promise<{ aws: FakeAws; ssm: SSMClient; ecs: ECSClient }> {
  const aws = await startSample(context, {
    state: { accounts: { [ACCOUNT]: { keys: [KEY], regions: { [REGION]: region } } } },
  });
  const config = { ...aws.clientConfig(KEY, REGION), maxAttempts: 1 };
  const [ssm, ecs] = [new SSMClient(config), new ECSClient(config)];
  context.after(() => {
    ssm.destroy();
    ecs.destroy();
  });
  return { aws, ssm, ecs };
}

function session(index: number, change: Partial<Session> = {}): Session {
  const start = NOW - index * 60_000;
  return {
    SessionId: `alice-${String(index).padStart(17, '0')}`,
    Target: 'i-1',
    Status: 'Terminated',
    Owner: `arn:aws:iam::${ACCOUNT}:user/alice`,
    StartDate: new Date(start),
    EndDate: new Date(start + 1000),
    DocumentName: 'SSM-SessionManagerRunShell',
    ...change,
  };
}

async function sessionsOf(ssm: SSMClient, input: DescribeSessionsCommandInput): Promise<number[]> {
  const { Sessions = [] } = await ssm.send(new DescribeSessionsCommand(input));
  return Sessions.map(({ SessionId }) => Number(SessionId?.split('-')[1]));
}

describe('loopback SSM', () => {
  it('parts what is open from what has ended, and forgets after thirty days', async (context) => {
    const old = (days: number): Partial<Session> => ({ EndDate: new Date(NOW - days * DAY_MS) });
    const sessions = [
      session(1, { Status: 'Connected' }),
      session(2, { Status: 'Terminated' }),
      session(3, { Status: 'Failed' }),
      session(4, { Status: 'Disconnected' }),
      session(5, old(30)),
      session(6, old(31)),
    ];
    const { ssm } = await start(context, { sessions });
    assert.deepEqual(await sessionsOf(ssm, { State: 'Active' }), [1, 4]);
    assert.deepEqual(await sessionsOf(ssm, { State: 'History' }), [2, 3, 5]);
  });

  it('gives a session back as it was put in', async (context) => {
    const one = session(1, {
      OutputUrl: { S3OutputUrl: 'https://s3/x', CloudWatchOutputUrl: '' },
      Reason: 'T-1',
    });
    const { ssm } = await start(context, { sessions: [one] });
    const { Sessions } = await ssm.send(new DescribeSessionsCommand({ State: 'History' }));
    assert.deepEqual(Sessions, [one]);
  });

  it('filters by each key, and by all of several', async (context) => {
    const special = session(2, { Target: 'i-2', Owner: 'arn:bob', Status: 'Failed' });
    const { ssm } = await start(context, { sessions: [session(1), special, session(3)] });
    const by = (...filters: [string, string][]): Promise<number[]> =>
      sessionsOf(ssm, {
        State: 'History',
        Filters: filters.map(([key, value]) => ({ key: key as 'Target', value })),
      });
    const at = new Date(NOW - 120_000).toISOString();
    assert.deepEqual(await by(['InvokedAfter', at]), [1]);
    assert.deepEqual(await by(['InvokedBefore', at]), [3]);
    assert.deepEqual(await by(['Target', 'i-2']), [2]);
    assert.deepEqual(await by(['Owner', 'arn:bob']), [2]);
    assert.deepEqual(await by(['Status', 'Failed']), [2]);
    assert.deepEqual(await by(['SessionId', special.SessionId ?? '']), [2]);
    assert.deepEqual(await by(['Target', 'i-2'], ['Status', 'Terminated']), []);
    await assert.rejects(by(['Colour', 'red']), refusedAs('InvalidFilterKey', 400));
  });

  it('pages from the newest to the oldest', async (context) => {
    const sessions = Array.from({ length: 5 }, (_, index) => session(index));
    const { aws, ssm } = await start(context, { sessions });
    const seen: (string | undefined)[] = [];
    for await (const page of paginateDescribeSessions({ client: ssm, pageSize: 2 }, { State: 'History' }))
      seen.push(...(page.Sessions ?? []).map(({ SessionId }) => SessionId));
    assert.deepEqual(
      seen,
      sessions.map(({ SessionId }) => SessionId),
    );
    const { NextToken } = await ssm.send(new DescribeSessionsCommand({ State: 'History', MaxResults: 2 }));
    const invalid = refusedAs('InvalidNextToken', 400);
    await assert.rejects(sessionsOf(ssm, { State: 'Active', MaxResults: 2, NextToken }), invalid);
    assert.deepEqual(await sessionsOf(ssm, { State: 'History', MaxResults: 2, NextToken }), [2, 3]);
    aws.expirePages();
    await assert.rejects(sessionsOf(ssm, { State: 'History', MaxResults: 2, NextToken }), invalid);
  });

  it('demands a state and a page of one to two hundred', async (context) => {
    const { ssm } = await start(context, {});
    const refused = refusedAs('ValidationException', 400);
    await assert.rejects(sessionsOf(ssm, { State: undefined }), refused);
    await assert.rejects(sessionsOf(ssm, { State: 'Active', MaxResults: 201 }), refused);
    assert.deepEqual(await sessionsOf(ssm, { State: 'Active', MaxResults: 200 }), []);
  });

  it('gives a document as text, and none that does not exist', async (context) => {
    const content = { schemaVersion: '1.0', inputs: { s3BucketName: 'evidence' } };
    const documents = { 'SSM-SessionManagerRunShell': { content, version: '7' }, broken: { content: '{' } };
    const { ssm } = await start(context, { documents });
    const get = (Name: string, DocumentVersion?: string): GetDocumentCommand =>
      new GetDocumentCommand({ Name, DocumentVersion });
    const got = await ssm.send(get('SSM-SessionManagerRunShell'));
    assert.deepEqual(JSON.parse(got.Content ?? ''), content);
    assert.deepEqual([got.DocumentVersion, got.DocumentType, got.DocumentFormat], ['7', 'Session', 'JSON']);
    assert.equal((await ssm.send(get('broken'))).Content, '{');
    await ssm.send(get('SSM-SessionManagerRunShell', '7'));
    await assert.rejects(
      ssm.send(get('SSM-SessionManagerRunShell', '6')),
      refusedAs('InvalidDocumentVersion', 400),
    );
    await assert.rejects(ssm.send(get('nobodys')), refusedAs('InvalidDocument', 400));
  });
});

describe('loopback ECS', () => {
  const configuration = { executeCommandConfiguration: { logging: 'NONE' as const } };
  const clusters = ['b', 'a', 'c'].map((clusterName) => ({ clusterName, status: 'ACTIVE', configuration }));
  const arn = (name: string): string => `arn:aws:ecs:${REGION}:${ACCOUNT}:cluster/${name}`;

  it('lists the ARNs of clusters in pages', async (context) => {
    const { ecs } = await start(context, { clusters });
    const first = await ecs.send(new ListClustersCommand({ maxResults: 2 }));
    assert.deepEqual(first.clusterArns, [arn('a'), arn('b')]);
    const { nextToken } = first;
    const second = await ecs.send(new ListClustersCommand({ maxResults: 2, nextToken }));
    assert.deepEqual([second.clusterArns, second.nextToken], [[arn('c')], undefined]);
    const wrong = refusedAs('InvalidParameterException', 400);
    await assert.rejects(ecs.send(new ListClustersCommand({ nextToken: 'made up' })), wrong);
    await assert.rejects(ecs.send(new ListClustersCommand({ maxResults: 101 })), wrong);
  });

  it('shows the configuration only where it is asked for, and names what is missing', async (context) => {
    const { ecs } = await start(context, { clusters });
    const plain = await ecs.send(new DescribeClustersCommand({ clusters: ['a', arn('b'), 'nobodys'] }));
    assert.deepEqual(
      plain.clusters?.map((one) => [one.clusterName, one.configuration]),
      [
        ['a', undefined],
        ['b', undefined],
      ],
    );
    assert.deepEqual(plain.failures, [{ arn: arn('nobodys'), reason: 'MISSING' }]);
    const full = await ecs.send(
      new DescribeClustersCommand({ clusters: ['a'], include: ['CONFIGURATIONS'] }),
    );
    assert.deepEqual(full.clusters?.[0]?.configuration, configuration);
  });
});
