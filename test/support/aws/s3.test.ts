import assert from 'node:assert/strict';
import { Agent } from 'node:http';
import { describe, it, type TestContext } from 'node:test';
import {
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketLocationCommand,
  GetBucketPolicyStatusCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  GetObjectLockConfigurationCommand,
  GetObjectRetentionCommand,
  GetPublicAccessBlockCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandInput,
  ListObjectVersionsCommand,
  paginateListObjectsV2,
  S3Client,
} from '@aws-sdk/client-s3';
import type { FakeAws } from './aws.ts';
import { ACCOUNT, KEY, NOW, OTHER_KEY, refusedAs, REGION, startSample, twoAccounts } from './sample.ts';
import type { AccountState, BucketState, StoredObject } from './state.ts';

const Bucket = 'evidence';

function object(key: string, change: Partial<StoredObject> = {}): StoredObject {
  return { key, body: `bytes of ${key}`, lastModified: new Date(NOW), ...change };
}

interface World {
  readonly aws: FakeAws;
  readonly client: S3Client;
  readonly bucket: BucketState;
  readonly clientOf: (key: string, region?: string) => S3Client;
}

async function start(
  context: TestContext,
  change: Partial<BucketState> = {},
  account: Partial<AccountState> = {},
): Promise<World> {
  const bucket: BucketState = { account: ACCOUNT, region: REGION, objects: [], ...change };
  const state = twoAccounts({ buckets: { [Bucket]: bucket } });
  Object.assign(state.accounts[ACCOUNT] ?? {}, account);
  const aws = await startSample(context, { state });
  const clientOf = (key: string, region = REGION): S3Client => {
    const client = new S3Client({ ...aws.clientConfig(key, region), maxAttempts: 1 });
    context.after(() => client.destroy());
    return client;
  };
  return { aws, bucket, clientOf, client: clientOf(KEY) };
}

async function keysOf(client: S3Client, input: Partial<ListObjectsV2CommandInput> = {}): Promise<unknown[]> {
  const got = await client.send(new ListObjectsV2Command({ Bucket, ...input }));
  return [
    ...(got.Contents ?? []).map(({ Key }) => Key),
    ...(got.CommonPrefixes ?? []).map(({ Prefix }) => [Prefix]),
  ];
}

