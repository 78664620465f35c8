import type { JudgedAccess } from '../../model/access.ts';
import type { ReplayFacts } from './facts.ts';
import type { Past } from './past.ts';

/**
 * Subjects that cannot be compared, by uid: recordings without any time, which each pass dates by its own clock; and
 * those whose facts the store has no more. Retention keeps an open finding with its access longer than the events and
 * recordings behind them: that they are not found again says nothing.
 */
export function findUnjudged(
  past: Past,
  after: readonly JudgedAccess[],
  { origin, events, recordings }: Pick<ReplayFacts, 'origin' | 'events' | 'recordings'>,
): ReadonlySet<string> {
  const timeless = recordings.filter((one) => one.opened === null && one.closed === null);
  const found = timeless.map((one) => one.uid);
  if (origin === 'paths') return new Set(found);
  return new Set([
    ...found,
    ...purgedAccesses(past, after, events),
    ...purgedSubjects(past, events, recordings),
  ]);
}

/** An access opens with one of its records. */
function purgedAccesses(past: Past, after: readonly JudgedAccess[], events: ReplayFacts['events']): string[] {
  const judged = new Set(after.map((one) => one.uid));
  const gone = past.accesses.filter((one) => !judged.has(one.uid));
  if (gone.length === 0) return [];
  const times = new Set(events.map((event) => event.time));
  return gone.filter((one) => !times.has(one.opened)).map((one) => one.uid);
}

function purgedSubjects(
  past: Past,
  events: ReplayFacts['events'],
  recordings: ReplayFacts['recordings'],
): string[] {
  const subjects = past.findings.map((one) => one.subject).filter((one) => one.type !== 'access');
  if (subjects.length === 0) return [];
  const kept = new Set([...events, ...recordings].map((one) => one.uid));
  return subjects.filter((one) => !kept.has(one.uid)).map((one) => one.uid);
}
