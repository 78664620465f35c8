import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { toSessionEvents } from '../../src/aws/sessions-events.ts';
import type { SessionFacts } from '../../src/aws/sessions.ts';
import { sessionize } from '../../src/correlate/sessionize.ts';
import type { Access } from '../../src/model/access.ts';
import type { Event } from '../../src/model/event.ts';
import type { Recording } from '../../src/model/recording.ts';
import * as aws from '../support/cloudtrail.ts';
import { recording } from '../support/build.ts';
import { judgeFacts } from '../support/judge.ts';
import { eventsOfText, trailEvents } from '../support/trail-events.ts';

const SESSION = 'alice-0a1b2c3d4e5f67890';
const NODE = 'i-0abc1234def567890';
const at = (time: string) => `2026-11-22T${time}Z`;
const ms = (time: string) => Date.parse(at(time));

const accessesOf = (events: readonly Event[]) => sessionize(events, new Map()).accesses;

function only(events: readonly Event[]): Access {
  const accesses = accessesOf(events);
  assert.equal(accesses.length, 1, JSON.stringify(accesses.map((one) => [one.path, one.target])));
  return accesses[0] ?? assert.fail();
}

/** A session as the service lists it. */
function listed(change: Partial<SessionFacts> = {}): Event[] {
  const facts: SessionFacts = {
    id: SESSION,
    target: NODE,
    status: 'Terminated',
    startedAt: ms('10:00:00.412'),
    endedAt: ms('10:30:00.118'),
    document: 'SSM-SessionManagerRunShell',
    owner: `arn:aws:iam::${aws.ACCOUNT}:user/alice`,
    reason: null,
    s3Url: null,
    logGroupUrl: null,
    ...change,
  };
  return [...toSessionEvents([facts], { stream: 'sessions', account: aws.ACCOUNT, region: aws.REGION })];
}

/** A transcript as the recorder gives it: its end is that of the upload. */
function transcript(change: Partial<Recording> = {}): Recording {
  return recording({
    recorder: 'ssm',
    target: null,
    account: null,
    opened: null,
    closed: ms('10:20:07'),
    durationMs: null,
    resolution: 1000,
    endProven: true,
    hasEndMarker: true,
    evidence: 'E3',
    ids: { cloudSession: SESSION },
    ...change,
  });
}

describe('a session of Session Manager', () => {
  const start = aws.startSession({ time: at('10:00:00') });
  const end = aws.terminateSession({ time: at('10:05:00') });

  it('goes from StartSession to TerminateSession', () => {
    const access = only(trailEvents([start, end]));
    assert.deepEqual(
      [access.path, access.account, access.target, access.opened, access.closed, access.closedBy],
      ['ssm-shell', 'alice', NODE, ms('10:00:00'), ms('10:05:00'), 'record'],
    );
    assert.equal(access.refs.length, 2);
  });

  it('another session ends it no more than one that ended before', () => {
    const other = aws.terminateSession({ time: at('10:05:00'), sessionId: 'alice-0a1b2c3d4e5f67891' });
    const earlier = aws.terminateSession({ time: at('09:59:00') });
    assert.equal(only(trailEvents([start, other])).closed, null);
    assert.equal(only(trailEvents([start, earlier])).closed, null);
  });

  it('the list of sessions tells its end; what the trail says of it counts more', () => {
    const access = only([...listed(), ...trailEvents([start])]);
    assert.deepEqual(
      [access.cloud?.action, access.account, access.closed, access.streams.toSorted()],
      ['StartSession', 'alice', ms('10:30:00.118'), ['sessions', 'trail']],
    );
    assert.equal(access.uid, only(trailEvents([start])).uid);
    assert.equal(access.uid, only(listed()).uid);
  });

  it('seen by the list alone it is an access too, open while it has no end', () => {
    const open = only(listed({ endedAt: null, status: 'Connected' }));
    assert.deepEqual([open.path, open.target, open.account, open.closed], ['ssm-shell', NODE, 'alice', null]);
  });

  it('resumed it stays one, and so it does where only a resumption of it is read beside the list', () => {
    const resumed = aws.resumeSession({ time: at('10:02:00') });
    const access = only(trailEvents([start, resumed, end]));
    assert.deepEqual([access.opened, access.closed], [ms('10:00:00'), ms('10:05:00')]);
    assert.equal(only([...listed(), ...trailEvents([resumed])]).opened, ms('10:00:00.412'));
  });

  it('without any record of its end it ends with its transcript, and with none it stays open', () => {
    const judged = (recordings: readonly Recording[]) => {
      const [access] = judgeFacts(trailEvents([start]), recordings).accesses;
      return [access?.closed, access?.closedBy, access?.verdict];
    };
    assert.deepEqual(judged([transcript()]), [ms('10:20:07'), 'recording', 'recorded']);
    assert.deepEqual(judged([]), [null, null, 'unrecorded']);
    const cut = transcript({
      state: 'incomplete',
      endProven: false,
      problems: [{ code: 'recording-truncated', detail: 'the transcript has no footer' }],
    });
    assert.deepEqual(judged([cut]).slice(0, 2), [null, null]);
    const other = transcript({ ids: { cloudSession: 'alice-0a1b2c3d4e5f67891' } });
    assert.deepEqual(judged([other]), [null, null, 'unrecorded']);
  });

  it('is one through whatever wrapper its records come, and however often', () => {
    const records = [start, end];
    const wrapped = [
      aws.trailFile(records),
      records.map((one) => JSON.stringify(one)).join('\n'),
      JSON.stringify({ Events: records.map(aws.lookupEvent) }),
      records.map((one) => JSON.stringify(aws.eventBridgeEvent(one))).join('\n'),
      JSON.stringify(aws.logsMessage(records)),
    ];
    const expected = only(trailEvents(records));
    for (const text of wrapped) {
      const access = only(eventsOfText(text));
      assert.deepEqual({ ...access, refs: [] }, { ...expected, refs: [] });
    }
    const all = wrapped.flatMap((text, index) => eventsOfText(text, { stream: `way ${index}` }));
    const access = only([...all, ...all]);
    assert.deepEqual(
      [access.uid, access.opened, access.closed],
      [expected.uid, expected.opened, expected.closed],
    );
    assert.equal(access.refs.length, 2);
  });

  it('two sessions with one transcript: the other one is the gap', () => {
    const second = aws.startSession({ time: at('10:01:00'), sessionId: 'alice-0a1b2c3d4e5f67891' });
    const { accesses } = judgeFacts(trailEvents([start, second]), [transcript()]);
    assert.deepEqual(
      accesses.map((one) => [one.session.cloudSession, one.verdict]),
      [
        [SESSION, 'recorded'],
        ['alice-0a1b2c3d4e5f67891', 'unrecorded'],
      ],
    );
  });

  it('of two copies of its transcript the whole one counts, in whatever order they come', () => {
    const cut = transcript({
      state: 'incomplete',
      endProven: false,
      bytes: 9_000,
      problems: [{ code: 'recording-truncated', detail: 'the transcript has no footer' }],
    });
    const whole = transcript();
    for (const copies of [
      [cut, whole],
      [whole, cut],
    ]) {
      const [access] = judgeFacts(trailEvents([start]), copies).accesses;
      assert.deepEqual([access?.verdict, access?.recordings[0]?.uid], ['recorded', whole.uid]);
    }
    assert.equal(judgeFacts(trailEvents([start]), [cut]).accesses[0]?.verdict, 'inadequate');
  });
});

