import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseInstant } from '../../src/util/instant.ts';

test('an instant has date, time and zone', () => {
  assert.equal(parseInstant('2026-11-22T10:20:00Z'), Date.UTC(2026, 10, 22, 10, 20));
  assert.equal(parseInstant('2026-11-22T11:20:00+01:00'), Date.UTC(2026, 10, 22, 10, 20));
  assert.equal(parseInstant('2026-11-22T04:50:00.25-05:30'), Date.UTC(2026, 10, 22, 10, 20, 0, 250));
  assert.equal(parseInstant('2028-02-29T00:00:00Z'), Date.UTC(2028, 1, 29));
});

test('a time without zone, and a day that is not in the calendar, is none', () => {
  const texts = [
    '2026-11-22T10:20:00',
    '2026-11-22',
    '2026-11-22 10:20:00Z',
    '2026-02-29T00:00:00Z',
    '2026-02-30T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-11-22T24:00:00Z',
    '2026-11-22T10:60:00Z',
    '2026-11-22T10:20:00+15:00',
    '2026-11-22T10:20:00z',
    '0026-11-22T10:20:00Z',
    ' 2026-11-22T10:20:00Z',
    '2026-11-22T10:20:00Z\n',
  ];
  for (const text of texts) assert.equal(parseInstant(text), null, text);
});

test('every instant that is written is read again', () => {
  fc.assert(
    fc.property(fc.integer({ min: Date.UTC(1900, 0), max: Date.UTC(2900, 0) - 1 }), (time) => {
      assert.equal(parseInstant(new Date(time).toISOString()), time);
    }),
  );
});
