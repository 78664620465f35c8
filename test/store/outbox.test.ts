import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OutboxChange } from '../../src/model/delivery.ts';
import type { Store } from '../../src/store/store.ts';
import { alert, finding, judgement, notice, T0, temporaryStore, tracked } from './samples.ts';

const found = finding('fnd_1');
const sent: OutboxChange = { state: 'delivered', attempts: 1, nextAttemptAt: null, reason: null, at: T0 + 1 };

/** fnd_1 fires to `mail` as alr_1. */
async function firing(store: Store): Promise<void> {
  await store.saveJudgement(
    judgement({ findings: [tracked(found)], alerts: [alert('alr_1', [found])], notices: [notice('fnd_1')] }),
  );
}

/** fnd_1 is resolved and `mail` is told as alr_2. */
async function resolving(store: Store): Promise<void> {
  const resolved = finding('fnd_1', { status: 'resolved' });
  await store.saveJudgement(
    judgement({
      findings: [tracked(resolved, { resolvedAt: T0 + 5 })],
      alerts: [alert('alr_2', [resolved], { status: 'resolved', created: T0 + 5 })],
      notices: [notice('fnd_1', { sequence: 2, kind: 'resolved', alert: 'alr_2', at: T0 + 5 })],
    }),
  );
}

async function due(store: Store, now: number): Promise<string[]> {
  return (await store.dueAlerts('mail', now, 10)).map((entry) => entry.alert.id);
}

test('an alert is due at once, with what it says', async (t) => {
  const store = await temporaryStore(t);
  await firing(store);
  assert.deepEqual(await store.dueReceivers(T0), ['mail']);
  assert.deepEqual(await store.dueReceivers(T0 - 1), []);
  const [entry] = await store.dueAlerts('mail', T0, 10);
  assert.deepEqual(entry, {
    alert: alert('alr_1', [found]),
    state: 'pending',
    attempts: 0,
    nextAttemptAt: T0,
    lastReason: null,
    createdAt: T0,
    finishedAt: null,
  });
});

test('the same alert saved again is one alert, also after it was delivered', async (t) => {
  const store = await temporaryStore(t);
  await firing(store);
  await store.recordAttempt('alr_1', sent);
  await firing(store);
  assert.deepEqual(await due(store, T0 + 9), []);
  assert.equal((await store.outbox({ limit: 9 })).length, 1);
});

test('a retry is due at its own time and keeps the reason', async (t) => {
  const store = await temporaryStore(t);
  await firing(store);
  const retry = {
    state: 'pending',
    attempts: 1,
    nextAttemptAt: T0 + 5000,
    reason: 'answered 503',
    at: T0,
  } as const;
  await store.recordAttempt('alr_1', retry);
  assert.deepEqual(await due(store, T0 + 4999), []);
  assert.deepEqual(await due(store, T0 + 5000), ['alr_1']);
  const entry = await store.outboxEntry('alr_1');
  assert.deepEqual([entry?.attempts, entry?.lastReason, entry?.finishedAt], [1, 'answered 503', null]);
});

test('"resolved" waits until "firing" has ended in whatever way', async (t) => {
  for (const state of ['delivered', 'given-up', 'rejected'] as const) {
    const store = await temporaryStore(t);
    await firing(store);
    await resolving(store);
    assert.deepEqual(await due(store, T0 + 60_000), ['alr_1']);
    await store.recordAttempt('alr_1', { ...sent, state });
    assert.deepEqual(await due(store, T0 + 60_000), ['alr_2']);
  }
});

test('an alert about another finding does not wait', async (t) => {
  const store = await temporaryStore(t);
  await firing(store);
  const other = finding('fnd_2');
  await store.saveJudgement(
    judgement({
      findings: [tracked(other)],
      alerts: [alert('alr_3', [other])],
      notices: [notice('fnd_2', { alert: 'alr_3' })],
    }),
  );
  assert.deepEqual(await due(store, T0), ['alr_1', 'alr_3']);
  assert.equal((await store.dueAlerts('mail', T0, 1)).length, 1);
});

test('the result of an overtaken attempt is dropped', async (t) => {
  const store = await temporaryStore(t);
  await firing(store);
  await store.recordAttempt('alr_1', sent);
  await store.recordAttempt('alr_1', { ...sent, state: 'rejected', reason: 'late' });
  assert.equal((await store.outboxEntry('alr_1'))?.state, 'delivered');
});

test('only a failed alert can be put back', async (t) => {
  const store = await temporaryStore(t);
  await firing(store);
  assert.equal(await store.retryAlert('alr_1', T0 + 9), false);
  await store.recordAttempt('alr_1', { ...sent, state: 'given-up', attempts: 10, reason: 'refused' });
  assert.equal(await store.retryAlert('alr_1', T0 + 9), true);
  assert.equal(await store.retryAlert('alr_unknown', T0 + 9), false);
  assert.deepEqual(await due(store, T0 + 8), []);
  assert.deepEqual(await due(store, T0 + 9), ['alr_1']);
  assert.equal((await store.outboxEntry('alr_1'))?.attempts, 0);
});

