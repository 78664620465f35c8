import type { EnvelopeOptions } from './shape.ts';
import { type WallTime, wallToUtc, yearOf } from './civil.ts';
import { wallToEpoch } from './zone.ts';

export interface RecordTime {
  /** Epoch ms with microseconds as fraction. */
  readonly time: number;
  readonly resolution: number;
  readonly assumed: readonly ('zone' | 'year')[];
}

const ISO =
  /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?(?:([Zz])|([+-])(\d\d):?(\d\d))?$/;
const BSD = /^([A-Z][a-z]{2}) ([ 0-9]?\d)(?: (\d{4}))? (\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?$/;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** ISO-8601 with `Z`, an offset, or neither (then the zone is assumed). Null where it is no such time. */
export function parseIsoTime(text: string, options: EnvelopeOptions): RecordTime | null {
  const match = ISO.exec(text);
  if (match === null) return null;
  const utc = wallToUtc(Number(match[1]), wallTime(match[2], match[3], match.slice(4, 8)));
  if (utc === null) return null;
  const resolution = resolutionOf(match[7]);
  if (match[8] !== undefined) return { time: utc, resolution, assumed: [] };
  if (match[9] === undefined) return { time: wallToEpoch(utc, options.zone), resolution, assumed: ['zone'] };
  const offsetMs = (Number(match[10]) * 60 + Number(match[11])) * 60_000;
  return { time: match[9] === '-' ? utc + offsetMs : utc - offsetMs, resolution, assumed: [] };
}

/** RFC 3164 `Nov 22 10:22:53`, with an optional year and fraction as some daemons write them. */
export function parseBsdTime(text: string, options: EnvelopeOptions): RecordTime | null {
  const { zone, reference } = options;
  // A busy log writes hundreds of lines within one second: the last answer is kept, one entry in all.
  if (latest.text !== text || latest.zone !== zone || latest.reference !== reference) {
    latest = { text, zone, reference, time: readBsdTime(text, options) };
  }
  return latest.time;
}

let latest: EnvelopeOptions & { readonly text: string; readonly time: RecordTime | null } = {
  text: '',
  zone: '',
  reference: 0,
  time: null,
};

function readBsdTime(text: string, options: EnvelopeOptions): RecordTime | null {
  const match = BSD.exec(text);
  if (match === null) return null;
  const month = MONTHS.indexOf(match[1] ?? '') + 1;
  const wall = wallTime(String(month), match[2], match.slice(4, 8));
  const resolution = resolutionOf(match[7]);
  if (match[3] === undefined) {
    const time = latestYear(wall, options);
    return time === null ? null : { time, resolution, assumed: ['zone', 'year'] };
  }
  const utc = wallToUtc(Number(match[3]), wall);
  return utc === null ? null : { time: wallToEpoch(utc, options.zone), resolution, assumed: ['zone'] };
}

/**
 * Epoch time as a number or digits in seconds, milliseconds, microseconds or nanoseconds, told apart by size:
 * each unit is read between the years 1973 and 5138, where the four ranges do not overlap.
 */
export function parseEpochTime(value: number): RecordTime | null {
  if (!Number.isFinite(value) || value < 1e8 || value >= 1e20) return null;
  if (value < 1e11)
    return { time: value * 1000, resolution: Number.isInteger(value) ? 1000 : 1, assumed: [] };
  if (value < 1e14) return { time: value, resolution: 1, assumed: [] };
  return { time: value < 1e17 ? value / 1e3 : value / 1e6, resolution: 0.001, assumed: [] };
}

function wallTime(
  month: string | undefined,
  day: string | undefined,
  clock: readonly (string | undefined)[],
): WallTime {
  const [hour, minute, second, fraction] = clock;
  return {
    month: Number(month),
    day: Number(day),
    hour: Number(hour),
    minute: Number(minute),
    second: Number(second),
    // Digits beyond microseconds are dropped: a double holds no more beside an epoch time.
    fractionMs: fraction === undefined ? 0 : Number(fraction.slice(0, 6).padEnd(6, '0')) / 1000,
  };
}

/** Milliseconds: one unit of the last digit, at least a microsecond. */
function resolutionOf(fraction: string | undefined): number {
  return 10 ** (3 - Math.min(fraction?.length ?? 0, 6));
}

/** The latest year in which the time lies no more than a day after the reference. */
function latestYear(wall: WallTime, options: EnvelopeOptions): number | null {
  const newest = yearOf(options.reference) + 1;
  // 29 February may lie up to eight years back (1896 to 1904, 2096 to 2104), and the first year tried is next year.
  for (let year = newest; year >= newest - 9; year--) {
    const utc = wallToUtc(year, wall);
    if (utc === null) continue;
    const time = wallToEpoch(utc, options.zone);
    if (time <= options.reference + 86_400_000) return time;
  }
  return null;
}
