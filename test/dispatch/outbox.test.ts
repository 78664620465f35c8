import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RETRY_MS, toChange } from '../../src/dispatch/outbox.ts';
import type { Delivery, OutboxEntry } from '../../src/model/delivery.ts';
import { alert, T0 } from '../store/samples.ts';

function entry(attempts: number): OutboxEntry {
  const base = { alert: alert('alr_1', []), state: 'pending', nextAttemptAt: T0, lastReason: null } as const;
  return { ...base, attempts, createdAt: T0, finishedAt: null };
}

const RETRY: Delivery = { state: 'retry', reason: 'answered 503' };

test('a delivery and a rejection are final and keep what is to be known', () => {
  const final = { attempts: 1, nextAttemptAt: null, at: T0 };
  assert.deepEqual(toChange(entry(0), { state: 'delivered' }, T0, 0), {
    ...final,
    state: 'delivered',
    reason: null,
  });
  assert.deepEqual(toChange(entry(0), { state: 'delivered', note: 'one refused' }, T0, 0), {
    ...final,
    state: 'delivered',
    reason: 'one refused',
  });
  assert.deepEqual(toChange(entry(0), { state: 'rejected', reason: 'answered 410' }, T0, 0), {
    ...final,
    state: 'rejected',
    reason: 'answered 410',
  });
});

test('ten attempts over 75.6 hours, then it is given up', () => {
  const delays: number[] = [];
  let change = toChange(entry(0), RETRY, T0, 0);
  while (change.nextAttemptAt !== null) {
    delays.push(change.nextAttemptAt - T0);
    change = toChange(entry(change.attempts), RETRY, T0, 0);
  }
  assert.deepEqual([change.state, change.attempts, change.reason], ['given-up', 10, 'answered 503']);
  assert.deepEqual(delays, RETRY_MS.slice(1));
  const total = delays.reduce((sum, delay) => sum + delay, 0);
  assert.equal(total, 75 * 3_600_000 + 35 * 60_000 + 5_000);
});

test('jitter adds up to a fifth and never takes away', () => {
  assert.equal(toChange(entry(1), RETRY, T0, 0).nextAttemptAt, T0 + 300_000);
  assert.equal(toChange(entry(1), RETRY, T0, 1).nextAttemptAt, T0 + 360_000);
});

test('a receiver that asks for patience gets it, up to a day; one that asks for less than the schedule does not', () => {
  const after = (afterMs: number) =>
    (toChange(entry(0), { ...RETRY, afterMs }, T0, 0).nextAttemptAt ?? 0) - T0;
  assert.equal(after(60_000), 60_000);
  assert.equal(after(1_000), 5_000);
  assert.equal(after(1e12), 24 * 3_600_000);
});
