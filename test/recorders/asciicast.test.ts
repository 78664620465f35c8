import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { asciicast } from '../../src/recorders/asciicast/asciicast.ts';
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

const NAME = '20261122T112148-labalice-23603.cast';
const WHOLE = fixture(`asciicast/${NAME}`).toString();
const V3 =
  '{"version":3,"term":{"cols":100,"rows":50},"timestamp":1795346508}\n[0.5, "o", "a"]\n[1, "i", "b"]\n[0.25, "x", "0"]\n';

function inspect(
  content: string | Uint8Array,
  options: Parameters<typeof inspectOne>[3] & { name?: string } = {},
) {
  return inspectOne(asciicast, temporaryFolder(), { [options.name ?? NAME]: content }, options);
}

describe('asciicast: what a whole recording gives', () => {
  it('version 2 with input and the SSH environment', async () => {
    const { uid, ...rest } = await inspect(WHOLE);
    assert.match(uid, /^rec_[0-9a-f]{20}$/);
    assert.deepEqual(rest, {
      recorder: 'asciicast',
      ref: { source: NAME, record: '' },
      state: 'complete',
      endProven: false,
      hasEndMarker: false,
      problems: [],
      opened: 1795346508000,
      closed: 1795346510142.607,
      resolution: 1000,
      durationMs: 2142.607,
      bytes: 837,
      events: 11,
      sha256: 'aededf5cbc4db5f004342f8bfa766713b86546354fe5ea22d3f067bd72ab4f5f',
      evidence: 'E4',
      covers: 'session',
      launch: 'unknown',
      target: 'web01',
      reportedHost: null,
      account: 'labalice',
      actor: null,
      origin: { ip: '10.99.0.10', port: 46024 },
      terminal: true,
      command: null,
      ids: { pid: 23603, tty: 'pts/0' },
      owner: { uid: 0, mode: 0o600 },
    });
  });

  it('version 3 counts intervals and ends with an exit event', async () => {
    const recording = await inspect(V3);
    assert.deepEqual(
      [recording.state, recording.endProven, recording.hasEndMarker],
      ['complete', true, true],
    );
    assert.equal(recording.durationMs, 1750);
  });

  it('an exit event proves the end of a version 2 cast too', async () => {
    const recording = await inspect(`${WHOLE}[3.0, "x", "0"]\n`);
    assert.deepEqual(
      [recording.endProven, recording.hasEndMarker, recording.state],
      [true, true, 'complete'],
    );
    const resumed = await inspect(`${WHOLE}[3.0, "x", "0"]\n[4.0, "o", "more"]\n`);
    assert.equal(resumed.endProven, false);
  });

  it('version 1 is one object', async () => {
    const cast = {
      version: 1,
      width: 80,
      height: 24,
      duration: 2,
      env: { USER: 'labalice' },
      stdout: [
        [0.5, 'a'],
        [1.5, 'b'],
      ],
    };
    const recording = await inspect(JSON.stringify(cast), { name: 'x.json' });
    assert.deepEqual(
      [recording.state, recording.durationMs, recording.account],
      ['complete', 2000, 'labalice'],
    );
    assert.deepEqual(codesOf(await inspect(JSON.stringify(cast).slice(0, -5), { name: 'x.json' })), [
      'recording-truncated',
    ]);
    const short = await inspect(JSON.stringify({ ...cast, duration: 9 }), { name: 'x.json' });
    assert.deepEqual(detailsOf(short), ['the events end 7,000 ms before the stated duration']);
  });

  it('compressed casts are read; a missing gzip end is truncation', async () => {
    const packed = await inspect(gzipSync(WHOLE), { name: `${NAME}.gz` });
    assert.deepEqual([packed.state, packed.events, packed.account], ['complete', 11, 'labalice']);
    assert.equal(packed.uid, (await inspect(WHOLE)).uid);
    const cut = await inspect(gzipSync(WHOLE).subarray(0, -9), { name: `${NAME}.gz` });
    assert.deepEqual([cut.state, codesOf(cut)], ['incomplete', ['recording-truncated']]);
  });

  it('a variable that was captured and is not set means that there was no terminal', async () => {
    const recording = await inspect(fixture('asciicast/no-terminal.cast'), { name: 'x.cast' });
    assert.deepEqual([recording.terminal, recording.account, recording.origin], [false, null, null]);
  });

  it('where the header names nobody the file name does', async () => {
    const recording = await inspect(V3);
    assert.deepEqual([recording.account, recording.ids.pid, recording.terminal], ['labalice', 23603, null]);
  });
});

