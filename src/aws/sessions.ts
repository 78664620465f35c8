import type { DescribeSessionsResponse, Session, SessionState, SSMClient } from '@aws-sdk/client-ssm';
import { toIso } from '../util/iso.ts';
import { AwsFault, call } from './fault.ts';
import type { Pace } from './pace.ts';
import type { AwsProblem } from './problem.ts';

/** A session as Session Manager lists it. */
export interface SessionFacts {
  readonly id: string;
  /** Node id (`i-…`, `mi-…`) or `ecs:CLUSTER_TASK_RUNTIME`. */
  readonly target: string | null;
  /** `Connected`, `Disconnected`, `Terminated`, `Failed`, … */
  readonly status: string;
  /** Epoch ms. */
  readonly startedAt: number;
  /** Epoch ms; null while it lasts. */
  readonly endedAt: number | null;
  readonly document: string | null;
  /** ARN of who started it. */
  readonly owner: string | null;
  readonly reason: string | null;
  /** Where its transcript goes, as far as the service tells (it calls these fields reserved). */
  readonly s3Url: string | null;
  readonly logGroupUrl: string | null;
}

export interface SessionWindow {
  /** Epoch ms: sessions that began later than that, and those that are still open. */
  readonly from: number;
  /** Epoch ms. */
  readonly to: number;
  /** Shared with whoever else lists sessions of this account and region; none where the caller asks alone. */
  readonly pace?: Pace;
}

export interface SessionListing {
  /** In the order of their starts, each once. */
  readonly sessions: readonly SessionFacts[];
  /** Entries without id or start. */
  readonly rejected: number;
  /** Why the list may not be whole; null where it is. */
  readonly problem: AwsProblem | null;
}

const ACTION = 'ssm:DescribeSessions';
/** Entries of a page; the most that the service gives. */
const PAGE = 200;
/** Pages of one state: 100 × 200 sessions of about 1 KB are 20 MB, and a company's sessions of a month. */
const MAX_PAGES = 100;

/**
 * The sessions of a region: open ones, and ended ones of about the last 30 days, which is what the service keeps.
 * What was listed before a problem is given with it. Throws only the reason of the signal.
 */
export async function describeSessions(
  ssm: SSMClient,
  window: SessionWindow,
  signal: AbortSignal,
): Promise<SessionListing> {
  const found: Session[] = [];
  let problem: AwsProblem | null = null;
  try {
    // Open ones first: one that ends between the two calls is in the second list, and not in none.
    for (const state of ['Active', 'History'] as const)
      for await (const page of pages(ssm, state, window, signal)) found.push(...page);
  } catch (error) {
    if (!(error instanceof AwsFault)) throw error;
    problem = error.problem;
  }
  const sessions = new Map<string, SessionFacts>();
  for (const facts of found.map(toFacts)) if (facts !== null) sessions.set(facts.id, facts);
  const rejected = found.filter((one) => toFacts(one) === null).length;
  const sorted = [...sessions.values()].toSorted(
    (a, b) => a.startedAt - b.startedAt || (a.id < b.id ? -1 : 1),
  );
  return { sessions: sorted, rejected, problem };
}

async function* pages(
  ssm: SSMClient,
  state: SessionState,
  { from, to, pace }: SessionWindow,
  signal: AbortSignal,
): AsyncGenerator<readonly Session[]> {
  const { DescribeSessionsCommand } = await import('@aws-sdk/client-ssm');
  const before = { key: 'InvokedBefore' as const, value: toSecond(Math.ceil(to / 1000)) };
  const after = { key: 'InvokedAfter' as const, value: toSecond(Math.floor(from / 1000)) };
  // A session can last for days: of the open ones none is too old.
  const Filters = state === 'Active' ? [before] : [after, before];
  let token: string | undefined;
  for (let count = 0; count < MAX_PAGES; count++) {
    await pace?.take(signal);
    const input = { State: state, Filters, MaxResults: PAGE, NextToken: token };
    const page: DescribeSessionsResponse = await call(ACTION, signal, () =>
      ssm.send(new DescribeSessionsCommand(input), { abortSignal: signal }),
    );
    yield page.Sessions ?? [];
    if (!page.NextToken || page.NextToken === token) return;
    token = page.NextToken;
  }
  const message = `${ACTION}: more than ${MAX_PAGES * PAGE} sessions; the others were not read`;
  throw new AwsFault({ code: 'invalid', action: ACTION, message });
}

/** The filters are documented with whole seconds. */
function toSecond(seconds: number): string {
  return `${toIso(seconds * 1000).slice(0, 19)}Z`;
}

/** Ids have at most 96 characters, reasons 256, urls 2,083 (API reference); longer ones are cut. */
const MAX_TEXT = 2083;

function toFacts(session: Session): SessionFacts | null {
  const { SessionId: id, StartDate: started, EndDate: ended } = session;
  if (!id || id.length > 96 || started === undefined || Number.isNaN(started.getTime())) return null;
  const endedAt = ended?.getTime() ?? Number.NaN;
  return {
    id,
    target: textOf(session.Target),
    status: textOf(session.Status) ?? 'unknown',
    startedAt: started.getTime(),
    endedAt: Number.isNaN(endedAt) ? null : endedAt,
    document: textOf(session.DocumentName),
    owner: textOf(session.Owner),
    reason: textOf(session.Reason),
    s3Url: textOf(session.OutputUrl?.S3OutputUrl),
    logGroupUrl: textOf(session.OutputUrl?.CloudWatchOutputUrl),
  };
}

function textOf(value: string | undefined): string | null {
  return value === undefined || value === '' ? null : value.slice(0, MAX_TEXT);
}
