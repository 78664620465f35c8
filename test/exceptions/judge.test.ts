import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countHits, withException } from '../../src/exceptions/judge.ts';
import type { JudgedAccess } from '../../src/model/access.ts';
import type { Exception } from '../../src/model/exception.ts';
import { access, exception, HOUR, policy, T0 } from './support.ts';

function judged(part: Partial<JudgedAccess> = {}): JudgedAccess {
  const { principal: _principal, checks: _checks, ...question } = access();
  return {
    ...question,
    uid: 'acc_1',
    accountUid: null,
    closedBy: 'record',
    resolution: 0.001,
    assumed: [],
    channelsShown: true,
    connection: 'c',
    session: {},
    forcedCommand: null,
    ioLog: null,
    command: null,
    via: null,
    parents: [],
    streams: [],
    cloud: null,
    withoutAccepted: false,
    refs: [],
    principal: null,
    targetKind: 'host',
    tier: null,
    privileged: true,
    breakGlass: false,
    verdict: 'unrecorded',
    reasons: [{ code: 'no-recording', detail: 'none fits' }],
    recordings: [],
    nearMisses: [],
    exception: null,
    acceptedAfterwards: null,
    evidence: { required: 'E3', found: 'E0' },
    ...part,
  };
}

function judge(part: Partial<JudgedAccess>, exceptions: readonly Exception[] = [exception()]): JudgedAccess {
  return withException(judged(part), exceptions, policy(), T0 + 1000 * HOUR);
}

const APPLIED = { id: 'EXC-1', kind: 'break-glass', file: 'a.yaml:1:1', expires: T0 + 3 * HOUR };

test('an exception turns unrecorded and inadequate into excepted, and says so', () => {
  const given = judge({});
  assert.equal(given.verdict, 'excepted');
  assert.deepEqual(given.exception, APPLIED);
  assert.deepEqual(
    given.reasons.map(({ code }) => code),
    ['no-recording', 'excepted'],
  );
  const damaged = { verdict: 'inadequate', reasons: [{ code: 'recording-truncated', detail: '' }] } as const;
  assert.equal(judge(damaged).verdict, 'excepted');
});

test('what is well, and what is in doubt, stays as it is', () => {
  for (const verdict of ['recorded', 'pending', 'undetermined'] as const) {
    const before = judged({ verdict });
    assert.equal(withException(before, [exception()], policy(), T0 + 9 * HOUR), before);
  }
});

test('a use of break-glass is accepted whatever its verdict', () => {
  const given = judge({ verdict: 'recorded', breakGlass: true, reasons: [] });
  assert.equal(given.verdict, 'recorded');
  assert.deepEqual(given.exception, APPLIED);
});

test('what outlives its exception is unrecorded, and the reason names the stretch', () => {
  const given = judge({ closed: T0 + 4 * HOUR });
  assert.equal(given.verdict, 'unrecorded');
  assert.equal(given.exception, null);
  assert.deepEqual(given.reasons.at(-1), {
    code: 'exception-outlived',
    detail: 'EXC-1 expired at 2026-11-22T13:00:00.000Z; nothing accepts the access from then on',
  });
});

test('an approval afterwards is noted, and the verdict stays', () => {
  const given = judge({}, [exception({ approvedAt: T0 + 2 * HOUR })]);
  assert.equal(given.verdict, 'unrecorded');
  assert.equal(given.exception, null);
  assert.deepEqual(given.acceptedAfterwards, APPLIED);
});

test('an exception that does not hold is named in the reasons', () => {
  const codeOf = (part: Partial<Exception>): string | undefined =>
    judge({}, [exception(part)]).reasons.at(-1)?.code;
  assert.equal(codeOf({ startsAt: T0 - HOUR, expiresAt: T0 }), 'exception-expired');
  assert.equal(codeOf({ startsAt: T0 + 2 * HOUR }), 'exception-not-started');
  assert.equal(codeOf({ approvedAt: T0 + 2000 * HOUR }), 'exception-not-approved');
  assert.equal(codeOf({ approvedBy: 'root' }), 'exception-self-approved');
  assert.equal(judge({ target: 'db01' }).reasons.length, 1);
});

test('all faults of an access have to be accepted, its explanations do not', () => {
  const only = [exception({}, { checks: ['no-recording'] })];
  const explained = [
    { code: 'no-recording', detail: '' },
    { code: 'forced-command', detail: '' },
  ];
  assert.equal(judge({ reasons: explained }, only).verdict, 'excepted');
  const worse = [...explained, { code: 'recording-disabled', detail: '' }];
  assert.equal(judge({ reasons: worse }, only).verdict, 'unrecorded');
});

test('hits count accesses that an exception accepted, in time or afterwards', () => {
  const accesses = [
    judge({ opened: T0 + HOUR }),
    judge({ opened: T0 + 2 * HOUR, closed: T0 + 2 * HOUR }),
    judge({ opened: T0 + HOUR }, [exception({ id: 'EXC-2', approvedAt: T0 + 2 * HOUR })]),
    judge({ target: 'db01' }),
  ];
  assert.deepEqual(
    countHits(accesses),
    new Map([
      ['EXC-1', { count: 2, last: T0 + 2 * HOUR }],
      ['EXC-2', { count: 1, last: T0 + HOUR }],
    ]),
  );
});
