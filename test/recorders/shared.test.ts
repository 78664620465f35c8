import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { companionsOf, indexByStem, stemOf } from '../../src/recorders/companions.ts';
import { ownerOf, toRecording } from '../../src/recorders/draft.ts';
import { DEFAULT_NAMES, parseFileName } from '../../src/recorders/file-names.ts';
import { LINE_LIMIT, type Line, readLines, toLines } from '../../src/recorders/lines.ts';
import { checkPinned } from '../../src/recorders/pinned.ts';
import { readContent, readHead, readWhole } from '../../src/recorders/read.ts';
import { Rejects } from '../../src/recorders/rejects.ts';
import {
  createSha256,
  digestSha256,
  loadSha256,
  saveSha256,
  updateSha256,
} from '../../src/recorders/sha256.ts';
import { DEFAULT_SIDECARS, readSidecar } from '../../src/recorders/sidecar.ts';
import { rangesText } from '../../src/recorders/text.ts';
import type { Problem } from '../../src/model/recording.ts';
import { pinOf, place, temporaryFolder } from './support.ts';

describe('file names', () => {
  const read = (name: string, patterns: readonly string[] = DEFAULT_NAMES, zone = 'UTC') =>
    parseFileName(name, patterns, zone);
  const at = Date.parse('2026-11-22T11:21:48Z');

  it('the usual patterns, with and without zone', () => {
    const facts = read('rec/20261122T112148-labalice-23603.cast');
    assert.deepEqual(
      [facts?.account, facts?.pid, facts?.opened, facts?.openedAssumed],
      ['labalice', 23603, at, true],
    );
    assert.deepEqual(read('20261122T112148Z-labalice-23603.cast')?.openedAssumed, false);
    assert.deepEqual(read('20261122T062148-0500-labalice.log')?.opened, at);
    assert.deepEqual(read('labalice-20261122T112148-23603')?.pid, 23603);
    assert.deepEqual(read(`labalice-${at / 1000}.ttyrec`)?.opened, at);
    assert.deepEqual(
      read('20261122T112148-x.log', DEFAULT_NAMES, 'America/New_York')?.opened,
      at + 5 * 3_600_000,
    );
  });

  it('names with dashes and dots', () => {
    assert.deepEqual(
      [read('20261122T112148-svc-deploy-77.log')?.account, read('20261122T112148-svc-deploy-77.log')?.pid],
      ['svc-deploy', 77],
    );
    assert.equal(read('20261122T112148-john.doe.cast')?.account, 'john.doe');
    assert.equal(read('20261122T112148-john.doe')?.account, 'john');
  });

  it('every placeholder', () => {
    const facts = read('web-01_10.0.0.1_4711_pts-0_276_ab.1', ['{host}_{ip}_{port}_{tty}_{session}_{id}']);
    assert.deepEqual(facts, {
      account: null,
      opened: null,
      openedAssumed: false,
      host: 'web-01',
      ip: '10.0.0.1',
      port: 4711,
      pid: null,
      tty: 'pts-0',
      auditSession: 276,
      id: 'ab.1',
    });
  });

  it('what fits no pattern says nothing', () => {
    for (const name of ['rec.log', '20261322T112148-a-1.cast', '20261122-a.cast', '', 'x'.repeat(300)])
      assert.equal(read(name), null, name);
  });

  it('unknown placeholders are text, and many of them end soon', () => {
    assert.equal(read('{what}-a', ['{what}-{user}'])?.account, 'a');
    assert.equal(read('a'.repeat(255), ['{user}{host}{id}{user}{host}{id}{user}{pid}']), null);
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (name, pattern) => void read(name, [pattern, ...DEFAULT_NAMES])),
    );
  });
});

