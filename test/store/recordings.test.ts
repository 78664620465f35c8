import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Store } from '../../src/store/store.ts';
import { collect, HOUR, inspection, judgement, recording, T0, temporaryStore } from './samples.ts';

const ALL = { from: 0, to: Infinity };

async function marked(store: Store): Promise<(string | null)[]> {
  const marks = await store.dirtyTargets();
  await store.saveJudgement(judgement({ judged: marks }));
  return marks.map((mark) => mark.target);
}

test('an inspection saves unit, state, recordings and pins', async (t) => {
  const store = await temporaryStore(t);
  const pin = { size: 100, sha256: 'aa', mtimeMs: T0 };
  await store.saveInspection(
    inspection([recording('rec_1')], { state: 'resume here', pins: [{ path: '/rec/a.cast', file: pin }] }),
  );
  const unit = { recorder: 'bastion', key: '/rec/a.cast', size: 100, mtimeMs: T0 };
  assert.deepEqual(await collect(store.units('bastion')), [
    { ...unit, firstSeen: T0, lastSeen: T0, goneAt: null },
  ]);
  assert.equal(await store.unitState('bastion', '/rec/a.cast'), 'resume here');
  assert.deepEqual([...(await store.pins(['/rec/a.cast', '/rec/other']))], [['/rec/a.cast', pin]]);
  assert.deepEqual((await store.recording('rec_1'))?.recording, recording('rec_1'));
  assert.deepEqual(await marked(store), ['web01']);
});

test('units of another recorder are not listed', async (t) => {
  const store = await temporaryStore(t);
  await store.saveInspection(inspection([], { recorder: 'other' }));
  assert.deepEqual(await collect(store.units('bastion')), []);
  assert.equal(await store.unit('bastion', '/rec/a.cast'), undefined);
  assert.notEqual(await store.unit('other', '/rec/a.cast'), undefined);
});

test('an unchanged recording marks nothing; a changed one marks its target, before and after', async (t) => {
  const store = await temporaryStore(t);
  await store.saveInspection(inspection([recording('rec_1')]));
  await marked(store);
  assert.deepEqual(await store.saveInspection(inspection([recording('rec_1')], { at: T0 + 5 })), {
    changed: 0,
  });
  assert.deepEqual(await marked(store), []);
  await store.saveInspection(inspection([recording('rec_1', { target: 'db7', bytes: 200 })], { at: T0 + 9 }));
  assert.deepEqual(await marked(store), ['db7', 'web01']);
  const stored = await store.recording('rec_1');
  assert.deepEqual([stored?.firstSeen, stored?.lastSeen, stored?.recording.bytes], [T0, T0 + 9, 200]);
});

test('a recording that its unit no longer lists is missing, and comes back', async (t) => {
  const store = await temporaryStore(t);
  await store.saveInspection(inspection([recording('rec_1')]));
  await marked(store);
  await store.saveInspection(inspection([recording('rec_2')], { at: T0 + 1 }));
  assert.equal((await store.recording('rec_1'))?.missingSince, T0 + 1);
  assert.equal((await store.recording('rec_2'))?.missingSince, null);
  assert.deepEqual(await marked(store), ['web01']);
  await store.saveInspection(inspection([recording('rec_1'), recording('rec_2')], { at: T0 + 2 }));
  assert.equal((await store.recording('rec_1'))?.missingSince, null);
  assert.deepEqual(await marked(store), ['web01']);
});

test('a unit that is gone takes its recordings along, once', async (t) => {
  const store = await temporaryStore(t);
  await store.saveInspection(inspection([recording('rec_1')]));
  await marked(store);
  const gone = { recorder: 'bastion', keys: ['/rec/a.cast'], at: T0 + 7 };
  await store.saveGoneUnits(gone);
  await store.saveGoneUnits({ ...gone, at: T0 + 8 });
  assert.equal((await store.recording('rec_1'))?.missingSince, T0 + 7);
  assert.equal((await store.unit('bastion', '/rec/a.cast'))?.goneAt, T0 + 7);
  assert.deepEqual(await marked(store), ['web01']);
});