describe('asciicast: what is missing or wrong', () => {
  it('a last line cut in the middle; a whole one without line feed loses nothing', async () => {
    const cut = await inspect(WHOLE.slice(0, -5));
    assert.deepEqual(
      [cut.state, cut.problems],
      ['incomplete', [{ code: 'recording-truncated', detail: 'line 12 breaks off at the end of the file' }]],
    );
    assert.deepEqual((await inspect(WHOLE.trimEnd())).problems, []);
  });

  it('while the file is being written a cut last line is no fault', async () => {
    const live = await inspect(WHOLE.slice(0, -5), {
      change: () => ({ mtimeMs: LATER - 1000 }),
      context: { now: LATER },
    });
    assert.deepEqual(live.problems, []);
  });

  it('time that goes back in version 2 and a negative interval in version 3 are alteration', async () => {
    const back = await inspect(`${WHOLE}[1.0, "o", "x"]\n`);
    assert.deepEqual([back.state, detailsOf(back)], ['altered', ['time goes back by 1,143 ms at line 13']]);
    assert.deepEqual(codesOf(await inspect(V3.replace('[1, ', '[-1, '))), ['recording-altered']);
    assert.deepEqual((await inspect(V3.replace('[1, ', '[0, '))).problems, []);
  });

  it('a line that is no event is alteration; comments of version 3 are none', async () => {
    const lines = WHOLE.split('\n');
    const damaged = await inspect(lines.with(3, '[1.14, "o" "id"]').join('\n'));
    assert.deepEqual([damaged.state, detailsOf(damaged)], ['altered', ['line 4 is no event']]);
    assert.deepEqual((await inspect(V3.replace('[1,', '# a comment\n[1,'))).problems, []);
  });

  it('a version 3 cast without exit was not closed; version 2 never says', async () => {
    const open = await inspect(V3.split('\n').slice(0, 3).join('\n'));
    assert.deepEqual(
      [open.state, codesOf(open), open.hasEndMarker],
      ['incomplete', ['recording-not-closed'], true],
    );
  });

  it('a header alone is empty; input without output is no content', async () => {
    const empty = await inspect(fixture('asciicast/header-only.cast'), { name: 'x.cast' });
    assert.deepEqual([empty.state, codesOf(empty), empty.evidence], ['empty', ['recording-empty'], 'E1']);
    const typed = await inspect(
      WHOLE.split('\n')
        .filter((line) => !line.includes('"o"'))
        .join('\n'),
    );
    assert.deepEqual(
      [typed.state, codesOf(typed), typed.evidence],
      ['no-content', ['recording-empty'], 'E2'],
    );
    const silent = await inspect(
      V3.split('\n')
        .filter((line) => !/"[oi]"/.test(line))
        .join('\n'),
    );
    assert.deepEqual([silent.state, silent.problems], ['complete', []]);
  });

  it('zero bytes, rubbish and a cut header', async () => {
    assert.equal((await inspect('')).state, 'empty');
    const rubbish = await inspect('no cast\n');
    assert.deepEqual([rubbish.state, codesOf(rubbish)], ['corrupt', ['recording-altered']]);
    const cut = await inspect(WHOLE.slice(0, 60));
    assert.deepEqual(
      [cut.state, codesOf(cut), cut.account],
      ['corrupt', ['recording-truncated'], 'labalice'],
    );
  });

  it('a line above the limit is a gap', async () => {
    const long = await inspect(`${WHOLE}[3.0, "o", "${'x'.repeat(1024 * 1024)}"]\n`);
    assert.deepEqual(
      [long.state, detailsOf(long)],
      ['incomplete', ['line 13 is above 1 MiB and was not read']],
    );
  });

  it('many faults are counted, not listed', async () => {
    const many = await inspect(`${WHOLE}${'no event\n'.repeat(20)}`);
    assert.equal(many.problems.length, 9);
    assert.equal(detailsOf(many).at(-1), '12 more faults like these');
  });
});

describe('asciicast: pins and sidecars', () => {
  it('growth is fine, another beginning is not', async () => {
    const pinned = pinOf(WHOLE.slice(0, 400));
    assert.deepEqual((await inspect(WHOLE, { change: () => ({ pinned }) })).problems, []);
    const altered = await inspect(WHOLE.replace('uid=1001', 'uid=1002'), {
      change: () => ({ pinned: pinOf(WHOLE) }),
    });
    assert.deepEqual([altered.state, codesOf(altered)], ['altered', ['recording-altered']]);
  });

  it('a sidecar fills what the cast lacks and is named where it contradicts', async () => {
    const contents = {
      'x.cast': V3,
      'x.meta.json': '{"user":"labbob","client_ip":"10.0.0.1","client_port":"4711","sessionid":7}',
    };
    const filled = await inspectOne(asciicast, temporaryFolder(), contents);
    assert.deepEqual(
      [filled.account, filled.origin, filled.ids.auditSession],
      ['labbob', { ip: '10.0.0.1', port: 4711 }, 7],
    );
    const other = {
      [NAME]: WHOLE,
      [NAME.replace('.cast', '.meta.json')]: '{"user":"labbob","client_port":46024}',
    };
    const odd = await inspectOne(asciicast, temporaryFolder(), other);
    assert.deepEqual([odd.account, odd.state], ['labalice', 'complete']);
    assert.deepEqual(odd.problems, [
      {
        code: 'recording-metadata-incomplete',
        detail:
          'the recording says account labalice and 20261122T112148-labalice-23603.meta.json says labbob',
      },
    ]);
  });
});

describe('asciicast: recognition', () => {
  const [file] = place(temporaryFolder(), { x: '' });
  const score = (name: string, head: string) =>
    asciicast.recognise(entryOf(file?.path ?? '', name), Buffer.from(head));

  it('headers of every version, the extension, and nothing else', () => {
    for (const head of [WHOLE, V3, '{"version": 1, "width": 80, "stdout": [[0, "a"]]}'])
      assert.ok(score('x', head) > 0.9);
    assert.ok(score('x.cast', '') > 0.5);
    assert.equal(score('x.json', '{"version": 2, "Records": []}\n'), 0);
    assert.equal(score('x.json', '{"version": 4, "width": 80}\n'), 0);
    assert.equal(score('x.log', 'text'), 0);
  });
});
