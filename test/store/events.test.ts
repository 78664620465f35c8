import assert from 'node:assert/strict';
import { test } from 'node:test';
import { batch, collect, event, judgement, report, T0, temporaryStore } from './samples.ts';

test('a batch saves events, cursor and report together', async (t) => {
  const store = await temporaryStore(t);
  const saved = await store.saveBatch(batch([event('ev_1'), event('ev_2', { time: T0 + 0.25 })]));
  assert.deepEqual(saved, { added: 2 });
  assert.deepEqual(await store.cursor('web01/auth.log'), { offset: 2 });
  assert.deepEqual(await store.sourceReports(), [report('web01/auth.log')]);
  const events = await collect(store.events({ from: T0, to: T0 + 1 }));
  assert.deepEqual(
    events.map((found) => [found.uid, found.time]),
    [
      ['ev_1', T0],
      ['ev_2', T0 + 0.25],
    ],
  );
});

test('a stream without a cursor has none, which differs from a cursor that is null', async (t) => {
  const store = await temporaryStore(t);
  await store.saveBatch(batch([], { stream: 'a', cursor: null }));
  assert.equal(await store.cursor('a'), null);
  assert.equal(await store.cursor('b'), undefined);
});

test('reading a batch twice changes nothing but the cursor', async (t) => {
  const store = await temporaryStore(t);
  await store.saveBatch(batch([event('ev_1')]));
  const [mark] = await store.dirtyTargets();
  const again = await store.saveBatch(batch([event('ev_1'), event('ev_1')], { cursor: 'later' }));
  assert.deepEqual(again, { added: 0 });
  assert.deepEqual(await store.dirtyTargets(), [mark]);
  assert.equal(await store.cursor('web01/auth.log'), 'later');
  assert.equal((await collect(store.events({ from: 0, to: Infinity }))).length, 1);
});

test('only targets with news are marked, also those no record names', async (t) => {
  const store = await temporaryStore(t);
  await store.saveBatch(
    batch([event('ev_1'), event('ev_2', { target: null }), event('ev_3', { target: 'db7' })]),
  );
  assert.deepEqual(
    (await store.dirtyTargets()).map((mark) => mark.target),
    [null, 'db7', 'web01'],
  );
  assert.deepEqual(await store.targets(), ['db7', 'web01']);
});

test('a judgement clears the mark of what it saw, and leaves one that was renewed meanwhile', async (t) => {
  const store = await temporaryStore(t);
  await store.saveBatch(batch([event('ev_1'), event('ev_2', { target: 'db7' })]));
  const judged = await store.dirtyTargets();
  await store.saveBatch(batch([event('ev_3')]));
  await store.saveJudgement(judgement({ judged }));
  assert.deepEqual(
    (await store.dirtyTargets()).map((mark) => mark.target),
    ['web01'],
  );
  await store.saveJudgement(judgement({ judged: await store.dirtyTargets() }));
  assert.deepEqual(await store.dirtyTargets(), []);
});

test('targets can be marked by hand, as after a change of the configuration', async (t) => {
  const store = await temporaryStore(t);
  await store.markDirty(['web01', null, 'web01'], T0);
  assert.deepEqual(
    (await store.dirtyTargets()).map((mark) => mark.target),
    [null, 'web01'],
  );
});

test('events are found by target and by both ends of a range', async (t) => {
  const store = await temporaryStore(t);
  const times = [0, 1, 2, 3].map((offset) => event(`ev_${offset}`, { time: T0 + offset }));
  await store.saveBatch(
    batch([...times, event('ev_x', { time: T0 + 1, target: 'db7' }), event('ev_n', { target: null })]),
  );
  const uids = async (query: Parameters<typeof store.events>[0]) =>
    (await collect(store.events(query))).map((found) => found.uid);
  assert.deepEqual(await uids({ from: T0 + 1, to: T0 + 2, target: 'web01' }), ['ev_1', 'ev_2']);
  assert.deepEqual(await uids({ from: T0 + 1, to: T0 + 2 }), ['ev_1', 'ev_x', 'ev_2']);
  assert.deepEqual(await uids({ from: 0, to: Infinity, target: null }), ['ev_n']);
});

test('pages join without loss or repetition where thousands of events have the same time', async (t) => {
  const store = await temporaryStore(t);
  const many = Array.from({ length: 2500 }, (_, index) => event(`ev_${index}`, { time: T0 + (index % 2) }));
  await store.saveBatch(batch(many));
  const found = await collect(store.events({ from: T0, to: T0 + 1, target: 'web01' }));
  assert.equal(new Set(found.map((each) => each.uid)).size, 2500);
  assert.equal(found.length, 2500);
});
