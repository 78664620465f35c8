export const TIME_PARTS = ['minute', 'hour', 'day', 'week', 'month', 'year'] as const;
export type TimePart = (typeof TIME_PARTS)[number];

/** Lowest and highest value of each part; ISO 8601 has a week 53 in some years. */
export const PART_RANGE: Readonly<Record<TimePart, readonly [number, number]>> = {
  minute: [0, 59],
  hour: [0, 23],
  day: [1, 31],
  week: [1, 53],
  month: [1, 12],
  year: [0, 9999],
};

const ISO = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d))?/;

/**
 * One part of an ISO 8601 time as it is written, without any change of zone (Sigma modifiers appendix, "Time
 * Modifiers"); offrecord's own records are in UTC. Null where the text is no such time or has no such part.
 */
export function timePart(text: string, part: TimePart): number | null {
  const match = ISO.exec(text);
  if (match === null) return null;
  const [year = 0, month = 0, day = 0] = match.slice(1, 4).map(Number);
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return null;
  const clock: Partial<Record<TimePart, string | undefined>> = { hour: match[4], minute: match[5] };
  if (part === 'hour' || part === 'minute') return clock[part] === undefined ? null : Number(clock[part]);
  return { year, month, day, week: isoWeek(year, month, day) }[part];
}

/** Days of a month; 0 for a month that does not exist. */
export function daysIn(year: number, month: number): number {
  if (month === 2) return isLeap(year) ? 29 : 28;
  return [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0;
}

function isLeap(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
}

function dayOfYear(year: number, month: number, day: number): number {
  let days = day;
  for (let earlier = 1; earlier < month; earlier++) days += daysIn(year, earlier);
  return days;
}

/** 1 Monday … 7 Sunday. 1 January of year 1 was a Monday in this calendar. */
function weekday(year: number, ordinal: number): number {
  const before = year - 1;
  const days = before * 365 + Math.floor(before / 4) - Math.floor(before / 100) + Math.floor(before / 400);
  return ((((days + ordinal - 1) % 7) + 7) % 7) + 1;
}

/** Week 1 is the one with the year's first Thursday. */
function isoWeek(year: number, month: number, day: number): number {
  const ordinal = dayOfYear(year, month, day);
  const week = Math.floor((ordinal - weekday(year, ordinal) + 10) / 7);
  if (week < 1) return weeksIn(year - 1);
  return week > weeksIn(year) ? 1 : week;
}

function weeksIn(year: number): number {
  const first = weekday(year, 1);
  return first === 4 || (first === 3 && isLeap(year)) ? 53 : 52;
}
