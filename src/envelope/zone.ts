import { daysFromCivil } from './civil.ts';

/**
 * Epoch ms of a wall time (given as if it were UTC) in an IANA zone. Throws RangeError for an unknown zone.
 * A wall time that occurs twice (clocks set back) is read as its first occurrence; one that never occurs
 * (clocks set forward) with the offset in force before the change.
 */
export function wallToEpoch(wallMs: number, zone: string): number {
  // Offsets lie within ±14 h and zones change at most once within two days: the offsets in force
  // a day before and a day after are the only candidates.
  const before = zoneOffset(wallMs - DAY_MS, zone);
  const after = zoneOffset(wallMs + DAY_MS, zone);
  if (before === after) return wallMs - before;
  if (zoneOffset(wallMs - before, zone) === before) return wallMs - before;
  if (zoneOffset(wallMs - after, zone) === after) return wallMs - after;
  return wallMs - before;
}

/** Milliseconds to add to UTC for the wall time of a zone at an instant. */
export function zoneOffset(epochMs: number, zone: string): number {
  if (zone === 'UTC') return 0;
  const quarter = Math.floor(epochMs / QUARTER_MS);
  const offsets = zoneOffsets(zone);
  const known = offsets.get(quarter);
  if (known !== undefined) return known;
  if (offsets.size >= OFFSETS_KEPT) offsets.clear();
  const offset = computeOffset(quarter * QUARTER_MS, zone);
  offsets.set(quarter, offset);
  return offset;
}

const DAY_MS = 86_400_000;
// Zones change at whole quarter hours of UTC (since 1972), so one computed offset serves the quarter.
const QUARTER_MS = 900_000;
// 4,096 quarters are 42 days of log at about 32 bytes each: 128 KiB per zone.
const OFFSETS_KEPT = 4096;
// A machine reads logs of a few zones; there are about 600 in all.
const ZONES_KEPT = 64;

const offsetsByZone = new Map<string, Map<number, number>>();
const formatters = new Map<string, Intl.DateTimeFormat>();

function zoneOffsets(zone: string): Map<number, number> {
  const known = offsetsByZone.get(zone);
  if (known !== undefined) return known;
  if (offsetsByZone.size >= ZONES_KEPT) {
    offsetsByZone.clear();
    formatters.clear();
  }
  const created = new Map<number, number>();
  offsetsByZone.set(zone, created);
  return created;
}

function computeOffset(epochMs: number, zone: string): number {
  const parts = new Map(
    formatter(zone)
      .formatToParts(epochMs)
      .map((part) => [part.type, Number(part.value)]),
  );
  const field = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
  const days = daysFromCivil(field('year'), field('month'), field('day'));
  const seconds = field('hour') * 3600 + field('minute') * 60 + field('second');
  return days * DAY_MS + seconds * 1000 - epochMs;
}

function formatter(zone: string): Intl.DateTimeFormat {
  const known = formatters.get(zone);
  if (known !== undefined) return known;
  const created = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  formatters.set(zone, created);
  return created;
}
