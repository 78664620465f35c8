import type { Finding } from '../model/finding.ts';
import type { DispatchCandidate } from '../model/tracked-finding.ts';

export type GroupLabel = 'target' | 'check' | 'rule' | 'level' | 'account';
export type Labels = Readonly<Record<string, string>>;

/** One finding to be told to one receiver. */
export interface Due {
  readonly candidate: DispatchCandidate;
  readonly receiver: string;
  readonly decision: 'notify' | 'repeat' | 'resolved-notice';
  readonly reason: string;
  readonly labels: Labels;
  /** Number of this notice to this receiver. */
  readonly sequence: number;
}

/** Findings that go out in one alert. */
export interface Grouping {
  readonly receiver: string;
  readonly status: 'firing' | 'resolved';
  readonly labels: Labels;
  /** Groups that a digest put together; 1 where it is none. */
  readonly groups: number;
  readonly dues: readonly Due[];
}

export interface Groups {
  readonly ready: readonly Grouping[];
  /** Findings of groups that still wait for company. */
  readonly waiting: readonly Due[];
}

/**
 * More groups than this for one receiver in one pass become one digest: a morning with 25 separate mails is read,
 * one with 200 is filtered away.
 */
export const MAX_GROUPS = 25;

/** Groups what is due by receiver, status and labels, and puts too many groups together. */
export function groupDue(
  dues: readonly Due[],
  input: {
    readonly route: { readonly groupWaitMs: number };
    readonly now: number;
    readonly firstRun: boolean;
  },
): Groups {
  const groups = [...Map.groupBy(dues, groupKey).values()].map(toGrouping);
  // Nothing that old logs held gets more urgent or more complete by waiting.
  const ready = groups.filter((group) => input.firstRun || isRipe(group, input));
  const waiting = groups.filter((group) => !ready.includes(group)).flatMap((group) => group.dues);
  const perReceiver = [...Map.groupBy(ready, (group) => `${group.receiver}\0${group.status}`).values()];
  return { ready: perReceiver.flatMap((some) => digested(some, input.firstRun)), waiting };
}

function groupKey({ receiver, decision, labels }: Due): string {
  return JSON.stringify([receiver, statusOf(decision), Object.entries(labels)]);
}

function statusOf(decision: Due['decision']): 'firing' | 'resolved' {
  return decision === 'resolved-notice' ? 'resolved' : 'firing';
}

function toGrouping(dues: readonly Due[]): Grouping {
  const [first] = dues;
  return {
    receiver: first?.receiver ?? '',
    status: statusOf(first?.decision ?? 'notify'),
    labels: first?.labels ?? {},
    groups: 1,
    dues,
  };
}

/** News waits for company from the opening of the group's oldest untold finding; repeats and ends wait for nothing. */
function isRipe(
  group: Grouping,
  input: { readonly route: { readonly groupWaitMs: number }; readonly now: number },
): boolean {
  const news = group.dues.filter((due) => due.decision === 'notify');
  if (news.length === 0) return true;
  const oldest = news.reduce((least, due) => Math.min(least, due.candidate.tracked.openedAt), Infinity);
  return input.now - oldest >= input.route.groupWaitMs;
}

function digested(groups: readonly Grouping[], firstRun: boolean): readonly Grouping[] {
  const [first] = groups;
  if (first === undefined || groups.length <= (firstRun ? 1 : MAX_GROUPS)) return groups;
  return [{ ...first, labels: {}, groups: groups.length, dues: groups.flatMap((group) => group.dues) }];
}

/** Labels of a finding; those that it does not have are left out. */
export function labelsOf(finding: Finding, groupBy: readonly GroupLabel[]): Labels {
  return Object.fromEntries(
    groupBy.flatMap((label) => (finding[label] === null ? [] : [[label, finding[label]]])),
  );
}

/** `{target=web01, check=no-recording}` */
export function labelsText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}=${value}`);
  return `{${pairs.join(', ')}}`;
}
