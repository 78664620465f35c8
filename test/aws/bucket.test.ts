import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { describe, it, type TestContext } from 'node:test';
import type { S3Client } from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { type BucketFile, type BucketObject, listBucket, toFileEntry } from '../../src/aws/bucket.ts';
import { objectMetadata, readObject } from '../../src/aws/bucket-object.ts';
import { isVersioned, listVersions } from '../../src/aws/bucket-versions.ts';
import { AwsFault } from '../../src/aws/fault.ts';
import type { FileEntry } from '../../src/files/entry.ts';
import type { BucketState, FakeAws, StoredObject } from '../support/aws/aws.ts';
import { ACCOUNT, KEY, REGION, startCloud } from './history.ts';

const BUCKET = 'corp-logs';
const WRITTEN = new Date('2026-11-20T10:00:00Z');

function stored(
  key: string,
  body: string | Uint8Array = key,
  change: Partial<StoredObject> = {},
): StoredObject {
  return { key, body, lastModified: WRITTEN, ...change };
}

interface Setup {
  readonly aws: FakeAws;
  readonly s3: S3Client;
}

async function startBucket(
  context: TestContext,
  objects: readonly StoredObject[],
  change: Partial<BucketState> = {},
): Promise<Setup> {
  const bucket: BucketState = { account: ACCOUNT, region: REGION, ...change, objects: [...objects] };
  const { aws, clients } = await startCloud(context, {
    accounts: { [ACCOUNT]: { keys: [KEY], regions: {} } },
    buckets: { [BUCKET]: bucket },
  });
  return { aws, s3: await clients.s3(REGION) };
}

const SIGNAL = new AbortController().signal;

async function gather<T>(items: AsyncIterable<T>): Promise<T[]> {
  const gathered: T[] = [];
  for await (const item of items) gathered.push(item);
  return gathered;
}

async function all(pages: AsyncIterable<readonly BucketObject[]>): Promise<BucketObject[]> {
  return (await gather(pages)).flat();
}

async function keysIn(s3: S3Client, prefix: string, startAfter?: string): Promise<string[]> {
  return (await all(listBucket(s3, { bucket: BUCKET, prefix, startAfter }, SIGNAL))).map(({ key }) => key);
}

async function contentOf(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  return Buffer.concat(await gather(chunks)).toString();
}

async function faultOf(work: Promise<unknown>): Promise<AwsFault> {
  const error = await work.then(
    () => assert.fail('it went well'),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof AwsFault, String(error));
  return error;
}

describe('listBucket', () => {
  it('lists a folder in the order of its keys, over all pages', async (context) => {
    const keys = Array.from({ length: 1234 }, (_, index) => `ssm/${String(index).padStart(5, '0')}.log`);
    const others = ['other/1.log', 'ssm', 'ssm2/1.log'];
    const { aws, s3 } = await startBucket(
      context,
      [...keys.toReversed(), ...others].map((key) => stored(key, 'x')),
    );
    assert.deepEqual(await keysIn(s3, 'ssm/'), keys);
    assert.equal(aws.requests.length, 2);
  });

  it('begins behind a key', async (context) => {
    const { s3 } = await startBucket(context, [stored('a/1'), stored('a/2'), stored('a/3')]);
    assert.deepEqual(await keysIn(s3, 'a/', 'a/1'), ['a/2', 'a/3']);
    assert.deepEqual(await keysIn(s3, 'a/', 'a/3'), []);
  });

  it('keeps what tells one writing from another', async (context) => {
    const { s3 } = await startBucket(context, [stored('a/1', 'four')]);
    const [object] = await all(listBucket(s3, { bucket: BUCKET, prefix: '' }, SIGNAL));
    assert.deepEqual(object, {
      bucket: BUCKET,
      key: 'a/1',
      size: 4,
      modifiedMs: WRITTEN.getTime(),
      etag: '"8cbad96aced40b3838dd9f07f6ef5772"',
      versionId: null,
      versions: null,
    });
  });

  it('passes over markers of folders, but not over empty objects', async (context) => {
    const { s3 } = await startBucket(context, [stored('a/', ''), stored('a/empty', '')]);
    assert.deepEqual(await keysIn(s3, ''), ['a/empty']);
  });

  it('a token that expired between two pages ends it with a fault, after the first page', async (context) => {
    const objects = Array.from({ length: 1001 }, (_, index) => stored(`a/${index}`, ''));
    const { aws, s3 } = await startBucket(context, objects);
    const pages = listBucket(s3, { bucket: BUCKET, prefix: 'a/' }, SIGNAL);
    assert.equal((await pages.next()).value?.length, 1000);
    aws.expirePages();
    assert.equal((await faultOf(pages.next())).problem.code, 'invalid');
  });

  it('a bucket that is not there is a fault', async (context) => {
    const { s3 } = await startBucket(context, []);
    const fault = await faultOf(all(listBucket(s3, { bucket: 'no-such-bucket', prefix: '' }, SIGNAL)));
    assert.equal(fault.problem.code, 'not-found');
    assert.equal(fault.problem.action, 's3:ListBucket');
    assert.equal(fault.code, 'ENOENT');
  });

  it('stops with the reason of the signal', async (context) => {
    const { aws, s3 } = await startBucket(context, [stored('a')]);
    aws.fault({ action: 's3:ListObjectsV2', times: 1, kind: 'slow' });
    const controller = new AbortController();
    const listing = all(listBucket(s3, { bucket: BUCKET, prefix: '' }, controller.signal));
    const reason = new Error('the pass is over');
    setTimeout(() => controller.abort(reason), 20);
    await assert.rejects(listing, reason);
    aws.release();
  });
});

