import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import {
  CloudTrailClient,
  DescribeTrailsCommand,
  GetEventSelectorsCommand,
  GetTrailStatusCommand,
  ListPublicKeysCommand,
  ListTrailsCommand,
  LookupEventsCommand,
  type LookupEventsCommandInput,
  paginateLookupEvents,
} from '@aws-sdk/client-cloudtrail';
import type { FakeAws } from './aws.ts';
import { ACCOUNT, DAY_MS, KEY, NOW, OTHER, OTHER_KEY, refusedAs, REGION, startSample } from './sample.ts';
import type { AccountState, JsonObject, RegionState } from './state.ts';

function record(index: number, change: JsonObject = {}): JsonObject {
  return {
    eventID: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
    eventName: 'StartSession',
    eventSource: 'ssm.amazonaws.com',
    eventTime: new Date(NOW - index * 1000).toISOString().replace('.000Z', 'Z'),
    eventCategory: 'Management',
    managementEvent: true,
    readOnly: false,
    userIdentity: { type: 'IAMUser', userName: 'alice', accessKeyId: 'AKIAALICE' },
    ...change,
  };
}

interface Setup {
  readonly region?: RegionState;
  readonly account?: Partial<AccountState>;
  readonly now?: () => number;
  readonly lookupsPerSecond?: number;
}

async function start(
  context: TestContext,
  setup: Setup = {},
): Promise<{ aws: FakeAws; client: CloudTrailClient }> {
  const aws = await startSample(context, {
    ...(setup.now && { now: setup.now }),
    ...(setup.lookupsPerSecond !== undefined && { lookupsPerSecond: setup.lookupsPerSecond }),
    state: {
      accounts: {
        [ACCOUNT]: { keys: [KEY], regions: { [REGION]: setup.region ?? {} }, ...setup.account },
        [OTHER]: { keys: [OTHER_KEY], regions: {} },
      },
    },
  });
  const client = new CloudTrailClient({ ...aws.clientConfig(KEY, REGION), maxAttempts: 1 });
  context.after(() => client.destroy());
  return { aws, client };
}

async function idsOf(client: CloudTrailClient, input: LookupEventsCommandInput = {}): Promise<number[]> {
  const { Events = [] } = await client.send(new LookupEventsCommand(input));
  return Events.map((event) => Number(event.EventId?.slice(-12)));
}

