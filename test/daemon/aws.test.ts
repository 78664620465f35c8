import assert from 'node:assert/strict';
import { afterEach, describe, it, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { sshdLogin, tlogRecording } from '../cli/logs.ts';
import { type AwsState, type FakeAws, startAws } from '../support/aws/aws.ts';
import * as aws from '../support/cloudtrail.ts';
import { transcriptText } from '../support/ssm-transcript.ts';
import { AwsSite, codesOf, type SiteOptions } from './aws-site.ts';
import {
  accountYaml,
  at,
  bucket,
  happenings,
  KEY,
  LOG_BUCKET,
  sessionId,
  stateOf,
  TRAIL_BUCKET,
  trailObjects,
  transcript,
  transcripts,
} from './aws-world.ts';

const SESSIONS = 12;
const LATER = at('13:00:00');
const TRANSCRIPTS = `transcripts: ["s3://${LOG_BUCKET}/ssm"]`;
const TRAILS = `trails: ["s3://${TRAIL_BUCKET}"]`;

let sites: AwsSite[] = [];
afterEach(async () => {
  for (const site of sites.splice(0)) await site.remove();
});

let now = Date.parse(LATER);

async function startCloud(context: TestContext, state: AwsState): Promise<FakeAws> {
  const cloud = await startAws({ state, now: () => now, lookupsPerSecond: 100_000 });
  context.after(() => cloud.close());
  return cloud;
}

function siteOf(
  yaml: string,
  keys: SiteOptions['keys'] = { corp: KEY },
  clients: SiteOptions['clients'] = {},
): AwsSite {
  const site = new AwsSite(yaml, { keys, clients });
  sites.push(site);
  return site;
}

/** A site that reads the event history and the transcripts of one account. */
async function historySite(
  context: TestContext,
  state: AwsState,
): Promise<{ site: AwsSite; cloud: FakeAws }> {
  const cloud = await startCloud(context, state);
  return { site: siteOf(`aws:\n${accountYaml(cloud.endpoint, TRANSCRIPTS)}`), cloud };
}

/** A pass at a time that is also AWS's. */
async function pass(site: AwsSite, time: string): Promise<void> {
  now = Date.parse(time);
  await site.pass(time);
}

const records = happenings(SESSIONS);

describe('one account by three ways', () => {
  const inBucket = () => ({ [LOG_BUCKET]: bucket(transcripts(SESSIONS)) });

  async function byHistory(context: TestContext) {
    const { site } = await historySite(context, stateOf(records, inBucket()));
    await pass(site, LATER);
    return site.outcome();
  }

  it('the event history finds what is there to be found', async (context) => {
    const { accesses, findings } = await byHistory(context);
    const verdicts = accesses.map((one) => one.split(' ').slice(1).join(' '));
    const count = (text: string) => verdicts.filter((one) => one === text).length;
    assert.equal(count('ssm-shell recorded '), 8);
    assert.equal(count('ssm-shell unrecorded no-recording'), 4);
    assert.equal(count('ssm-shell unrecorded recording-disabled,no-recording'), 1);
    assert.equal(count('api-role recorded trail-is-evidence'), SESSIONS + 1);
    assert.equal(accesses.length, 8 + 4 + 1 + SESSIONS + 1);
    const controls = findings.filter((one) => one.includes(' ev_')).map((one) => one.split(' ')[0]);
    assert.deepEqual(controls, ['recording-disabled', 'source-weakened']);
  });

  it('trail files in a bucket, one by one in any order and twice, give the same', async (context) => {
    const expected = await byHistory(context);
    const state = stateOf([], { ...inBucket(), [TRAIL_BUCKET]: bucket([]) });
    const cloud = await startCloud(context, state);
    const yaml = `aws:\n${accountYaml(cloud.endpoint, `lookup: false, ${TRAILS}, ${TRANSCRIPTS}`)}`;
    const site = siteOf(yaml);
    const objects = trailObjects(records, 14);
    const order = objects.map((object, index) => ({ object, rank: (index * 7) % 5 }));
    const mixed = order.toSorted((a, b) => a.rank - b.rank).map(({ object }) => object);
    const trail = state.buckets[TRAIL_BUCKET] ?? assert.fail();
    for (const [index, object] of [...mixed, ...mixed].entries()) {
      const time = new Date(Date.parse(at('11:00:00')) + index * 600_000);
      trail.objects = [
        ...trail.objects.filter(({ key }) => key !== object.key),
        { ...object, lastModified: time },
      ];
      await pass(site, time.toISOString());
    }
    await pass(site, at('23:00:00'));
    assert.deepEqual(await site.outcome(), expected);
  });

  it('a folder of the files gives the same', async (context) => {
    const expected = await byHistory(context);
    const site = siteOf(`sources: [{id: trail, type: cloudtrail, paths: ["./trail"]}]
recorders: [{id: sessions, type: ssm, paths: ["./ssm"]}]
`);
    for (const { key, body } of trailObjects(records, 14)) site.put(`trail/${key}`, body, at('10:30:00'));
    for (const { key, body } of transcripts(SESSIONS)) site.put(key, body, at('10:30:00'));
    await site.pass(LATER);
    assert.deepEqual(await site.outcome(), expected);
  });

  it('history and bucket together give each access once', async (context) => {
    const expected = await byHistory(context);
    const buckets = { ...inBucket(), [TRAIL_BUCKET]: bucket(trailObjects(records, 14)) };
    const cloud = await startCloud(context, stateOf(records, buckets));
    const site = siteOf(`aws:\n${accountYaml(cloud.endpoint, `${TRAILS}, ${TRANSCRIPTS}`)}`);
    await pass(site, LATER);
    assert.deepEqual(await site.outcome(), expected);
  });
});

describe('events that come late, out of order and twice', () => {
  const STEP_MS = 20 * 60_000;

  it('40 minutes late they end where prompt ones end', async (context) => {
    const prompt = await historySite(
      context,
      stateOf(records, { [LOG_BUCKET]: bucket(transcripts(SESSIONS)) }),
    );
    await pass(prompt.site, LATER);
    const state = stateOf([], { [LOG_BUCKET]: bucket(transcripts(SESSIONS)) });
    const { site } = await historySite(context, state);
    const events = state.accounts[aws.ACCOUNT]?.regions[aws.REGION]?.events ?? assert.fail();
    const due = (record: aws.TrailRecord, index: number) =>
      Date.parse(String(record['eventTime'])) + (index % 3) * 20 * 60_000;
    const waiting = records.map((record, index) => ({ record, due: due(record, index) }));
    for (let time = Date.parse(at('08:59:00')); time <= Date.parse(LATER); time += STEP_MS) {
      for (const { record } of waiting.filter((one) => one.due <= time && one.due > time - STEP_MS))
        events.push(record, record);
      await pass(site, new Date(time).toISOString());
    }
    await pass(site, at('14:30:00'));
    assert.deepEqual(await site.outcome(), await prompt.site.outcome());
  });
});

describe('what the reader may not see', () => {
  it('a bucket that is closed to it leaves its sessions undetermined, and hosts as they are', async (context) => {
    const state = stateOf(records, { [LOG_BUCKET]: bucket(transcripts(SESSIONS)) });
    const account = state.accounts[aws.ACCOUNT] ?? assert.fail();
    account.policies = { [KEY]: { deny: ['s3:ListBucket', 's3:ListBucketVersions'] } };
    const cloud = await startCloud(context, state);
    const site = siteOf(`timezone: UTC
sources: [{id: logs, paths: ["./hosts/*/auth.log"]}]
recorders: [{id: tlog, type: tlog, paths: ["./hosts/*/recordings"]}]
aws:
${accountYaml(cloud.endpoint, TRANSCRIPTS)}`);
    const LOGINS = [
      { at: '10:00:00', pid: 100 },
      { at: '11:00:00', pid: 200 },
    ] as const;
    site.put('hosts/web01/auth.log', LOGINS.map(sshdLogin).join(''), at('12:00:00'));
    site.put('hosts/web01/recordings/a.log', tlogRecording(LOGINS[0]), at('12:00:00'));
    await pass(site, LATER);
    const all = await site.accesses();
    const verdictsOf = (path: string) =>
      new Set(all.filter((one) => one.path.startsWith(path)).map((one) => one.verdict));
    assert.deepEqual(verdictsOf('ssm-shell'), new Set(['undetermined']));
    assert.deepEqual(verdictsOf('api-role'), new Set(['recorded']));
    assert.deepEqual([...verdictsOf('ssh')].toSorted(), ['recorded', 'unrecorded']);
    const checks = new Set((await site.findings()).map((one) => one.check));
    assert.ok(checks.has('recording-not-retrievable'), [...checks].join());
    account.policies = {};
    await pass(site, at('13:10:00'));
    const sessions = (await site.accesses()).filter((one) => one.path === 'ssm-shell');
    assert.equal(sessions.filter((one) => one.verdict === 'recorded').length, 8);
  });
});

describe('transcripts that change', () => {
  const session = [
    aws.startSession({ time: at('09:00:00'), sessionId: sessionId(0) }),
    aws.terminateSession({ time: at('09:05:00'), sessionId: sessionId(0) }),
  ];

  async function recordedSite(context: TestContext) {
    const objects = [transcript(0, { lastModified: new Date(at('09:05:20')) })];
    const state = stateOf(session, { [LOG_BUCKET]: bucket(objects, { versioning: undefined }) });
    const { site } = await historySite(context, state);
    await pass(site, at('10:00:00'));
    assert.deepEqual(await site.verdicts(), [`${sessionId(0)} recorded`]);
    return { site, logs: state.buckets[LOG_BUCKET] ?? assert.fail() };
  }

  for (const [name, body] of [
    ['as long as before', transcriptText('session 1')],
    ['longer', transcriptText('session 0', 'and nothing else')],
    ['shorter', transcriptText('x')],
  ] as const) {
    it(`one that is overwritten with one ${name} is altered and records no more`, async (context) => {
      const { site, logs } = await recordedSite(context);
      logs.objects = [transcript(0, { body, lastModified: new Date(at('10:05:00')) })];
      await pass(site, at('10:10:00'));
      assert.deepEqual(await site.verdicts(), [`${sessionId(0)} inadequate`]);
      const [access] = await site.accesses();
      const code = name === 'shorter' ? 'recording-truncated' : 'recording-altered';
      assert.ok(codesOf(access).includes(code), JSON.stringify(access?.reasons));
      await site.restart();
      await pass(site, at('14:00:00'));
      assert.deepEqual(await site.verdicts(), [`${sessionId(0)} inadequate`], 'and stays so');
    });
  }

  it('one that is written again with the same bytes is as it was', async (context) => {
    const { site, logs } = await recordedSite(context);
    logs.objects = [transcript(0, { lastModified: new Date(at('10:05:00')) })];
    await pass(site, at('10:10:00'));
    assert.deepEqual(await site.verdicts(), [`${sessionId(0)} recorded`]);
  });

  it('one with a second version is altered, also where it was never seen before', async (context) => {
    const objects = [
      transcript(0, { lastModified: new Date(at('09:05:20')) }),
      transcript(0, { body: transcriptText('nothing'), lastModified: new Date(at('09:30:00')) }),
    ];
    const { site } = await historySite(context, stateOf(session, { [LOG_BUCKET]: bucket(objects) }));
    await pass(site, at('10:30:00'));
    const [access] = await site.accesses();
    assert.equal(access?.verdict, 'inadequate', JSON.stringify(access?.reasons));
    assert.ok(codesOf(access).includes('recording-altered'));
  });

  it('one that is deleted leaves its session unrecorded, and says that it was there', async (context) => {
    const { site, logs } = await recordedSite(context);
    logs.objects = [];
    await pass(site, at('10:10:00'));
    const [access] = await site.accesses();
    assert.equal(access?.verdict, 'unrecorded');
    assert.ok(codesOf(access).includes('recording-deleted-early'), JSON.stringify(access?.reasons));
  });

  it('one that comes after the graces heals its session, and is told to be late', async (context) => {
    const state = stateOf(session, { [LOG_BUCKET]: bucket([]) });
    const { site } = await historySite(context, state);
    await pass(site, at('09:00:30'));
    assert.deepEqual(await site.verdicts(), [`${sessionId(0)} pending`]);
    await pass(site, at('09:20:00'));
    assert.deepEqual(await site.verdicts(), [`${sessionId(0)} pending`]);
    await pass(site, at('10:00:00'));
    assert.deepEqual(await site.verdicts(), [`${sessionId(0)} unrecorded`]);
    const logs = state.buckets[LOG_BUCKET] ?? assert.fail();
    logs.objects.push(transcript(0, { lastModified: new Date(at('10:05:00')) }));
    await pass(site, at('10:10:00'));
    assert.deepEqual(await site.verdicts(), [`${sessionId(0)} recorded`]);
    const found = (await site.findings())
      .filter((one) => one.subject.type === 'access' || one.subject.type === 'recording')
      .map((one) => `${one.check} ${one.status}`);
    assert.deepEqual(found.toSorted(), ['no-recording resolved', 'recording-late open']);
  });
});

describe('a configuration that changes', () => {
  it('is told with before and after, and settles when it is restored', async (context) => {
    const trail = {
      trail: {
        Name: 'main',
        TrailARN: `arn:aws:cloudtrail:${aws.REGION}:${aws.ACCOUNT}:trail/main`,
        HomeRegion: aws.REGION,
        S3BucketName: TRAIL_BUCKET,
        IncludeGlobalServiceEvents: true,
        IsMultiRegionTrail: true,
        LogFileValidationEnabled: true,
        HasCustomEventSelectors: true,
      },
      selectors: [{ ReadWriteType: 'All', IncludeManagementEvents: true } as const],
    };
    const state = stateOf([], { [LOG_BUCKET]: bucket([]), [TRAIL_BUCKET]: bucket([]) });
    const region = state.accounts[aws.ACCOUNT]?.regions[aws.REGION] ?? assert.fail();
    const logs = state.buckets[LOG_BUCKET] ?? assert.fail();
    region.trails = [{ ...trail, status: { IsLogging: true } }];
    const { site } = await historySite(context, state);
    const controls = async () => {
      const all = (await site.findings()).filter((one) => one.subject.type === 'control');
      return all.map((one) => `${one.status} ${one.subject.uid}`).toSorted();
    };
    await pass(site, at('10:00:00'));
    const before = await controls();
    region.documents = { 'SSM-SessionManagerRunShell': { content: { inputs: { s3BucketName: '' } } } };
    region.trails = [{ ...trail, status: { IsLogging: false } }];
    logs.versioning = 'Suspended';
    await pass(site, at('10:10:00'));
    const found = (await controls()).filter((one) => !before.includes(one));
    for (const part of ['ssm-preferences', 'trail-status/main', `bucket/${LOG_BUCKET}`]) {
      assert.ok(
        found.some((one) => one.startsWith('open ') && one.includes(part)),
        `${part} in ${found.join()}`,
      );
    }
    const changes = (await site.findings()).filter((one) =>
      one.subject.uid.endsWith(String(Date.parse(at('10:10:00')))),
    );
    const told = changes.map((one) => `${one.title} ${one.evidence.join(' ')}`).join('\n');
    assert.match(told, /Changed between 2026-11-22T10:00:00\.000Z and 2026-11-22T10:10:00\.000Z/);
    region.documents = {
      'SSM-SessionManagerRunShell': { content: { inputs: { s3BucketName: LOG_BUCKET } } },
    };
    region.trails = [{ ...trail, status: { IsLogging: true } }];
    logs.versioning = 'Enabled';
    await pass(site, at('10:20:00'));
    const open = (await controls()).filter((one) => one.startsWith('open ') && !before.includes(one));
    const weaknesses = open.filter((one) => !/ \d{13}$/.test(one));
    assert.deepEqual(weaknesses, [], 'nothing is weak any more');
  });

  it('is looked at again by a new process, and compared with what the last one saw', async (context) => {
    const state = stateOf([], { [LOG_BUCKET]: bucket([]) });
    const { site } = await historySite(context, state);
    await pass(site, at('10:00:00'));
    await site.restart();
    (state.buckets[LOG_BUCKET] ?? assert.fail()).versioning = 'Suspended';
    await pass(site, at('10:01:00'));
    const changes = (await site.findings()).filter((one) => one.subject.uid.includes(` versioning `));
    assert.equal(changes.length, 1);
    assert.match(changes[0]?.evidence.join(' ') ?? '', /Changed between 2026-11-22T10:00:00/);
  });
});

describe('a stop', () => {
  /** An answer that does not come within ten minutes: nothing but the stop ends the pass before the test's own end. */
  const PATIENCE = { answerWithinMs: 600_000 };
  const HANGING: readonly (readonly string[])[] = [
    ['LookupEvents', 'DescribeSessions', 'DescribeTrails', 'ListObjectVersions', 'ListObjectsV2'],
    ['GetCallerIdentity'],
  ];
  for (const actions of HANGING) {
    it(`ends a pass where ${actions[0]} has no answer`, { timeout: 30_000 }, async (context) => {
      const cloud = await startCloud(context, stateOf(records, { [LOG_BUCKET]: bucket([]) }));
      const site = siteOf(`aws:\n${accountYaml(cloud.endpoint, TRANSCRIPTS)}`, { corp: KEY }, PATIENCE);
      for (const action of actions) cloud.fault({ action, kind: 'slow', times: 100 });
      const stop = new AbortController();
      const running = site.pass(LATER, stop.signal);
      while (!cloud.requests.some((one) => one.outcome === 'slow')) await sleep(5);
      stop.abort();
      assert.equal(await running, false, 'nothing was judged');
      assert.deepEqual(await site.accesses(), []);
      cloud.release();
    });
  }

  it('while the role that reads is assumed ends it too', { timeout: 30_000 }, async (context) => {
    const state = stateOf(records);
    (state.accounts[aws.ACCOUNT] ?? assert.fail()).roles = { reader: {} };
    const cloud = await startCloud(context, state);
    const role = `role_arn: "arn:aws:iam::${aws.ACCOUNT}:role/reader"`;
    const site = siteOf(`aws:\n${accountYaml(cloud.endpoint, role)}`, { corp: KEY }, PATIENCE);
    cloud.fault({ action: 'AssumeRole', kind: 'slow', times: 100 });
    const stop = new AbortController();
    const running = site.pass(LATER, stop.signal);
    while (!cloud.requests.some((one) => one.outcome === 'slow')) await sleep(5);
    stop.abort();
    assert.equal(await running, false);
    cloud.release();
  });
});