test('a recording that moved to another file is neither missing nor new', async (t) => {
  const store = await temporaryStore(t);
  await store.saveInspection(inspection([recording('rec_1')]));
  await store.saveGoneUnits({ recorder: 'bastion', keys: ['/rec/a.cast'], at: T0 + 7 });
  const moved = { key: '/rec/old/a.cast', size: 100, mtimeMs: T0 };
  await store.saveInspection(inspection([recording('rec_1')], { unit: moved, at: T0 + 9 }));
  const found = await collect(store.recordings(ALL));
  assert.deepEqual(
    found.map((each) => [each.unit, each.missingSince, each.firstSeen]),
    [['/rec/old/a.cast', null, T0]],
  );
});

test('a recording in two files comes twice: it is a duplicate', async (t) => {
  const store = await temporaryStore(t);
  await store.saveInspection(inspection([recording('rec_1')]));
  const copy = { key: '/rec/b.cast', size: 100, mtimeMs: T0 };
  await store.saveInspection(inspection([recording('rec_1')], { unit: copy }));
  const found = await collect(store.recordings(ALL));
  assert.deepEqual(
    found.map((each) => each.unit),
    ['/rec/a.cast', '/rec/b.cast'],
  );
});

test('a pin is replaced by growth, never by other bytes of the same or a smaller size', async (t) => {
  const store = await temporaryStore(t);
  const path = '/rec/a.cast';
  const pin = async (size: number, sha256: string) => {
    await store.saveInspection(inspection([], { pins: [{ path, file: { size, sha256, mtimeMs: T0 } }] }));
    const kept = (await store.pins([path])).get(path);
    return [kept?.size, kept?.sha256];
  };
  assert.deepEqual(await pin(100, 'first'), [100, 'first']);
  assert.deepEqual(await pin(100, 'altered'), [100, 'first']);
  assert.deepEqual(await pin(90, 'cut'), [100, 'first']);
  assert.deepEqual(await pin(150, 'grown'), [150, 'grown']);
});

test('recordings are found by overlap; those without times always', async (t) => {
  const store = await temporaryStore(t);
  await store.saveInspection(
    inspection([
      recording('rec_in'),
      recording('rec_before', { opened: T0 - 2 * HOUR, closed: T0 - HOUR }),
      recording('rec_running', { closed: null }),
      recording('rec_timeless', { opened: null, closed: null }),
      recording('rec_elsewhere', { target: 'db7' }),
      recording('rec_nowhere', { target: null }),
    ]),
  );
  const uids = async (query: Parameters<Store['recordings']>[0]) =>
    (await collect(store.recordings(query))).map((each) => each.recording.uid);
  const after = T0 + 2 * HOUR;
  assert.deepEqual(await uids({ from: T0, to: T0, target: 'web01' }), [
    'rec_in',
    'rec_running',
    'rec_timeless',
  ]);
  assert.deepEqual(await uids({ from: after, to: after, target: 'web01' }), ['rec_running', 'rec_timeless']);
  assert.deepEqual(await uids({ from: T0, to: T0, target: null }), ['rec_nowhere']);
  assert.equal((await uids(ALL)).length, 6);
});

test('pages of recordings and units join without loss or repetition', async (t) => {
  const store = await temporaryStore(t);
  const many = Array.from({ length: 2100 }, (_, index) => recording(`rec_${index}`));
  await store.saveInspection(inspection(many));
  const found = await collect(store.recordings({ ...ALL, target: 'web01' }));
  assert.equal(new Set(found.map((each) => each.recording.uid)).size, 2100);
  await store.transaction(async (tx) => {
    for (let index = 0; index < 1100; index += 1) {
      await tx.saveInspection(inspection([], { unit: { key: `/u/${index}`, size: 1, mtimeMs: 1 } }));
    }
  });
  assert.equal((await collect(store.units('bastion'))).length, 1101);
});
