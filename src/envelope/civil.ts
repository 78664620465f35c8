/** Calendar arithmetic without a clock: proleptic Gregorian, UTC, as in ISO 8601. */

/** Days since 1970-01-01 of a civil date; month 1…12. Exact for any year. */
export function daysFromCivil(year: number, month: number, day: number): number {
  // Years are counted from March, so that the leap day is the last day of the year.
  const marchYear = month <= 2 ? year - 1 : year;
  const era = Math.floor(marchYear / 400);
  const yearOfEra = marchYear - era * 400;
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  // 719,468 days lie between 0000-03-01 and 1970-01-01; an era of 400 years has 146,097.
  return era * 146_097 + dayOfEra - 719_468;
}

/** The civil year that holds an epoch time. */
export function yearOf(epochMs: number): number {
  const days = Math.floor(epochMs / 86_400_000);
  // The mean year is 365.2425 days: the guess is off by at most one.
  const guess = 1970 + Math.floor(days / 365.2425);
  if (daysFromCivil(guess + 1, 1, 1) <= days) return guess + 1;
  return daysFromCivil(guess, 1, 1) > days ? guess - 1 : guess;
}

const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

export function isLeapYear(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
}

export function daysInMonth(year: number, month: number): number {
  return month === 2 && isLeapYear(year) ? 29 : (MONTH_DAYS[month - 1] ?? 0);
}

export interface WallTime {
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  /** 60 is a leap second and counts as the first second of the next minute. */
  readonly second: number;
  /** Milliseconds below the second, with microseconds as fraction. */
  readonly fractionMs: number;
}

/** Epoch ms of a wall time read as UTC, or null where the calendar has no such time. */
export function wallToUtc(year: number, wall: WallTime): number | null {
  if (wall.day < 1 || wall.day > daysInMonth(year, wall.month)) return null;
  if (wall.hour > 23 || wall.minute > 59 || wall.second > 60) return null;
  const seconds = wall.hour * 3600 + wall.minute * 60 + wall.second;
  return daysFromCivil(year, wall.month, wall.day) * 86_400_000 + seconds * 1000 + wall.fractionMs;
}