describe('listVersions', () => {
  const versionsIn = async (s3: S3Client, prefix = '', startAfter?: string) =>
    (await all(listVersions(s3, { bucket: BUCKET, prefix, startAfter }, SIGNAL))).map(
      ({ key, versions, versionId }) => [key, versions, versionId],
    );

  it('counts how often each key was written, and leaves out what is deleted', async (context) => {
    const objects = [
      stored('a/1', 'one', { versionId: 'v1' }),
      stored('a/1', 'two', { versionId: 'v2' }),
      stored('a/2', 'one', { versionId: 'v3' }),
      stored('a/3', 'one', { versionId: 'v4' }),
      stored('a/3', '', { versionId: 'v5', deleteMarker: true }),
      stored('a/4', '', { versionId: 'v6', deleteMarker: true }),
      stored('a/4', 'back', { versionId: 'v7' }),
      stored('b/1', 'one', { versionId: 'v8' }),
    ];
    const { s3 } = await startBucket(context, objects, { versioning: 'Enabled' });
    assert.deepEqual(await versionsIn(s3, 'a/'), [
      ['a/1', 2, 'v2'],
      ['a/2', 1, 'v3'],
      ['a/4', 1, 'v7'],
    ]);
    assert.deepEqual(await versionsIn(s3, '', 'a/2'), [
      ['a/4', 1, 'v7'],
      ['b/1', 1, 'v8'],
    ]);
  });

  it('a key whose versions fill more than a page is one object', async (context) => {
    const rewritten = Array.from({ length: 1500 }, (_, index) =>
      stored('a/2', '', { versionId: `r${index}` }),
    );
    const objects = [
      stored('a/1', '', { versionId: 'x' }),
      ...rewritten,
      stored('a/3', '', { versionId: 'y' }),
    ];
    const { s3 } = await startBucket(context, objects, { versioning: 'Enabled' });
    assert.deepEqual(await versionsIn(s3), [
      ['a/1', 1, 'x'],
      ['a/2', 1500, 'r1499'],
      ['a/3', 1, 'y'],
    ]);
  });

  it('only a bucket that keeps or kept versions has them', async (context) => {
    for (const [versioning, expected] of [
      ['Enabled', true],
      ['Suspended', true],
      [undefined, false],
    ] as const) {
      const { s3 } = await startBucket(context, [], { versioning });
      assert.equal(await isVersioned(s3, BUCKET, SIGNAL), expected);
    }
  });
});

