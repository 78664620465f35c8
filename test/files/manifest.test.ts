import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseManifest } from '../../src/files/manifest.ts';

const GOOD = { mode: '0o600', size: 1, mtime: 2.5, sha256: 'AB'.repeat(32) };

function problemsOf(text: string): string[] {
  return parseManifest('/x/m.json', text).problems.map(({ path, message }) => `${path} ${message}`);
}

test('paths are taken from the folder of the manifest, times are milliseconds, digests lower case', () => {
  const { manifest, problems } = parseManifest('/x/m.json', JSON.stringify({ './a//b.log': GOOD }));
  assert.deepEqual(
    [...(manifest?.entries ?? [])],
    [['/x/a/b.log', { pinned: { size: 1, mtimeMs: 2500, sha256: 'ab'.repeat(32) }, mode: 0o600 }]],
  );
  assert.deepEqual(problems, []);
});

test('a broken entry is told with its place, and the others count', () => {
  const entries = {
    good: GOOD,
    'rec/size': { ...GOOD, size: -1 },
    'rec/sha': { ...GOOD, sha256: 'ab' },
    'rec/mode': { ...GOOD, mode: '9' },
  };
  const { manifest, problems } = parseManifest(
    '/x/m.json',
    JSON.stringify({ ...entries, 'rec/time': { ...GOOD, mtime: '1' } }, null, 1),
  );
  assert.deepEqual([...(manifest?.entries.keys() ?? [])], ['/x/good']);
  assert.deepEqual(
    problems.map(({ path }) => path),
    ['/x/m.json:8:2', '/x/m.json:14:2', '/x/m.json:20:2', '/x/m.json:26:2'],
  );
  assert.match(problems[0]?.message ?? '', /`size`/);
});

test('a mode may be absent, and is not the one of the type bits', () => {
  const mode = (value: unknown) =>
    parseManifest('/m', JSON.stringify({ a: { ...GOOD, mode: value } })).manifest?.entries.get('/a')?.mode;
  assert.equal(mode(undefined), null);
  assert.equal(mode('0o100400'), 0o400);
  assert.equal(mode('644'), 0o644);
  assert.equal(mode(384), undefined);
});

test('paths that lead out of the folder are refused', () => {
  for (const key of ['../a', '/etc/passwd', 'a/../../b', '.', '']) {
    assert.equal(problemsOf(JSON.stringify({ [key]: GOOD })).length, 1, key);
  }
  assert.deepEqual(problemsOf(JSON.stringify({ 'a/../b': GOOD, '..c': GOOD, __proto__x: GOOD })), []);
});

test('syntax errors carry line and column where the parser tells them, and never the text', () => {
  assert.deepEqual(problemsOf('{"a":\n1 "s3cret"}'), ['/x/m.json:2:3 this is not valid JSON']);
  assert.deepEqual(problemsOf('{"a":\n'), ['/x/m.json:2:1 this is not valid JSON']);
  assert.deepEqual(problemsOf('s3cret'), ['/x/m.json this is not valid JSON']);
  assert.deepEqual(problemsOf('[]'), ['/x/m.json:1:1 a manifest is an object of paths']);
});

test('one mistake in every entry is not told thousands of times', () => {
  const entries = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`f${index}`, {}]));
  assert.equal(problemsOf(JSON.stringify(entries)).length, 20);
});

test('any text and any JSON gives a value', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.json(),
        fc
          .dictionary(fc.string(), fc.anything())
          .map((value) => JSON.stringify(value, (_, one: unknown) => (typeof one === 'bigint' ? 0 : one))),
      ),
      (text) => {
        const { manifest, problems } = parseManifest('/m', text);
        assert.ok(manifest !== null || problems.length > 0);
      },
    ),
  );
});