describe('loopback CloudTrail: LookupEvents', () => {
  it('gives the newest first, fifty at most, and pages through all of them', async (context) => {
    const events = Array.from({ length: 130 }, (_, index) => record(index)).reverse();
    const { aws, client } = await start(context, { region: { events } });
    const pages: number[][] = [];
    for await (const page of paginateLookupEvents({ client }, {}))
      pages.push((page.Events ?? []).map((event) => Number(event.EventId?.slice(-12))));
    assert.deepEqual(
      pages.map((page) => page.length),
      [50, 50, 30],
    );
    assert.deepEqual(
      pages.flat(),
      Array.from({ length: 130 }, (_, index) => index),
    );
    assert.deepEqual(
      aws.requests.map(({ action, account, region, outcome }) => [action, account, region, outcome]),
      Array.from({ length: 3 }, () => ['cloudtrail:LookupEvents', ACCOUNT, REGION, 'ok']),
    );
  });

  it('is not shifted by what is delivered at the head between two pages', async (context) => {
    const events = Array.from({ length: 4 }, (_, index) => record(index + 1));
    const { client } = await start(context, { region: { events } });
    const first = await client.send(new LookupEventsCommand({ MaxResults: 2 }));
    events.push(record(0), record(3, { eventID: '00000000-0000-4000-8000-000000000033' }));
    const second = await client.send(new LookupEventsCommand({ MaxResults: 2, NextToken: first.NextToken }));
    assert.deepEqual(
      second.Events?.map((event) => Number(event.EventId?.slice(-12))),
      [33, 3],
    );
  });

  it('describes an event as the API does and carries the record itself as text', async (context) => {
    const raw = record(0, { resources: [{ ARN: 'arn:aws:ec2:::i-1', type: 'AWS::EC2::Instance' }] });
    const { client } = await start(context, { region: { events: [raw] } });
    const { Events: [event] = [] } = await client.send(new LookupEventsCommand({}));
    assert.deepEqual(event, {
      EventId: raw['eventID'],
      EventName: 'StartSession',
      ReadOnly: 'false',
      AccessKeyId: 'AKIAALICE',
      EventTime: new Date(NOW),
      EventSource: 'ssm.amazonaws.com',
      Username: 'alice',
      Resources: [{ ResourceType: 'AWS::EC2::Instance', ResourceName: 'arn:aws:ec2:::i-1' }],
      CloudTrailEvent: JSON.stringify(raw),
    });
  });

  it('selects by each attribute', async (context) => {
    const plain = record(0);
    const special = record(1, {
      eventName: 'PutBucketPolicy',
      eventSource: 's3.amazonaws.com',
      readOnly: true,
      requestParameters: { bucketName: 'evidence' },
      userIdentity: { type: 'AssumedRole', principalId: 'AROAX:bob', accessKeyId: 'ASIABOB' },
    });
    const { client } = await start(context, { region: { events: [plain, special] } });
    const wanted = {
      EventId: String(special['eventID']),
      EventName: 'PutBucketPolicy',
      ReadOnly: 'true',
      Username: 'bob',
      ResourceType: 'AWS::S3::Bucket',
      ResourceName: 'evidence',
      EventSource: 's3.amazonaws.com',
      AccessKeyId: 'ASIABOB',
    } as const;
    for (const [key, value] of Object.entries(wanted) as [keyof typeof wanted, string][]) {
      const LookupAttributes = [{ AttributeKey: key, AttributeValue: value }];
      assert.deepEqual(await idsOf(client, { LookupAttributes }), [1], key);
      const none = [{ AttributeKey: key, AttributeValue: `${value}x` }];
      assert.deepEqual(await idsOf(client, { LookupAttributes: none }), [], key);
    }
  });

  it('includes both ends of the time range, to the second', async (context) => {
    const { client } = await start(context, { region: { events: [0, 1, 2, 3].map((one) => record(one)) } });
    const range = { StartTime: new Date(NOW - 2000), EndTime: new Date(NOW - 1000) };
    assert.deepEqual(await idsOf(client, range), [1, 2]);
    assert.deepEqual(await idsOf(client, { ...range, StartTime: new Date(NOW - 1999) }), [1]);
  });

  it('forgets after ninety days, and never shows data events', async (context) => {
    const at = (ms: number): JsonObject => ({ eventTime: new Date(ms).toISOString() });
    const events = [
      record(1, at(NOW - 90 * DAY_MS)),
      record(2, at(NOW - 90 * DAY_MS - 1000)),
      record(3, { managementEvent: false, eventCategory: undefined }),
      record(4, { eventCategory: 'Data' }),
      record(5, { eventCategory: 'Insight' }),
    ];
    const { client } = await start(context, { region: { events } });
    assert.deepEqual(await idsOf(client), [1]);
    assert.deepEqual(await idsOf(client, { StartTime: new Date(NOW - 100 * DAY_MS) }), [1]);
    assert.deepEqual(await idsOf(client, { EventCategory: 'insight' }), [5]);
  });

  it('names each wrong parameter with its own error', async (context) => {
    const { client } = await start(context);
    const attribute = { AttributeKey: 'EventName', AttributeValue: 'StopLogging' } as const;
    const wrong: [LookupEventsCommandInput, string][] = [
      [{ MaxResults: 51 }, 'InvalidMaxResultsException'],
      [{ MaxResults: 0 }, 'InvalidMaxResultsException'],
      [{ LookupAttributes: [attribute, attribute] }, 'InvalidLookupAttributesException'],
      [
        { LookupAttributes: [{ ...attribute, AttributeKey: 'Colour' as 'EventId' }] },
        'InvalidLookupAttributesException',
      ],
      [{ StartTime: new Date(NOW), EndTime: new Date(NOW - 1000) }, 'InvalidTimeRangeException'],
      [{ EventCategory: 'data' as 'insight' }, 'InvalidEventCategoryException'],
      [{ NextToken: 'made up' }, 'InvalidNextTokenException'],
    ];
    for (const [input, name] of wrong)
      await assert.rejects(client.send(new LookupEventsCommand(input)), refusedAs(name), name);
    assert.deepEqual(await idsOf(client, { MaxResults: 50, LookupAttributes: [attribute] }), []);
  });

  it('takes a token only with the same parameters, account and region', async (context) => {
    const events = [0, 1, 2].map((one) => record(one));
    const { aws, client } = await start(context, {
      account: { regions: { [REGION]: { events }, 'us-east-1': { events } } },
    });
    const { NextToken } = await client.send(new LookupEventsCommand({ MaxResults: 1 }));
    const other = (key: string, region: string): CloudTrailClient =>
      new CloudTrailClient({ ...aws.clientConfig(key, region), maxAttempts: 1 });
    const invalid = refusedAs('InvalidNextTokenException');
    await assert.rejects(client.send(new LookupEventsCommand({ MaxResults: 2, NextToken })), invalid);
    await assert.rejects(
      client.send(new LookupEventsCommand({ MaxResults: 1, EndTime: new Date(NOW), NextToken })),
      invalid,
    );
    const same = new LookupEventsCommand({ MaxResults: 1, NextToken });
    await assert.rejects(other(KEY, 'us-east-1').send(same), invalid);
    await assert.rejects(other(OTHER_KEY, REGION).send(same), invalid);
    assert.deepEqual(await idsOf(client, { MaxResults: 1, NextToken }), [1]);
    aws.expirePages();
    await assert.rejects(client.send(same), invalid);
  });

  it('lets two requests a second through, for each account and region', async (context) => {
    let now = NOW;
    const { aws, client } = await start(context, { now: () => now, lookupsPerSecond: 2 });
    const elsewhere = new CloudTrailClient({ ...aws.clientConfig(KEY, 'us-east-1'), maxAttempts: 1 });
    const stranger = new CloudTrailClient({ ...aws.clientConfig(OTHER_KEY, REGION), maxAttempts: 1 });
    await idsOf(client);
    await idsOf(client);
    await assert.rejects(idsOf(client), refusedAs('ThrottlingException'));
    await idsOf(elsewhere);
    await idsOf(stranger);
    await client.send(new ListTrailsCommand({}));
    now += 499;
    await assert.rejects(idsOf(client), refusedAs('ThrottlingException'));
    now += 1;
    await idsOf(client);
    await assert.rejects(idsOf(client), refusedAs('ThrottlingException'));
  });
});

