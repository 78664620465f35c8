import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import type { NotifyContext } from '../../src/notify/context.ts';
import type { Notifier } from '../../src/notify/notifier.ts';
import { context, KEY, never, PASSWORD, sample } from './support.ts';

/** One notifier with a place to send to. */
export interface Subject {
  readonly notifier: Notifier;
  readonly type: string;
}

export interface Harness {
  /** A receiver that takes everything. */
  readonly working: (t: Tester, context: NotifyContext) => Promise<Subject>;
  /** A receiver that takes the connection and never answers; null where there is no such thing. */
  readonly hanging: ((t: Tester, context: NotifyContext) => Promise<Subject>) | null;
  /** A receiver that is not there. */
  readonly absent: (t: Tester, context: NotifyContext) => Promise<Subject>;
}

type Tester = TestContext;

/** What every notifier holds. */
export function conforms(name: string, harness: Harness): void {
  test(`${name}: tells its type, checks clean and delivers`, async (t) => {
    const { notifier, type } = await harness.working(t, context());
    assert.equal(notifier.type, type);
    assert.deepEqual(await notifier.check(never()), []);
    assert.deepEqual(await notifier.notify(sample(), never()), { state: 'delivered' });
    await notifier.close();
  });

  test(`${name}: an absent receiver is a problem, and a reason to retry`, async (t) => {
    const { notifier } = await harness.absent(t, context());
    const problems = await notifier.check(never());
    assert.equal(problems.length, 1);
    const delivery = await notifier.notify(sample(), never());
    assert.equal(delivery.state, 'retry');
    withoutSecrets(JSON.stringify([problems, delivery]));
  });

  test(`${name}: a signal that has ended already sends nothing`, async (t) => {
    const { notifier } = await harness.working(t, context());
    const delivery = await notifier.notify(sample(), AbortSignal.abort());
    assert.equal(delivery.state, 'retry');
  });

  test(`${name}: an alert that cannot be rendered is a result, not an exception`, async (t) => {
    const render = (): never => {
      throw new Error(PASSWORD);
    };
    const now = (): never => {
      throw new Error(PASSWORD);
    };
    const { notifier } = await harness.working(t, context({ render, now }));
    const delivery = await notifier.notify(sample(), never());
    assert.equal(delivery.state, 'retry');
    withoutSecrets(JSON.stringify(delivery));
  });

  const { hanging } = harness;
  if (hanging === null) return;

  test(`${name}: a receiver that never answers is given up after the time-out`, async (t) => {
    const { notifier } = await hanging(t, context({ timeoutMs: 100 }));
    const delivery = await notifier.notify(sample(), never());
    assert.equal(delivery.state, 'retry');
    withoutSecrets(JSON.stringify(delivery));
  });

  test(`${name}: the caller's signal ends an attempt under way`, async (t) => {
    const { notifier } = await hanging(t, context({ timeoutMs: 60_000 }));
    const stop = new AbortController();
    const delivery = notifier.notify(sample(), stop.signal);
    setTimeout(() => stop.abort(), 50);
    assert.equal((await delivery).state, 'retry');
  });
}

/** Neither secret, in no encoding that a protocol here uses. */
export function withoutSecrets(text: string): void {
  const forms = [
    PASSWORD,
    KEY,
    Buffer.from(PASSWORD).toString('base64'),
    Buffer.from(`\0alice\0${PASSWORD}`).toString('base64'),
  ];
  for (const form of forms) assert.ok(!text.includes(form), `a secret is in: ${text}`);
}
