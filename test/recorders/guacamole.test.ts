import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Recording } from '../../src/model/recording.ts';
import { guacamole } from '../../src/recorders/guacamole/guacamole.ts';
import { missingRecordings } from '../../src/recorders/missing.ts';
import { script } from '../../src/recorders/script/script.ts';
import * as guac from '../support/guacamole.ts';
import {
  codesOf,
  type Contents,
  detailsOf,
  inspectAll,
  inspectOne,
  pinOf,
  place,
  temporaryFolder,
} from './support.ts';

const inspect = (contents: Contents, host = 'web01'): Promise<Recording> =>
  inspectOne(guacamole, temporaryFolder(), contents, { context: { host } });
const dump = (content: string): Promise<Recording> => inspect({ 'records/one': content });
const { data, timing } = guac.typescript(guac.BLOCKS);

describe('guacamole: dumps', () => {
  it('times from its syncs, no end of its own', async () => {
    const one = await dump(guac.dump());
    assert.deepEqual([one.state, one.hasEndMarker, one.evidence], ['complete', false, 'E3']);
    assert.deepEqual([one.opened, one.closed], [guac.OPENED, guac.OPENED + 6_000]);
    assert.equal(one.events, 126);
  });

  it('keys are more; keys alone are less', async () => {
    const key = guac.instruction('key', 101, 1, guac.OPENED);
    assert.equal((await dump(guac.dump() + key.replace(/\d+;$/, `${guac.OPENED + 6_000};`))).evidence, 'E4');
    const typed = await dump(key);
    assert.deepEqual([typed.state, typed.evidence, typed.opened], ['no-content', 'E2', guac.OPENED]);
  });

  it('broken off, with a wrong length, back in time', async () => {
    assert.deepEqual(codesOf(await dump(guac.dump().slice(0, -1))), ['recording-truncated']);
    assert.deepEqual(codesOf(await dump(`${guac.dump()}5.rect,1.1;`)), ['recording-altered']);
    const back = await dump(guac.dump() + guac.sync(guac.OPENED));
    assert.deepEqual(detailsOf(back), ['instruction 127 goes back by 6,000 ms']);
    assert.equal((await dump(guac.dump() + guac.sync(guac.OPENED + 2_000))).state, 'complete');
  });

  it('the UUID of the history entry names it, whatever the host', async () => {
    const path = `${guac.UUID}/recording`;
    const [a, b] = [await inspect({ [path]: guac.dump() }), await inspect({ [path]: guac.dump() }, 'web02')];
    assert.deepEqual([a.ids, a.uid], [{ id: guac.UUID }, b.uid]);
  });

  it('what was typed never leaves it', async () => {
    const typed = guac.instruction('clipboard', 'hunter2') + guac.instruction('hunter2', 'hunter2');
    assert.doesNotMatch(JSON.stringify(await dump(guac.dump() + typed)), /hunter2/);
  });
});

describe('guacamole: typescripts', () => {
  const named = (content: string, sums: string | null = timing): Promise<Recording> =>
    inspect({ 'records/one': content, ...(sums === null ? {} : { 'records/one.timing': sums }) });

  it('footer and timing prove the end; its delays lead back to its beginning', async () => {
    const one = await named(data);
    assert.deepEqual([one.state, one.endProven, one.durationMs], ['complete', true, 10_000]);
    assert.equal(one.closed, Date.parse('2026-11-24T18:00:00Z'));
  });

  it('no footer, no timing, fewer and more bytes, a timing that breaks off', async () => {
    assert.ok(codesOf(await named(data.slice(0, -1))).includes('recording-not-closed'));
    assert.deepEqual(codesOf(await named(data, null)), ['recording-gap']);
    assert.deepEqual(codesOf(await named(data.replace('$ echo 3', '$ echo'))), ['recording-truncated']);
    assert.deepEqual(codesOf(await named(data.replace('$ echo 3', '$ echo 33'))), ['recording-altered']);
    assert.ok(codesOf(await named(data, timing.slice(0, -1))).includes('recording-truncated'));
  });

  it('nothing between its ends', async () => {
    assert.equal((await named(guac.typescript([]).data, '')).state, 'no-content');
  });

  it('is none of script’s, whose timing files look the same', async () => {
    const contents = { 'records/one': data, 'records/one.timing': timing };
    assert.deepEqual(await inspectAll(script, place(temporaryFolder(), contents)), []);
  });
});

describe('guacamole: what it is', () => {
  it('not other text with numbers, dots and commas', async () => {
    for (const text of ['3.14,2.71;', '4.sink,1.1;', '5.sync,1.1;'])
      assert.deepEqual(await inspectAll(guacamole, place(temporaryFolder(), { x: text })), []);
  });

  it('a file that is gone keeps its UUID', () => {
    const gone = missingRecordings([
      { name: `guacamole/${guac.UUID}/one`, host: 'web01', pinned: pinOf(guac.dump()) },
      { name: `guacamole/${guac.UUID}/one.timing`, host: 'web01', pinned: pinOf(timing) },
    ]);
    assert.deepEqual(
      gone.map(({ recorder, state, ids }) => [recorder, state, ids]),
      [['guacamole', 'missing', { id: guac.UUID }]],
    );
  });
});
