import { test } from 'node:test';
import type { Target } from '../../src/model/inventory.ts';
import { assertAccepted, assertRefused, HOUR, outcomeOf, record } from './support.ts';

function target(id: string, tier: string | null): Target {
  return {
    id,
    kind: 'host',
    aliases: [],
    addresses: [],
    tier,
    owner: null,
    recorder: null,
    evidence: null,
  };
}

const TIERED = {
  maxDurationMs: 48 * HOUR,
  tiers: new Map([
    ['prod', { maxExceptionMs: 2 * HOUR }],
    ['lab', { maxExceptionMs: 96 * HOUR }],
    ['plain', { maxExceptionMs: null }],
  ]),
  inventory: {
    targets: [target('web01', 'prod'), target('web02', 'lab'), target('db01', 'plain'), target('old', null)],
    principals: [],
  },
};

function lasting(hours: number, ...targets: string[]): string {
  const end = new Date(Date.UTC(2026, 10, 22, 10, 21) + hours * HOUR).toISOString();
  const scope = targets.length === 0 ? { accounts: ['root'] } : { targets };
  return record({ expires_at: end, scope });
}

test('an exception lasts at most as long as the policy says', () => {
  assertAccepted(outcomeOf(lasting(30 * 24, 'web01')), 'EXC-1');
  assertRefused(
    outcomeOf(lasting(30 * 24 + 1, 'web01')),
    /^exception-too-long a\.yaml:11:13 `expires_at` is 721h after `starts_at`; the longest exception is 30d$/,
  );
});

test('the tier of a target says its own limit, shorter or longer', () => {
  assertAccepted(outcomeOf(lasting(2, 'web01'), TIERED), 'EXC-1');
  assertRefused(
    outcomeOf(lasting(3, 'web01'), TIERED),
    /^exception-too-long .* is 3h after `starts_at`; the longest in tier prod is 2h$/,
  );
  assertAccepted(outcomeOf(lasting(96, 'web02'), TIERED), 'EXC-1');
  for (const name of ['db01', 'old', 'unknown']) {
    assertAccepted(outcomeOf(lasting(48, name), TIERED), 'EXC-1');
    assertRefused(outcomeOf(lasting(49, name), TIERED), /the longest exception is 2d$/);
  }
});

test('a target named by its alias or by a pattern has its tier', () => {
  assertRefused(outcomeOf(lasting(3, 'www'), TIERED), /the longest in tier prod is 2h$/);
  assertRefused(outcomeOf(lasting(3, 'WEB*'), TIERED), /the longest in tier prod is 2h$/);
  assertAccepted(outcomeOf(lasting(48, 'db*'), TIERED), 'EXC-1');
});

test('of several targets the strictest counts, and without targets the strictest of all', () => {
  assertRefused(outcomeOf(lasting(3, 'web02', 'web01'), TIERED), /the longest in tier prod is 2h$/);
  assertRefused(outcomeOf(lasting(3), TIERED), /the longest in tier prod is 2h$/);
  assertRefused(
    outcomeOf(lasting(3, 'web02', '*'), { ...TIERED }),
    /the longest in tier prod is 2h|matches everything/,
  );
});

test('the owner cannot approve, under no name', () => {
  const message = /^exception-self-approved a\.yaml:8:14 `approved_by` must be someone other than `owner`$/;
  for (const approver of ['labbob', 'bob', 'bob@corp', 'LabBob', 'BOB']) {
    assertRefused(outcomeOf(record({ approved_by: approver })), message);
  }
  assertAccepted(outcomeOf(record({ approved_by: 'labbobby' })), 'EXC-1');
});

test('only a configured approver can approve, under any name', () => {
  const rules = { approvers: ['carol', 'ciso'] };
  for (const approver of ['ciso', 'CISO', 'labcarol']) {
    assertAccepted(outcomeOf(record({ approved_by: approver }), rules), 'EXC-1');
  }
  assertRefused(
    outcomeOf(record({ approved_by: 'cfo' }), rules),
    /^exception-self-approved a\.yaml:8:14 `approved_by` is none of the configured approvers$/,
  );
  assertAccepted(outcomeOf(record({ approved_by: 'cfo' })), 'EXC-1');
});

test('nobody approves an exception for themselves alone', () => {
  const own = { scope: { principals: ['CISO'] } };
  assertRefused(
    outcomeOf(record(own)),
    /^exception-self-approved .* other than the principals of the scope$/,
  );
  assertAccepted(outcomeOf(record({ scope: { principals: ['ciso', 'bob'] } })), 'EXC-1');
});
