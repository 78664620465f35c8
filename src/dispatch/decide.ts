import type { Alert } from '../model/alert.ts';
import type { FindingStatus, Level } from '../model/finding.ts';
import { LEVELS } from '../model/finding.ts';
import type { DispatchCandidate, Notice, PastNotice } from '../model/tracked-finding.ts';
import { toIso } from '../util/iso.ts';
import type { Due, GroupLabel, Grouping } from './group.ts';
import { groupDue, labelsOf, labelsText } from './group.ts';
import { toAlert, toNotices } from './to-alert.ts';

/** Which findings go to which receivers, and how they are grouped. */
export interface Route {
  readonly receivers: readonly string[];
  /** Findings that agree in these go into one alert. */
  readonly groupBy: readonly GroupLabel[];
  /** Ms that the first finding of a group waits for company. */
  readonly groupWaitMs: number;
  /** Ms after which a finding that is still open is sent again; 0 means never. */
  readonly repeatIntervalMs: number;
  readonly minLevel: Level;
}

export interface DispatchInput {
  readonly candidates: readonly DispatchCandidate[];
  readonly route: Route;
  /** Epoch ms. */
  readonly now: number;
  /** True where no pass was ever completed: all that the old logs hold becomes one digest per receiver. */
  readonly firstRun: boolean;
}

export type DecisionKind = 'notify' | 'wait' | 'deduplicated' | 'below-level' | 'resolved-notice' | 'repeat';

/** What was decided for one finding and one receiver, and why. */
export interface Decision {
  readonly finding: string;
  readonly receiver: string;
  readonly decision: DecisionKind;
  readonly reason: string;
  /** Id of the alert that carries it. */
  readonly alert: string | null;
}

export interface Dispatch {
  readonly alerts: readonly Alert[];
  /** To be saved in the transaction that saves the alerts: they are what makes the next pass deduplicate. */
  readonly notices: readonly Notice[];
  readonly decisions: readonly Decision[];
}

/**
 * Decides what each receiver is told. A finding is told once as firing, again only after the repeat interval while
 * it is open and unacknowledged, and once as resolved if its firing was told. The same input gives the same alerts
 * with the same ids, whatever the order of the candidates.
 */
export function decide(input: DispatchInput): Dispatch {
  const verdicts = input.candidates.flatMap((candidate) => judgeAll(candidate, input));
  const settled = verdicts.filter((verdict) => verdict.due === null).map(({ decision }) => decision);
  const dues = verdicts.flatMap((verdict) => (verdict.due === null ? [] : [verdict.due]));
  const groups = groupDue(dues, input);
  const sent = groups.ready.map((group) => sendGroup(group, input.now));
  return {
    alerts: sent.map((each) => each.alert),
    notices: [...sent.flatMap((each) => each.notices), ...farewells(input)],
    decisions: [...settled, ...groups.waiting.map(toWaiting), ...sent.flatMap((each) => each.decisions)],
  };
}

function sendGroup(group: Grouping, now: number): Dispatch & { readonly alert: Alert } {
  const alert = toAlert(group, now);
  const decisions = group.dues.map(
    (due): Decision => ({ ...about(due), decision: due.decision, reason: due.reason, alert: alert.id }),
  );
  return { alert, alerts: [alert], notices: toNotices(group, alert), decisions };
}

function toWaiting(due: Due): Decision {
  return { ...about(due), decision: 'wait', reason: waitReason(due), alert: null };
}

function waitReason({ candidate, labels }: Due): string {
  const since = toIso(candidate.tracked.openedAt);
  return `its group ${labelsText(labels)} waits for company; this finding is open since ${since}`;
}

function about({ candidate, receiver }: Due): { readonly finding: string; readonly receiver: string } {
  return { finding: candidate.tracked.finding.uid, receiver };
}

/** What a receiver believes about a finding, by the latest notice to it. */
type Belief = 'untold' | 'fires' | 'resolved';

type Step = 'tell' | 'repeat' | 'resolve' | 'acknowledged' | 'known' | 'never-told';