describe('lines', () => {
  const collect = (chunks: readonly Uint8Array[]) => {
    const lines: Omit<Line, 'bytes'>[] = [];
    const texts: string[] = [];
    const { push, finish } = toLines(({ bytes, ...line }) => {
      texts.push(Buffer.from(bytes).toString('latin1'));
      lines.push(line);
    });
    for (const chunk of chunks) push(chunk);
    finish();
    return { lines, texts };
  };

  it('any chunks give the same lines', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a\n]{0,20}$/)), (parts) => {
        const whole = collect([Buffer.from(parts.join(''))]);
        assert.deepEqual(collect(parts.map((part) => Buffer.from(part))), whole);
        assert.deepEqual(whole.texts.join('\n'), parts.join('').replace(/\n$/, ''));
      }),
    );
  });

  it('a line above the limit keeps its place and its beginning only', () => {
    const { lines, texts } = collect([Buffer.from('x'.repeat(LINE_LIMIT)), Buffer.from('y\nz\n')]);
    assert.deepEqual(lines, [
      { start: 0, next: LINE_LIMIT + 2, ended: true, tooLong: true },
      { start: LINE_LIMIT + 2, next: LINE_LIMIT + 4, ended: true, tooLong: false },
    ]);
    assert.deepEqual(
      texts.map((text) => text.length),
      [4096, 1],
    );
    assert.equal(collect([Buffer.from(`${'x'.repeat(LINE_LIMIT)}\n`)]).lines[0]?.tooLong, false);
  });

  it('reads on from an offset of compressed content', async () => {
    const [file] = place(temporaryFolder(), { 'x.gz': gzipSync('one\ntwo\nthree') });
    const seen: string[] = [];
    await readLines(file ?? assert.fail(), 4, (line) =>
      seen.push(`${line.start}:${Buffer.from(line.bytes).toString()}:${line.ended}`),
    );
    assert.deepEqual(seen, ['4:two:true', '8:three:false']);
  });
});

describe('reading', () => {
  it('digest of the file as it is, content as it was', async () => {
    const bytes = gzipSync('hello');
    const [file] = place(temporaryFolder(), { x: bytes }, () => ({ pinned: pinOf(bytes.subarray(0, 10)) }));
    const parts: string[] = [];
    const result = await readContent(
      file ?? assert.fail(),
      (chunk) => void parts.push(Buffer.from(chunk).toString()),
    );
    assert.equal(parts.join(''), 'hello');
    assert.deepEqual(result, {
      end: 'whole',
      gzip: true,
      contentBytes: 5,
      digest: {
        size: bytes.length,
        sha256: pinOf(bytes).sha256,
        pinnedSha256: pinOf(bytes.subarray(0, 10)).sha256,
      },
    });
  });

  it('a reader that stops still has the digest of the whole', async () => {
    const [file] = place(temporaryFolder(), { x: 'a'.repeat(1_000_000) });
    const result = await readContent(file ?? assert.fail(), () => false);
    assert.deepEqual([result.end, result.digest.size], ['stopped', 1_000_000]);
  });

  it('heads and small files', async () => {
    const [file, empty] = place(temporaryFolder(), { x: gzipSync('hello'), y: '' });
    assert.equal((await readHead(file ?? assert.fail(), 3)).toString(), 'hel');
    assert.equal((await readHead(empty ?? assert.fail(), 3)).length, 0);
    assert.equal((await readWhole(file ?? assert.fail(), 5)).bytes?.length, 5);
    assert.equal((await readWhole(file ?? assert.fail(), 4)).bytes, null);
  });

  it('what is absent is an error of the system', async () => {
    const [file] = place(temporaryFolder(), { x: '' });
    await assert.rejects(
      readContent({ ...(file ?? assert.fail()), path: '/nowhere/at/all' }, () => {}),
      { code: 'ENOENT' },
    );
  });
});

describe('pins', () => {
  const check = async (now: string, then: string) => {
    const [file] = place(temporaryFolder(), { x: now }, () => ({ pinned: pinOf(then) }));
    const entry = file ?? assert.fail();
    return checkPinned(entry, (await readContent(entry, () => {})).digest).map((problem) => problem.code);
  };

  it('every way a file can differ from its pin', async () => {
    assert.deepEqual(await check('abc', 'abc'), []);
    assert.deepEqual(await check('abcdef', 'abc'), []);
    assert.deepEqual(await check('abc', ''), []);
    assert.deepEqual(await check('abd', 'abc'), ['recording-altered']);
    assert.deepEqual(await check('abdef', 'abc'), ['recording-altered']);
    assert.deepEqual(await check('ab', 'abc'), ['recording-truncated']);
    assert.deepEqual(await check('', 'abc'), ['recording-truncated']);
  });
});

describe('sha256 with a state that can be stored', () => {
  it('gives what node:crypto gives, however it is interrupted', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 200 })), (parts) => {
        let hash = createSha256();
        for (const part of parts) {
          updateSha256(hash, part);
          hash = loadSha256(saveSha256(hash)) ?? assert.fail();
        }
        assert.equal(digestSha256(hash), createHash('sha256').update(Buffer.concat(parts)).digest('hex'));
      }),
    );
  });

  it('refuses what is no state', () => {
    for (const text of ['', 'x', `${'0'.repeat(64)}.00.0`, `${'0'.repeat(64)}..65`])
      assert.equal(loadSha256(text), null, text);
  });
});

