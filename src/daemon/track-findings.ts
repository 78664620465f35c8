import type { Finding } from '../model/finding.ts';
import type { TrackedFinding } from '../model/tracked-finding.ts';

/**
 * Life cycle of findings between two judgements: what is found opens or goes on, what is found no longer resolves.
 * Only findings in `scope` can resolve: what was not looked at this time stays as it is. Returns what changed.
 */
export function trackFindings(
  stored: ReadonlyMap<string, TrackedFinding>,
  found: readonly Finding[],
  inScope: (finding: Finding) => boolean,
  now: number,
): TrackedFinding[] {
  const produced = new Map(found.map((finding) => [finding.uid, finding]));
  const changed: TrackedFinding[] = [];
  for (const finding of produced.values()) {
    const next = advance(stored.get(finding.uid), finding, now);
    if (next) changed.push(next);
  }
  for (const tracked of stored.values()) {
    const { finding } = tracked;
    if (finding.status === 'resolved' || produced.has(finding.uid) || !inScope(finding)) continue;
    changed.push({
      ...tracked,
      finding: { ...finding, status: 'resolved' },
      updatedAt: now,
      resolvedAt: now,
    });
  }
  return changed;
}

function advance(tracked: TrackedFinding | undefined, finding: Finding, now: number): TrackedFinding | null {
  if (!tracked || tracked.finding.status === 'resolved') {
    return {
      finding,
      openedAt: now,
      updatedAt: now,
      resolvedAt: null,
      acknowledgedAt: null,
      acknowledgedBy: null,
    };
  }
  const next = { ...finding, status: tracked.finding.status };
  return sameText(tracked.finding, next) ? null : { ...tracked, finding: next, updatedAt: now };
}

/** Watermarks move with every pass; only what a person would read as news is a change. */
function sameText(a: Finding, b: Finding): boolean {
  const text = (one: Finding) =>
    JSON.stringify([one.level, one.title, one.rule, one.evidence.filter(isNews)]);
  return text(a) === text(b);
}

function isNews(sentence: string): boolean {
  return (
    !sentence.startsWith('Searched: ') && !sentence.startsWith('Recorder ') && !sentence.startsWith('Source ')
  );
}
