import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createPace, createPaces, type PaceClock } from '../../src/aws/pace.ts';

/** A clock that a sleep moves, by what was asked and by how wrong the timer is, in turn. */
class FakeClock implements PaceClock {
  time = 0;
  readonly #wrong: readonly number[];
  #sleeps = 0;

  constructor(wrong: readonly number[] = []) {
    this.#wrong = wrong;
  }

  now(): number {
    return this.time;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    const wrong = this.#wrong[this.#sleeps++ % Math.max(1, this.#wrong.length)] ?? 0;
    this.time += Math.max(1, ms + wrong);
  }
}

describe('pace', () => {
  it('starts two at once and then one every half second', async () => {
    const clock = new FakeClock();
    const pace = createPace(clock);
    const starts: number[] = [];
    for (let index = 0; index < 5; index++) await pace.take().then(() => starts.push(clock.time));
    assert.deepEqual(starts, [0, 0, 500, 1000, 1500]);
  });

  it('fills up to two again after a rest, and no further', async () => {
    const clock = new FakeClock();
    const pace = createPace(clock);
    await pace.take();
    clock.time = 60_000;
    const starts: number[] = [];
    for (let index = 0; index < 4; index++) await pace.take().then(() => starts.push(clock.time));
    assert.deepEqual(starts, [60_000, 60_000, 60_500, 61_000]);
  });

  it('never starts more than 2 + 2·t in any t seconds, whoever asks when, and however wrong timers are', async () => {
    const gap = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 3000 }));
    const wrong = fc.array(fc.integer({ min: -400, max: 4000 }), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ gap, together: fc.integer({ min: 1, max: 4 }) }), { maxLength: 15 }),
        wrong,
        async (asks, wrong) => {
          const clock = new FakeClock(wrong);
          const pace = createPace(clock);
          const starts: number[] = [];
          for (const { gap, together } of asks) {
            clock.time += gap;
            const calls = Array.from({ length: together }, () =>
              pace.take().then(() => starts.push(clock.time)),
            );
            await Promise.all(calls);
          }
          assert.equal(
            starts.length,
            asks.reduce((sum, ask) => sum + ask.together, 0),
          );
          for (const [i, from] of starts.entries())
            for (const [more, to] of starts.slice(i).entries())
              assert.ok(more + 1 <= 2 + (2 * (to - from)) / 1000, `${more + 1} starts in ${to - from} ms`);
        },
      ),
    );
  });

  it('ends a wait by the signal, and lets the others pass', async () => {
    let wake = (): void => {};
    const clock: PaceClock = {
      now: () => 0,
      sleep: (_ms, signal) =>
        new Promise((resolve, reject) => {
          wake = resolve;
          signal?.addEventListener('abort', () => reject(new Error('stopped')), { once: true });
        }),
    };
    const pace = createPace(clock);
    await pace.take();
    await pace.take();
    const stop = new AbortController();
    const third = pace.take(stop.signal);
    const refused = assert.rejects(third, { message: 'stopped' });
    await new Promise(setImmediate);
    stop.abort();
    await refused;
    const fourth = pace.take();
    await new Promise(setImmediate);
    clock.now = () => 500;
    wake();
    await fourth;
  });

  it('refuses a signal that was given too late', async () => {
    await assert.rejects(createPace(new FakeClock()).take(AbortSignal.abort(new Error('stopped'))), {
      message: 'stopped',
    });
  });

  it('waits by the clock of the machine, and stops waiting by its signal', async () => {
    const pace = createPace();
    await pace.take();
    await pace.take();
    const stop = new AbortController();
    const third = pace.take(stop.signal);
    setImmediate(() => stop.abort());
    await assert.rejects(third, { name: 'AbortError' });
  });
});

describe('paces', () => {
  it('is one for an account, region and service, and another for each other', async () => {
    const clock = new FakeClock();
    const paces = createPaces(clock);
    const names = [
      ['111122223333', 'eu-central-1', 'cloudtrail'],
      ['111122223333', 'us-east-1', 'cloudtrail'],
      ['444455556666', 'eu-central-1', 'cloudtrail'],
      ['111122223333', 'eu-central-1', 'ssm'],
    ] as const;
    for (const [account, region, service] of names) {
      await paces.of(account, region, service).take();
      await paces.of(account, region, service).take();
    }
    assert.equal(clock.time, 0);
    await paces.of('111122223333', 'eu-central-1', 'cloudtrail').take();
    assert.equal(clock.time, 500);
  });
});
