import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { describe, it } from 'node:test';
import type { Recording } from '../../src/model/recording.ts';
import { missingRecordings } from '../../src/recorders/missing.ts';
import { wireFields } from '../../src/recorders/teleport/wire.ts';
import { teleport } from '../../src/recorders/teleport/teleport.ts';
import * as tsh from '../support/teleport.ts';
import {
  codesOf,
  type Contents,
  detailsOf,
  entryOf,
  inspectAll,
  inspectOne,
  LATER,
  pinOf,
  place,
  temporaryFolder,
} from './support.ts';

const NAME = `${tsh.SID}.tar`;
const OTHER = '0c9d3b6e-7a44-4d70-8f6b-6e6f0f0c8a22';
const UPLOAD = '9e107d9d-372b-4cb8-9a5c-1f2e3d4c5b6a';

function inspect(
  content: Uint8Array,
  options: Parameters<typeof inspectOne>[3] & { name?: string } = {},
): Promise<Recording> {
  return inspectOne(teleport, temporaryFolder(), { [options.name ?? NAME]: content }, options);
}

const parts = (...events: readonly Uint8Array[]): Uint8Array => tsh.part(events);
const shown = (count: number): Uint8Array[] =>
  Array.from({ length: count }, (_, index) => tsh.print(index + 1, 'x'));

describe('teleport: what a whole recording gives', () => {
  it('who, where, whence and when, from what is in it', async () => {
    const whole = tsh.recording();
    const { uid, sha256, ...rest } = await inspect(whole);
    assert.match(uid, /^rec_[0-9a-f]{20}$/);
    assert.equal(sha256, pinOf(whole).sha256);
    assert.deepEqual(rest, {
      recorder: 'teleport',
      ref: { source: NAME, record: '' },
      state: 'complete',
      endProven: true,
      hasEndMarker: true,
      problems: [],
      opened: tsh.OPENED,
      closed: tsh.OPENED + 60_000,
      resolution: 1,
      durationMs: 60_000,
      bytes: whole.length,
      events: 6,
      evidence: 'E4',
      covers: 'session',
      launch: 'session',
      target: 'web01',
      reportedHost: 'web01',
      account: 'root',
      actor: 'alice',
      origin: { ip: '10.30.4.7', port: 51_044 },
      terminal: true,
      command: null,
      ids: { cloudSession: tsh.SID },
      owner: { uid: 0, mode: 0o600 },
    });
  });

  it('the server names the target where no folder does', async () => {
    const { target } = await inspect(tsh.recording(), { context: { host: null } });
    assert.equal(target, 'web01');
  });

  it('under another name the session is the one inside', async () => {
    const { ids, problems } = await inspect(tsh.recording(), { name: 'kept/copy.bin' });
    assert.deepEqual([ids, problems], [{ cloudSession: tsh.SID }, []]);
  });

  it('compressed once more it is the same', async () => {
    const plain = await inspect(tsh.recording());
    const packed = await inspect(gzipSync(tsh.recording()), { name: `${NAME}.gz` });
    assert.deepEqual([packed.uid, packed.state, packed.events], [plain.uid, 'complete', plain.events]);
  });

  it('the kernel’s commands beside what was shown are more; alone, or queries alone, they are less', async () => {
    const command = tsh.event(1, 'session.command', tsh.OPENED, [7, '/usr/bin/id']);
    const evidence = async (...events: readonly Uint8Array[]): Promise<string> =>
      (await inspect(parts(...events))).evidence;
    assert.equal(await evidence(tsh.start(), command, tsh.print(2, 'x'), tsh.end(3)), 'E5');
    assert.equal(await evidence(tsh.start(), command, tsh.end(2)), 'E2');
    const query = tsh.event(1, 'db.session.query', tsh.OPENED, [5, 'select']);
    const [begun, over] = [0, 2].map((index) =>
      tsh.event(index, `db.session.${index === 0 ? 'start' : 'end'}`, tsh.OPENED),
    );
    assert.ok(begun !== undefined && over !== undefined);
    const database = await inspect(parts(begun, query, over));
    assert.deepEqual([database.state, database.evidence, database.endProven], ['complete', 'E2', true]);
  });

  it('pictures of a desktop are as good as a terminal', async () => {
    const events = ['windows.desktop.session.start', 'desktop.recording', 'windows.desktop.session.end'];
    const desktop = await inspect(parts(...events.map((type, index) => tsh.event(index, type, tsh.OPENED))));
    assert.deepEqual([desktop.state, desktop.evidence, desktop.endProven], ['complete', 'E4', true]);
  });
});

