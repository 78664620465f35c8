import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { DispatchInput, Route } from '../../src/dispatch/decide.ts';
import { decide } from '../../src/dispatch/decide.ts';
import type { Finding } from '../../src/model/finding.ts';
import type { DispatchCandidate, PastNotice, TrackedFinding } from '../../src/model/tracked-finding.ts';
import { finding, HOUR, notice, T0, tracked } from '../store/samples.ts';

const ROUTE: Route = {
  receivers: ['mail'],
  groupBy: ['target', 'check'],
  groupWaitMs: 30_000,
  repeatIntervalMs: 4 * HOUR,
  minLevel: 'low',
};
/** The group wait of findings opened at T0 is over. */
const NOW = T0 + 60_000;

function candidate(
  uid: string,
  changes: Partial<Finding> = {},
  notices: readonly PastNotice[] = [],
  life: Partial<TrackedFinding> = {},
): DispatchCandidate {
  return { tracked: tracked(finding(uid, changes), life), notices };
}

function told(uid: string, changes: Partial<PastNotice> = {}): PastNotice {
  return { ...notice(uid), delivery: 'delivered', ...changes };
}

function run(candidates: readonly DispatchCandidate[], changes: Partial<DispatchInput> = {}) {
  return decide({ candidates, route: ROUTE, now: NOW, firstRun: false, ...changes });
}

/** What was decided for the only finding and receiver. */
function only(candidates: readonly DispatchCandidate[], changes: Partial<DispatchInput> = {}) {
  const { alerts, decisions } = run(candidates, changes);
  const [decision] = decisions;
  assert.equal(decisions.length, 1);
  assert.equal(decision?.alert ?? null, alerts[0]?.id ?? null);
  return { decision: decision?.decision, reason: decision?.reason, alerts };
}

test('a new finding is told, with a notice in the same breath', () => {
  const { alerts, notices, decisions } = run([candidate('fnd_1')]);
  const [alert] = alerts;
  assert.equal(alert?.status, 'firing');
  assert.equal(alert.title, '[high] Privileged session without a recording on web01');
  assert.deepEqual(alert.groupLabels, { target: 'web01', check: 'no-recording' });
  assert.deepEqual(alert.findings, [finding('fnd_1')]);
  assert.deepEqual(notices, [
    { finding: 'fnd_1', receiver: 'mail', sequence: 1, kind: 'firing', alert: alert.id, at: NOW },
  ]);
  assert.deepEqual(decisions, [
    { finding: 'fnd_1', receiver: 'mail', decision: 'notify', reason: 'it was never told', alert: alert.id },
  ]);
});

test('the table of status and belief', async (t) => {
  const fires = told('fnd_1');
  const closed = told('fnd_1', { kind: 'resolved', sequence: 2 });
  const noted = { acknowledgedAt: T0, acknowledgedBy: 'alice' };
  const cases = [
    ['open', [], 'notify'],
    ['open', [fires], 'deduplicated'],
    ['open', [closed], 'notify'],
    ['acknowledged', [], 'deduplicated'],
    ['acknowledged', [fires], 'deduplicated'],
    ['acknowledged', [closed], 'deduplicated'],
    ['resolved', [], 'deduplicated'],
    ['resolved', [fires], 'resolved-notice'],
    ['resolved', [closed], 'deduplicated'],
  ] as const;
  for (const [status, notices, expected] of cases) {
    await t.test(`${status}, ${notices[0]?.kind ?? 'untold'}: ${expected}`, () => {
      const life = status === 'acknowledged' ? noted : {};
      const found = only([candidate('fnd_1', { status }, notices, life)]);
      assert.equal(found.decision, expected, found.reason);
      assert.equal(found.alerts.length, expected === 'notify' || expected === 'resolved-notice' ? 1 : 0);
    });
  }
});

test('a finding waits for company until its group wait is over', () => {
  assert.equal(only([candidate('fnd_1')], { now: T0 + 29_999 }).decision, 'wait');
  assert.equal(only([candidate('fnd_1')], { now: T0 + 30_000 }).decision, 'notify');
});

test('company joins: the wait runs from the oldest finding of the group', () => {
  const late = candidate('fnd_2', {}, [], { openedAt: T0 + 29_000 });
  const { alerts } = run([candidate('fnd_1'), late], { now: T0 + 30_000 });
  assert.deepEqual(
    alerts.map((alert) => alert.findings.map((each) => each.uid)),
    [['fnd_1', 'fnd_2']],
  );
  assert.equal(only([late], { now: T0 + 30_000 }).decision, 'wait');
});

