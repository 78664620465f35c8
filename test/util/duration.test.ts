import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseDuration, toDuration } from '../../src/util/duration.ts';

test('a duration is a whole number with its unit', () => {
  assert.equal(parseDuration('30s'), 30_000);
  assert.equal(parseDuration('5m'), 300_000);
  assert.equal(parseDuration('2h'), 7_200_000);
  assert.equal(parseDuration('400d'), 34_560_000_000);
  assert.equal(parseDuration('0s'), 0);
});

test('anything else is none', () => {
  for (const text of [
    '',
    '30',
    's',
    '-1s',
    '1.5h',
    '1w',
    ' 1s',
    '1s ',
    '1S',
    '1h30m',
    '9999999999s',
    '99999d',
  ]) {
    assert.equal(parseDuration(text), null, text);
  }
});

test('a duration is written in its largest whole unit', () => {
  assert.equal(toDuration(259_200_000), '3d');
  assert.equal(toDuration(5_400_000), '90m');
  assert.equal(toDuration(1500), '1.5s');
  assert.equal(toDuration(0), '0s');
});

test('writing and reading give the same duration', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 3_000_000 }), (seconds) => {
      assert.equal(parseDuration(toDuration(seconds * 1000)), seconds * 1000);
    }),
  );
});
