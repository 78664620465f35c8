import type { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { askPage } from './lookup-call.ts';
import {
  advance,
  caughtUp,
  isDue,
  type LookupCursor,
  OVERLAP_MS,
  placeOf,
  type QueryPlace,
  startOver,
  windowOf,
} from './lookup-cursor.ts';
import { QUERIES, type Query } from './lookup-queries.ts';
import type { Pace } from './pace.ts';
import type { AwsProblem } from './problem.ts';

export interface LookupOptions {
  /** As the last committed page gave it; null at the first start. */
  readonly cursor: LookupCursor | null;
  /** Epoch ms by the clock of this machine. */
  readonly now: number;
  /** That of the account and region. */
  readonly pace: Pace;
  /** How far back the first start reads, in ms. */
  readonly lookbackMs: number;
  /** How late an event may appear, in ms; an hour where it is not given. */
  readonly overlapMs?: number;
  /** Most pages of this call. */
  readonly pages?: number;
  readonly signal?: AbortSignal;
}

export interface LookupPage {
  /** Each the JSON of one CloudTrail record. */
  readonly records: readonly Uint8Array[];
  /** Where to go on once the records are stored; before that it would lose them. */
  readonly cursor: LookupCursor;
  /** Epoch ms up to which all queries have been read, as far as AWS had the events by then. */
  readonly caughtUpTo: number | null;
}

export interface LookupEnd {
  /** Why it ended early; all pages before it count, and the next call goes on. */
  readonly problem: AwsProblem | null;
  /** True where something was left for the next call, which is for the next pass. */
  readonly more: boolean;
  /** How far AWS's clock is ahead of this machine's, in ms, as its answers tell; 0 within two minutes. */
  readonly clockOffsetMs: number;
}

/** 60 pages at two a second are half a minute: an account with a backlog does not hold up the others for longer. */
const PAGES = 60;

/**
 * Reads the event history of one account and region: pages of records, each with the cursor to commit with it. The
 * queries take turns, page by page, so that the backlog of one does not keep the others waiting.
 */
export async function* lookupRecords(
  client: CloudTrailClient,
  options: LookupOptions,
): AsyncGenerator<LookupPage, LookupEnd, undefined> {
  const { overlapMs = OVERLAP_MS, pages = PAGES } = options;
  const span = { lookbackMs: options.lookbackMs, overlapMs };
  const restarted = new Set<Query>();
  let cursor: LookupCursor = options.cursor ?? { queries: {} };
  let fault: AwsProblem | null = null;
  const start = timeAtAws(client, options.now);
  const waiting = QUERIES.filter((query) => isDue(placeOf(cursor, query, start), start, overlapMs));
  for (let page = 0; page < pages; page++) {
    const query = waiting.shift();
    if (query === undefined) break;
    const now = timeAtAws(client, options.now);
    const place = placeOf(cursor, query, now);
    const window = windowOf(place, now, span);
    const answer = await askPage(client, query, window, options);
    if (options.signal?.aborted === true) return { problem: fault, more: true, ...clockOf(client) };
    if (Math.abs(timeAtAws(client, options.now) - now) >= CLOCK_LEAP_MS) {
      // The answer is the first to tell that this machine's clock is wrong, and its window with it.
      waiting.unshift(query);
      continue;
    }
    if ('problem' in answer) {
      const { problem } = answer;
      if (endsAll(problem)) return { problem, more: true, ...clockOf(client) };
      // Most likely the token has expired. A second refusal in one call has another cause, and is told.
      if (window.token === null || restarted.has(query)) {
        fault ??= problem;
        continue;
      }
      restarted.add(query);
      cursor = withPlace(cursor, query, startOver(place, window, now));
    } else {
      const next = advance(place, window, answer.token, overlapMs);
      cursor = withPlace(cursor, query, next);
      yield { records: answer.records, cursor, caughtUpTo: caughtUp(cursor) };
      if (!isDue(next, now, overlapMs)) continue;
    }
    waiting.push(query);
  }
  return { problem: fault, more: waiting.length > 0 || fault !== null, ...clockOf(client) };
}

/**
 * A clock that is ahead by more than the overlap would count as read what has not happened yet, and lose it without a
 * word: the SDK signs by AWS's clock, so the calls go well. Within two minutes the machine's own is taken, because the
 * answers tell whole seconds and their way takes time; twice that is no wavering between the two. What is left of the
 * error takes 4 of the 60 minutes of overlap.
 */
const CLOCK_TOLERANCE_MS = 2 * 60_000;
const CLOCK_LEAP_MS = 2 * CLOCK_TOLERANCE_MS;

function timeAtAws(client: CloudTrailClient, now: number): number {
  return now + clockOf(client).clockOffsetMs;
}

function clockOf({ config }: CloudTrailClient): Pick<LookupEnd, 'clockOffsetMs'> {
  const offset = config.systemClockOffset;
  return { clockOffsetMs: Math.abs(offset) < CLOCK_TOLERANCE_MS ? 0 : offset };
}

function withPlace(cursor: LookupCursor, query: Query, place: QueryPlace): LookupCursor {
  return { queries: { ...cursor.queries, [query.id]: place } };
}

/** Whether the other queries would fare no better. A refused request may be the fault of this very query. */
function endsAll({ code }: AwsProblem): boolean {
  return code !== 'invalid' && code !== 'unknown';
}