test('dispatch sees open findings with their latest notice, and what became of its alert', async (t) => {
  const store = await temporaryStore(t);
  await firing(store);
  const [pending] = await store.dispatchable(10);
  assert.deepEqual(pending?.notices, [{ ...notice('fnd_1'), delivery: 'pending' }]);
  await store.recordAttempt('alr_1', sent);
  const [delivered] = await store.dispatchable(10);
  assert.deepEqual(delivered?.notices, [{ ...notice('fnd_1'), delivery: 'delivered' }]);
});

test('dispatch sees a resolved finding until every receiver knows', async (t) => {
  const store = await temporaryStore(t);
  await firing(store);
  await store.saveAlerts({ alerts: [], notices: [notice('fnd_1', { receiver: 'hook', alert: null })] });
  await resolving(store);
  const [waiting] = await store.dispatchable(10);
  assert.deepEqual(
    waiting?.notices.map((each) => [each.receiver, each.kind, each.delivery]),
    [
      ['hook', 'firing', null],
      ['mail', 'resolved', 'pending'],
    ],
  );
  await store.saveAlerts({
    alerts: [],
    notices: [notice('fnd_1', { receiver: 'hook', sequence: 2, kind: 'resolved', alert: null })],
  });
  assert.deepEqual(await store.dispatchable(10), []);
});

test('a resolved finding that nobody was told of is no matter for dispatch', async (t) => {
  const store = await temporaryStore(t);
  await store.saveJudgement(
    judgement({ findings: [tracked(finding('fnd_1', { status: 'resolved' }), { resolvedAt: T0 })] }),
  );
  assert.deepEqual(await store.dispatchable(10), []);
});

test('a limit cuts off what was told, then what is of low level', async (t) => {
  const store = await temporaryStore(t);
  await firing(store);
  await store.saveJudgement(
    judgement({
      findings: [
        tracked(finding('fnd_low', { level: 'low' })),
        tracked(finding('fnd_critical', { level: 'critical' })),
      ],
    }),
  );
  const uids = async (limit: number) =>
    (await store.dispatchable(limit)).map((each) => each.tracked.finding.uid);
  assert.deepEqual(await uids(1), ['fnd_critical']);
  assert.deepEqual(await uids(2), ['fnd_critical', 'fnd_low']);
  assert.deepEqual(await uids(3), ['fnd_critical', 'fnd_low', 'fnd_1']);
});

test('judging a finding again does not forget that it was told', async (t) => {
  const store = await temporaryStore(t);
  await firing(store);
  await store.saveJudgement(judgement({ findings: [tracked(finding('fnd_1', { level: 'critical' }))] }));
  await resolving(store);
  const [candidate] = await store.dispatchable(10);
  assert.equal(candidate, undefined);
  const entry = await store.outboxEntry('alr_2');
  assert.equal(entry?.state, 'pending');
});

test('health shows per receiver what waits, what failed and when something last arrived', async (t) => {
  const store = await temporaryStore(t);
  assert.deepEqual(await store.receiverHealth(), []);
  await firing(store);
  const hook = { receiver: 'hook' } as const;
  await store.saveAlerts({
    alerts: [
      alert('alr_4', [found], hook),
      alert('alr_5', [found], { ...hook, level: 'critical', created: T0 + 3 }),
      alert('alr_6', [found], hook),
    ],
    notices: [],
  });
  await store.recordAttempt('alr_1', sent);
  await store.recordAttempt('alr_4', { ...sent, state: 'given-up', at: T0 + 8 });
  await store.recordAttempt('alr_5', { ...sent, state: 'pending', attempts: 4, nextAttemptAt: T0 + 99 });
  const quiet = { oldestPendingAt: null, attempts: 0, rejected: 0, givenUp: 0, lastFailedAt: null };
  assert.deepEqual(await store.receiverHealth(), [
    {
      receiver: 'hook',
      pending: 2,
      oldestPendingAt: T0,
      attempts: 4,
      rejected: 0,
      givenUp: 1,
      lastDeliveredAt: null,
      lastFailedAt: T0 + 8,
      highestPendingLevel: 'critical',
    },
    { receiver: 'mail', pending: 0, ...quiet, lastDeliveredAt: T0 + 1, highestPendingLevel: null },
  ]);
});

test('the outbox lists by state and receiver, latest first', async (t) => {
  const store = await temporaryStore(t);
  await firing(store);
  await resolving(store);
  await store.recordAttempt('alr_1', sent);
  const ids = async (query: Parameters<Store['outbox']>[0]) =>
    (await store.outbox(query)).map((each) => each.alert.id);
  assert.deepEqual(await ids({ limit: 9 }), ['alr_2', 'alr_1']);
  assert.deepEqual(await ids({ limit: 1 }), ['alr_2']);
  assert.deepEqual(await ids({ limit: 9, states: ['delivered'] }), ['alr_1']);
  assert.deepEqual(await ids({ limit: 9, receiver: 'hook' }), []);
});
