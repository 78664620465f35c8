import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CheckResult } from '../../src/daemon/check-folder.ts';
import type { JudgedAccess } from '../../src/model/access.ts';
import * as aws from '../support/cloudtrail.ts';
import { cutTranscript, transcriptText } from '../support/ssm-transcript.ts';
import { checksOf, CloudFolder, codesOf } from './cloud-world.ts';

const at = (time: string) => `2026-11-22T${time}Z`;
const sessionId = (number: number) => `alice-0a1b2c3d4e5f6789${number}`;
const session = (number: number, time: string, more: aws.SessionCall = {}) =>
  aws.startSession({ time: at(time), sessionId: sessionId(number), ...more });
const log = (number: number) => `ssm/${sessionId(number)}.log`;
const TEXT = transcriptText('whoami');

const verdicts = ({ judgement }: CheckResult) =>
  Object.fromEntries(judgement.accesses.map((one) => [one.session.cloudSession ?? one.path, one.verdict]));
const find = ({ judgement }: CheckResult, id: string): JudgedAccess =>
  judgement.accesses.find((one) => one.session.cloudSession === id) ?? assert.fail();

describe('sessions of Session Manager in a folder', () => {
  it('of three of which two have transcripts exactly the third is a gap', async () => {
    const folder = new CloudFolder()
      .trail(session(1, '10:00:00'), session(2, '10:10:00'), session(3, '10:20:00'))
      .put(log(1), TEXT)
      .put(log(3), TEXT);
    const result = await folder.judge();
    assert.deepEqual(result.errors, []);
    assert.deepEqual(verdicts(result), {
      [sessionId(1)]: 'recorded',
      [sessionId(2)]: 'unrecorded',
      [sessionId(3)]: 'recorded',
    });
    assert.deepEqual(checksOf(result), ['no-recording access']);
    assert.deepEqual(find(result, sessionId(1)).evidence, { required: 'E3', found: 'E3' });
  });

  it('a tunnel is never recorded, also where a transcript bears its id', async () => {
    const folder = new CloudFolder()
      .trail(session(1, '10:00:00', { document: 'AWS-StartPortForwardingSession' }))
      .put(log(1), TEXT);
    const result = await folder.judge();
    const access = find(result, sessionId(1));
    assert.deepEqual([access.verdict, access.evidence.found], ['unrecorded', 'E1']);
    assert.deepEqual(codesOf(access), ['tunnel-unrecordable']);
    assert.ok(checksOf(result).includes('tunnel-unrecordable access'));
  });

  const damages: readonly [string, (folder: CloudFolder) => CloudFolder, string, string][] = [
    ['empty', (folder) => folder.put(log(1), ''), 'inadequate', 'recording-empty'],
    ['cut', (folder) => folder.put(log(1), cutTranscript('whoami')), 'inadequate', 'recording-truncated'],
    ['without a word', (folder) => folder.put(log(1), transcriptText()), 'inadequate', 'recording-empty'],
    [
      'altered after it was pinned',
      (folder) => folder.put(log(1), transcriptText('whoamI')).pin(log(1), TEXT),
      'inadequate',
      'recording-altered',
    ],
    [
      'deleted after it was pinned',
      (folder) => folder.put(log(1), TEXT).pin(log(1), TEXT).delete(log(1)),
      'unrecorded',
      'recording-deleted-early',
    ],
  ];
  for (const [name, damage, verdict, code] of damages) {
    it(`a transcript that is ${name} records nothing`, async () => {
      const folder = damage(new CloudFolder().trail(session(1, '10:00:00'), session(2, '10:10:00')));
      const result = await folder.put(log(2), TEXT).judge();
      const access = find(result, sessionId(1));
      assert.equal(access.verdict, verdict, JSON.stringify(access.reasons));
      assert.ok(codesOf(access).includes(code), JSON.stringify(access.reasons));
      assert.ok(
        checksOf(result).some((one) => one.startsWith(`${code} `)),
        checksOf(result).join(),
      );
      assert.equal(find(result, sessionId(2)).verdict, 'recorded');
    });
  }

  it('a pinned transcript that is as it was is recorded', async () => {
    const folder = new CloudFolder().trail(session(1, '10:00:00')).put(log(1), TEXT).pin(log(1), TEXT);
    assert.deepEqual(verdicts(await folder.judge()), { [sessionId(1)]: 'recorded' });
  });
});