describe('teleport: sessions that show nothing', () => {
  it('without a terminal nothing is missing', async () => {
    const exec = await inspect(parts(tsh.start({ size: '' }), tsh.end(1, { interactive: false })));
    assert.deepEqual(
      [exec.state, exec.problems, exec.evidence, exec.terminal],
      ['complete', [], 'E2', false],
    );
  });

  it('with one, everything is', async () => {
    const hollow = await inspect(parts(tsh.start(), tsh.print(1, ''), tsh.end(2)));
    assert.deepEqual([hollow.state, hollow.evidence], ['no-content', 'E1']);
    assert.deepEqual(detailsOf(hollow), ['3 events, and nothing was shown']);
  });

  it('an empty file and parts without an event', async () => {
    const empty = await inspect(Buffer.alloc(0));
    assert.deepEqual([empty.state, empty.evidence, detailsOf(empty)], ['empty', 'E0', ['the file is empty']]);
    const hollow = await inspect(tsh.part([], { body: Buffer.alloc(0), padding: 100 }));
    assert.deepEqual([hollow.state, detailsOf(hollow)], ['empty', ['its parts hold no event']]);
  });
});

describe('teleport: what is missing or wrong', () => {
  it('no end', async () => {
    const open = await inspect(parts(tsh.start(), ...shown(2)));
    assert.deepEqual([open.state, open.endProven, open.closed], ['incomplete', false, tsh.OPENED + 200]);
    assert.deepEqual(open.problems, [{ code: 'recording-not-closed', detail: 'no end among 3 events' }]);
  });

  it('an index that is left out, and nothing for one that comes twice', async () => {
    const gap = await inspect(parts(tsh.start(), tsh.print(1, 'x'), tsh.print(4, 'x'), tsh.end(6)));
    assert.deepEqual([gap.state, detailsOf(gap)], ['incomplete', ['events 2–3, 5 are missing']]);
    const again = Buffer.concat([parts(tsh.start(), ...shown(3)), parts(...shown(3), tsh.end(4))]);
    const twice = await inspect(again);
    assert.deepEqual([twice.state, twice.events], ['complete', 5]);
    const late = await inspect(parts(tsh.print(3, 'x'), tsh.end(4)));
    assert.deepEqual(detailsOf(late), ['events 0–2 are missing']);
  });

  it('the two indexes that count nothing are no gap', async () => {
    const upload = tsh.event(2_147_483_647, 'session.upload', tsh.OPENED + 70_000);
    assert.deepEqual((await inspect(parts(tsh.start(), ...shown(1), tsh.end(2), upload))).problems, []);
  });

  it('a part that ends too early, in its body, its padding and its header', async () => {
    const whole = Buffer.concat([parts(tsh.start(), ...shown(2)), tsh.part([tsh.end(3)], { padding: 10 })]);
    const body = await inspect(whole.subarray(0, -14));
    assert.deepEqual(
      [body.state, codesOf(body)],
      ['incomplete', ['recording-truncated', 'recording-truncated']],
    );
    assert.deepEqual(detailsOf(body), [
      'part 2 lacks 14 of its bytes',
      `${NAME}, part 2: the gzip stream has no end`,
    ]);
    const padding = await inspect(whole.subarray(0, -4));
    assert.deepEqual(detailsOf(padding), ['part 2 lacks 4 of its bytes']);
    const header = await inspect(Buffer.concat([whole, Buffer.from([0, 0, 0, 0, 0])]));
    assert.deepEqual(detailsOf(header), ['the file ends 5 bytes into the header of a part']);
  });

  it('while it is being put together its end is on the way', async () => {
    const cut = tsh.recording().subarray(0, -20);
    const live = await inspect(cut, { change: () => ({ mtimeMs: LATER }), context: { now: LATER } });
    assert.deepEqual(live.problems, []);
    assert.notDeepEqual((await inspect(cut)).problems, []);
  });

  it('bytes that begin no part, at the beginning and behind one', async () => {
    const foreign = await inspect(Buffer.from('x'.repeat(100)));
    assert.deepEqual([foreign.state, detailsOf(foreign)], ['corrupt', ['byte 0 begins no part']]);
    const behind = await inspect(Buffer.concat([tsh.recording(), Buffer.alloc(32, 9)]));
    assert.deepEqual([behind.state, codesOf(behind)], ['altered', ['recording-altered']]);
  });

  it('a body that is no gzip, or holds what is no event', async () => {
    const noGzip = await inspect(tsh.part([], { body: Buffer.from('not compressed') }));
    assert.deepEqual(
      [noGzip.state, detailsOf(noGzip)],
      ['corrupt', [`${NAME}, part 1: the gzip stream is damaged`]],
    );
    const noise = await inspect(parts(tsh.start(), ...shown(1), Buffer.from('noise'), tsh.end(2)));
    assert.deepEqual(
      [noise.state, detailsOf(noise)[0]],
      ['altered', 'a message that is no event, behind 2 events'],
    );
    const long = Buffer.concat([tsh.framed([tsh.start(), ...shown(1)]), Buffer.from([0x7f, 0, 0, 0])]);
    assert.match(
      detailsOf(await inspect(tsh.part([], { body: gzipSync(long) })))[0] ?? '',
      /^a message of 2,130,706,432 bytes/,
    );
    const half = gzipSync(tsh.framed([tsh.start(), ...shown(1), tsh.end(2)]).subarray(0, -3));
    assert.match(
      detailsOf(await inspect(tsh.part([], { body: half })))[0] ?? '',
      /^a message that its part does not hold/,
    );
  });

  it('zeros behind the last event are padding of old releases', async () => {
    const body = gzipSync(
      Buffer.concat([tsh.framed([tsh.start(), ...shown(1), tsh.end(2)]), Buffer.alloc(1000)]),
    );
    assert.deepEqual((await inspect(tsh.part([], { body }))).problems, []);
  });

  it('more of them than any upload needs are none', async () => {
    const events = tsh.framed([tsh.start(), ...shown(1), tsh.end(2)]);
    const body = gzipSync(Buffer.concat([events, Buffer.alloc(17 * 1024 * 1024)]));
    const bomb = await inspect(tsh.part([], { body }));
    assert.equal(bomb.state, 'altered');
    assert.match(detailsOf(bomb)[0] ?? '', /^more padding than any upload needs/);
  });

  it('one session under the name of another', async () => {
    const foreign = await inspect(tsh.recording(), { name: `${OTHER}.tar` });
    assert.deepEqual([foreign.state, codesOf(foreign)], ['altered', ['recording-altered']]);
    assert.deepEqual(foreign.ids, { cloudSession: OTHER });
  });

  it('a pinned digest shows what nothing inside does', async () => {
    const whole = tsh.part([tsh.start(), ...shown(2), tsh.end(3)], { padding: 16 });
    const changed = Buffer.from(whole);
    changed[changed.length - 1] = 1;
    assert.deepEqual((await inspect(changed)).problems, []);
    assert.deepEqual(codesOf(await inspect(changed, { change: () => ({ pinned: pinOf(whole) }) })), [
      'recording-altered',
    ]);
  });

  it('a file that is gone is one that cannot be read', async () => {
    const file = { ...entryOf(process.execPath, NAME), path: `${temporaryFolder()}/${NAME}` };
    const [unit] = teleport.group([file], [file]);
    const context = { host: null, zone: 'UTC', now: LATER, names: [], sidecars: [], previous: null };
    const { recordings } = await teleport.inspect(unit ?? assert.fail(), context);
    assert.deepEqual(recordings.flatMap(detailsOf), [`${NAME} could not be read (ENOENT)`]);
  });

  it('nothing that was shown or asked for leaves it', async () => {
    const secret = [
      tsh.start(),
      tsh.print(1, 'hunter2'),
      tsh.event(2, 'session.command', tsh.OPENED, [8, 'hunter2']),
    ];
    for (const body of [
      parts(...secret, tsh.end(3)),
      parts(...secret),
      parts(...secret, Buffer.from('hunter2')),
    ])
      assert.doesNotMatch(JSON.stringify(await inspect(body)), /hunter2/);
  });
});

