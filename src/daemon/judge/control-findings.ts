import type { ControlChange, ControlState } from '../../model/control.ts';
import type { Event } from '../../model/event.ts';
import type { Finding } from '../../model/finding.ts';
import { findMatchedRules, toControlFinding } from '../../rules/evaluate.ts';
import { toChangeRecord } from '../../rules/records/change.ts';
import { toControlRecord } from '../../rules/records/control.ts';
import { toTrailRecord } from '../../rules/records/trail.ts';
import { toIso } from '../../util/iso.ts';
import type { JudgeOptions } from './facts.ts';
import type { JudgedFacts } from './findings.ts';
import { speak } from './speak.ts';

/** Calls named beside a change that a look at the configuration saw; more are counted. */
const NAMED_CALLS = 3;
/** A call is stamped by the service that took it, a look by this machine. */
const SKEW_MS = 60_000;

/** What the trail's records say about recording and its evidence, as the rules matched them when they were read. */
export function screenedFindings({ facts, options }: JudgedFacts): Finding[] {
  return facts.events.flatMap((event) => {
    const matches = event.detail.cloud?.rules ?? [];
    if (event.time < options.from || event.time >= options.to) return [];
    if (matches.length === 0) return changeFindings(event, options);
    const found = findMatchedRules(options.rules, matches);
    return found.map(({ rule, summary }) => toControlFinding(rule, summary, contextOf(event)));
  });
}

/** A change that no rule on the record itself spoke about: rules on what it means can. */
function changeFindings(event: Event, options: JudgeOptions): Finding[] {
  const record = toChangeRecord(event);
  return record === null ? [] : speak(options.rules, record, contextOf(event));
}

function contextOf(event: Event) {
  return {
    subject: { type: 'control' as const, uid: event.uid },
    target: event.target ?? event.detail.cloud?.account ?? null,
    account: event.account,
    time: event.time,
    evidence: [callText(event)],
    refs: [event.ref],
  };
}

function callText(event: Event): string {
  const { cloud } = event.detail;
  const from = event.origin === null ? '' : ` from ${event.origin.ip}`;
  const what = cloud?.resource === undefined ? '' : ` on ${cloud.resource}`;
  const where = `account ${cloud?.account ?? 'unknown'}, region ${cloud?.region ?? 'unknown'}`;
  const who = cloud?.arn ?? event.account ?? 'somebody';
  return `${toIso(event.time)}: ${who}${from} called ${cloud?.service ?? ''}:${cloud?.action ?? ''}${what} (${where}).`;
}

/** What looks at configurations show: what they leave open now, and what changed with before and after. */
export function controlFindings(judged: JudgedFacts): Finding[] {
  return judged.facts.controls.flatMap((state) => [
    ...state.weaknesses.flatMap((weakness) =>
      speak(judged.options.rules, toControlRecord(state, { weakness }), {
        subject: { type: 'control', uid: `${state.key} ${weakness.code}` },
        ...placeOf(state),
        time: weakness.since,
        evidence: [`Seen since ${toIso(weakness.since)}.`, ...callsAround(judged, state, null)],
      }),
    ),
    ...state.changes.flatMap((change) =>
      speak(judged.options.rules, toControlRecord(state, { change }), {
        subject: { type: 'control', uid: `${state.key} ${change.field} ${change.to}` },
        ...placeOf(state),
        time: change.to,
        evidence: [
          `Changed between ${toIso(change.from)} and ${toIso(change.to)}.`,
          ...callsAround(judged, state, change),
        ],
      }),
    ),
  ]);
}

function placeOf(state: ControlState) {
  return { target: state.account, account: null, refs: [{ source: state.key, record: toIso(state.at) }] };
}

/** Service of the calls that change a kind of configuration. */
const SERVICES: Readonly<Record<string, string>> = {
  trail: 'cloudtrail',
  'trail-status': 'cloudtrail',
  'ssm-preferences': 'ssm',
  'ecs-cluster': 'ecs',
  bucket: 's3',
};

/** Who can have made a change, by the trail: the look itself sees only the result. */
function callsAround({ facts }: JudgedFacts, state: ControlState, change: ControlChange | null): string[] {
  const from = change === null ? -Infinity : change.from - SKEW_MS;
  const to = change === null ? Infinity : change.to + SKEW_MS;
  const calls = facts.events.filter(({ kind, time, detail: { cloud } }) => {
    if (kind !== 'control.change' || cloud === undefined || time < from || time > to) return false;
    if (cloud.service !== SERVICES[state.kind] || cloud.account !== state.account) return false;
    return state.kind === 'bucket' ? cloud.resource === state.resource : cloud.region === state.region;
  });
  const latest = calls.toSorted((a, b) => a.time - b.time).slice(-NAMED_CALLS);
  if (latest.length > 0) return latest.map(callText);
  return change === null ? [] : ['No call that explains it was read.'];
}

/** What a trail's digests show about its files. */
export function trailFindings({ facts, options }: JudgedFacts): Finding[] {
  return facts.trailProblems.flatMap((problem) =>
    speak(options.rules, toTrailRecord(problem), {
      subject: { type: 'control', uid: `${problem.code} ${problem.object}` },
      target: problem.account,
      account: null,
      time: problem.from,
      evidence: [`${problem.object}: ${problem.detail}`],
      refs: [{ source: problem.object, record: '' }],
    }),
  );
}
