/** Milliseconds of a duration such as `30s`, `5m`, `2h`, `400d`; null where the text is none. */
export function parseDuration(text: string): number | null {
  const match = DURATION.exec(text);
  const unit = UNITS.find(([name]) => name === match?.[2]);
  if (match === null || unit === undefined) return null;
  const ms = Number(match[1]) * unit[1];
  return ms <= LONGEST_MS ? ms : null;
}

/** The shortest spelling of a duration in whole units, e.g. 259,200,000 → `3d`; fractions of a second as `1.5s`. */
export function toDuration(ms: number): string {
  const unit = UNITS.find(([, length]) => ms !== 0 && ms % length === 0);
  return unit === undefined ? `${ms / 1000}s` : `${ms / unit[1]}${unit[0]}`;
}

/** Pattern of a duration, for JSON Schema. */
export const DURATION = /^(\d{1,9})([smhd])$/;

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
] as const;

// A hundred years: beyond it a number is a slip, and every sum with an epoch time stays a valid date.
const LONGEST_MS = 36_525 * 86_400_000;
