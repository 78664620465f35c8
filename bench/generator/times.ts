const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');
const DAY_MS = 86_400_000;

interface Day {
  readonly syslog: string;
  readonly iso: string;
}

// A day is formatted once; two thousand of them are far more than any data set spans.
const days = new Map<number, Day>();

function dayOf(ms: number): Day {
  const number = Math.floor(ms / DAY_MS);
  const known = days.get(number);
  if (known) return known;
  const date = new Date(number * DAY_MS);
  const day = {
    syslog: `${MONTHS[date.getUTCMonth()]} ${String(date.getUTCDate()).padStart(2)}`,
    iso: date.toISOString().slice(0, 10),
  };
  if (days.size < 2_000) days.set(number, day);
  return day;
}

const TWO = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, '0'));

function clockOf(ms: number): string {
  const seconds = Math.floor(ms / 1000) % 86_400;
  return `${TWO[Math.floor(seconds / 3600)]}:${TWO[Math.floor(seconds / 60) % 60]}:${TWO[seconds % 60]}`;
}

/** `Nov 22 10:21:05`, in UTC. */
export function toSyslogTime(ms: number): string {
  return `${dayOf(ms).syslog} ${clockOf(ms)}`;
}

/** `2026-11-22T10:21:05Z`. */
export function toIsoSeconds(ms: number): string {
  return `${dayOf(ms).iso}T${clockOf(ms)}Z`;
}

/** `2026-11-22T10:21:05.123Z`. */
export function toIsoMs(ms: number): string {
  return `${dayOf(ms).iso}T${clockOf(ms)}.${String(ms % 1000).padStart(3, '0')}Z`;
}
