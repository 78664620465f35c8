import assert from 'node:assert/strict';
import { it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { type AwsState, type JsonObject, startAws, type StoredObject } from '../support/aws/aws.ts';
import * as aws from '../support/cloudtrail.ts';
import { transcriptText } from '../support/ssm-transcript.ts';
import { AwsSite } from './aws-site.ts';
import { at, bucket, LOG_BUCKET } from './aws-world.ts';

const ACCOUNTS = ['111122223333', '222233334444', '333344445555', '444455556666'];
const REGIONS = ['eu-central-1', 'us-east-1'];
const EVENTS = 5_000;
const PER_REGION = EVENTS / (ACCOUNTS.length * REGIONS.length);
const LATER = at('13:00:00');

const keyOf = (account: string) => `AKIA${account}TEST`;
const nameOf = (account: string) => `a${ACCOUNTS.indexOf(account)}`;
const idOf = (account: string, region: string, number: number) =>
  `${nameOf(account)}${REGIONS.indexOf(region)}-${String(number).padStart(17, '0')}`;
const timeOf = (number: number) =>
  `${new Date(Date.parse(at('09:00:00')) + Math.floor((number * 3 * 3_600_000) / PER_REGION)).toISOString().slice(0, 19)}Z`;

/** Mostly work that is no access, with a session, a role or root in between. */
function recordsOf(account: string, region: string): aws.TrailRecord[] {
  return Array.from({ length: PER_REGION }, (_, number): aws.TrailRecord => {
    const id = aws.guid([account, region, String(number)]);
    const call = { time: timeOf(number), id, account, region };
    const session = { ...call, sessionId: idOf(account, region, number - (number % 20)) };
    switch (number % 20) {
      case 0:
        return aws.startSession({ ...session, caller: aws.iamUser('alice', { account }) });
      case 5:
        return aws.terminateSession(session);
      case 9:
        return aws.assumeRole({ ...call, key: aws.keyId('ASIA', id) });
      case 13:
        return aws.call('iam', 'GetUser', {}, null, {
          ...call,
          caller: aws.root({ account, since: at('08:00:00') }),
          more: { readOnly: true },
        });
      case 17:
        return number % 200 === 17 ? aws.stopLogging(call) : noise(call);
      default:
        return noise(call);
    }
  });
}

function noise(call: aws.Call): aws.TrailRecord {
  return aws.call('ec2', 'CreateTags', { resourcesSet: { items: [] } }, { _return: true }, call);
}

/** Transcripts of two sessions in three, all in one bucket, as an organization keeps them. */
function transcripts(): StoredObject[] {
  const sessions = ACCOUNTS.flatMap((account) =>
    REGIONS.flatMap((region) =>
      Array.from({ length: PER_REGION / 20 }, (_, number) => idOf(account, region, number * 20)),
    ),
  );
  return sessions
    .filter((_, index) => index % 3 !== 2)
    .map((id) => ({
      key: `ssm/${id}.log`,
      body: transcriptText(id),
      lastModified: new Date(at('12:10:00')),
    }));
}

function stateOf(): AwsState {
  const accounts = ACCOUNTS.map((account) => {
    const regions = REGIONS.map((region) => [region, { events: recordsOf(account, region) as JsonObject[] }]);
    return [account, { keys: [keyOf(account)], regions: Object.fromEntries(regions) }] as const;
  });
  return {
    accounts: Object.fromEntries(accounts),
    buckets: { [LOG_BUCKET]: bucket(transcripts(), { account: ACCOUNTS[0] ?? '' }) },
  };
}

function fleetYaml(endpoint: string): string {
  const blocks = ACCOUNTS.map((account, index) => {
    const more = index === 0 ? `, transcripts: ["s3://${LOG_BUCKET}/ssm"]` : '';
    return `  - {id: ${nameOf(account)}, regions: [${REGIONS.join(', ')}], endpoint: "${endpoint}"${more}}\n`;
  });
  return `aws:\n${blocks.join('')}`;
}

/** The same facts as files in a folder, judged at one look. */
async function oneShot() {
  const site = new AwsSite(`sources: [{id: trail, type: cloudtrail, paths: ["./trail"]}]
recorders: [{id: sessions, type: ssm, paths: ["./ssm"]}]
`);
  try {
    for (const account of ACCOUNTS) {
      for (const region of REGIONS) {
        const body = gzipSync(aws.trailFile(recordsOf(account, region)));
        site.put(`trail/${aws.trailKey({ account, region })}`, body, at('12:30:00'));
      }
    }
    for (const { key, body } of transcripts()) site.put(key, body, at('12:10:00'));
    await site.pass(LATER);
    return await site.outcome();
  } finally {
    await site.remove();
  }
}

it('a fleet is read whole through throttling, expired tokens and lost connections', async (context) => {
  const expected = await oneShot();
  const sessions = expected.accesses.filter((one) => one.includes(' ssm-shell '));
  assert.equal(sessions.length, Math.ceil(PER_REGION / 20) * ACCOUNTS.length * REGIONS.length);
  assert.ok(sessions.filter((one) => one.includes(' unrecorded ')).length > 50);
  let now = Date.parse(at('12:40:00'));
  const cloud = await startAws({ state: stateOf(), now: () => now, lookupsPerSecond: 100_000 });
  context.after(() => cloud.close());
  const keys = Object.fromEntries(ACCOUNTS.map((account) => [nameOf(account), keyOf(account)]));
  const site = new AwsSite(fleetYaml(cloud.endpoint), { keys });
  context.after(() => site.remove());
  const lookup = { action: 'LookupEvents' } as const;
  const storms: readonly (() => void)[] = [
    () => cloud.fault({ ...lookup, kind: 'throttle', times: 8 }),
    () => {
      cloud.fault({ ...lookup, kind: 'expired-token', times: 1, account: ACCOUNTS[1] ?? '' });
      cloud.fault({ ...lookup, kind: 'drop-connection', times: 1, account: ACCOUNTS[2] ?? '' });
      cloud.fault({ ...lookup, kind: 'malformed', times: 1, account: ACCOUNTS[3] ?? '' });
    },
    () => cloud.expirePages(),
    () => cloud.fault({ action: '*', kind: 'internal', times: 6 }),
  ];
  for (const storm of storms) {
    storm();
    await site.pass(now);
    now += 3 * 60_000;
  }
  assert.ok(cloud.requests.filter((one) => one.outcome === 'ThrottlingException').length >= 8);
  await site.restart();
  for (now = Date.parse(at('12:52:00')); now < Date.parse(LATER); now += 4 * 60_000) await site.pass(now);
  now = Date.parse(LATER);
  await site.pass(now);
  assert.deepEqual(await site.outcome(), expected);
});
