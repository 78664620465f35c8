import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Store } from '../../src/store/store.ts';
import {
  access,
  alert,
  batch,
  collect,
  event,
  finding,
  HOUR,
  inspection,
  judgement,
  notice,
  recording,
  T0,
  temporaryStore,
  tracked,
} from './samples.ts';

const DAY = 24 * HOUR;
/** Retention ends here: the samples happen at T0, hours before. */
const BEFORE = T0 + 10 * DAY;

async function eventUids(store: Store): Promise<string[]> {
  return (await collect(store.events({ from: 0, to: Infinity }))).map((found) => found.uid);
}

/** Events that no judgement waits for any more. */
async function judgedEvents(store: Store, ...events: ReturnType<typeof event>[]): Promise<void> {
  await store.saveBatch(batch(events));
  await store.saveJudgement(judgement({ judged: await store.dirtyTargets() }));
}

test('old events, settled accesses, finished runs and gone units go', async (t) => {
  const store = await temporaryStore(t);
  await judgedEvents(store, event('ev_old'), event('ev_new', { time: BEFORE }));
  await store.saveInspection(inspection([recording('rec_1')]));
  await store.saveGoneUnits({ recorder: 'bastion', keys: ['/rec/a.cast'], at: T0 + 1 });
  const run = {
    id: 'run_1',
    startedAt: T0,
    finishedAt: T0 + 1,
    state: 'completed',
    counts: {},
    reason: null,
  } as const;
  await store.saveJudgement(
    judgement({
      judged: await store.dirtyTargets(),
      accesses: [{ access: access('acc_1'), settled: true }],
      run,
    }),
  );
  const counts = await store.purge(BEFORE);
  assert.deepEqual(counts, { events: 1, accesses: 1, units: 1, findings: 0, alerts: 0, runs: 1 });
  assert.deepEqual(await eventUids(store), ['ev_new']);
  assert.equal(await store.recording('rec_1'), undefined);
  assert.deepEqual(await store.verifyIntegrity(), []);
});

test('what the recorder still has stays, however old', async (t) => {
  const store = await temporaryStore(t);
  await store.saveInspection(
    inspection([recording('rec_1')], { pins: [{ path: '/p', file: { size: 1, sha256: 'a', mtimeMs: 1 } }] }),
  );
  assert.equal((await store.purge(BEFORE)).units, 0);
  assert.notEqual(await store.recording('rec_1'), undefined);
  assert.equal((await store.pins(['/p'])).size, 1);
});

test('an unsettled access keeps itself, its events and the day before its opening', async (t) => {
  const store = await temporaryStore(t);
  await judgedEvents(
    store,
    event('ev_long_before', { time: T0 - 25 * HOUR }),
    event('ev_context', { time: T0 - 23 * HOUR }),
    event('ev_opening'),
    event('ev_elsewhere', { target: 'db7' }),
  );
  await store.saveJudgement(
    judgement({ accesses: [{ access: access('acc_1', { closed: null }), settled: false }] }),
  );
  await store.purge(BEFORE);
  assert.deepEqual(await eventUids(store), ['ev_context', 'ev_opening']);
  assert.notEqual(await store.access('acc_1'), undefined);
});

test('a settled access that ended after the retention began keeps its opening', async (t) => {
  const store = await temporaryStore(t);
  await judgedEvents(store, event('ev_opening'));
  await store.saveJudgement(
    judgement({ accesses: [{ access: access('acc_1', { closed: BEFORE }), settled: true }] }),
  );
  await store.purge(BEFORE);
  assert.deepEqual(await eventUids(store), ['ev_opening']);
});

test('a target that waits to be judged keeps its events', async (t) => {
  const store = await temporaryStore(t);
  await store.saveBatch(batch([event('ev_1')]));
  await store.purge(BEFORE);
  assert.deepEqual(await eventUids(store), ['ev_1']);
});

test('an open finding stays with its access, and keeps no events', async (t) => {
  const store = await temporaryStore(t);
  await judgedEvents(store, event('ev_1'));
  const open = finding('fnd_1', { subject: { type: 'access', uid: 'acc_1' } });
  await store.saveJudgement(
    judgement({ accesses: [{ access: access('acc_1'), settled: true }], findings: [tracked(open)] }),
  );
  await store.purge(BEFORE);
  assert.notEqual(await store.finding('fnd_1'), undefined);
  assert.notEqual(await store.access('acc_1'), undefined);
  assert.deepEqual(await eventUids(store), []);
});

test('a delivered alert goes, but that its open finding was told stays', async (t) => {
  const store = await temporaryStore(t);
  const open = finding('fnd_1');
  await store.saveJudgement(
    judgement({ findings: [tracked(open)], alerts: [alert('alr_1', [open])], notices: [notice('fnd_1')] }),
  );
  await store.recordAttempt('alr_1', {
    state: 'delivered',
    attempts: 1,
    nextAttemptAt: null,
    reason: null,
    at: T0,
  });
  assert.equal((await store.purge(BEFORE)).alerts, 1);
  const [candidate] = await store.dispatchable(9);
  assert.deepEqual(candidate?.notices, [{ ...notice('fnd_1'), delivery: null }]);
});

test('a resolved finding stays while its alert is under way, and goes afterwards', async (t) => {
  const store = await temporaryStore(t);
  const resolved = finding('fnd_1', { status: 'resolved' });
  await store.saveJudgement(
    judgement({
      findings: [tracked(resolved, { resolvedAt: T0 })],
      alerts: [alert('alr_1', [resolved], { status: 'resolved' })],
      notices: [notice('fnd_1', { kind: 'resolved' })],
    }),
  );
  assert.deepEqual(await store.purge(BEFORE), {
    events: 0,
    accesses: 0,
    units: 0,
    findings: 0,
    alerts: 0,
    runs: 0,
  });
  await store.recordAttempt('alr_1', {
    state: 'delivered',
    attempts: 1,
    nextAttemptAt: null,
    reason: null,
    at: T0,
  });
  const counts = await store.purge(BEFORE);
  assert.deepEqual([counts.findings, counts.alerts], [1, 1]);
});

test('a resolved finding stays while a receiver believes that it fires', async (t) => {
  const store = await temporaryStore(t);
  const resolved = tracked(finding('fnd_1', { status: 'resolved' }), { resolvedAt: T0 });
  await store.saveJudgement(judgement({ findings: [resolved], notices: [notice('fnd_1', { alert: null })] }));
  assert.equal((await store.purge(BEFORE)).findings, 0);
});