describe('teleport: encrypted recordings', () => {
  const body = Buffer.from(`age-encryption.org/v1\n${'-> X25519 abc\n'.repeat(8)}`);
  const sealed = tsh.part([], { version: 2, flags: 1, body });

  it('prove that something whole is there, neither what nor whether it ended', async () => {
    const { state, endProven, hasEndMarker, evidence, problems, opened, closed } = await inspect(sealed);
    assert.deepEqual(
      [state, endProven, hasEndMarker, evidence, opened],
      ['complete', false, false, 'E1', null],
    );
    assert.equal(closed, Date.parse('2026-11-24T18:00:00Z'));
    assert.deepEqual(problems, [
      { code: 'recording-metadata-incomplete', detail: '1 part encrypted: only lengths could be checked' },
    ]);
  });

  it('are truncated like others', async () => {
    assert.equal((await inspect(sealed.subarray(0, -1))).state, 'incomplete');
  });

  it('parts of version 2 that are not encrypted are read', async () => {
    const open = tsh.part([tsh.start(), ...shown(1), tsh.end(2)], { version: 2 });
    assert.deepEqual([(await inspect(open)).state, (await inspect(open)).evidence], ['complete', 'E4']);
  });
});

describe('teleport: uploads that were never completed', () => {
  const folder = `log/upload/multi/${UPLOAD}/${tsh.SID}`;
  const contents: Contents = {
    [`${folder}/10.part`]: parts(tsh.end(3)),
    [`${folder}/2.part`]: parts(...shown(2)),
    [`${folder}/1.part`]: parts(tsh.start()),
    [`${folder}/11.reservation`]: Buffer.alloc(64),
  };

  it('are one recording without an end, its parts in the order of their numbers', async () => {
    const [left, ...others] = await inspectAll(teleport, place(temporaryFolder(), contents));
    assert.deepEqual(others, []);
    assert.deepEqual(
      [left?.state, left?.events, left?.ref.source, left?.ids],
      ['incomplete', 4, folder, { cloudSession: tsh.SID }],
    );
    assert.deepEqual(left?.problems, [
      { code: 'recording-not-closed', detail: 'its upload was never completed: 3 parts left over' },
    ]);
  });

  it('are another recording than the one that was stored', async () => {
    const files = place(temporaryFolder(), { ...contents, [`log/${NAME}`]: tsh.recording() });
    const uids = (await inspectAll(teleport, files)).map(({ uid }) => uid);
    assert.equal(new Set(uids).size, 2);
  });
});

