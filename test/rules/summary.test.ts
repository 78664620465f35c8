import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { parseSummary, pathsOf, renderSummary } from '../../src/rules/summary.ts';

function render(text: string, record: unknown): string {
  const summary = parseSummary(text);
  assert.ok(!('error' in summary), text);
  return renderSummary(summary, record);
}

test('placeholders are filled from the record, a missing one reads as ?', () => {
  const record = { account: 'root', target: { id: 'web01' }, origin: null, open: false, port: 22 };
  assert.equal(render('{account}@{target.id}:{port} {open}', record), 'root@web01:22 false');
  assert.equal(render('from {origin.ip}, {nothing}, {target}', record), 'from ?, ?, ?');
  assert.equal(render('no placeholder', record), 'no placeholder');
});

test('of several paths the first that the record has is shown', () => {
  assert.equal(render('{a.b|c}', { a: { b: 'x' }, c: 'y' }), 'x');
  assert.equal(render('{a.b|c}', { a: {}, c: 'y' }), 'y');
  assert.equal(render('{a|b|c}', { a: null, c: false }), 'false');
  assert.equal(render('{a|b}', {}), '?');
  const summary = parseSummary('{a.b|c} {d}');
  assert.ok(!('error' in summary));
  assert.deepEqual(pathsOf(summary), ['a.b', 'c', 'd']);
});

test('lists are joined, and long ones are counted', () => {
  assert.equal(render('{r.code}', { r: [{ code: 'a' }, { code: 'b' }] }), 'a, b');
  assert.equal(render('{r}', { r: [1, 2, 3, 4, 5, 6, 7] }), '1, 2, 3, 4, 5, 2 more');
  assert.equal(render('{r}', { r: [] }), '?');
});

test('what a name brings along cannot forge lines or fill a mail', () => {
  assert.equal(render('{a}!', { a: 'x\r\ny\u001b[31m\u202ez' }), 'x��y�[31m�z!');
  assert.equal(render('{a}', { a: 'x'.repeat(500) }), `${'x'.repeat(200)}…`);
});

test('a brace without a path is refused where it stands', () => {
  for (const [text, at] of [
    ['a {', 2],
    ['{}', 0],
    ['{a b}', 0],
    ['{a}{b', 3],
    ['{a..b}', 0],
    ['{a|}', 0],
    ['{a|b|c|d|e}', 0],
  ] as const) {
    const summary = parseSummary(text);
    assert.ok('error' in summary, text);
    assert.equal(summary.at, at, text);
  }
});

test('any text is a template or an error, and names what it fills', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('{', '}', 'a', '.', '|', ' ') }), (text) => {
      const summary = parseSummary(text);
      if ('error' in summary) return;
      const places = summary.parts.filter((part) => typeof part !== 'string').length;
      assert.equal(renderSummary(summary, {}).split('?').length - 1, places);
      assert.ok(pathsOf(summary).length >= places);
    }),
  );
});