describe('loopback S3: listings', () => {
  it('lists by the bytes of the keys and pages through all of them', async (context) => {
    const names = Array.from({ length: 23 }, (_, index) => `log/${index}`);
    const { client } = await start(context, { objects: names.map((one) => object(one)) });
    const pages: unknown[][] = [];
    for await (const page of paginateListObjectsV2({ client, pageSize: 10 }, { Bucket }))
      pages.push((page.Contents ?? []).map(({ Key }) => Key));
    assert.deepEqual(
      pages.map((page) => page.length),
      [10, 10, 3],
    );
    assert.deepEqual(pages.flat(), names.sort());
  });

  it('describes what it lists', async (context) => {
    const { client } = await start(context, { objects: [object('a')] });
    const got = await client.send(new ListObjectsV2Command({ Bucket }));
    assert.equal(got.KeyCount, 1);
    assert.equal(got.IsTruncated, false);
    assert.deepEqual(got.Contents, [
      {
        Key: 'a',
        LastModified: new Date(NOW),
        ETag: '"cc48596321f886a8ecb7334ddf50f924"',
        Size: 10,
        StorageClass: 'STANDARD',
      },
    ]);
  });

  it('keeps to prefix, start-after, delimiter and max-keys', async (context) => {
    const names = ['a/1', 'a/2', 'b', 'c/1', 'c/d/2', 'é&<"\u0001'];
    const { client } = await start(context, { objects: names.map((one) => object(one)) });
    assert.deepEqual(await keysOf(client), names);
    assert.deepEqual(await keysOf(client, { Prefix: 'c/' }), ['c/1', 'c/d/2']);
    assert.deepEqual(await keysOf(client, { Prefix: 'c/', Delimiter: '/' }), ['c/1', ['c/d/']]);
    assert.deepEqual(await keysOf(client, { StartAfter: 'b', MaxKeys: 2 }), ['c/1', 'c/d/2']);
    assert.deepEqual(await keysOf(client, { StartAfter: 'a/1', Delimiter: '/' }), [
      'b',
      'é&<"\u0001',
      ['a/'],
      ['c/'],
    ]);
    assert.deepEqual(await keysOf(client, { Prefix: 'nothing' }), []);
    assert.deepEqual(await keysOf(client, { EncodingType: 'url', StartAfter: 'c/d/2' }), [
      '%C3%A9%26%3C%22%01',
    ]);
  });

  it('goes on after a common prefix without giving it twice', async (context) => {
    const names = ['a/1', 'a/2', 'b/1', 'c'];
    const { client } = await start(context, { objects: names.map((one) => object(one)) });
    const pages: unknown[] = [];
    for await (const page of paginateListObjectsV2({ client, pageSize: 1 }, { Bucket, Delimiter: '/' }))
      pages.push(page.CommonPrefixes?.[0]?.Prefix ?? page.Contents?.[0]?.Key);
    assert.deepEqual(pages, ['a/', 'b/', 'c']);
  });

  it('gives a thousand at most, however many are asked for', async (context) => {
    const objects = Array.from({ length: 1001 }, (_, index) => object(String(index)));
    const { client } = await start(context, { objects });
    assert.equal((await keysOf(client, { MaxKeys: 5000 })).length, 1000);
  });

  it('refuses a token that it did not give, gave for another prefix, or let expire', async (context) => {
    const { aws, client } = await start(context, { objects: [object('a1'), object('a2')] });
    const first = await client.send(new ListObjectsV2Command({ Bucket, Prefix: 'a', MaxKeys: 1 }));
    const ContinuationToken = first.NextContinuationToken;
    const invalid = refusedAs('InvalidArgument', 400);
    await assert.rejects(keysOf(client, { ContinuationToken: 'made up' }), invalid);
    await assert.rejects(keysOf(client, { ContinuationToken, Prefix: 'a2' }), invalid);
    assert.deepEqual(await keysOf(client, { ContinuationToken, Prefix: 'a' }), ['a2']);
    aws.expirePages();
    await assert.rejects(keysOf(client, { ContinuationToken, Prefix: 'a' }), invalid);
  });

  it('lists versions and delete markers, the newest first, in pages', async (context) => {
    const objects = [
      object('a', { versionId: 'v1' }),
      object('a', { versionId: 'v2' }),
      object('a', { versionId: 'v3', deleteMarker: true, body: '' }),
      object('b', { versionId: 'w1' }),
    ];
    const { client } = await start(context, { versioning: 'Enabled', objects });
    const all = await client.send(new ListObjectVersionsCommand({ Bucket }));
    assert.deepEqual(
      all.Versions?.map((one) => [one.Key, one.VersionId, one.IsLatest]),
      [
        ['a', 'v2', false],
        ['a', 'v1', false],
        ['b', 'w1', true],
      ],
    );
    assert.deepEqual(
      all.DeleteMarkers?.map((one) => [one.Key, one.VersionId, one.IsLatest]),
      [['a', 'v3', true]],
    );
    assert.deepEqual(await keysOf(client), ['b']);
    const seen: unknown[] = [];
    let from: { KeyMarker?: string | undefined; VersionIdMarker?: string | undefined } = {};
    do {
      const page = await client.send(new ListObjectVersionsCommand({ Bucket, MaxKeys: 1, ...from }));
      seen.push((page.Versions ?? page.DeleteMarkers)?.[0]?.VersionId);
      from = { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker };
    } while (from.KeyMarker !== undefined);
    assert.deepEqual(seen, ['v3', 'v2', 'v1', 'w1']);
    const afterA = await client.send(new ListObjectVersionsCommand({ Bucket, KeyMarker: 'a' }));
    assert.deepEqual(
      afterA.Versions?.map((one) => one.VersionId),
      ['w1'],
    );
  });

  it('keeps one version where versioning was never on, and calls it null', async (context) => {
    const { client } = await start(context, {
      objects: [object('a', { body: 'old' }), object('a', { body: 'new' })],
    });
    const { Versions } = await client.send(new ListObjectVersionsCommand({ Bucket }));
    assert.deepEqual(
      Versions?.map((one) => [one.VersionId, one.Size]),
      [['null', 3]],
    );
    const got = await client.send(new GetObjectCommand({ Bucket, Key: 'a' }));
    assert.equal(await got.Body?.transformToString(), 'new');
    assert.equal(got.VersionId, undefined);
  });
});

