import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exceptionHygiene, type Hits, type Hygiene } from '../../src/exceptions/hygiene.ts';
import type { ExceptionPolicy } from '../../src/exceptions/policy.ts';
import type { Exception } from '../../src/model/exception.ts';
import type { Principal, Target } from '../../src/model/inventory.ts';
import { exception, HOUR, policy, T0 } from './support.ts';

const DAY = 24 * HOUR;
const MONTH = { startsAt: T0, expiresAt: T0 + 30 * DAY };

const WEB01: Target = {
  id: 'web01',
  kind: 'host',
  aliases: ['www'],
  addresses: [],
  tier: null,
  owner: null,
  recorder: null,
  evidence: null,
};

const BOB: Principal = {
  id: 'bob',
  kind: 'human',
  aliases: ['labbob'],
  keys: [],
  certificates: [],
  validFrom: null,
  validUntil: null,
};

function stateOf(
  one: Exception,
  now: number,
  hits: Record<string, Hits> = {},
  rules: Partial<ExceptionPolicy> = {},
): Hygiene {
  const [state] = exceptionHygiene([one], new Map(Object.entries(hits)), now, policy(rules));
  assert.ok(state !== undefined);
  return state;
}

test('a reminder is due within the configured time before the end, once it has begun', () => {
  const month = exception(MONTH);
  assert.equal(stateOf(month, T0 + 23 * DAY - 1).expiringInMs, null);
  assert.equal(stateOf(month, T0 + 23 * DAY).expiringInMs, 7 * DAY);
  assert.equal(stateOf(month, T0 + 30 * DAY).expiringInMs, null);
  assert.equal(stateOf(exception(), T0 - 1).expiringInMs, null);
  assert.equal(stateOf(month, T0, {}, { expiringBeforeMs: 30 * DAY }).expiringInMs, 30 * DAY);
});

test('at its expiry an exception is expired', () => {
  assert.equal(stateOf(exception(), T0 + 3 * HOUR - 1).expired, false);
  assert.equal(stateOf(exception(), T0 + 3 * HOUR).expired, true);
});

test('an exception that nothing needed for a week, or until its end, is unused', () => {
  const month = exception(MONTH);
  assert.equal(stateOf(month, T0 + 7 * DAY - 1).unused, false);
  assert.equal(stateOf(month, T0 + 7 * DAY).unused, true);
  assert.equal(stateOf(exception(), T0 + 3 * HOUR - 1).unused, false);
  assert.equal(stateOf(exception(), T0 + 3 * HOUR).unused, true);
});

test('hits and the last match are told, and an exception with hits is not unused', () => {
  const state = stateOf(exception(MONTH), T0 + 9 * DAY, { 'EXC-1': { count: 3, last: T0 + DAY } });
  assert.deepEqual([state.unused, state.hits, state.lastMatch], [false, 3, T0 + DAY]);
  const other = stateOf(exception(MONTH), T0 + 9 * DAY, { 'EXC-2': { count: 3, last: T0 + DAY } });
  assert.deepEqual([other.unused, other.hits, other.lastMatch], [true, 0, null]);
});

test('an exception for targets that do not exist is an orphan', () => {
  const inventory = { targets: [WEB01], principals: [] };
  const isOrphan = (...targets: string[]): boolean =>
    stateOf(exception({}, { targets }), T0, {}, { inventory }).orphan;
  assert.equal(isOrphan('gone'), true);
  assert.equal(isOrphan('gone*', 'lost'), true);
  assert.equal(isOrphan('gone', 'www'), false);
  assert.equal(isOrphan('web*'), false);
  assert.equal(isOrphan('*'), false);
  assert.equal(isOrphan(), false);
  assert.equal(
    stateOf(exception({}, { targets: ['gone'] }), T0).orphan,
    false,
    'nothing is known without a register',
  );
});

test('an exception for persons who do not exist is an orphan', () => {
  const inventory = { targets: [], principals: [BOB] };
  const isOrphan = (...principals: string[]): boolean =>
    stateOf(exception({}, { principals }), T0, {}, { inventory }).orphan;
  assert.equal(isOrphan('eve'), true);
  assert.equal(isOrphan('labbob'), false);
  assert.equal(isOrphan('eve', 'bob'), false);
});

test('a review is overdue after its date until it was done', () => {
  const review = { by: 'ciso', dueAt: T0 + DAY, doneAt: null };
  assert.equal(stateOf(exception({ review }), T0 + DAY).reviewOverdue, false);
  assert.equal(stateOf(exception({ review }), T0 + DAY + 1).reviewOverdue, true);
  const done = { ...review, doneAt: T0 + 9 * DAY };
  assert.equal(stateOf(exception({ review: done }), T0 + 10 * DAY).reviewOverdue, false);
  assert.equal(stateOf(exception(), T0 + 10 * DAY).reviewOverdue, false);
});
