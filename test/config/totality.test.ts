import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { load } from './support.ts';

const EXAMPLE = readFileSync(new URL('../../config.example.yaml', import.meta.url), 'utf8');

const ANY_TEXT = fc.array(fc.nat(0xffff), { maxLength: 100 }).map((units) => String.fromCharCode(...units));

function check(text: string): void {
  const loaded = load(text);
  if ('config' in loaded) return;
  assert.ok(loaded.problems.length > 0 && loaded.problems.length <= 101);
  for (const { place, message } of loaded.problems) {
    assert.match(place, /^\/etc\/offrecord\/config\.yaml:[1-9]\d*:[1-9]\d*$/);
    assert.doesNotMatch(message, /\n|\bat .*:\d+:\d+|Error:/);
  }
}

test('any text is a configuration or has problems', () => {
  fc.assert(fc.property(ANY_TEXT, check), { numRuns: 100 });
});

test('so has any configuration that was cut or changed somewhere', () => {
  const change = fc.tuple(
    fc.nat(EXAMPLE.length),
    fc.nat(30),
    fc.constantFrom('', ' ', '\n', '[', '}', ': ', '- ', '*a', '&a ', '!x ', '7', 'null', '"', '~', '{a: 1}'),
  );
  fc.assert(
    fc.property(change, ([at, length, put]) => {
      check(EXAMPLE.slice(0, at) + put + EXAMPLE.slice(at + length));
    }),
    { numRuns: 40 },
  );
});

test('so has any value in any block', () => {
  const keys = [
    'store',
    'sources',
    'recorders',
    'targets',
    'principals',
    'tiers',
    'receivers',
    'route',
    'exceptions',
  ];
  const value = fc.jsonValue({ maxDepth: 3 });
  fc.assert(
    fc.property(fc.constantFrom(...keys), value, fc.array(value, { maxLength: 2 }), (key, any, list) => {
      check(JSON.stringify({ [key]: any }));
      check(JSON.stringify({ [key]: list.map((each) => ({ id: 'a', paths: ['x'], aliases: each })) }));
    }),
    { numRuns: 25 },
  );
});
