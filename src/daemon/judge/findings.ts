import type { Matching } from '../../correlate/match.ts';
import type { Sessions } from '../../correlate/sessionize.ts';
import type { JudgedAccess } from '../../model/access.ts';
import type { Finding } from '../../model/finding.ts';
import type { JudgedRecording } from '../../model/judgement.ts';
import { toAccessRecord } from '../../rules/records/access.ts';
import { toExceptionProblemRecord } from '../../rules/records/exception.ts';
import { toRecordingRecord } from '../../rules/records/recording.ts';
import { toRunRecord } from '../../rules/records/run.ts';
import { declaredBreakGlass, ruleFactsOf } from './access-facts.ts';
import { controlFindings, screenedFindings, trailFindings } from './control-findings.ts';
import { describeAccess, describeRecording } from './describe.ts';
import type { Facts, JudgeOptions } from './facts.ts';
import { recorderFindings, sourceFindings } from './health-findings.ts';
import { speak } from './speak.ts';

export interface JudgedFacts {
  readonly facts: Facts;
  readonly options: JudgeOptions;
  readonly accesses: readonly JudgedAccess[];
  readonly recordings: readonly JudgedRecording[];
  readonly matching: Matching;
  readonly sessions: Sessions;
}

/** Lets the rules speak about every access, recording, source, recorder, exception and run. */
export function findingsOf(judged: JudgedFacts): Finding[] {
  return [
    ...accessFindings(judged),
    ...recordingFindings(judged),
    ...screenedFindings(judged),
    ...controlFindings(judged),
    ...trailFindings(judged),
    ...sourceFindings(judged),
    ...recorderFindings(judged),
    ...exceptionFindings(judged),
    ...runFindings(judged),
  ];
}

function accessFindings({ facts, options, accesses }: JudgedFacts): Finding[] {
  const carried = new Map(accesses.flatMap((one) => (one.via === null ? [] : [[one.via, one] as const])));
  return accesses.flatMap((access) => {
    const inner = carried.get(access.uid) ?? null;
    const ruleFacts = ruleFactsOf(access, inner, declaredBreakGlass(access, options), options);
    return speak(options.rules, toAccessRecord(access, ruleFacts), {
      subject: { type: 'access', uid: access.uid },
      target: access.target,
      account: access.account,
      time: access.opened,
      evidence: describeAccess(
        access,
        facts.recorders,
        options.identity.findTarget(access.target)?.owner ?? null,
      ),
      refs: access.refs,
    });
  });
}

/** A trail's records come minutes after the fact, 45 of them were seen: a transcript may well be there first. */
const TRAIL_LAG_MS = 60 * 60_000;

function recordingFindings({ options, recordings, accesses }: JudgedFacts): Finding[] {
  const byUid = new Map(accesses.map((access) => [access.uid, access]));
  return recordings.flatMap((recording) => {
    const matched = recording.accesses.length > 0;
    const time = recording.opened ?? recording.closed ?? options.now;
    const ended = recording.closed ?? recording.opened;
    const isOfCloud = recording.ids.cloudSession !== undefined;
    const waitMs = isOfCloud ? TRAIL_LAG_MS : options.policy.toleranceMs;
    const settled = ended === null || options.now - ended >= waitMs;
    const names =
      recording.state === 'corrupt' ||
      (recording.state !== 'missing' && (recording.account !== null || isOfCloud));
    const record = toRecordingRecord(recording, {
      matched,
      orphan: !matched && settled && names,
      lateMs: latenessOf(recording, byUid, options),
    });
    return speak(options.rules, record, {
      subject: { type: 'recording', uid: recording.uid },
      target: recording.target,
      account: recording.account,
      time,
      evidence: describeRecording(recording),
      refs: [recording.ref],
    });
  });
}

/** Ms between the end of a recorder's graces and the first sight of a recording; null where it was in time. */
function latenessOf(
  recording: JudgedRecording,
  accesses: ReadonlyMap<string, JudgedAccess>,
  { firstSeen, policy }: JudgeOptions,
): number | null {
  const seen = firstSeen?.get(recording.uid);
  const ended = endedAt(recording, accesses);
  if (seen === undefined || ended === null) return null;
  const { close, store } = policy.graceOf(recording.recorder);
  const late = seen - (ended + close + store);
  return late > 0 ? late : null;
}

/** A transcript's own time is that of its upload: how late that was, only the end of its session tells. */
function endedAt(recording: JudgedRecording, accesses: ReadonlyMap<string, JudgedAccess>): number | null {
  if (recording.ids.cloudSession === undefined || recording.closed === null) return recording.closed;
  const ends = recording.accesses.flatMap((uid) => {
    const access = accesses.get(uid);
    return access?.closedBy === 'record' && access.closed !== null ? [access.closed] : [];
  });
  return Math.min(recording.closed, ...ends);
}

function exceptionFindings({ facts, options, accesses }: JudgedFacts): Finding[] {
  const problems = facts.exceptionProblems.map((problem) => ({
    record: toExceptionProblemRecord(problem),
    uid: `${problem.id ?? ''}@${problem.place}`,
    evidence: [`${problem.place}: ${problem.message}`],
  }));
  const states = options
    .exceptionHygiene(accesses)
    .map(({ record, id }) => ({ record, uid: id, evidence: [] }));
  return [...problems, ...states].flatMap(({ record, uid, evidence }) =>
    speak(options.rules, record, {
      subject: { type: 'exception', uid },
      target: null,
      account: null,
      time: options.now,
      evidence,
      refs: [],
    }),
  );
}

function runFindings({ facts, options }: JudgedFacts): Finding[] {
  return facts.runs.flatMap(({ code, subject, detail }) =>
    speak(options.rules, toRunRecord(code, detail), {
      subject: { type: 'run', uid: `${code}:${subject}` },
      target: null,
      account: null,
      time: options.now,
      evidence: [detail],
      refs: [],
    }),
  );
}