test('a finding below the least level is silent, one at the level is not', () => {
  const route = { ...ROUTE, minLevel: 'medium' as const };
  assert.equal(only([candidate('fnd_1', { level: 'low' })], { route }).decision, 'below-level');
  assert.equal(only([candidate('fnd_1', { level: 'medium' })], { route }).decision, 'notify');
});

test('the end of a told finding is told even if its level has sunk below the least', () => {
  const sunk = candidate('fnd_1', { level: 'informational', status: 'resolved' }, [told('fnd_1')]);
  assert.equal(only([sunk]).decision, 'resolved-notice');
});

test('an open finding is repeated after the interval, never before, and not at all where it is 0', () => {
  const open = candidate('fnd_1', {}, [told('fnd_1')]);
  assert.equal(only([open], { now: T0 + 4 * HOUR - 1 }).decision, 'deduplicated');
  assert.equal(only([open], { now: T0 + 4 * HOUR }).decision, 'repeat');
  const never = { ...ROUTE, repeatIntervalMs: 0 };
  assert.equal(only([open], { now: T0 + 4000 * HOUR, route: never }).decision, 'deduplicated');
});

test('an alert that is still under way is not repeated; one that failed is', () => {
  const now = T0 + 5 * HOUR;
  assert.equal(
    only([candidate('fnd_1', {}, [told('fnd_1', { delivery: 'pending' })])], { now }).decision,
    'deduplicated',
  );
  assert.equal(
    only([candidate('fnd_1', {}, [told('fnd_1', { delivery: 'given-up' })])], { now }).decision,
    'repeat',
  );
});

test('each receiver is judged by its own notices', () => {
  const route = { ...ROUTE, receivers: ['mail', 'hook'] };
  const { decisions, notices } = run([candidate('fnd_1', {}, [told('fnd_1')])], { route });
  assert.deepEqual(
    decisions.map((each) => [each.receiver, each.decision]),
    [
      ['mail', 'deduplicated'],
      ['hook', 'notify'],
    ],
  );
  assert.deepEqual(
    notices.map((each) => [each.receiver, each.sequence]),
    [['hook', 1]],
  );
});

test('a removed receiver is not told, and its notice is closed so that the finding can be forgotten', () => {
  const { alerts, notices } = run([
    candidate('fnd_1', { status: 'resolved' }, [told('fnd_1', { receiver: 'gone' })]),
  ]);
  assert.deepEqual(alerts, []);
  assert.deepEqual(notices, [
    { finding: 'fnd_1', receiver: 'gone', sequence: 2, kind: 'resolved', alert: null, at: NOW },
  ]);
  const open = run([candidate('fnd_1', {}, [told('fnd_1', { receiver: 'gone' })])]);
  assert.deepEqual(
    open.notices.map((each) => each.receiver),
    ['mail'],
  );
});

test('findings that agree in the labels share an alert; firing and resolved never do', () => {
  const { alerts } = run([
    candidate('fnd_1'),
    candidate('fnd_2'),
    candidate('fnd_3', { target: 'db7' }),
    candidate('fnd_4', { status: 'resolved' }, [told('fnd_4')]),
    candidate('fnd_5', { target: null, check: 'run-gap' }),
  ]);
  const groups = alerts.map((alert) => [alert.status, alert.groupLabels, alert.findings.length]);
  assert.deepEqual(groups, [
    ['firing', { target: 'web01', check: 'no-recording' }, 2],
    ['firing', { target: 'db7', check: 'no-recording' }, 1],
    ['firing', { check: 'run-gap' }, 1],
    ['resolved', { target: 'web01', check: 'no-recording' }, 1],
  ]);
});

test('an alert names the worst first and its level is theirs', () => {
  const { alerts } = run([
    candidate('fnd_a', { level: 'low' }),
    candidate('fnd_b', { level: 'critical', time: T0 + 1 }),
    candidate('fnd_c', { level: 'critical' }),
  ]);
  assert.deepEqual(
    alerts[0]?.findings.map((each) => each.uid),
    ['fnd_c', 'fnd_b', 'fnd_a'],
  );
  assert.equal(alerts[0]?.level, 'critical');
});