describe('companions', () => {
  it('share the stem in the same folder', () => {
    const files = place(temporaryFolder(), {
      'a/x.cast': '',
      'a/x.meta.json': '',
      'a/xy.cast': '',
      'b/x.log': '',
      'a/x': '',
    });
    const [cast] = files;
    const names = companionsOf(cast ?? assert.fail(), indexByStem(files)).map((file) => file.name);
    assert.deepEqual(names.sort(), ['a/x', 'a/x.meta.json']);
  });

  it('stems', () => {
    assert.equal(stemOf('/a.b/x.cast.gz'), '/a.b/x');
    assert.equal(stemOf('/a.b/x'), '/a.b/x');
    assert.equal(stemOf('x.log'), 'x');
  });
});

describe('sidecars', () => {
  const read = async (text: string) => {
    const folder = temporaryFolder();
    const files = place(folder, { 'x.meta.json': text });
    return readSidecar(`${folder}/x`, files, DEFAULT_SIDECARS, 'UTC');
  };

  it('numbers may be written as text; values of other types are unknown', async () => {
    const { facts } = await read(
      '{"user":"a","client_port":"22","sessionid":"7","tty":5,"start":1795346508}',
    );
    assert.deepEqual(
      [facts?.account, facts?.port, facts?.auditSession, facts?.tty, facts?.opened],
      ['a', 22, 7, null, 1795346508000],
    );
    assert.equal((await read('{"sessionid":4294967295}')).facts?.auditSession, null);
    assert.equal(
      (await read('{"start":"2026-11-22T11:22:00.266Z"}')).facts?.opened,
      Date.parse('2026-11-22T11:22:00.266Z'),
    );
  });

  it('one that cannot be read is said to be so', async () => {
    assert.deepEqual(
      (await read('[]')).problems.map((problem) => problem.code),
      ['recording-metadata-incomplete'],
    );
    assert.deepEqual((await read(`{"user":"${'x'.repeat(70_000)}"}`)).facts, null);
    assert.deepEqual(await readSidecar('/x', [], DEFAULT_SIDECARS, 'UTC'), {
      name: null,
      facts: null,
      problems: [],
    });
  });
});

describe('state', () => {
  const state = (holds: 'content' | 'empty' | 'no-content' | 'corrupt', ...codes: Problem['code'][]) =>
    toRecording({
      uid: 'rec_1',
      recorder: 'x',
      ref: { source: 'x', record: '' },
      holds,
      problems: codes.map((code) => ({ code, detail: '' })),
    }).state;

  it('the worst that was found decides', () => {
    assert.equal(state('content'), 'complete');
    assert.equal(state('content', 'recording-metadata-incomplete'), 'complete');
    for (const code of [
      'recording-truncated',
      'recording-gap',
      'recording-not-closed',
      'recording-not-retrievable',
    ] as const)
      assert.equal(state('content', code), 'incomplete');
    assert.equal(state('content', 'recording-gap', 'recording-altered'), 'altered');
    assert.equal(state('no-content', 'recording-empty'), 'no-content');
    assert.equal(state('empty', 'recording-empty', 'recording-truncated'), 'empty');
    assert.equal(state('corrupt', 'recording-altered'), 'corrupt');
  });

  it('the owner is the most exposed of several', () => {
    const [file] = place(temporaryFolder(), { x: '' });
    const entry = file ?? assert.fail();
    assert.equal(ownerOf([]), null);
    assert.deepEqual(ownerOf([entry, { ...entry, mode: 0o666 }]), { uid: 0, mode: 0o666 });
    assert.deepEqual(
      ownerOf([
        { ...entry, mode: 0o666 },
        { ...entry, uid: 5 },
      ]),
      { uid: 5, mode: 0o600 },
    );
  });
});

describe('texts', () => {
  it('ranges beyond ten are counted', () => {
    assert.equal(
      rangesText([
        [1, 1],
        [3, 5],
      ]),
      '1, 3–5',
    );
    const many = Array.from({ length: 12 }, (_, i): [number, number] => [i * 2, i * 2]);
    assert.equal(rangesText(many), '0, 2, 4, 6, 8, 10, 12, 14, 16, 18 and 2 more ranges');
  });

  it('rejects beyond a hundred are counted', () => {
    const rejects = new Rejects();
    for (let i = 0; i < 103; i++)
      rejects.add({ code: 'bad-json', detail: `${i}`, ref: { source: 'x', record: '1' } });
    assert.deepEqual(
      [rejects.list().length, rejects.list().at(-1)?.detail],
      [101, '3 more records like these'],
    );
  });
});
