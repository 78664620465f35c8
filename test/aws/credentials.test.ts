import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { describe, it, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { AwsConnection } from '../../src/aws/connection.ts';
import { type FakeAws, secretOf, startAws } from '../support/aws/aws.ts';
import { put, temporaryFolder } from '../support/temp.ts';
import { ACCOUNT, connectionTo, KEY } from './history.ts';

const OTHER = '444455556666';
const OTHER_KEY = 'AKIAI44QH8DHBEXAMPLE';
const ROLE_ARN = `arn:aws:iam::${ACCOUNT}:role/reader`;
const CHILD = fileURLToPath(new URL('./credentials-child.ts', import.meta.url));

async function start(context: TestContext): Promise<FakeAws> {
  const accounts = {
    [ACCOUNT]: { keys: [KEY], roles: { reader: {} }, regions: {} },
    [OTHER]: { keys: [OTHER_KEY], regions: {} },
  };
  const aws = await startAws({ state: { accounts }, now: Date.now });
  context.after(() => aws.close());
  return aws;
}

/** What a process with this environment alone says of the connections. */
async function ask(
  connections: readonly AwsConnection[],
  environment: Readonly<Record<string, string>>,
): Promise<{ readonly accounts: unknown; readonly printed: string }> {
  const args = [CHILD, 'child', JSON.stringify(connections)];
  // The metadata service is no part of this machine; without the switch the chain would look for it.
  const env = { PATH: process.env['PATH'], AWS_EC2_METADATA_DISABLED: 'true', ...environment };
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { env });
  return { accounts: JSON.parse(stdout), printed: stdout + stderr };
}

describe('credentials of a connection', () => {
  it('come from the chain, from a profile, or from a role assumed with either', async (context) => {
    const aws = await start(context);
    const file = put(
      temporaryFolder(context),
      'credentials',
      `[other]\naws_access_key_id = ${OTHER_KEY}\naws_secret_access_key = ${secretOf(OTHER_KEY)}\n`,
    );
    const connections = [
      connectionTo(aws),
      connectionTo(aws, { profile: 'other' }),
      connectionTo(aws, { profile: 'other', roleArn: ROLE_ARN }),
      connectionTo(aws, { profile: 'absent' }),
    ];
    const { accounts, printed } = await ask(connections, {
      AWS_ACCESS_KEY_ID: KEY,
      AWS_SECRET_ACCESS_KEY: secretOf(KEY),
      AWS_SHARED_CREDENTIALS_FILE: file,
      AWS_CONFIG_FILE: '/dev/null',
    });
    assert.deepEqual(accounts, [ACCOUNT, OTHER, ACCOUNT, 'denied credentials']);
    const assumed = aws.requests.filter(({ action }) => action === 'sts:AssumeRole');
    assert.deepEqual(
      assumed.map(({ account, outcome }) => [account, outcome]),
      [[OTHER, 'ok']],
    );
    for (const secret of [secretOf(KEY), secretOf(OTHER_KEY), KEY, OTHER_KEY])
      assert.ok(!printed.includes(secret), 'credentials are printed');
  });

  it('are missing where there are none, which is told and prints nothing else', async (context) => {
    const aws = await start(context);
    const nowhere = { AWS_SHARED_CREDENTIALS_FILE: '/dev/null', AWS_CONFIG_FILE: '/dev/null' };
    const { printed } = await ask([connectionTo(aws)], nowhere);
    assert.equal(printed, '["denied credentials"]\n');
    assert.equal(aws.requests.length, 0);
  });
});