describe('loopback S3: objects', () => {
  it('gives the bytes and all that is known about them, to HEAD without the bytes', async (context) => {
    const body = new Uint8Array([0x1f, 0x8b, 0, 255]);
    const retention = { Mode: 'COMPLIANCE', RetainUntilDate: new Date(NOW + 1000) } as const;
    const metadata = { signature: 'cafe', 'signature-algorithm': 'SHA256withRSA' };
    const stored = object('trail/a b+c.json.gz', {
      body,
      metadata,
      retention,
      contentType: 'application/json',
      contentEncoding: 'gzip',
    });
    const { client } = await start(context, { versioning: 'Enabled', objects: [stored] });
    const got = await client.send(new GetObjectCommand({ Bucket, Key: stored.key }));
    const head = await client.send(new HeadObjectCommand({ Bucket, Key: stored.key }));
    assert.deepEqual(await got.Body?.transformToByteArray(), body);
    for (const one of [got, head]) {
      assert.equal(one.ContentLength, 4);
      assert.equal(one.ContentEncoding, 'gzip');
      assert.equal(one.ContentType, 'application/json');
      assert.deepEqual(one.Metadata, metadata);
      assert.deepEqual(one.LastModified, new Date(NOW));
      assert.match(one.VersionId ?? '', /^[0-9a-f]{32}$/);
      assert.equal(one.ObjectLockMode, 'COMPLIANCE');
      assert.deepEqual(one.ObjectLockRetainUntilDate, retention.RetainUntilDate);
    }
    const { Retention } = await client.send(new GetObjectRetentionCommand({ Bucket, Key: stored.key }));
    assert.deepEqual(Retention, retention);
  });

  it('gives ranges, and refuses those beyond the end', async (context) => {
    const { client } = await start(context, { objects: [object('a', { body: '0123456789' })] });
    const part = async (Range: string): Promise<unknown[]> => {
      const got = await client.send(new GetObjectCommand({ Bucket, Key: 'a', Range }));
      return [await got.Body?.transformToString(), got.ContentRange, got.$metadata.httpStatusCode];
    };
    assert.deepEqual(await part('bytes=2-4'), ['234', 'bytes 2-4/10', 206]);
    assert.deepEqual(await part('bytes=8-99'), ['89', 'bytes 8-9/10', 206]);
    assert.deepEqual(await part('bytes=-3'), ['789', 'bytes 7-9/10', 206]);
    assert.deepEqual(await part('bytes=9-'), ['9', 'bytes 9-9/10', 206]);
    await assert.rejects(part('bytes=10-'), refusedAs('InvalidRange', 416));
  });

  it('tells absent keys, versions and deleted ones apart', async (context) => {
    const objects = [
      object('a', { versionId: 'v1' }),
      object('a', { versionId: 'v2', deleteMarker: true }),
      object('b', { versionId: 'w1' }),
    ];
    const { client } = await start(context, { versioning: 'Enabled', objects });
    const get = (Key: string, VersionId?: string, IfMatch?: string): Promise<unknown> =>
      client.send(new GetObjectCommand({ Bucket, Key, VersionId, IfMatch }));
    await assert.rejects(get('nothing'), refusedAs('NoSuchKey', 404));
    await assert.rejects(get('a'), refusedAs('NoSuchKey', 404));
    await assert.rejects(get('b', 'w9'), refusedAs('NoSuchVersion', 404));
    await assert.rejects(get('a', 'v2'), refusedAs('MethodNotAllowed', 405));
    await assert.rejects(get('b', 'w1', '"other"'), refusedAs('PreconditionFailed', 412));
    await get('a', 'v1');
    await assert.rejects(
      client.send(new HeadObjectCommand({ Bucket, Key: 'a' })),
      refusedAs('NotFound', 404),
    );
    await assert.rejects(
      client.send(new GetObjectRetentionCommand({ Bucket, Key: 'b' })),
      refusedAs('NoSuchObjectLockConfiguration', 404),
    );
  });

  it('does not tell of absence whom it lets read but not list', async (context) => {
    const policies = { [KEY]: { allow: ['s3:GetObject'] } };
    const { client } = await start(context, { objects: [object('a')] }, { policies });
    await client.send(new GetObjectCommand({ Bucket, Key: 'a' }));
    await assert.rejects(
      client.send(new GetObjectCommand({ Bucket, Key: 'b' })),
      refusedAs('AccessDenied', 403),
    );
  });
});

