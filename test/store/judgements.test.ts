import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Store } from '../../src/store/store.ts';
import { access, collect, finding, HOUR, judgement, T0, temporaryStore, tracked } from './samples.ts';

const settled = (uid: string, changes = {}) => ({ access: access(uid, changes), settled: true });
const unsettled = (uid: string, changes = {}) => ({ access: access(uid, changes), settled: false });

async function uids(store: Store, query: Parameters<Store['accesses']>[0]): Promise<string[]> {
  return (await collect(store.accesses(query))).map((each) => each.access.uid);
}

test('a judgement replaces accesses and removes those that exist no longer', async (t) => {
  const store = await temporaryStore(t);
  await store.saveJudgement(judgement({ accesses: [unsettled('acc_1'), unsettled('acc_2')] }));
  await store.saveJudgement(
    judgement({ accesses: [settled('acc_1', { verdict: 'recorded' })], removedAccesses: ['acc_2'] }),
  );
  assert.deepEqual(await store.access('acc_1'), settled('acc_1', { verdict: 'recorded' }));
  assert.equal(await store.access('acc_2'), undefined);
});

test('accesses are found by overlap; an open one overlaps everything after it', async (t) => {
  const store = await temporaryStore(t);
  await store.saveJudgement(
    judgement({
      accesses: [
        settled('acc_ended'),
        unsettled('acc_open', { closed: null, opened: T0 - HOUR }),
        settled('acc_later', { opened: T0 + 9 * HOUR, closed: null }),
        settled('acc_db', { target: 'db7' }),
      ],
    }),
  );
  assert.deepEqual(await uids(store, { from: T0, to: T0, target: 'web01' }), ['acc_open', 'acc_ended']);
  assert.deepEqual(await uids(store, { from: T0 + 2 * HOUR, to: T0 + 3 * HOUR }), ['acc_open']);
  assert.deepEqual(await uids(store, { from: T0, to: Infinity, settled: false }), ['acc_open']);
  assert.deepEqual(await uids(store, { from: T0, to: Infinity, settled: true, target: 'db7' }), ['acc_db']);
  assert.deepEqual(await store.unsettledTargets(), ['web01']);
});

test('pages of accesses join without loss or repetition', async (t) => {
  const store = await temporaryStore(t);
  const many = Array.from({ length: 2100 }, (_, index) => settled(`acc_${index}`));
  await store.saveJudgement(judgement({ accesses: many }));
  assert.equal(new Set(await uids(store, { from: T0, to: T0 })).size, 2100);
});

test('findings keep their life, and are listed by status', async (t) => {
  const store = await temporaryStore(t);
  const open = tracked(finding('fnd_1'));
  const done = tracked(finding('fnd_2', { status: 'resolved' }), { resolvedAt: T0 + 1, openedAt: T0 - 1 });
  await store.saveJudgement(judgement({ findings: [open, done] }));
  assert.deepEqual(await store.finding('fnd_2'), done);
  assert.deepEqual(await store.findingsByUid(['fnd_2', 'fnd_1', 'fnd_3']), [open, done]);
  assert.deepEqual(await collect(store.findings({ statuses: ['open', 'acknowledged'] })), [open]);
  assert.deepEqual(await collect(store.findings()), [done, open]);
});

test('an acknowledgement is kept with its author; a resolved or unknown finding takes none', async (t) => {
  const store = await temporaryStore(t);
  const done = tracked(finding('fnd_2', { status: 'resolved' }), { resolvedAt: T0 });
  await store.saveJudgement(judgement({ findings: [tracked(finding('fnd_1')), done] }));
  assert.equal(await store.acknowledgeFinding('fnd_1', 'alice', T0 + 5), true);
  assert.equal(await store.acknowledgeFinding('fnd_1', 'bob', T0 + 6), true);
  assert.equal(await store.acknowledgeFinding('fnd_2', 'alice', T0 + 5), false);
  assert.equal(await store.acknowledgeFinding('fnd_3', 'alice', T0 + 5), false);
  const kept = await store.finding('fnd_1');
  assert.deepEqual(
    [kept?.finding.status, kept?.acknowledgedBy, kept?.acknowledgedAt],
    ['acknowledged', 'alice', T0 + 5],
  );
  assert.equal((await store.finding('fnd_2'))?.finding.status, 'resolved');
});

test('a transaction that fails leaves nothing, and the store usable', async (t) => {
  const store = await temporaryStore(t);
  const failure = new Error('the judging code is wrong');
  await assert.rejects(
    store.transaction(async (tx) => {
      await tx.saveJudgement(judgement({ accesses: [settled('acc_1')] }));
      assert.notEqual(await tx.access('acc_1'), undefined);
      throw failure;
    }),
    failure,
  );
  assert.equal(await store.access('acc_1'), undefined);
  await store.saveJudgement(judgement({ accesses: [settled('acc_1')] }));
  assert.notEqual(await store.access('acc_1'), undefined);
});

test('writes that arrive during a transaction wait for it and are not part of it', async (t) => {
  const store = await temporaryStore(t);
  const gate = Promise.withResolvers<void>();
  const rolledBack = store.transaction(async (tx) => {
    await tx.setMeta('inside', 'x');
    await gate.promise;
    throw new Error('undo');
  });
  const outside = store.setMeta('outside', 'y');
  gate.resolve();
  await assert.rejects(rolledBack);
  await outside;
  assert.equal(await store.meta('inside'), undefined);
  assert.equal(await store.meta('outside'), 'y');
});

test('the pass ledger shows runs, and a killed one as aborted', async (t) => {
  const store = await temporaryStore(t);
  const run = {
    id: 'run_1',
    startedAt: T0,
    finishedAt: null,
    state: 'running',
    counts: {},
    reason: null,
  } as const;
  await store.saveRun(run);
  const finished = {
    ...run,
    id: 'run_2',
    startedAt: T0 + 1,
    finishedAt: T0 + 2,
    state: 'completed' as const,
    counts: { accesses: 3 },
  };
  await store.saveJudgement(judgement({ run: finished }));
  assert.deepEqual(await store.abortUnfinishedRuns(T0 + 9), ['run_1']);
  const [latest, earlier] = await store.runs({ limit: 5 });
  assert.deepEqual(latest, finished);
  assert.deepEqual([earlier?.state, earlier?.finishedAt], ['aborted', T0 + 9]);
  assert.deepEqual(
    (await store.runs({ limit: 5, from: T0 + 1 })).map((each) => each.id),
    ['run_2'],
  );
  assert.deepEqual(
    (await store.runs({ limit: 1 })).map((each) => each.id),
    ['run_2'],
  );
});
