import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, renameSync, symlinkSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { LINE_LIMIT } from '../../src/files/frame-lines.ts';
import type { FramedRecord, Position } from '../../src/files/framing.ts';
import { readHead } from '../../src/files/head.ts';
import { type ReadOptions, type ReadResult, readRecords, toContentHead } from '../../src/files/read.ts';
import { put, temporaryFolder } from '../support/temp.ts';

interface Whole {
  readonly records: readonly FramedRecord[];
  readonly lines: readonly string[];
  readonly places: readonly Position[];
  readonly result: ReadResult;
}

async function readAll(
  path: string,
  options: Partial<ReadOptions> = {},
  onBatch: () => void = () => {},
): Promise<Whole> {
  const reading = readRecords(path, { framing: 'lines', final: false, ...options });
  const records: FramedRecord[] = [];
  const places: Position[] = [];
  let bytes = 0;
  for (let step = await reading.next(); ; step = await reading.next()) {
    if (step.done) {
      assert.equal(step.value.bytes, bytes);
      assert.equal(step.value.records, records.length);
      const lines = records.map((record) => Buffer.from(record.bytes).toString());
      return { records, lines, places, result: step.value };
    }
    records.push(...step.value.records);
    places.push(step.value.at);
    bytes += step.value.bytesRead;
    onBatch();
  }
}

/** Lines that do not compress away, about 60 bytes each. */
function logLines(count: number, from = 0): string {
  const line = (index: number) =>
    `Nov 22 10:00:00 web01 sshd[${index}]: ${Math.sin(index)} ${Math.cos(index)}\n`;
  return Array.from({ length: count }, (_, index) => line(from + index)).join('');
}

test('a last line without its end is held back, and delivered once it is complete', async (context) => {
  const path = put(temporaryFolder(context), 'a.log', 'one\ntwo\nthr');
  const first = await readAll(path);
  assert.deepEqual(first.lines, ['one', 'two']);
  const { rest, ...result } = first.result;
  const expected = { end: 8, line: 3, records: 2, bytes: 11, heldBack: 3, done: false, error: null };
  assert.deepEqual([result, rest?.offset, rest?.line], [expected, 8, 3]);
  appendFileSync(path, 'ee\nfour\n');
  const second = await readAll(path, { from: { offset: 8, line: 3 } });
  assert.deepEqual(
    second.records.map(({ line, offset }) => [line, offset]),
    [
      [3, 8],
      [4, 14],
    ],
  );
  assert.deepEqual(second.lines, ['three', 'four']);
  assert.deepEqual([second.result.heldBack, second.result.rest], [0, null]);
});

test('a file that can no longer grow delivers its unfinished last line', async (context) => {
  const path = put(temporaryFolder(context), 'a.log.1', 'one\ntwo');
  const { lines, result } = await readAll(path, { final: true });
  assert.deepEqual(lines, ['one', 'two']);
  assert.deepEqual([result.end, result.heldBack, result.rest, result.done], [7, 0, null, true]);
});

test('behind an unfinished last record of several lines the line is right', async (context) => {
  const path = put(temporaryFolder(context), 'a.export.1', 'A=1\n\nB=1\nC=2\nD=');
  const { records, result } = await readAll(path, { framing: 'journal-export', final: true });
  assert.deepEqual(
    records.map(({ line }) => line),
    [1, 3],
  );
  assert.deepEqual([result.end, result.line], [15, 5]);
});

test('a large file is read in chunks, and each batch tells where to go on', async (context) => {
  const text = logLines(20_000);
  const path = put(temporaryFolder(context), 'a.log', text);
  const whole = await readAll(path);
  assert.equal(`${whole.lines.join('\n')}\n`, text);
  assert.ok(whole.places.length > 3);
  const [, at] = whole.places;
  const rest = await readAll(path, { from: at });
  assert.deepEqual(
    rest.lines,
    whole.lines.filter((_, index) => (whole.records[index]?.offset ?? 0) >= (at?.offset ?? 0)),
  );
  assert.equal(rest.records.at(-1)?.line, 20_000);
});

