import { parseIsoTime } from '../../envelope/time.ts';

export interface ScriptDate {
  /** Epoch ms; script keeps whole seconds. */
  readonly time: number;
  readonly assumed: boolean;
}

/**
 * The date of a header, footer or START_TIME: ISO with offset (util-linux ≥ 2.35), `Sun Nov 22 11:22:00 2026`
 * or a locale's `Sun 22 Nov 2026 11:22:00 AM UTC`. A zone that is not written or not UTC by name is the one given.
 */
export function parseScriptDate(text: string, zone: string): ScriptDate | null {
  const trimmed = text.trim();
  // The longest of these forms has 34 characters.
  if (trimmed.length > 64) return null;
  const iso = parseIsoTime(trimmed, { zone, reference: 0 }) ?? parseLocale(trimmed, zone);
  return iso === null ? null : { time: iso.time, assumed: iso.assumed.length > 0 };
}

const C_LOCALE = /^[A-Z][a-z]{2} ([A-Z][a-z]{2}) {1,2}(\d{1,2}) (\d\d:\d\d:\d\d) (\d{4})$/;
const DAY_FIRST =
  /^[A-Z][a-z]{2} (\d{1,2}) ([A-Z][a-z]{2}) (\d{4}) (\d\d:\d\d:\d\d)(?: (AM|PM))?(?: ([A-Z]{2,5}))?$/;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

function parseLocale(text: string, zone: string): ReturnType<typeof parseIsoTime> {
  const plain = C_LOCALE.exec(text);
  if (plain !== null) return toTime(plain[4], plain[1], plain[2], plain[3], '', zone);
  const match = DAY_FIRST.exec(text);
  if (match === null) return null;
  const [, day, month, year, clock, half, name] = match;
  return toTime(
    year,
    month,
    day,
    to24Hours(clock ?? '', half),
    name === 'UTC' || name === 'GMT' ? 'Z' : '',
    zone,
  );
}

function to24Hours(clock: string, half: string | undefined): string {
  const hour = Number(clock.slice(0, 2));
  if (half === undefined || hour > 12) return clock;
  return String((hour % 12) + (half === 'PM' ? 12 : 0)).padStart(2, '0') + clock.slice(2);
}

function toTime(
  year: string | undefined,
  month: string | undefined,
  day: string | undefined,
  clock: string | undefined,
  suffix: string,
  zone: string,
): ReturnType<typeof parseIsoTime> {
  const number = String(MONTHS.indexOf(month ?? '') + 1).padStart(2, '0');
  return parseIsoTime(`${year}-${number}-${day?.padStart(2, '0')}T${clock}${suffix}`, { zone, reference: 0 });
}