describe('teleport: recognition', () => {
  const [file] = place(temporaryFolder(), { x: '' });
  const score = (name: string, head: Uint8Array): number =>
    teleport.recognise({ ...entryOf(file?.path ?? '', name), path: `/records/${name}` }, head);

  it('by name and part, by a part alone, by name alone', () => {
    assert.equal(score(NAME, tsh.recording()), 0.98);
    assert.equal(score('copy', tsh.recording()), 0.8);
    assert.equal(score(NAME, Buffer.alloc(0)), 0.6);
    assert.equal(score(NAME, Buffer.from('damaged')), 0.5);
  });

  it('neither real archives nor other names', () => {
    const archive = Buffer.alloc(512);
    archive.write('ustar', 257);
    assert.equal(score(NAME, archive), 0);
    assert.equal(score('backup.tar', archive), 0);
    assert.equal(score('backup.tar', Buffer.alloc(0)), 0);
    assert.equal(score(`${tsh.SID}/1.part`, Buffer.alloc(0)), 0);
    assert.equal(score('zeros', Buffer.alloc(100)), 0);
    assert.equal(score('counter', tsh.part([], { body: Buffer.from('plain') })), 0);
  });
});

describe('teleport: recordings that were pinned and are gone', () => {
  const pin = (name: string) => ({ name, host: null, pinned: pinOf(tsh.recording()) });

  it('keep their session; parts of an upload go by themselves', () => {
    const gone = missingRecordings([pin(`records/${NAME}`), pin(`multi/${UPLOAD}/${tsh.SID}/1.part`)]);
    assert.deepEqual(
      gone.map(({ recorder, state, ids }) => [recorder, state, ids]),
      [['teleport', 'missing', { cloudSession: tsh.SID }]],
    );
    assert.deepEqual(missingRecordings([pin('records/backup.tar')]), []);
  });
});

describe('teleport: the fields of a message', () => {
  it('end where the bytes no longer are one', () => {
    const read = (...bytes: number[]): unknown[] =>
      [...wireFields(Uint8Array.from(bytes))].map(({ number, value }) => [number, value]);
    assert.deepEqual(read(0x08, 0x96, 0x01), [[1, 150]]);
    assert.deepEqual(read(0x08, 0x96), []);
    assert.deepEqual(read(0x08, 1, 0x12, 5, 1), [[1, 1]]);
    assert.deepEqual(read(0x0b, 1), []);
    assert.deepEqual(read(...Array.from({ length: 12 }, () => 0xff)), []);
    assert.deepEqual(read(0x0d, 1, 2, 3, 4, 0x10, 7), [
      [1, Uint8Array.of(1, 2, 3, 4)],
      [2, 7],
    ]);
  });
});
