import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ttyrec } from '../../src/recorders/ttyrec/ttyrec.ts';
import {
  codesOf,
  detailsOf,
  entryOf,
  fixture,
  inspectOne,
  LATER,
  pinOf,
  place,
  temporaryFolder,
} from './support.ts';

const NAME = '20261124T162516-labalice-7300.ttyrec';
const WHOLE = fixture(`ttyrec/${NAME}`);

function inspect(content: Uint8Array, options: Parameters<typeof inspectOne>[3] & { name?: string } = {}) {
  return inspectOne(ttyrec, temporaryFolder(), { [options.name ?? NAME]: content }, options);
}

function frame(seconds: number, text = 'x', micros = 0): Buffer {
  const header = Buffer.alloc(12);
  header.writeUInt32LE(seconds, 0);
  header.writeUInt32LE(micros, 4);
  header.writeUInt32LE(text.length, 8);
  return Buffer.concat([header, Buffer.from(text)]);
}

const AT = 1_795_537_516;

describe('ttyrec: what a whole recording gives', () => {
  it('ten frames; who and when the recorder started only from the name', async () => {
    const { uid, ...rest } = await inspect(WHOLE);
    assert.match(uid, /^rec_[0-9a-f]{20}$/);
    assert.deepEqual(rest, {
      recorder: 'ttyrec',
      ref: { source: NAME, record: '' },
      state: 'complete',
      endProven: false,
      hasEndMarker: false,
      problems: [],
      opened: 1795537516000,
      closed: 1795537518153.122,
      resolution: 1000,
      durationMs: 2153.122,
      bytes: 247,
      events: 10,
      sha256: '2da19ba48b8bc676587de322e5d6d0339b3107a7d8fb7f71efb226a88471564d',
      evidence: 'E3',
      covers: 'session',
      launch: 'unknown',
      target: 'web01',
      reportedHost: null,
      account: 'labalice',
      actor: null,
      origin: null,
      terminal: null,
      command: null,
      ids: { pid: 7300 },
      owner: { uid: 0, mode: 0o600 },
    });
  });

  it('without a telling name the first frame is the start', async () => {
    const recording = await inspect(WHOLE, { name: 'x.ttyrec' });
    assert.deepEqual(
      [recording.opened, recording.resolution, recording.account],
      [1795537516872.628, 0.001, null],
    );
  });

  it('a name whose time is far from the first frame names something else', async () => {
    const early = await inspect(WHOLE, { name: '20261124T152516-labalice-7300.ttyrec' });
    assert.equal(early.opened, 1795537516872.628);
    const later = await inspect(WHOLE, { name: '20261124T162517-labalice-7300.ttyrec' });
    assert.equal(later.opened, 1795537516872.628);
  });

  it('times counted from zero are no dates', async () => {
    const relative = await inspect(Buffer.concat([frame(0), frame(5)]), { name: 'x.ttyrec' });
    assert.deepEqual([relative.opened, relative.closed, relative.state], [null, null, 'complete']);
    const named = await inspect(Buffer.concat([frame(0), frame(5)]));
    assert.deepEqual([named.opened, named.closed], [1795537516000, 1795537521000]);
  });
});

describe('ttyrec: what is missing or wrong', () => {
  it('a short last frame and a short last header are truncation', async () => {
    const cut = await inspect(WHOLE.subarray(0, -2));
    assert.deepEqual(
      [cut.state, cut.problems],
      ['incomplete', [{ code: 'recording-truncated', detail: 'frame 10 lacks 2 of its bytes' }]],
    );
    const header = await inspect(Buffer.concat([WHOLE, frame(AT + 3).subarray(0, 5)]));
    assert.deepEqual(detailsOf(header), ['the file ends 5 bytes into the header of frame 11']);
  });

  it('while the file is being written a short last frame is no fault', async () => {
    const live = await inspect(WHOLE.subarray(0, -2), {
      change: () => ({ mtimeMs: LATER }),
      context: { now: LATER },
    });
    assert.deepEqual(live.problems, []);
  });

  it('time may step back by a second, not by more', async () => {
    const step = await inspect(Buffer.concat([frame(AT, 'a', 500_000), frame(AT - 1, 'b', 500_000)]));
    assert.deepEqual(step.problems, []);
    const back = await inspect(Buffer.concat([frame(AT, 'a', 500_000), frame(AT - 1, 'b', 499_000)]));
    assert.deepEqual([back.state, detailsOf(back)], ['altered', ['time goes back by 1,001 ms at frame 2']]);
  });

  it('what begins no frame is corrupt', async () => {
    const long = Buffer.from(WHOLE);
    long.writeUInt32LE(17 * 1024 * 1024, 8);
    const corrupt = await inspect(long);
    assert.deepEqual(
      [corrupt.state, detailsOf(corrupt)],
      ['corrupt', ['byte 0 begins no frame: a length of 17,825,792 bytes']],
    );
    assert.match(detailsOf(await inspect(frame(AT, 'x', 1_000_000)))[0] ?? '', /1,000,000 microseconds/);
    const year = await inspect(Buffer.concat([frame(AT), frame(AT + 400 * 86_400)]));
    assert.deepEqual(
      [year.state, detailsOf(year)],
      ['corrupt', ['byte 13 begins no frame: more than a year from the frame before']],
    );
  });

  it('no frame and frames of nothing are empty', async () => {
    const empty = await inspect(Buffer.alloc(0));
    assert.deepEqual([empty.state, codesOf(empty), empty.evidence], ['empty', ['recording-empty'], 'E0']);
    const hollow = await inspect(Buffer.concat([frame(AT, ''), frame(AT, '')]));
    assert.deepEqual([hollow.state, codesOf(hollow)], ['no-content', ['recording-empty']]);
  });

  it('a pin finds what frames cannot show', async () => {
    const altered = Buffer.from(WHOLE);
    altered[20] = 0x41;
    assert.deepEqual((await inspect(altered)).problems, []);
    assert.deepEqual(codesOf(await inspect(altered, { change: () => ({ pinned: pinOf(WHOLE) }) })), [
      'recording-altered',
    ]);
  });
});

describe('ttyrec: recognition', () => {
  const [file] = place(temporaryFolder(), { x: '' });
  const score = (name: string, head: Uint8Array) => ttyrec.recognise(entryOf(file?.path ?? '', name), head);

  it('two frames in a row, or the extension', () => {
    assert.ok(score('x', WHOLE) > 0.5);
    assert.equal(score('x', frame(AT)), 0);
    assert.ok(score('x.ttyrec', frame(AT)) > 0.8);
    assert.ok(score('x.ttyrec', Buffer.alloc(0)) > 0.5);
    assert.equal(score('x', Buffer.from('a text of some length that is none')), 0);
  });
});