describe('recording that is switched off', () => {
  const off = aws.updateDocument({ time: at('10:05:00'), caller: aws.iamUser('mallory') });
  const on = aws.updateDocument({ time: at('10:15:00'), bucket: 'session-logs' });

  it('between two sessions explains the second, and is a finding', async () => {
    const folder = new CloudFolder().trail(session(1, '10:00:00'), off, session(2, '10:10:00'));
    const result = await folder.put(log(1), TEXT).judge();
    assert.deepEqual(verdicts(result), { [sessionId(1)]: 'recorded', [sessionId(2)]: 'unrecorded' });
    const [reason] = find(result, sessionId(2)).reasons;
    assert.equal(reason?.code, 'recording-disabled');
    assert.match(reason?.detail ?? '', /user\/mallory switched session recording off on 2026-11-22T10:05:00/);
    assert.deepEqual(checksOf(result), ['recording-disabled access', 'recording-disabled control']);
    const change = result.judgement.findings.find((one) => one.subject.type === 'control');
    assert.match(
      change?.evidence.join() ?? '',
      /user\/mallory from 203\.0\.113\.7 called ssm:UpdateDocument/,
    );
  });

  it('and on again explains nothing any more', async () => {
    const folder = new CloudFolder().trail(session(1, '10:00:00'), off, on, session(2, '10:20:00'));
    const result = await folder.put(log(1), TEXT).put(log(2), TEXT).judge();
    assert.deepEqual(verdicts(result), { [sessionId(1)]: 'recorded', [sessionId(2)]: 'recorded' });
    assert.ok(!checksOf(result).includes('recording-disabled access'));
    const again = new CloudFolder().trail(off, on, session(2, '10:20:00'));
    assert.deepEqual(codesOf(find(await again.judge(), sessionId(2))), ['no-recording']);
  });

  it('in another region, or after a change that hides what it set, explains nothing', async () => {
    const elsewhere = aws.updateDocument({ time: at('10:05:00'), region: 'us-east-1' });
    const hidden = aws.updateDocument({ time: at('10:07:00'), content: null });
    for (const changes of [[elsewhere], [off, hidden]]) {
      const result = await new CloudFolder().trail(...changes, session(2, '10:10:00')).judge();
      assert.deepEqual(codesOf(find(result, sessionId(2))), ['no-recording']);
    }
  });

  it('explains no session with a document of its own, and no command', async () => {
    const own = session(2, '10:10:00', { document: 'corp-shell' });
    const command = aws.sendCommand({ time: at('10:11:00'), bucket: 'outputs' });
    const result = await new CloudFolder().trail(off, own, command).judge();
    for (const access of result.judgement.accesses)
      assert.ok(!codesOf(access).includes('recording-disabled'), JSON.stringify(access.reasons));
  });
});

describe('commands and containers', () => {
  const COMMAND = '0a1b2c3d-0000-4000-8000-0123456789ab';
  const NODE = 'i-0abc1234def567890';
  const run = (more: aws.CommandCall = {}) => aws.sendCommand({ time: at('10:00:00'), ...more });
  const output = `out/${COMMAND}/${NODE}/awsrunShellScript/0.awsrunShellScript/stdout`;

  it('a command whose output goes nowhere is a gap that says so', async () => {
    const result = await new CloudFolder().trail(run()).judge();
    const access = find(result, `${COMMAND}/${NODE}`);
    assert.deepEqual(
      [access.verdict, codesOf(access)],
      ['unrecorded', ['recording-disabled', 'no-recording']],
    );
  });

  it('one with its output in the folder is recorded, on the instance that has one', async () => {
    const both = run({ bucket: 'outputs', instances: [NODE, 'i-0abc1234def567891'] });
    const result = await new CloudFolder().trail(both).put(output, 'ok\n').judge();
    assert.deepEqual(verdicts(result), {
      [`${COMMAND}/${NODE}`]: 'recorded',
      [`${COMMAND}/i-0abc1234def567891`]: 'unrecorded',
    });
  });

  const EXEC = 'ecs-execute-command-0a1b2c3d4e5f67890';
  const exec = (more: aws.ExecCall = {}) => aws.executeCommand({ time: at('10:10:00'), ...more });

  it('a command in a container is recorded by its transcript, and else a gap', async () => {
    const recorded = await new CloudFolder().trail(exec()).put(`ecs/${EXEC}.log`, TEXT).judge();
    assert.deepEqual(verdicts(recorded), { [EXEC]: 'recorded' });
    const gap = await new CloudFolder().trail(exec()).judge();
    assert.deepEqual([verdicts(gap), checksOf(gap)], [{ [EXEC]: 'unrecorded' }, ['no-recording access']]);
  });

  it('its cluster’s switch explains the gap, and no other cluster’s', async () => {
    const off = (cluster: string) => aws.updateCluster({ time: at('10:05:00'), cluster });
    const arn = `arn:aws:ecs:${aws.REGION}:${aws.ACCOUNT}:cluster/prod`;
    for (const [cluster, codes] of [
      ['prod', ['recording-disabled', 'no-recording']],
      [arn, ['recording-disabled', 'no-recording']],
      ['test', ['no-recording']],
      ['rod', ['no-recording']],
    ] as const) {
      const result = await new CloudFolder().trail(off(cluster), exec()).judge();
      assert.deepEqual(codesOf(find(result, EXEC)), codes, cluster);
    }
  });
});

describe('what the trail itself records', () => {
  const signIn = (caller: aws.TrailRecord) =>
    aws.call(
      'signin',
      'ConsoleLogin',
      null,
      { ConsoleLogin: 'Success' },
      {
        time: at('10:00:00'),
        caller,
        more: { eventType: 'AwsConsoleSignIn', additionalEventData: { MFAUsed: 'Yes' } },
      },
    );

  it('a sign-in and an assumed role are recorded by it', async () => {
    const result = await new CloudFolder().trail(signIn(aws.iamUser('alice')), aws.assumeRole()).judge();
    const found = result.judgement.accesses.map((one) => [
      one.path,
      one.verdict,
      one.evidence.found,
      codesOf(one),
    ]);
    assert.deepEqual(found.toSorted(), [
      ['api-role', 'recorded', 'E2', ['trail-is-evidence']],
      ['console', 'recorded', 'E2', ['trail-is-evidence']],
    ]);
    assert.deepEqual(checksOf(result), []);
  });

  it('root is break-glass, and every use of it a finding', async () => {
    const use = aws.call('iam', 'CreateUser', { userName: 'x' }, null, {
      time: at('10:05:00'),
      caller: aws.root(),
    });
    const result = await new CloudFolder().trail(use).judge();
    const [access] = result.judgement.accesses;
    assert.deepEqual([access?.account, access?.breakGlass, access?.verdict], ['root', true, 'recorded']);
    assert.ok(
      checksOf(result).some((one) => one.startsWith('break-glass')),
      checksOf(result).join(),
    );
    const other = await new CloudFolder().trail(aws.assumeRole()).judge();
    assert.equal(other.judgement.accesses[0]?.breakGlass, false);
  });
});
