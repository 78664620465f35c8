import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { applyException, type ExceptionAnswer } from '../../src/exceptions/apply.ts';
import type { AccessInQuestion } from '../../src/exceptions/scope.ts';
import type { Exception } from '../../src/model/exception.ts';
import { access, exception, policy, T0 } from './support.ts';

/** Minutes around T0; small numbers, so that boundaries meet. */
const minute = fc.integer({ min: -20, max: 20 }).map((count) => T0 + count * 60_000);

const window = fc
  .tuple(minute, fc.integer({ min: 1, max: 20 }), minute)
  .map(([startsAt, length, approvedAt]) => ({ startsAt, expiresAt: startsAt + length * 60_000, approvedAt }));

const exceptions = fc
  .array(window, { maxLength: 5 })
  .map((windows) => windows.map((times, index) => exception({ id: `EXC-${index}`, ...times })));

const interval = fc
  .tuple(minute, fc.integer({ min: 0, max: 20 }))
  .map(([opened, length]) => ({ opened, closed: opened + length * 60_000 }));

const judge = (one: AccessInQuestion, all: readonly Exception[], now: number): ExceptionAnswer =>
  applyException(one, all, policy(), now);

test('an access inside a valid window stays excepted for every later now', () => {
  fc.assert(
    fc.property(interval, exceptions, fc.nat(1e12), fc.nat(1e12), (times, all, early, late) => {
      const one = access(times);
      const first = judge(one, all, times.closed + early);
      fc.pre(first.state === 'excepted');
      assert.deepEqual(judge(one, all, times.closed + early + late), first);
    }),
  );
});

test('an access inside one window that was approved before it is always excepted', () => {
  fc.assert(
    fc.property(interval, exceptions, fc.nat(1e12), (times, all, later) => {
      const sure = exception({
        id: 'EXC-SURE',
        startsAt: times.opened - 1,
        expiresAt: times.closed + 1,
        approvedAt: times.opened - 1,
      });
      assert.equal(judge(access(times), [...all, sure], times.closed + later).state, 'excepted');
    }),
  );
});

test('an access before the start of every exception, or after the end of all, is never accepted', () => {
  fc.assert(
    fc.property(interval, exceptions, fc.nat(1e12), (times, all, later) => {
      const outside = all.filter(
        ({ startsAt, expiresAt }) => startsAt > times.opened || expiresAt <= times.opened,
      );
      const { state } = judge(access(times), outside, times.closed + later);
      assert.equal(state, outside.length === 0 ? 'none' : 'expired');
    }),
  );
});

test('an access that nothing approved before it opened is never excepted', () => {
  fc.assert(
    fc.property(interval, exceptions, fc.nat(1e12), (times, all, later) => {
      const retroactive = all.map((one) => ({
        ...one,
        approvedAt: Math.max(one.approvedAt, times.opened + 1),
      }));
      const { state } = judge(access(times), retroactive, times.closed + later);
      assert.ok(state !== 'excepted' && state !== 'outlived', state);
    }),
  );
});

test('every excepted instant lies within an exception', () => {
  fc.assert(
    fc.property(interval, exceptions, (times, all) => {
      const given = judge(access(times), all, T0 + 1e9);
      const until =
        given.state === 'excepted' ? times.closed : given.state === 'outlived' ? given.from : times.opened;
      for (let at = times.opened; at < until; at += 30_000) {
        assert.ok(all.some(({ startsAt, expiresAt }) => startsAt <= at && at < expiresAt));
      }
    }),
  );
});

test('shifting all times shifts the answer', () => {
  const shiftOf = (by: number) => (one: Exception) => ({
    ...one,
    startsAt: one.startsAt + by,
    expiresAt: one.expiresAt + by,
    approvedAt: one.approvedAt + by,
  });
  fc.assert(
    fc.property(
      interval,
      exceptions,
      minute,
      fc.integer({ min: -1e12, max: 1e12 }),
      (times, all, now, by) => {
        const plain = judge(access(times), all, now);
        const shifted = judge(
          access({ opened: times.opened + by, closed: times.closed + by }),
          all.map(shiftOf(by)),
          now + by,
        );
        assert.deepEqual(shifted, shiftAnswer(plain, by, shiftOf(by)));
      },
    ),
  );
});

function shiftAnswer(
  plain: ExceptionAnswer,
  by: number,
  shift: (one: Exception) => Exception,
): ExceptionAnswer {
  if (plain.state === 'none') return plain;
  const moved = { ...plain, exception: shift(plain.exception) };
  return moved.state === 'outlived' ? { ...moved, from: moved.from + by } : moved;
}

test('the order of the exceptions changes no answer', () => {
  fc.assert(
    fc.property(interval, exceptions, minute, (times, all, now) => {
      const plain = judge(access(times), all, now);
      const turned = judge(access(times), all.toReversed(), now);
      assert.equal(turned.state, plain.state);
      if (plain.state !== 'expired') assert.deepEqual(turned, plain);
    }),
  );
});

test('one more exception never makes an excepted access less so', () => {
  fc.assert(
    fc.property(interval, exceptions, window, (times, all, more) => {
      const now = T0 + 1e9;
      fc.pre(judge(access(times), all, now).state === 'excepted');
      const extra = exception({ id: 'EXC-MORE', ...more });
      assert.equal(judge(access(times), [...all, extra], now).state, 'excepted');
    }),
  );
});