describe('readObject', () => {
  const read = (s3: S3Client, source: Partial<Parameters<typeof readObject>[1]>) =>
    contentOf(readObject(s3, { bucket: BUCKET, key: 'a', ...source }, SIGNAL));

  it('gives the bytes as they are stored', async (context) => {
    const body = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 251));
    const { s3 } = await startBucket(context, [stored('a', body, { contentEncoding: 'gzip' })]);
    const chunks = await gather(readObject(s3, { bucket: BUCKET, key: 'a' }, SIGNAL));
    assert.ok(Buffer.concat(chunks).equals(body));
  });

  it('gives any part of them', async (context) => {
    const text = '0123456789';
    const { s3 } = await startBucket(context, [stored('a', text)]);
    const offset = fc.integer({ min: 0, max: 12 });
    await fc.assert(
      fc.asyncProperty(offset, offset, async (start, end) => {
        assert.equal(await read(s3, { range: { start, end } }), text.slice(start, Math.max(start, end)));
      }),
      { numRuns: 30 },
    );
  });

  it('of an empty object there is nothing', async (context) => {
    const { s3 } = await startBucket(context, [stored('a', '')]);
    assert.equal(await read(s3, {}), '');
    assert.equal(await read(s3, { range: { start: 0, end: 1 } }), '');
  });

  it('reads the version that is named', async (context) => {
    const objects = [stored('a', 'old', { versionId: 'v1' }), stored('a', 'new', { versionId: 'v2' })];
    const { s3 } = await startBucket(context, objects, { versioning: 'Enabled' });
    assert.equal(await read(s3, {}), 'new');
    assert.equal(await read(s3, { versionId: 'v1' }), 'old');
  });

  it('what is not there or may not be read is a fault', async (context) => {
    const { aws, s3 } = await startBucket(context, [stored('a')]);
    assert.equal((await faultOf(read(s3, { key: 'b' }))).problem.code, 'not-found');
    const account = aws.state.accounts[ACCOUNT];
    assert.ok(account);
    account.policies = { [KEY]: { deny: ['s3:GetObject'] } };
    const fault = await faultOf(read(s3, {}));
    assert.deepEqual(
      [fault.problem.code, fault.problem.action, fault.code],
      ['denied', 's3:GetObject', 'EACCES'],
    );
  });

  it('stops in the middle with the reason of the signal', async (context) => {
    const { s3 } = await startBucket(context, [stored('a', Buffer.alloc(8 * 1024 * 1024))]);
    const controller = new AbortController();
    const reason = new Error('the pass is over');
    const reading = readObject(s3, { bucket: BUCKET, key: 'a' }, controller.signal);
    assert.equal((await reading.next()).done, false);
    controller.abort(reason);
    await assert.rejects(gather(reading), reason);
  });

  it('more than was asked for is a fault, and an answer without content too', async () => {
    const answering = (Body: unknown) => ({ send: () => Promise.resolve({ Body }) }) as unknown as S3Client;
    const range = { start: 0, end: 4 };
    const body = () => Readable.from([Buffer.from('01'), Buffer.from('23')]);
    assert.equal(await read(answering(body()), { range }), '0123');
    const more = await faultOf(read(answering(body()), { range: { start: 0, end: 3 } }));
    assert.equal(more.problem.code, 'invalid');
    assert.equal((await faultOf(read(answering(undefined), {}))).problem.code, 'invalid');
  });

  it('a connection that breaks is a fault', async (context) => {
    const { aws, s3 } = await startBucket(context, [stored('a')]);
    aws.fault({ action: 's3:GetObject', times: 1, kind: 'drop-connection' });
    assert.equal((await faultOf(read(s3, {}))).problem.code, 'unreachable');
  });
});

describe('toFileEntry', () => {
  const only = async (s3: S3Client): Promise<BucketObject> => {
    const [object] = await all(listBucket(s3, { bucket: BUCKET, prefix: '' }, SIGNAL));
    assert.ok(object);
    return object;
  };

  it('is a file that is fetched when it is read', async (context) => {
    const { aws, s3 } = await startBucket(context, [stored('ssm/a.log', '0123456789')]);
    const entry: FileEntry & BucketFile = toFileEntry(s3, await only(s3), SIGNAL);
    const { open, ...facts } = entry;
    assert.deepEqual(facts, {
      path: 's3://corp-logs/ssm/a.log',
      name: 'corp-logs/ssm/a.log',
      host: null,
      size: 10,
      mtimeMs: WRITTEN.getTime(),
      mode: 0o600,
      uid: 0,
      dev: 0,
      ino: 0,
      pinned: null,
    });
    assert.equal(aws.requests.length, 1);
    assert.equal(await contentOf(open()), '0123456789');
    assert.equal(await contentOf(open({ start: 7 })), '789');
    assert.equal(await contentOf(open({ start: 2, end: 4 })), '23');
  });

  it('knows how often it was written where the listing does', async (context) => {
    const objects = [stored('a', 'one', { versionId: 'v1' }), stored('a', 'two', { versionId: 'v2' })];
    const { s3 } = await startBucket(context, objects, { versioning: 'Enabled' });
    const [object] = await all(listVersions(s3, { bucket: BUCKET, prefix: '' }, SIGNAL));
    assert.ok(object);
    assert.equal(toFileEntry(s3, object, SIGNAL).versions, 2);
    assert.ok(!('versions' in toFileEntry(s3, await only(s3), SIGNAL)));
  });

  it('what was written over since it was listed is not read as if it were the same', async (context) => {
    const { aws, s3 } = await startBucket(context, [stored('a', 'before')]);
    const file = toFileEntry(s3, await only(s3), SIGNAL);
    aws.state.buckets?.[BUCKET]?.objects.push(stored('a', 'after!'));
    assert.equal((await faultOf(contentOf(file.open()))).code, 'EIO');
  });
});

describe('objectMetadata', () => {
  it('gives what is kept beside the content', async (context) => {
    const metadata = { signature: 'abcd', 'signature-algorithm': 'SHA256withRSA' };
    const { s3 } = await startBucket(context, [stored('a', 'four', { metadata })]);
    const found = await objectMetadata(s3, { bucket: BUCKET, key: 'a' }, SIGNAL);
    assert.equal(found.size, 4);
    assert.equal(found.modifiedMs, WRITTEN.getTime());
    assert.deepEqual([...found.metadata], Object.entries(metadata));
  });

  it('of what is not there is a fault', async (context) => {
    const { s3 } = await startBucket(context, []);
    const fault = await faultOf(objectMetadata(s3, { bucket: BUCKET, key: 'a' }, SIGNAL));
    assert.equal(fault.problem.code, 'not-found');
  });
});
