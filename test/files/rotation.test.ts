import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { FileEntry } from '../../src/files/entry.ts';
import { type LogStream, parseRotation, toStreams } from '../../src/files/rotation.ts';

function entry(name: string, part: Partial<FileEntry> = {}): FileEntry {
  const base = { size: 10, mtimeMs: 0, mode: 0o640, uid: 0, dev: 1, ino: 1, pinned: null, host: null };
  return { ...base, name, path: `/logs/${name}`, ...part };
}

function shown(streams: readonly LogStream[]): Record<string, string[]> {
  return Object.fromEntries(streams.map(({ id, files }) => [id, files.map((file) => file.entry.name)]));
}

test('the files of a log come oldest first, whatever way they were rotated', () => {
  const oldestFirst = {
    numbers: ['a.log.10.gz', 'a.log.3.gz', 'a.log.2.gz', 'a.log.1', 'a.log'],
    dates: ['a.log-20251231.gz', 'a.log-20261101', 'a.log-20261122.gz', 'a.log'],
    hours: ['a.log-2026112209', 'a.log-2026112210', 'a.log-2026112211'],
    seconds: ['a.log-20261121-1795300000', 'a.log-20261122-1795346430', 'a.log'],
    extension: ['a-20261121.log', 'a-20261122.log.gz', 'a.log'],
    dashes: ['a.log.2026-11-21', 'a.log.2026-11-22', 'a.log'],
    old: ['a.log.1', 'a.log.old', 'a.log'],
    both: ['a.log.1.gz', 'a.log.1', 'a.log'],
  };
  for (const [way, names] of Object.entries(oldestFirst)) {
    fc.assert(
      fc.property(fc.shuffledSubarray(names, { minLength: names.length }), (shuffled) => {
        assert.deepEqual(shown(toStreams(shuffled.map((name) => entry(name)))), { 'a.log': names }, way);
      }),
      { numRuns: 20 },
    );
  }
});

test('numbered and dated files of one log are merged by their times of change', () => {
  const files = [
    entry('a.log.2', { mtimeMs: 1 }),
    entry('a.log.1', { mtimeMs: 3 }),
    entry('a.log-20261121', { mtimeMs: 2 }),
    entry('a.log-20261122', { mtimeMs: 4 }),
    entry('a.log', { mtimeMs: 5 }),
  ];
  const names = ['a.log.2', 'a.log-20261121', 'a.log.1', 'a.log-20261122', 'a.log'];
  assert.deepEqual(shown(toStreams(files)), { 'a.log': names });
});

test('other names, other folders and other hosts are other streams', () => {
  const files = ['web01/auth.log', 'web01/auth.log.1', 'web01/auth.iso.log', 'db01/auth.log'];
  const streams = toStreams(files.map((name) => entry(name, { host: name.split('/')[0] ?? null })));
  assert.deepEqual(shown(streams), {
    'db01/auth.log': ['db01/auth.log'],
    'web01/auth.iso.log': ['web01/auth.iso.log'],
    'web01/auth.log': ['web01/auth.log.1', 'web01/auth.log'],
  });
  assert.deepEqual(
    streams.map(({ host }) => host),
    ['db01', 'web01', 'web01'],
  );
});

test('names that only look rotated are live logs', () => {
  for (const name of [
    '10.0.0.1',
    'host-10.0.0.1',
    'auth.log',
    'auth.1.log',
    'log-20261350',
    'app-1234',
    'x.1234',
  ]) {
    assert.deepEqual(parseRotation(name), { live: name, kind: 'live', key: '', compressed: false }, name);
  }
  assert.equal(parseRotation('10.0.0.1.2').live, '10.0.0.1');
  assert.equal(parseRotation('.1').kind, 'live');
});

test('a compressed log without a number stands beside the live one and cannot grow', () => {
  const [stream] = toStreams([entry('journal.jsonl.gz')]);
  assert.equal(stream?.id, 'journal.jsonl');
  assert.deepEqual(
    stream?.files.map(({ final }) => final),
    [true],
  );
});

test('a rotated file is final once a younger one holds something', () => {
  const finals = (...files: FileEntry[]) => toStreams(files)[0]?.files.map(({ final }) => final);
  assert.deepEqual(finals(entry('a.log.2.gz'), entry('a.log.1'), entry('a.log')), [true, true, false]);
  assert.deepEqual(finals(entry('a.log.1'), entry('a.log', { size: 0 })), [false, false]);
  assert.deepEqual(finals(entry('a.log.2'), entry('a.log.1')), [true, false]);
  assert.deepEqual(finals(entry('a.log.1.gz'), entry('a.log', { size: 0 })), [true, false]);
});

test('a file listed twice is one, and two logs that read the same keep their paths as ids', () => {
  assert.deepEqual(shown(toStreams([entry('a.log'), entry('a.log')])), { 'a.log': ['a.log'] });
  const streams = toStreams([
    entry('x/a.log', { path: '/1/x/a.log' }),
    entry('x/a.log', { path: '/2/x/a.log' }),
  ]);
  assert.deepEqual(
    streams.map(({ id }) => id),
    ['/1/x/a.log', '/2/x/a.log'],
  );
});

test('every file is in exactly one stream', () => {
  const part = fc.constantFrom('a', 'log', '1', '20261122', '2026-11-22', '.', '-', 'gz', 'old', '/');
  const name = fc.array(part, { minLength: 1, maxLength: 7 }).map((parts) => `x${parts.join('')}`);
  fc.assert(
    fc.property(fc.uniqueArray(name), (names) => {
      const files = toStreams(names.map((one) => entry(one))).flatMap((stream) => stream.files);
      assert.deepEqual(files.map((file) => file.entry.name).sort(), names.sort());
    }),
  );
});