test('an alert lists 50 findings and counts the rest, and each of them is noted as told', () => {
  const many = Array.from({ length: 53 }, (_, index) => candidate(`fnd_${index}`));
  const { alerts, notices } = run(many);
  assert.equal(alerts.length, 1);
  assert.deepEqual([alerts[0]?.findings.length, alerts[0]?.omitted], [50, 3]);
  assert.equal(notices.length, 53);
  assert.equal(alerts[0]?.title, '[high] 53 findings: web01, no-recording');
});

test('25 groups are 25 alerts, 26 are one digest', () => {
  const groups = (count: number) =>
    Array.from({ length: count }, (_, index) => candidate(`fnd_${index}`, { target: `h${index}` }));
  assert.equal(run(groups(25)).alerts.length, 25);
  const { alerts } = run(groups(26));
  assert.equal(alerts.length, 1);
  assert.equal(alerts[0]?.title, '[high] 26 findings: 26 groups');
  assert.deepEqual(alerts[0]?.groupLabels, {});
});

test('the first run over old logs is one digest per receiver, at once', () => {
  const route = { ...ROUTE, receivers: ['mail', 'hook'] };
  const { alerts } = run([candidate('fnd_1'), candidate('fnd_2', { target: 'db7' })], {
    route,
    now: T0,
    firstRun: true,
  });
  assert.deepEqual(
    alerts.map((alert) => [alert.receiver, alert.findings.length]),
    [
      ['mail', 2],
      ['hook', 2],
    ],
  );
});

test('an account name cannot break out of a title', () => {
  const { alerts } = run([candidate('fnd_1', { target: 'web01\r\nBcc: all@example.org\u202e' })]);
  assert.equal(
    alerts[0]?.title,
    '[high] Privileged session without a recording on web01 Bcc: all@example.org ',
  );
});

test('the id depends on what is told and how often, on nothing else', () => {
  const id = (candidates: readonly DispatchCandidate[], now = NOW) => run(candidates, { now }).alerts[0]?.id;
  const [a, b] = [candidate('fnd_1'), candidate('fnd_2')];
  assert.match(id([a]) ?? '', /^alr_[0-9a-f]{20}$/);
  assert.equal(id([a, b]), id([b, a], NOW + 1000));
  assert.notEqual(id([a]), id([a, b]));
  const again = candidate('fnd_1', {}, [told('fnd_1', { kind: 'resolved', sequence: 2 })]);
  assert.notEqual(id([a]), id([again]));
});

test('whatever happens to a finding, it is told as firing at most once before it is told as resolved', () => {
  const step = fc.record({
    status: fc.constantFrom('open', 'resolved', 'acknowledged'),
    waitMs: fc.constantFrom(1, 20_000, 40_000),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const kinds: string[] = [];
      let last: PastNotice | undefined;
      let now = T0;
      for (const { status, waitMs } of steps) {
        now += waitMs;
        const found = candidate('fnd_1', { status }, last === undefined ? [] : [last]);
        const { notices, alerts } = run([found], { now, route: { ...ROUTE, repeatIntervalMs: 0 } });
        assert.equal(notices.length, alerts.length);
        for (const each of notices) {
          kinds.push(each.kind);
          last = { ...each, delivery: 'delivered' };
        }
      }
      assert.doesNotMatch(kinds.join(' '), /firing firing|resolved resolved|^resolved/);
    }),
  );
});

test('deciding again with the notices saved says nothing new', () => {
  const uids = fc.uniqueArray(fc.integer({ min: 0, max: 60 }), { maxLength: 60 });
  fc.assert(
    fc.property(uids, (numbers) => {
      const candidates = numbers.map((n) => candidate(`fnd_${n}`, { target: `h${n % 30}` }));
      const first = run(candidates);
      assert.equal(first.notices.length, candidates.length);
      const byFinding = Map.groupBy(first.notices, (each) => each.finding);
      const after = candidates.map(({ tracked: life }) => ({
        tracked: life,
        notices: (byFinding.get(life.finding.uid) ?? []).map((each) => ({
          ...each,
          delivery: 'pending' as const,
        })),
      }));
      const second = run(after, { now: NOW + 1000 });
      assert.deepEqual([second.alerts, second.notices], [[], []]);
    }),
  );
});
