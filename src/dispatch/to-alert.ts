import type { Alert } from '../model/alert.ts';
import type { Finding, Level } from '../model/finding.ts';
import { LEVELS } from '../model/finding.ts';
import type { Notice, NoticeKind } from '../model/tracked-finding.ts';
import { stableId } from '../util/ids.ts';
import type { Due, Grouping } from './group.ts';
import { toInert } from './inert.ts';

/** Findings listed in one alert; at about 2 KB each, 100 KB. The rest is counted, and can be looked up. */
export const MAX_LISTED = 50;

/** An alert about a group: the worst first, then the oldest. */
export function toAlert(group: Grouping, now: number): Alert {
  const findings = group.dues.map((due) => due.candidate.tracked.finding).toSorted(byWeight);
  const level = findings[0]?.level ?? 'informational';
  return {
    id: alertId(group),
    receiver: group.receiver,
    status: group.status,
    level,
    title: toTitle(group, findings, level),
    created: now,
    groupLabels: group.labels,
    findings: findings.slice(0, MAX_LISTED),
    omitted: Math.max(0, findings.length - MAX_LISTED),
  };
}

function byWeight(a: Finding, b: Finding): number {
  const weight = LEVELS.indexOf(b.level) - LEVELS.indexOf(a.level);
  return weight || a.time - b.time || (a.uid < b.uid ? -1 : 1);
}

/**
 * Made from what is told and how often it was told before: a pass that is decided anew after a crash gives the id
 * that receivers and the outbox already know, and a repeat gives a new one.
 */
function alertId(group: Grouping): string {
  const told = group.dues.map((due) => `${due.candidate.tracked.finding.uid}#${due.sequence}`);
  return stableId('alr', [group.receiver, group.status, ...told.toSorted()]);
}

function toTitle(group: Grouping, findings: readonly Finding[], level: Level): string {
  const [first] = findings;
  const prefix = group.status === 'resolved' ? 'resolved' : level;
  if (findings.length === 1 && first !== undefined) {
    return toInert(`[${prefix}] ${first.title}${first.target === null ? '' : ` on ${first.target}`}`);
  }
  const values = Object.values(group.labels);
  const where = values.length > 0 ? values.join(', ') : `${group.groups} groups`;
  return toInert(`[${prefix}] ${findings.length} findings: ${where}`);
}

const KINDS: Readonly<Record<Due['decision'], NoticeKind>> = {
  notify: 'firing',
  repeat: 'repeat',
  'resolved-notice': 'resolved',
};

/** One notice per finding of the group, also for those that the alert only counts. */
export function toNotices(group: Grouping, alert: Alert): Notice[] {
  return group.dues.map((due) => ({
    finding: due.candidate.tracked.finding.uid,
    receiver: due.receiver,
    sequence: due.sequence,
    kind: KINDS[due.decision],
    alert: alert.id,
    at: alert.created,
  }));
}