describe('elevations inside a session of Session Manager', () => {
  const start = aws.startSession({ time: at('10:00:00'), target: 'web01' });
  const end = aws.terminateSession({ time: at('10:20:00') });
  const sudo = (time: string, actor = 'ssm-user'): Event => ({
    ...(accessesSeed[0] ?? assert.fail()),
    uid: `ev_sudo ${time} ${actor}`,
    time: ms(time),
    actor,
  });
  const accessesSeed: readonly Event[] = [
    {
      uid: 'ev_sudo',
      kind: 'access.open',
      time: 0,
      resolution: 0.001,
      assumed: [],
      seq: 0,
      stream: 'web01/auth.log',
      program: 'sudo',
      target: 'web01',
      reportedHost: null,
      path: 'sudo',
      account: 'root',
      actor: null,
      origin: null,
      credential: null,
      session: { tty: 'pts/1' },
      detail: { service: 'sudo', command: '/usr/bin/id' },
      ref: { source: 'web01/auth.log', record: '1' },
    },
  ];
  const judgedSudo = (events: readonly Event[], recordings: readonly Recording[]) => {
    const found = judgeFacts(events, recordings).accesses.find((one) => one.path === 'sudo');
    return [found?.verdict, found?.recordings[0]?.join];
  };

  it('by the agent’s account is covered where the session is recorded, and only there', () => {
    const events = [...trailEvents([start, end]), sudo('10:10:00')];
    assert.deepEqual(judgedSudo(events, [transcript()]), ['recorded', 'nested']);
    assert.deepEqual(judgedSudo(events, []), ['unrecorded', undefined]);
  });

  it('by another account is not, nor on another host, nor outside of its time', () => {
    const events = trailEvents([start, end]);
    assert.deepEqual(judgedSudo([...events, sudo('10:10:00', 'bob')], [transcript()])[0], 'unrecorded');
    const elsewhere = { ...sudo('10:10:00'), target: 'web02' };
    assert.deepEqual(judgedSudo([...events, elsewhere], [transcript()])[0], 'unrecorded');
    assert.deepEqual(judgedSudo([...events, sudo('10:40:00')], [transcript()])[0], 'unrecorded');
  });

  it('after the end that only the transcript tells is not covered by it', () => {
    const events = trailEvents([start]);
    assert.deepEqual(judgedSudo([...events, sudo('10:10:00')], [transcript()]), ['recorded', 'nested']);
    assert.deepEqual(judgedSudo([...events, sudo('14:00:00')], [transcript()])[0], 'unrecorded');
  });

  it('in one of two sessions of which one is recorded is told as a doubt', () => {
    const second = aws.startSession({
      time: at('10:00:30'),
      target: 'web01',
      sessionId: 'bob-0a1b2c3d4e5f67892',
    });
    const events = [...trailEvents([start, end, second]), sudo('10:10:00')];
    assert.equal(judgedSudo(events, [transcript()])[0], 'undetermined');
  });
});
