import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { listBucket, toFileEntry } from '../../src/aws/bucket.ts';
import { objectMetadata, readObject } from '../../src/aws/bucket-object.ts';
import { isVersioned, listVersions } from '../../src/aws/bucket-versions.ts';
import { type AwsClients, openAws } from '../../src/aws/clients.ts';
import { checkAws } from '../../src/aws/connect.ts';
import { lookupRecords } from '../../src/aws/lookup.ts';
import { iamPolicy } from '../../src/aws/permissions.ts';
import { FREE_CALLS, PERMISSIONS } from '../../src/aws/permissions-table.ts';
import { listPublicKeys } from '../../src/aws/public-keys.ts';
import { describeSessions } from '../../src/aws/sessions.ts';
import { takeSnapshots } from '../../src/aws/snapshots.ts';
import type { FakeAws, Policy } from '../support/aws/aws.ts';
import { LOG_BUCKET, soundAccount, TRAILS, TRANSCRIPTS } from './account.ts';
import {
  ACCOUNT,
  asOwnerOf,
  connectionTo,
  HOUR,
  KEY,
  lookupOptions,
  NOW,
  REGION,
  startCloud,
} from './history.ts';

const SIGNAL = new AbortController().signal;
const ROLE = 'reader';
const ROLE_ARN = `arn:aws:iam::${ACCOUNT}:role/${ROLE}`;
const CONFIGURED = { lookup: true, trails: TRAILS, transcripts: TRANSCRIPTS };

/** Every function that calls AWS, as a pass uses it. */
async function useAll(clients: AwsClients): Promise<void> {
  await clients.accountId();
  const [cloudtrail, ssm, s3] = [
    await clients.cloudtrail(REGION),
    await clients.ssm(REGION),
    await clients.s3(REGION),
  ];
  const span = { from: NOW - HOUR, to: NOW };
  for await (const page of lookupRecords(cloudtrail, lookupOptions())) assert.ok(page.cursor);
  assert.equal((await listPublicKeys(cloudtrail, span, SIGNAL)).length, 1);
  assert.equal((await describeSessions(ssm, span, SIGNAL)).problem, null);
  const set = await takeSnapshots(clients, { regions: [REGION], buckets: TRANSCRIPTS }, SIGNAL);
  assert.deepEqual(set.problems, []);
  for (const place of [...TRAILS, ...TRANSCRIPTS]) {
    assert.ok(await isVersioned(s3, place.bucket, SIGNAL));
    for (const list of [listBucket, listVersions])
      for await (const objects of list(s3, place, SIGNAL))
        for (const object of objects) {
          for await (const bytes of toFileEntry(s3, object, SIGNAL).open()) assert.ok(bytes.length > 0);
          await objectMetadata(s3, object, SIGNAL);
        }
  }
  const current = { bucket: LOG_BUCKET, key: 'ssm/alice-1.log' };
  for await (const bytes of readObject(s3, current, SIGNAL)) assert.ok(bytes.length > 0);
}

interface Setup {
  readonly aws: FakeAws;
  readonly clients: AwsClients;
}

/** The account above through a role that may do what `policy` allows. */
async function startRole(context: TestContext, policy: Policy): Promise<Setup> {
  const { aws } = await startCloud(
    context,
    soundAccount({
      roles: { [ROLE]: {} },
      policies: { [ROLE]: policy, [KEY]: { allow: ['sts:AssumeRole'] } },
    }),
    { now: Date.now },
  );
  const clients = openAws(connectionTo(aws, { roleArn: ROLE_ARN }), asOwnerOf(KEY));
  context.after(() => clients.close());
  return { aws, clients };
}

describe('least privilege', () => {
  it('no call is made without an entry in the table, and no entry is without a call', async (context) => {
    const { aws, clients } = await startRole(context, {});
    await useAll(clients);
    const made = aws.requests.map(({ action, permission }) => `${action} by ${permission}`);
    const tabled = PERMISSIONS.flatMap(({ action, calls }) => calls.map((call) => `${call} by ${action}`));
    const free = FREE_CALLS.map((call) => `${call} by null`);
    assert.deepEqual([...new Set(made)].toSorted(), [...tabled, ...free].toSorted());
    assert.ok(aws.requests.every(({ outcome }) => outcome === 'ok'));
  });

  it('the policy is enough for all of them', async (context) => {
    const { Statement } = iamPolicy({ ...CONFIGURED, regions: [REGION], roleArn: ROLE_ARN });
    const { clients } = await startRole(context, { allow: Statement.flatMap(({ Action }) => Action) });
    await useAll(clients);
  });

  it('the check makes no call that the table does not have', async (context) => {
    const { aws } = await startRole(context, {});
    const connection = connectionTo(aws, { roleArn: ROLE_ARN, regions: ['us-east-1'] });
    assert.deepEqual(await checkAws(connection, { ...CONFIGURED, aws: asOwnerOf(KEY) }, SIGNAL), []);
    const known = new Set<string | null>([...PERMISSIONS.map(({ action }) => action), null]);
    assert.deepEqual(
      aws.requests.filter(({ permission }) => !known.has(permission)),
      [],
    );
  });
});