test('gzip is known by its bytes, offsets are those of the content, and it is final', async (context) => {
  const folder = temporaryFolder(context);
  const text = `${logLines(5_000)}unfinished`;
  const plain = await readAll(put(folder, 'a.log.1', text), { final: true });
  const packed = await readAll(put(folder, 'named-otherwise', gzipSync(text)));
  assert.ok(packed.lines.join('\n') === plain.lines.join('\n'));
  const places = ({ records }: Whole) => records.map(({ offset, line }) => `${offset} ${line}`).join();
  assert.ok(places(packed) === places(plain));
  assert.deepEqual(packed.result, plain.result);
  const from = { offset: plain.records[4_000]?.offset ?? 0, line: 4_001 };
  assert.deepEqual(
    (await readAll(join(folder, 'named-otherwise'), { from })).lines,
    plain.lines.slice(4_000),
  );
});

test('gzip members one after another are one content', async (context) => {
  const bytes = Buffer.concat([gzipSync('one\ntw'), gzipSync('o\nthree\n')]);
  assert.deepEqual((await readAll(put(temporaryFolder(context), 'a.gz', bytes))).lines, [
    'one',
    'two',
    'three',
  ]);
});

test('zero padding behind gzip is no content and no damage', async (context) => {
  const bytes = Buffer.concat([gzipSync('one\n'), Buffer.alloc(100_000)]);
  const { lines, result } = await readAll(put(temporaryFolder(context), 'a.gz', bytes));
  assert.deepEqual([lines, result.error], [['one'], null]);
});

test('a cut gzip gives its complete records and an error, and is not done', async (context) => {
  const text = logLines(5_000);
  const packed = gzipSync(text);
  const { lines, result } = await readAll(
    put(temporaryFolder(context), 'a.gz', packed.subarray(0, packed.length >> 1)),
  );
  assert.ok(lines.length > 1_000 && lines.length < 4_000);
  assert.equal(lines.join('\n'), text.slice(0, result.end - 1));
  assert.match(result.error ?? '', /^cut: /);
  assert.equal(result.done, false);
});

test('a gzip whose check sum is wrong gives all its records and an error', async (context) => {
  const packed = gzipSync('one\ntwo\n');
  packed.writeUInt32LE(packed.readUInt32LE(packed.length - 8) ^ 1, packed.length - 8);
  const { lines, result } = await readAll(put(temporaryFolder(context), 'a.gz', packed));
  assert.deepEqual(lines, ['one', 'two']);
  assert.match(result.error ?? '', /^damaged: /);
});

test('a gzip damaged in the middle gives what was before the damage', async (context) => {
  const text = logLines(5_000);
  const packed = gzipSync(text);
  packed.fill(0, packed.length >> 1, (packed.length >> 1) + 64);
  const { lines, result } = await readAll(put(temporaryFolder(context), 'a.gz', packed));
  assert.ok(lines.length > 2_000);
  assert.equal(lines.slice(0, 2_000).join('\n'), text.split('\n').slice(0, 2_000).join('\n'));
  assert.match(result.error ?? '', /^(damaged|cut): /);
});

test('a line of 5 MB is told once as too long, and the next one is read', async (context) => {
  const path = put(temporaryFolder(context), 'a.log', `one\n${'x'.repeat(5_000_000)}\nthree\n`);
  const { records } = await readAll(path);
  assert.deepEqual(
    records.map(({ line, tooLong }) => [line, tooLong]),
    [
      [1, false],
      [2, true],
      [3, false],
    ],
  );
});

test('an unfinished line too long to be held is held back whole', async (context) => {
  const path = put(temporaryFolder(context), 'a.log', `one\n${'x'.repeat(LINE_LIMIT + 1)}`);
  const { result } = await readAll(path);
  assert.deepEqual([result.end, result.heldBack, result.rest?.tooLong], [4, LINE_LIMIT + 1, true]);
});