describe('loopback CloudTrail: trails', () => {
  const home = { Name: 'home', S3BucketName: 'trail-bucket', IsMultiRegionTrail: false };
  const wide = { Name: 'wide', S3BucketName: 'trail-bucket', IsMultiRegionTrail: true };
  const status = { IsLogging: true, LatestDeliveryTime: new Date(NOW) };
  const account = {
    regions: {
      [REGION]: { trails: [{ trail: home, status }] },
      'us-east-1': {
        trails: [
          { trail: wide, status: { IsLogging: false }, selectors: [{ ReadWriteType: 'All' as const }] },
        ],
      },
    },
  };
  const arn = (region: string, name: string): string =>
    `arn:aws:cloudtrail:${region}:${ACCOUNT}:trail/${name}`;

  it('shows a multi-region trail in every region, unless shadows are not wanted', async (context) => {
    const { client } = await start(context, { account });
    const names = async (input: object): Promise<(string | undefined)[]> => {
      const { trailList = [] } = await client.send(new DescribeTrailsCommand(input));
      return trailList.map((trail) => trail.Name);
    };
    assert.deepEqual(await names({}), ['home', 'wide']);
    assert.deepEqual(await names({ includeShadowTrails: false }), ['home']);
    assert.deepEqual(await names({ trailNameList: [arn('us-east-1', 'wide'), 'wide', 'nobody'] }), ['wide']);
    assert.deepEqual(await names({ trailNameList: ['wide'] }), []);
    const { Trails = [] } = await client.send(new ListTrailsCommand({}));
    assert.deepEqual(
      Trails.map((trail) => [trail.Name, trail.HomeRegion, trail.TrailARN]),
      [
        ['home', REGION, arn(REGION, 'home')],
        ['wide', 'us-east-1', arn('us-east-1', 'wide')],
      ],
    );
  });

  it('gives status and selectors, of a shadow trail by its ARN alone', async (context) => {
    const { client } = await start(context, { account });
    const { $metadata: _, ...got } = await client.send(new GetTrailStatusCommand({ Name: 'home' }));
    assert.deepEqual(got, status);
    await assert.rejects(
      client.send(new GetTrailStatusCommand({ Name: 'wide' })),
      refusedAs('TrailNotFoundException'),
    );
    const TrailName = arn('us-east-1', 'wide');
    const shadow = await client.send(new GetTrailStatusCommand({ Name: TrailName }));
    assert.equal(shadow.IsLogging, false);
    const selectors = await client.send(new GetEventSelectorsCommand({ TrailName }));
    assert.deepEqual(selectors.EventSelectors, [{ ReadWriteType: 'All' }]);
    assert.equal(selectors.TrailARN, TrailName);
  });

  it('lists the public keys of the region whose validity meets the asked time', async (context) => {
    const key = (name: string, fromDays: number, toDays: number): object => ({
      Value: new TextEncoder().encode(name),
      Fingerprint: name,
      ValidityStartTime: new Date(NOW + fromDays * DAY_MS),
      ValidityEndTime: new Date(NOW + toDays * DAY_MS),
    });
    const publicKeys = [key('old', -20, -10), key('new', -10, 10)];
    const { aws, client } = await start(context, { region: { publicKeys } });
    const list = async (input: object): Promise<(string | undefined)[]> => {
      const { PublicKeyList = [] } = await client.send(new ListPublicKeysCommand(input));
      for (const one of PublicKeyList) assert.equal(Buffer.from(one.Value ?? []).toString(), one.Fingerprint);
      return PublicKeyList.map((one) => one.Fingerprint);
    };
    assert.deepEqual(await list({}), ['new']);
    const StartTime = new Date(NOW - 15 * DAY_MS);
    assert.deepEqual(await list({ StartTime, EndTime: new Date(NOW) }), ['old', 'new']);
    assert.deepEqual(await list({ StartTime, EndTime: new Date(NOW - 11 * DAY_MS) }), ['old']);
    await assert.rejects(
      list({ StartTime: new Date(NOW), EndTime: StartTime }),
      refusedAs('InvalidTimeRangeException'),
    );
    const elsewhere = new CloudTrailClient(aws.clientConfig(KEY, 'us-east-1'));
    assert.deepEqual((await elsewhere.send(new ListPublicKeysCommand({}))).PublicKeyList, []);
  });
});
