import { lowerBound } from '../util/lower-bound.ts';
import type { Chain, Link } from './chain.ts';
import { HOUR_MS, OVERDUE_MS } from './gaps.ts';
import type { Judgement } from './judge-links.ts';

/** Periods, sorted and apart, in which every delivery is listed; and where the chain begins and ends. */
export interface Coverage {
  readonly trail: string;
  readonly spans: readonly Span[];
  /** True where the chain begins with a starting digest: before it there was no validation. */
  readonly started: boolean;
}

interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * What a chain covers without a hole. Only proven digests count, so that nobody can make a log look listed, or due,
 * by planting a digest. Backfill digests list what is late and cover nothing.
 */
export function coverageOf(chain: Chain, judged: ReadonlyMap<Link, Judgement>): Coverage {
  const spans: { from: number; to: number }[] = [];
  for (const link of chain.links) {
    if (link.digest === null || judged.get(link)?.standing !== 'proven') continue;
    const { from, to } = link.digest;
    const last = spans.at(-1);
    if (last !== undefined && from <= last.to) last.to = Math.max(last.to, to);
    else spans.push({ from, to });
  }
  const first = chain.links[0];
  const started = first?.digest?.previous === null && judged.get(first)?.standing === 'proven';
  return { trail: chain.trail, spans, started };
}

/**
 * The trail whose digests should list a log whose name tells the time [from, to); null where none should or where that
 * cannot be known. Trails may share a folder, and a log's name does not tell its trail: all of them must be without a
 * hole there, or have ended or not begun.
 *
 * The name's minute is not the time of delivery: the user guide's own sample is named 14:45 and holds an event of
 * 14:52. A delivery is taken to come at most an hour after that minute and not more than a quarter before it.
 */
export function trailDue(coverages: readonly Coverage[], from: number, to: number): string | null {
  let due: string | null = null;
  for (const coverage of coverages) {
    const state = stateAt(coverage, from - EARLY_MS, to + HOUR_MS);
    if (state === 'unknown') return null;
    if (state === 'covered') due ??= coverage.trail;
  }
  return due;
}

const EARLY_MS = HOUR_MS / 4;

function stateAt({ spans, started }: Coverage, from: number, to: number): 'covered' | 'inactive' | 'unknown' {
  const first = spans[0];
  const last = spans.at(-1);
  if (first === undefined || last === undefined) return 'inactive';
  if (to < first.from && started) return 'inactive';
  if (from > last.to + OVERDUE_MS) return 'inactive';
  const index = lowerBound(spans, to, (span) => span.to);
  const span = spans[index];
  return span !== undefined && span.from <= from ? 'covered' : 'unknown';
}