test('what the file system refuses is an error of the result', async (context) => {
  const folder = temporaryFolder(context);
  const path = put(folder, 'a.log', 'x');
  symlinkSync('nowhere', join(folder, 'dangling'));
  symlinkSync('self', join(folder, 'self'));
  mkdirSync(join(folder, 'folder'));
  execFileSync('mkfifo', [join(folder, 'fifo')]);
  const errorOf = async (name: string) => (await readAll(join(folder, name))).result.error?.split(':')[0];
  assert.equal(await errorOf('dangling'), 'missing');
  assert.equal(await errorOf('a.log/b.log'), 'missing');
  assert.equal(await errorOf('self'), 'loop');
  assert.equal(await errorOf('folder'), 'not-a-file');
  // No one writes to it: opening it plainly would wait for ever.
  assert.equal(await errorOf('fifo'), 'not-a-file');
  assert.equal((await readAll(path)).result.error, null);
});

test('a file that shrank below the place, or begins otherwise than expected, is not read', async (context) => {
  const path = put(temporaryFolder(context), 'a.log', 'one\ntwo\n');
  const expected = toContentHead(Buffer.from('one\n'));
  assert.deepEqual((await readAll(path, { expected, from: { offset: 4, line: 2 } })).lines, ['two']);
  const other = toContentHead(Buffer.from('eno\n'));
  const refused = await readAll(path, { expected: other });
  assert.deepEqual([refused.lines, refused.result.error?.split(':')[0]], [[], 'changed']);
  const short = await readAll(path, { from: { offset: 9, line: 3 } });
  assert.deepEqual([short.lines, short.result.end, short.result.error?.split(':')[0]], [[], 9, 'changed']);
});

test('a rename while reading changes nothing', async (context) => {
  const text = logLines(20_000);
  const path = put(temporaryFolder(context), 'a.log', text);
  let batches = 0;
  const { lines, result } = await readAll(path, {}, () => {
    if (++batches === 1) renameSync(path, `${path}.1`);
  });
  assert.deepEqual([lines.length, result.error], [20_000, null]);
});

test('a truncation while reading ends with what was read', async (context) => {
  const text = logLines(20_000);
  const path = put(temporaryFolder(context), 'a.log', text);
  const { lines, result } = await readAll(path, {}, () => truncateSync(path));
  assert.ok(lines.length > 1_000 && lines.length < 20_000);
  assert.equal(`${lines.join('\n')}\n`, text.slice(0, result.end));
});

test('lines appended while reading are left for the next time', async (context) => {
  const path = put(temporaryFolder(context), 'a.log', logLines(10_000));
  const { lines, result } = await readAll(path, {}, () => appendFileSync(path, 'more\n'));
  assert.equal(lines.length, 10_000);
  const next = await readAll(path, { from: { offset: result.end, line: result.line } });
  assert.deepEqual([...new Set(next.lines)], ['more']);
});

test('an abort ends the reading with an error and keeps the place', async (context) => {
  const path = put(temporaryFolder(context), 'a.log', logLines(20_000));
  const abort = new AbortController();
  const { lines, result } = await readAll(path, { signal: abort.signal }, () => abort.abort());
  assert.ok(lines.length > 0 && lines.length < 20_000);
  assert.deepEqual([result.error?.split(':')[0], result.line], ['aborted', lines.length + 1]);
});

test('the head of a file is decompressed and no longer than asked for', async (context) => {
  const folder = temporaryFolder(context);
  const packed = gzipSync(logLines(5_000));
  const head = await readHead(put(folder, 'a.gz', packed), 100);
  assert.deepEqual(
    [Buffer.from(head.bytes).toString(), head.gzip, head.problem],
    [logLines(5).slice(0, 100), true, null],
  );
  const cut = await readHead(put(folder, 'cut.gz', packed.subarray(0, 200)));
  assert.ok(cut.bytes.length > 100);
  assert.equal(cut.problem?.code, 'cut');
  const plain = await readHead(put(folder, 'a.log', 'plain'));
  assert.deepEqual([Buffer.from(plain.bytes).toString(), plain.gzip], ['plain', false]);
  assert.equal((await readHead(join(folder, 'nope'))).problem?.code, 'missing');
});