/** Total: what a status means for a receiver that believes this. A resolved finding that opened again is news. */
const STEPS: Readonly<Record<FindingStatus, Readonly<Record<Belief, Step>>>> = {
  open: { untold: 'tell', fires: 'repeat', resolved: 'tell' },
  acknowledged: { untold: 'acknowledged', fires: 'acknowledged', resolved: 'acknowledged' },
  resolved: { untold: 'never-told', fires: 'resolve', resolved: 'known' },
};

interface Judged {
  readonly decision: Decision;
  /** What is to be sent; null where nothing is. */
  readonly due: Due | null;
}

function judgeAll(candidate: DispatchCandidate, input: DispatchInput): Judged[] {
  return [...new Set(input.route.receivers)].map((receiver) => judge(candidate, receiver, input));
}

function judge(candidate: DispatchCandidate, receiver: string, input: DispatchInput): Judged {
  const last = candidate.notices.find((notice) => notice.receiver === receiver);
  const { tracked } = candidate;
  const step = STEPS[tracked.finding.status][belief(last)];
  const [decision, reason] = REASONS[step](candidate, last, input);
  const settled: Decision = { finding: tracked.finding.uid, receiver, decision, reason, alert: null };
  if (decision !== 'notify' && decision !== 'repeat' && decision !== 'resolved-notice') {
    return { decision: settled, due: null };
  }
  const labels = labelsOf(tracked.finding, input.route.groupBy);
  const sequence = (last?.sequence ?? 0) + 1;
  return { decision: settled, due: { candidate, receiver, decision, reason, labels, sequence } };
}

function belief(last: PastNotice | undefined): Belief {
  if (last === undefined) return 'untold';
  return last.kind === 'resolved' ? 'resolved' : 'fires';
}

type Why = readonly [DecisionKind, string];

const REASONS: Readonly<
  Record<Step, (candidate: DispatchCandidate, last: PastNotice | undefined, input: DispatchInput) => Why>
> = {
  tell: ({ tracked: { finding } }, last, { route }) => {
    if (LEVELS.indexOf(finding.level) < LEVELS.indexOf(route.minLevel)) {
      return ['below-level', `its level ${finding.level} is below ${route.minLevel}`];
    }
    return ['notify', last === undefined ? 'it was never told' : 'it opened again after it was resolved'];
  },
  repeat: (_, last, input) => repeatReason(last, input),
  resolve: () => ['resolved-notice', 'it was told as firing and is resolved'],
  acknowledged: ({ tracked }) => [
    'deduplicated',
    `${tracked.acknowledgedBy ?? 'someone'} has taken note of it at ${toIso(tracked.acknowledgedAt ?? 0)}`,
  ],
  known: (_, last) => ['deduplicated', `its end was told at ${toIso(last?.at ?? 0)}`],
  'never-told': () => ['deduplicated', 'it was resolved before it was told'],
};

function repeatReason(last: PastNotice | undefined, { route, now }: DispatchInput): Why {
  const told = `it was told at ${toIso(last?.at ?? 0)}`;
  if (last?.delivery === 'pending') return ['deduplicated', `${told} and that alert is still under way`];
  if (route.repeatIntervalMs <= 0) return ['deduplicated', `${told} and is never repeated`];
  const dueAt = (last?.at ?? 0) + route.repeatIntervalMs;
  if (now < dueAt) return ['deduplicated', `${told}; to be repeated from ${toIso(dueAt)}`];
  return ['repeat', `${told} and is still open`];
}

/** Receivers that were removed will never be told of an end: closing their notices lets findings be forgotten. */
function farewells({ candidates, route, now }: DispatchInput): Notice[] {
  const gone = candidates
    .filter(({ tracked }) => tracked.finding.status === 'resolved')
    .flatMap(({ notices }) => notices)
    .filter((notice) => notice.kind !== 'resolved' && !route.receivers.includes(notice.receiver));
  return gone.map(({ finding, receiver, sequence }) => {
    return { finding, receiver, sequence: sequence + 1, kind: 'resolved', alert: null, at: now };
  });
}
