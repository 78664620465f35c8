import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applyException, type ExceptionAnswer } from '../../src/exceptions/apply.ts';
import type { AccessInQuestion } from '../../src/exceptions/scope.ts';
import type { Exception } from '../../src/model/exception.ts';
import { access, exception, HOUR, policy, T0 } from './support.ts';

const LATER = T0 + 1000 * HOUR;

function answer(
  part: Partial<AccessInQuestion>,
  exceptions: readonly Exception[] = [exception()],
  now: number = LATER,
): ExceptionAnswer {
  return applyException(access(part), exceptions, policy(), now);
}

/** State, id of the exception, and what else the answer says. */
function brief(given: ExceptionAnswer): unknown[] {
  if (given.state === 'none') return ['none'];
  const extra = given.state === 'outlived' ? [given.from] : given.state === 'expired' ? [given.why] : [];
  return [given.state, given.exception.id, ...extra];
}

test('an access during an exception is excepted, long after the exception expired', () => {
  assert.deepEqual(brief(answer({})), ['excepted', 'EXC-1']);
});

test('nothing fits where the scope does not', () => {
  assert.deepEqual(brief(answer({ target: 'db01' })), ['none']);
  assert.deepEqual(brief(answer({}, [])), ['none']);
});

test('an exception holds from its start up to, not including, its expiry', () => {
  assert.deepEqual(brief(answer({ opened: T0, closed: T0 })), ['excepted', 'EXC-1']);
  assert.deepEqual(brief(answer({ opened: T0 - 1 })), ['expired', 'EXC-1', 'not-started']);
  const end = T0 + 3 * HOUR;
  assert.deepEqual(brief(answer({ opened: end - 1, closed: end })), ['excepted', 'EXC-1']);
  assert.deepEqual(brief(answer({ opened: end, closed: end })), ['expired', 'EXC-1', 'expired']);
});

test('an access that outlives its exception is excepted up to the expiry only', () => {
  const end = T0 + 3 * HOUR;
  assert.deepEqual(brief(answer({ closed: end + 1 })), ['outlived', 'EXC-1', end]);
  assert.deepEqual(brief(answer({ closed: end })), ['excepted', 'EXC-1']);
});

test('an access that is still open is judged up to now', () => {
  const end = T0 + 3 * HOUR;
  assert.deepEqual(brief(answer({ closed: null }, [exception()], end)), ['excepted', 'EXC-1']);
  assert.deepEqual(brief(answer({ closed: null }, [exception()], end + 1)), ['outlived', 'EXC-1', end]);
});

test('an approval after the access is retroactive', () => {
  const opened = T0 + HOUR;
  assert.deepEqual(brief(answer({}, [exception({ approvedAt: opened })])), ['excepted', 'EXC-1']);
  assert.deepEqual(brief(answer({}, [exception({ approvedAt: opened + 1 })])), [
    'accepted-afterwards',
    'EXC-1',
  ]);
});

test('an approval that lies in the future accepts nothing yet', () => {
  const promised = [exception({ approvedAt: LATER + 1 })];
  assert.deepEqual(brief(answer({}, promised)), ['expired', 'EXC-1', 'not-approved']);
  assert.deepEqual(brief(answer({}, promised, LATER + 1)), ['accepted-afterwards', 'EXC-1']);
});

test('a retroactive approval has to reach to the end of the access', () => {
  const late = [exception({ approvedAt: T0 + 2 * HOUR })];
  assert.deepEqual(brief(answer({ closed: T0 + 3 * HOUR }, late)), ['accepted-afterwards', 'EXC-1']);
  assert.deepEqual(brief(answer({ closed: T0 + 3 * HOUR + 1 }, late)), ['expired', 'EXC-1', 'expired']);
});

test('an extension that was approved in time leaves no stretch open', () => {
  const end = T0 + 3 * HOUR;
  const next = { id: 'EXC-2', extends: 'EXC-1', startsAt: end, expiresAt: end + 3 * HOUR };
  const long = { closed: end + HOUR };
  const first = exception();
  assert.deepEqual(brief(answer(long, [first, exception({ ...next, approvedAt: end })])), [
    'excepted',
    'EXC-1',
  ]);
  const late = exception({ ...next, approvedAt: end + 1 });
  assert.deepEqual(brief(answer(long, [first, late])), ['accepted-afterwards', 'EXC-2']);
  const gap = exception({ ...next, approvedAt: end, startsAt: end + 1 });
  assert.deepEqual(brief(answer(long, [first, gap])), ['outlived', 'EXC-1', end]);
  const longer = { closed: end + 3 * HOUR + 1 };
  const both = [first, exception({ ...next, approvedAt: end })];
  assert.deepEqual(brief(answer(longer, both)), ['outlived', 'EXC-2', end + 3 * HOUR]);
});

test('who used the access cannot be who approved it, under no name', () => {
  const byBob = [exception({ owner: 'carol', approvedBy: 'labbob' })];
  assert.deepEqual(brief(answer({ principal: 'bob' }, byBob)), ['self-approved', 'EXC-1']);
  assert.deepEqual(
    brief(answer({ principal: 'carol' }, byBob)),
    ['excepted', 'EXC-1'],
    'the owner may use it',
  );
  assert.deepEqual(brief(answer({ principal: null, account: 'bob@corp' }, byBob)), [
    'self-approved',
    'EXC-1',
  ]);
  assert.deepEqual(brief(answer({ principal: null, actor: 'labbob', path: 'sudo' }, byBob)), [
    'self-approved',
    'EXC-1',
  ]);
});

test('another exception that somebody else approved holds all the same', () => {
  const own = exception({ approvedBy: 'bob', owner: 'carol' });
  const other = exception({ id: 'EXC-2' });
  assert.deepEqual(brief(answer({ principal: 'bob' }, [own, other])), ['excepted', 'EXC-2']);
  const expired = exception({ id: 'EXC-2', startsAt: T0 - 9 * HOUR, expiresAt: T0 - 8 * HOUR });
  assert.deepEqual(brief(answer({ principal: 'bob' }, [own, expired])), ['self-approved', 'EXC-1']);
});

test('of those that do not hold the nearest is named', () => {
  const before = exception({ id: 'EXC-A', startsAt: T0 - 9 * HOUR, expiresAt: T0 - 2 * HOUR });
  const after = exception({ id: 'EXC-B', startsAt: T0 + 2 * HOUR, expiresAt: T0 + 3 * HOUR });
  assert.deepEqual(brief(answer({}, [before, after])), ['expired', 'EXC-B', 'not-started']);
  assert.deepEqual(brief(answer({ opened: T0 - HOUR }, [before, after])), ['expired', 'EXC-A', 'expired']);
});

test('the order of exceptions changes no answer', () => {
  const some = [
    exception({ id: 'EXC-1', expiresAt: T0 + 2 * HOUR }),
    exception({ id: 'EXC-2' }),
    exception({ id: 'EXC-3' }),
    exception({ id: 'EXC-4', approvedAt: T0 + 9 * HOUR }),
  ];
  assert.deepEqual(brief(answer({}, some)), ['excepted', 'EXC-2'], 'the longest, then the lesser id');
  assert.deepEqual(brief(answer({}, some.toReversed())), ['excepted', 'EXC-2']);
});

test('doubts about the measurement are never excepted', () => {
  assert.deepEqual(brief(answer({ checks: ['no-recording', 'time-assumed'] })), ['none']);
  assert.deepEqual(brief(answer({ checks: ['source-lagging'] })), ['none']);
});
