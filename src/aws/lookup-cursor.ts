import { z } from 'zod';
import { QUERIES, type Query } from './lookup-queries.ts';

/** How far the event history of one account and region has been read. Plain JSON; commit it with its page's records. */
export interface LookupCursor {
  /** By the id of the query. */
  readonly queries: Readonly<Record<string, QueryPlace>>;
}

/** How far one query has come. Times are epoch ms. */
export interface QueryPlace {
  /** Read up to here once; null before the first window has ended. */
  readonly upTo: number | null;
  /** Read up to here when it was an overlap old: what comes later than that is not waited for. */
  readonly settled: number | null;
  /** The window that is being read. */
  readonly window: LookupWindow | null;
  /** Length of the next windows in ms. */
  readonly reach: number;
}

export interface LookupWindow {
  /** First and last instant, both included, in whole seconds as the trail counts them. */
  readonly from: number;
  readonly to: number;
  /** When its first page was asked for: no event of the window was looked for before. */
  readonly openedAt: number;
  /** Where the next page begins; valid with this very window only. Null for the first page. */
  readonly token: string | null;
}

export interface LookupSpan {
  /** How far back the first start reads. */
  readonly lookbackMs: number;
  /** How late an event may appear and is still found for certain. */
  readonly overlapMs: number;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/**
 * How often, and how far back. Most events appear within 15 minutes, some after 45. Reading an hour again every time
 * would cost 60·r/50 pages at r events a minute. So every 2 minutes the last 20 are read again, which finds the
 * typical event at once; and as soon as 10 minutes have passed since an hour was read again, everything that was not
 * yet an hour old then. An event that appears 45 minutes late is thus found 12 minutes later at most, and one 60
 * minutes late is found too, however long the program stood still: `settled` moves by full windows alone.
 * At r events a second a sweep of t minutes takes t·r/100 of them, so up to 50 a second the sweeps keep up with a
 * longer beat of their own; beyond that the trail must be read from its bucket.
 */
const EVERY_MS = 2 * MINUTE;
const FULL_EVERY_MS = 10 * MINUTE;
const SHORT_MS = 20 * MINUTE;

/** AWS keeps 90 days. An hour less, so that a window does not outlive its beginning while it is read. */
const KEPT_MS = 90 * 24 * HOUR;
const MARGIN_MS = HOUR;

/**
 * Windows are cut, so that a token that expires costs one piece and not the whole backlog: each expiry halves the
 * length, each finished window doubles it. The least must exceed SHORT_MS, or short windows would not move on.
 */
const LONGEST_MS = 6 * HOUR;
const LEAST_MS = 30 * MINUTE;

/** A place further ahead than this was made by a wrong clock. */
const AHEAD_MS = 5 * MINUTE;

/** Whether anything is to be asked: at most every two minutes, at once where a window was left unfinished. */
export function due(cursor: LookupCursor | null, now: number, overlapMs: number = OVERLAP_MS): boolean {
  return QUERIES.some((query) => isDue(placeOf(cursor, query, now), now, overlapMs));
}

export const OVERLAP_MS = HOUR;

export function isDue(place: QueryPlace, now: number, overlapMs: number): boolean {
  if (place.window !== null || place.upTo === null || place.settled === null) return true;
  return now - place.upTo >= EVERY_MS || now - overlapMs - place.settled >= FULL_EVERY_MS;
}

/** The place of a query. One in the future tells of a clock that was wrong: what it claims to have read is not believed. */
export function placeOf(cursor: LookupCursor | null, query: Query, now: number): QueryPlace {
  const place = cursor?.queries[query.id];
  if (place === undefined) return NOWHERE;
  const latest = Math.max(place.upTo ?? 0, place.window?.openedAt ?? 0);
  return latest > now + AHEAD_MS ? NOWHERE : place;
}

const NOWHERE: QueryPlace = { upTo: null, settled: null, window: null, reach: LONGEST_MS };

/** The window to go on with: the unfinished one, unless AWS has meanwhile forgotten its beginning, else the next. */
export function windowOf(place: QueryPlace, now: number, span: LookupSpan): LookupWindow {
  const { window } = place;
  if (window !== null && window.from >= now - KEPT_MS) return window;
  const openedAt = wholeSecond(now);
  const from = wholeSecond(Math.max(beginning(place, now, span), oldest(now)));
  return { from, to: Math.min(openedAt, from + place.reach), openedAt, token: null };
}

function beginning(
  { upTo, settled }: QueryPlace,
  now: number,
  { lookbackMs, overlapMs }: LookupSpan,
): number {
  if (upTo === null || settled === null) return now - lookbackMs;
  const isFull = now - overlapMs - settled >= FULL_EVERY_MS;
  return isFull ? settled : Math.max(settled, upTo - SHORT_MS);
}

function oldest(now: number): number {
  return now - KEPT_MS + MARGIN_MS;
}

function wholeSecond(time: number): number {
  return Math.floor(time / 1000) * 1000;
}

/** The place after a page of the window: further in it, or at its end. */
export function advance(
  place: QueryPlace,
  window: LookupWindow,
  token: string | null,
  overlapMs: number,
): QueryPlace {
  if (token !== null) return { ...place, window: { ...window, token } };
  const { settled } = place;
  const isJoined = settled === null || window.from <= Math.max(settled, oldest(window.openedAt));
  const proven = Math.min(window.to, window.openedAt - overlapMs);
  return {
    upTo: Math.max(place.upTo ?? window.to, window.to),
    settled: isJoined ? Math.max(settled ?? proven, proven) : settled,
    window: null,
    reach: Math.min(LONGEST_MS, place.reach * 2),
  };
}

/** The place after its token was refused: the window starts over from the same beginning, at half its length. */
export function startOver(place: QueryPlace, window: LookupWindow, now: number): QueryPlace {
  const reach = Math.max(LEAST_MS, Math.floor(place.reach / 2));
  const openedAt = wholeSecond(now);
  const to = Math.min(window.to, window.from + reach);
  return { ...place, reach, window: { from: window.from, to, openedAt, token: null } };
}

/** Up to when every query has been read, epoch ms; null where one has not ended its first window. */
export function caughtUp(cursor: LookupCursor): number | null {
  const times = QUERIES.map(({ id }) => cursor.queries[id]?.upTo ?? null);
  return times.includes(null) ? null : Math.min(...times.map((time) => time ?? Infinity));
}

/** A stored cursor; null where it is none, which reads the look-back again. */
export function decodeLookupCursor(value: unknown): LookupCursor | null {
  const result = CURSOR.safeParse(value);
  return result.success ? result.data : null;
}

const time = z.number().int().nonnegative();

const CURSOR: z.ZodType<LookupCursor> = z.object({
  queries: z.record(
    z.string(),
    z.object({
      upTo: time.nullable(),
      settled: time.nullable(),
      window: z.object({ from: time, to: time, openedAt: time, token: z.string().nullable() }).nullable(),
      reach: z.number().int().min(LEAST_MS).max(LONGEST_MS),
    }),
  ),
});
