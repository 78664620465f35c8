import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import { PERMISSIONS } from '../../src/aws/permissions-table.ts';
import { LOG_BUCKET, soundAccount, TRAIL_BUCKET } from '../aws/account.ts';
import { KEY, NOW, REGION } from '../aws/history.ts';
import { type Policy, secretOf, startAws } from '../support/aws/aws.ts';
import { type Ran, run } from './fake-io.ts';

const root = mkdtempSync(join(tmpdir(), 'offrecord-validate-aws-'));
/** Where the SDK takes credentials from; nothing of the machine's own may be tried. */
const CREDENTIALS = { AWS_ACCESS_KEY_ID: KEY, AWS_SECRET_ACCESS_KEY: secretOf(KEY) };
const former = new Map<string, string | undefined>();

/** `validate --connect` with an account whose reader has this policy. */
async function validate(context: TestContext, policy: Policy, more = ''): Promise<Ran> {
  const state = soundAccount({ policies: { [KEY]: policy } });
  const cloud = await startAws({ state, now: () => NOW, lookupsPerSecond: 1000 });
  context.after(() => cloud.close());
  const file = join(root, 'config.yaml');
  const places = `trails: ["s3://${TRAIL_BUCKET}/AWSLogs"], transcripts: ["s3://${LOG_BUCKET}/ssm"]`;
  const account = `{id: corp, regions: [${REGION}], endpoint: "${cloud.endpoint}", ${places}${more}}`;
  writeFileSync(file, `store: {path: ${root}/state.db}\naws: [${account}]\n`);
  return run(['validate', '--connect', '--config', file]);
}

describe('validate --connect with an AWS account', () => {
  before(() => {
    for (const [name, value] of Object.entries(CREDENTIALS)) {
      former.set(name, process.env[name]);
      process.env[name] = value;
    }
  });
  after(() => {
    for (const [name, value] of former) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    rmSync(root, { recursive: true, force: true });
  });

  it('finds everything in order, and says so', async (context) => {
    const ran = await validate(context, {});
    assert.equal(ran.exit, 0, ran.err);
    assert.match(ran.out, /corp: everything can be read\n.*good \(.*1 AWS account/s);
  });

  it('names each permission that is missing by what cannot be told without it', async (context) => {
    const missing = ['cloudtrail:LookupEvents', 'ssm:GetDocument', 's3:ListBucket', 's3:GetBucketVersioning'];
    const ran = await validate(context, { deny: missing });
    assert.equal(ran.exit, 2);
    assert.match(ran.out, /corp: not everything can be read\n/);
    for (const { action, without } of PERMISSIONS.filter((one) => one.use !== 'role')) {
      const named = ran.err.split('\n').filter((line) => line.startsWith('corp: ') && line.includes(action));
      assert.equal(named.length > 0, missing.includes(action), `${action} in ${ran.err}`);
      if (named.length > 0) assert.ok(named.join().includes(without), `${without} in ${named.join()}`);
    }
  });

  it('tells a role that cannot be assumed, and no secret', async (context) => {
    const role = ', role_arn: "arn:aws:iam::111122223333:role/nobody"';
    const ran = await validate(context, {}, role);
    assert.equal(ran.exit, 2);
    assert.match(ran.err, /^corp: .*AssumeRole/m);
    assert.ok(!ran.err.includes(secretOf(KEY)));
  });
});
