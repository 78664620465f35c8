import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { daysFromCivil, yearOf } from '../../src/envelope/civil.ts';
import { parseBsdTime, parseEpochTime, parseIsoTime } from '../../src/envelope/time.ts';
import { wallToEpoch, zoneOffset } from '../../src/envelope/zone.ts';

const at = (iso: string): number => Date.parse(iso);
const options = (reference: string, zone = 'UTC') => ({ zone, reference: at(reference) });

const ISO: readonly [string, string | null, string][] = [
  ['2026-11-22T10:22:53.924304+00:00', '2026-11-22T10:22:53.924Z', ''],
  ['2026-11-22T10:22:53Z', '2026-11-22T10:22:53.000Z', ''],
  ['2026-11-22 05:22:53.924304-0500', '2026-11-22T10:22:53.924Z', ''],
  ['2026-11-22T10:22:53', '2026-11-22T15:22:53.000Z', 'zone'],
  ['2026-11-22T10:22:60Z', '2026-11-22T10:23:00.000Z', ''],
  ['2026-02-29T10:22:53Z', null, ''],
  ['2026-13-01T10:22:53Z', null, ''],
  ['2026-11-22T24:22:53Z', null, ''],
  ['2026-11-22', null, ''],
];

for (const [text, expected, assumed] of ISO) {
  test(`ISO time ${text}`, () => {
    const time = parseIsoTime(text, options('2026-11-23T00:00:00Z', 'America/New_York'));
    assert.equal(time === null ? null : new Date(time.time).toISOString(), expected);
    if (time !== null) assert.equal(time.assumed.join(), assumed);
  });
}

test('microseconds and their resolution are kept', () => {
  const micro = parseIsoTime('2026-11-22T10:22:53.924304+00:00', options('2026-11-23T00:00:00Z'));
  assert.equal(micro?.time, at('2026-11-22T10:22:53.924Z') + 0.304);
  assert.equal(micro?.resolution, 0.001);
  assert.equal(parseIsoTime('2026-11-22T10:22:53.9Z', options('2026-11-23T00:00:00Z'))?.resolution, 100);
  assert.equal(parseIsoTime('2026-11-22T10:22:53Z', options('2026-11-23T00:00:00Z'))?.resolution, 1000);
});

const YEARS: readonly [string, string, string | null][] = [
  ['Nov 22 10:22:53', '2026-11-23T00:00:00Z', '2026-11-22T10:22:53.000Z'],
  ['Nov 24 00:00:00', '2026-11-23T00:00:00Z', '2026-11-24T00:00:00.000Z'],
  ['Nov 24 00:00:01', '2026-11-23T00:00:00Z', '2025-11-24T00:00:01.000Z'],
  ['Dec 31 23:59:59', '2027-01-01T00:10:00Z', '2026-12-31T23:59:59.000Z'],
  ['Jan  1 00:00:01', '2026-12-31T23:59:00Z', '2027-01-01T00:00:01.000Z'],
  ['Feb 29 12:00:00', '2027-03-01T00:00:00Z', '2024-02-29T12:00:00.000Z'],
  ['Feb 29 12:00:00', '2024-02-29T13:00:00Z', '2024-02-29T12:00:00.000Z'],
  ['Feb 29 12:00:00', '2104-02-28T00:00:00Z', '2096-02-29T12:00:00.000Z'],
  ['Feb 30 12:00:00', '2026-11-23T00:00:00Z', null],
  ['Foo 22 10:22:53', '2026-11-23T00:00:00Z', null],
  ['Nov 22 2019 10:22:53', '2026-11-23T00:00:00Z', '2019-11-22T10:22:53.000Z'],
];

for (const [text, reference, expected] of YEARS) {
  test(`year of ${text} read at ${reference}`, () => {
    const time = parseBsdTime(text, options(reference));
    assert.equal(time === null ? null : new Date(time.time).toISOString(), expected);
  });
}

test('a time without year and zone says what was assumed', () => {
  assert.deepEqual(parseBsdTime('Nov 22 10:22:53', options('2026-11-23T00:00:00Z'))?.assumed, [
    'zone',
    'year',
  ]);
  assert.deepEqual(parseBsdTime('Nov 22 2019 10:22:53', options('2026-11-23T00:00:00Z'))?.assumed, ['zone']);
});

const WALLS: readonly [string, string, string, string][] = [
  ['winter', 'America/New_York', '2026-01-10T12:00:00Z', '2026-01-10T17:00:00.000Z'],
  ['summer', 'America/New_York', '2026-07-10T12:00:00Z', '2026-07-10T16:00:00.000Z'],
  [
    'an hour that occurs twice is its first occurrence',
    'America/New_York',
    '2026-11-01T01:30:00Z',
    '2026-11-01T05:30:00.000Z',
  ],
  [
    'an hour that never occurs is read with the offset before',
    'America/New_York',
    '2026-03-08T02:30:00Z',
    '2026-03-08T07:30:00.000Z',
  ],
  ['an offset of 5 h 45 min', 'Asia/Kathmandu', '2026-01-10T12:00:00Z', '2026-01-10T06:15:00.000Z'],
  ['a change of half an hour', 'Australia/Lord_Howe', '2026-04-05T01:15:00Z', '2026-04-04T14:15:00.000Z'],
  ['UTC', 'UTC', '2026-11-22T10:00:00Z', '2026-11-22T10:00:00.000Z'],
];

for (const [name, zone, wall, expected] of WALLS) {
  test(`wall time: ${name}`, () => {
    assert.equal(new Date(wallToEpoch(at(wall), zone)).toISOString(), expected);
  });
}

test('an unknown zone is refused and not read as another', () => {
  assert.throws(() => wallToEpoch(0, 'Mars/Olympus'), RangeError);
});

test('calendar arithmetic agrees with the platform', () => {
  fc.assert(
    fc.property(fc.integer({ min: -62_000_000_000_000, max: 250_000_000_000_000 }), (ms) => {
      const date = new Date(ms);
      assert.equal(yearOf(ms), date.getUTCFullYear());
      const days = daysFromCivil(date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate());
      assert.equal(days, Math.floor(ms / 86_400_000));
    }),
  );
});

test('a wall time that a zone shows is read back as an instant that shows it', () => {
  const zones = fc.constantFrom(
    'America/New_York',
    'Europe/Berlin',
    'Asia/Kathmandu',
    'Pacific/Apia',
    'Australia/Lord_Howe',
  );
  fc.assert(
    fc.property(fc.integer({ min: 1_000_000_000, max: 1_900_000_000 }), zones, (seconds, zone) => {
      const epoch = seconds * 1000;
      const wall = epoch + zoneOffset(epoch, zone);
      const read = wallToEpoch(wall, zone);
      assert.equal(read + zoneOffset(read, zone), wall);
    }),
  );
});

test('numbers are read by size in the unit they must be in', () => {
  const time = at('2026-11-22T10:22:53Z');
  for (const value of [time / 1000, time, time * 1e3, time * 1e6])
    assert.equal(parseEpochTime(value)?.time, time);
  assert.equal(parseEpochTime(1), null);
  assert.equal(parseEpochTime(Number.NaN), null);
});
