import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Outbox, Sender } from '../../src/dispatch/deliver.ts';
import { deliverDue } from '../../src/dispatch/deliver.ts';
import type { Delivery, OutboxChange, OutboxEntry } from '../../src/model/delivery.ts';
import { alert, T0 } from '../store/samples.ts';

/** An outbox in memory with alerts given as `receiver/id`. */
class Memory implements Outbox {
  readonly changes: (readonly [string, OutboxChange])[] = [];
  readonly #entries: OutboxEntry[];

  constructor(...names: readonly string[]) {
    this.#entries = names.map((name) => {
      const [receiver = '', id = ''] = name.split('/');
      const entry = {
        alert: alert(id, [], { receiver }),
        state: 'pending',
        attempts: 0,
        nextAttemptAt: T0,
      } as const;
      return { ...entry, lastReason: null, createdAt: T0, finishedAt: null };
    });
  }

  async dueReceivers(): Promise<readonly string[]> {
    return [...new Set(this.#entries.map((entry) => entry.alert.receiver))];
  }

  async dueAlerts(receiver: string, _now: number, limit: number): Promise<readonly OutboxEntry[]> {
    return this.#entries.filter((entry) => entry.alert.receiver === receiver).slice(0, limit);
  }

  async recordAttempt(id: string, change: OutboxChange): Promise<void> {
    this.changes.push([id, change]);
  }

  states(): string[] {
    return this.changes.map(([id, change]) => `${id} ${change.state}`).toSorted();
  }
}

/** A sender that answers by alert id, and delivers what it has no answer for. */
function sender(answers: Readonly<Record<string, Delivery>> = {}): Sender {
  return { notify: async ({ id }) => answers[id] ?? { state: 'delivered' } };
}

function run(
  outbox: Outbox,
  senders: Readonly<Record<string, Sender>>,
  signal = new AbortController().signal,
) {
  return deliverDue({
    outbox,
    senders: new Map(Object.entries(senders)),
    clock: () => T0,
    jitter: () => 0,
    signal,
  });
}

test('what is due is delivered once each', async () => {
  const outbox = new Memory('mail/a', 'mail/b', 'hook/c');
  const counts = await run(outbox, { mail: sender(), hook: sender() });
  assert.deepEqual(counts, { pending: 0, delivered: 3, rejected: 0, 'given-up': 0 });
  assert.deepEqual(outbox.states(), ['a delivered', 'b delivered', 'c delivered']);
});

test('a receiver that fails is left alone for this round, and the others are served', async () => {
  const outbox = new Memory('mail/a', 'mail/b', 'hook/c');
  const down = sender({ a: { state: 'retry', reason: 'refused' } });
  await run(outbox, { mail: down, hook: sender() });
  assert.deepEqual(outbox.states(), ['a pending', 'c delivered']);
});

test('a rejected alert does not hold back the next', async () => {
  const outbox = new Memory('mail/a', 'mail/b');
  await run(outbox, { mail: sender({ a: { state: 'rejected', reason: '410' } }) });
  assert.deepEqual(outbox.states(), ['a rejected', 'b delivered']);
});

test('a receiver that hangs does not keep another waiting', async () => {
  const outbox = new Memory('mail/a', 'hook/c');
  const stop = new AbortController();
  const hanging: Sender = {
    notify: (_, signal) =>
      new Promise((resolve) =>
        signal.addEventListener('abort', () => resolve({ state: 'retry', reason: 'aborted' })),
      ),
  };
  const served = Promise.withResolvers<void>();
  const hook: Sender = {
    notify: async () => {
      served.resolve();
      return { state: 'delivered' };
    },
  };
  const running = run(outbox, { mail: hanging, hook }, stop.signal);
  await served.promise;
  stop.abort();
  await running;
  // The interrupted attempt is not counted.
  assert.deepEqual(outbox.states(), ['c delivered']);
});

test('a delivery that was finished while stopping is recorded: it must not happen twice', async () => {
  const outbox = new Memory('mail/a', 'mail/b');
  const stop = new AbortController();
  const last: Sender = {
    notify: async () => {
      stop.abort();
      return { state: 'delivered' };
    },
  };
  await run(outbox, { mail: last }, stop.signal);
  assert.deepEqual(outbox.states(), ['a delivered']);
});

test('an alert for a receiver that is not configured waits for it', async () => {
  const outbox = new Memory('gone/a');
  await run(outbox, {});
  assert.deepEqual(outbox.changes[0]?.[1].reason, 'the receiver is not configured');
  assert.deepEqual(outbox.states(), ['a pending']);
});

test('a notifier that throws is retried, and its error goes nowhere', async () => {
  const outbox = new Memory('mail/a');
  const broken: Sender = { notify: () => Promise.reject(new Error('password=hunter2')) };
  await run(outbox, { mail: broken });
  assert.deepEqual(outbox.changes[0]?.[1].reason, 'the notifier failed in an unexpected way');
});

test('every attempt is told to whoever listens', async () => {
  const outbox = new Memory('mail/a');
  const heard: string[] = [];
  await deliverDue({
    outbox,
    senders: new Map([['mail', sender()]]),
    clock: () => T0,
    jitter: () => 0,
    signal: new AbortController().signal,
    onAttempt: (entry, change) => heard.push(`${entry.alert.id} ${change.state}`),
  });
  assert.deepEqual(heard, ['a delivered']);
});