describe('loopback S3: buckets', () => {
  it('says what is not configured in the words of S3', async (context) => {
    const { client } = await start(context);
    const versioning = await client.send(new GetBucketVersioningCommand({ Bucket }));
    assert.equal(versioning.Status, undefined);
    const rejects = (sent: Promise<unknown>, name: string): Promise<void> =>
      assert.rejects(sent, refusedAs(name, 404));
    await rejects(
      client.send(new GetObjectLockConfigurationCommand({ Bucket })),
      'ObjectLockConfigurationNotFoundError',
    );
    await rejects(
      client.send(new GetBucketLifecycleConfigurationCommand({ Bucket })),
      'NoSuchLifecycleConfiguration',
    );
    await rejects(client.send(new GetBucketPolicyStatusCommand({ Bucket })), 'NoSuchBucketPolicy');
    await rejects(
      client.send(new GetPublicAccessBlockCommand({ Bucket })),
      'NoSuchPublicAccessBlockConfiguration',
    );
    const { ServerSideEncryptionConfiguration } = await client.send(
      new GetBucketEncryptionCommand({ Bucket }),
    );
    assert.deepEqual(ServerSideEncryptionConfiguration?.Rules, [
      { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } },
    ]);
  });

  it('gives back every setting as it was put in', async (context) => {
    const settings = {
      versioning: 'Suspended',
      mfaDelete: 'Enabled',
      objectLock: {
        ObjectLockEnabled: 'Enabled',
        Rule: { DefaultRetention: { Mode: 'GOVERNANCE', Days: 30 } },
      },
      lifecycle: [
        {
          ID: 'one',
          Status: 'Enabled',
          Filter: { And: { Prefix: 'logs/', Tags: [{ Key: 'k', Value: 'v' }] } },
          Expiration: { Days: 90 },
          NoncurrentVersionExpiration: { NoncurrentDays: 7 },
          Transitions: [{ Days: 30, StorageClass: 'GLACIER' }],
        },
        { ID: 'two', Status: 'Disabled', Filter: { Prefix: '' }, Expiration: { Date: new Date(NOW) } },
      ],
      policyStatus: { IsPublic: true },
      encryption: {
        Rules: [
          {
            ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: 'k1' },
            BucketKeyEnabled: true,
          },
        ],
      },
      publicAccessBlock: {
        BlockPublicAcls: true,
        IgnorePublicAcls: true,
        BlockPublicPolicy: false,
        RestrictPublicBuckets: true,
      },
    } satisfies Partial<BucketState>;
    const { client } = await start(context, settings);
    const versioning = await client.send(new GetBucketVersioningCommand({ Bucket }));
    assert.deepEqual([versioning.Status, versioning.MFADelete], ['Suspended', 'Enabled']);
    const lock = await client.send(new GetObjectLockConfigurationCommand({ Bucket }));
    assert.deepEqual(lock.ObjectLockConfiguration, settings.objectLock);
    const lifecycle = await client.send(new GetBucketLifecycleConfigurationCommand({ Bucket }));
    assert.deepEqual(lifecycle.Rules, settings.lifecycle);
    const policy = await client.send(new GetBucketPolicyStatusCommand({ Bucket }));
    assert.deepEqual(policy.PolicyStatus, settings.policyStatus);
    const encryption = await client.send(new GetBucketEncryptionCommand({ Bucket }));
    assert.deepEqual(encryption.ServerSideEncryptionConfiguration, settings.encryption);
    const block = await client.send(new GetPublicAccessBlockCommand({ Bucket }));
    assert.deepEqual(block.PublicAccessBlockConfiguration, settings.publicAccessBlock);
  });

  it('knows where a bucket lies, and redirects who asks elsewhere', async (context) => {
    const { client, clientOf } = await start(context);
    const away = clientOf(KEY, 'us-east-1');
    for (const one of [client, away]) {
      const { LocationConstraint } = await one.send(new GetBucketLocationCommand({ Bucket }));
      assert.equal(LocationConstraint, REGION);
    }
    await assert.rejects(
      keysOf(away),
      (error: Error & { $response?: { headers: Record<string, string> } }) => {
        assert.equal(error.name, 'PermanentRedirect');
        assert.equal(error.$response?.headers['x-amz-bucket-region'], REGION);
        return true;
      },
    );
    await client.send(new HeadBucketCommand({ Bucket }));
  });

  it('opens to its own account and to those it lets in', async (context) => {
    const { bucket, client, clientOf } = await start(context, { objects: [object('a')] });
    const stranger = clientOf(OTHER_KEY);
    await assert.rejects(keysOf(stranger), refusedAs('AccessDenied', 403));
    bucket.readers = ['444455556666'];
    assert.deepEqual(await keysOf(stranger), ['a']);
    await assert.rejects(keysOf(client, { Bucket: 'nobodys-bucket' }), refusedAs('NoSuchBucket', 404));
  });

  it('finds the bucket in the host name too', async (context) => {
    const { aws } = await start(context, { objects: [object('a')] });
    const httpAgent = new Agent({
      lookup: (_host, options, done) =>
        options.all ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4),
    });
    const client = new S3Client({
      ...aws.clientConfig(KEY, REGION),
      endpoint: aws.endpoint.replace('127.0.0.1', 'localhost'),
      forcePathStyle: false,
      requestHandler: { httpAgent },
    });
    assert.deepEqual(await keysOf(client), ['a']);
    const got = await client.send(new GetObjectCommand({ Bucket, Key: 'a' }));
    assert.equal(await got.Body?.transformToString(), 'bytes of a');
    client.destroy();
  });
});
