import { assess, type Assessment } from '../../assess/assess.ts';
import { coverageShare } from '../../assess/coverage-share.ts';
import { explainRecordingOff } from '../../assess/recording-off.ts';
import { findOwnAccess } from '../../assess/own-access.ts';
import { hintsFor } from '../../assess/hints.ts';
import { isCloudSession, recordedEnds } from '../../correlate/cloud/match.ts';
import { isTrailed } from '../../assess/evidence.ts';
import { placeRecordings } from '../../correlate/identity.ts';
import { uniqueByUid } from '../../correlate/order.ts';
import { match, type Matching } from '../../correlate/match.ts';
import { type Sessions, sessionize } from '../../correlate/sessionize.ts';
import type { Access, JudgedAccess } from '../../model/access.ts';
import type { Event } from '../../model/event.ts';
import type { JudgedRecording, Judgement } from '../../model/judgement.ts';
import type { Recording } from '../../model/recording.ts';
import { EVERY_HOST } from '../collect/inventory.ts';
import { declaredBreakGlass, ruleFactsOf } from './access-facts.ts';
import { blindHosts, brokenStreams, timeDoubts } from './doubts.ts';
import type { Facts, JudgeOptions } from './facts.ts';
import { findingsOf } from './findings.ts';
import { withOwnerProblems } from './ownership.ts';
import { classify } from '../../rules/evaluate.ts';
import { toAccessRecord } from '../../rules/records/access.ts';

/**
 * Facts → verdicts and findings: identify, sessionize, match, assess, except, evaluate. Pure but for hashing: the
 * same facts at the same `now` give the same judgement, in whatever order they arrived.
 */
export function judge(facts: Facts, options: JudgeOptions): Judgement {
  const events = facts.events.map((event) => identified(event, options));
  const sessions = sessionize(events, addressesOf(options), recordedEnds(facts.recordings));
  const hosts = new Set(events.flatMap((event) => event.target ?? []));
  const placed = placeRecordings(uniqueByUid(facts.recordings), hosts, options.identity);
  const recordings = withOwnerProblems(placed.recordings, sessions.accesses);
  const matching = match(sessions.accesses, recordings, {
    toleranceMs: options.policy.toleranceMs,
    now: options.now,
  });
  const assessed = assessAll(facts, sessions, matching, recordings, placed.guessed, options);
  const accesses = withCarriers(assessed).filter((one) => isInWindow(one, options));
  const judgedRecordings = withAccesses(recordings, matching);
  const findings = findingsOf({ facts, options, accesses, recordings: judgedRecordings, matching, sessions });
  return {
    now: options.now,
    accesses,
    recordings: judgedRecordings,
    findings,
    sources: facts.sources,
    recorders: facts.recorders,
    coverage: coverageShare(accesses),
  };
}

function isInWindow(access: Access, options: JudgeOptions): boolean {
  return access.opened >= options.from && access.opened < options.to;
}

function identified(event: Event, options: JudgeOptions): Event {
  if (event.target === null) return event;
  const target = options.identity.target(event.target);
  return target === event.target ? event : { ...event, target };
}

function addressesOf(options: JudgeOptions): Map<string, Set<string>> {
  return new Map(options.inventory.targets.map((target) => [target.id, new Set(target.addresses)]));
}

function assessAll(
  facts: Facts,
  sessions: Sessions,
  matching: Matching,
  recordings: readonly Recording[],
  guessedHost: ReadonlyMap<string, { name: string; target: string }>,
  options: JudgeOptions,
): JudgedAccess[] {
  const uncovered = sessions.accesses.filter((access) => !matching.taken.has(access.uid));
  const hints = hintsFor(uncovered, sessions.accesses, recordings);
  const switchedOff = explainRecordingOff(uncovered, facts.events);
  const doubtful = timeDoubts(sessions.accesses, matching, sessions.signs);
  const broken = brokenStreams(facts.sources);
  const blindTo = {
    hosts: new Map([...blindHosts(facts.recorders, 'hosts'), ...broken]),
    // What a trail still holds back are ends and further sessions: it proves no recording.
    cloud: blindHosts(facts.recorders, 'cloud'),
  };
  return sessions.accesses.map((access) => {
    const blind = isCloudSession(access) ? blindTo.cloud : blindTo.hosts;
    const target = options.identity.findTarget(access.target);
    const assessment = assess(
      access,
      target?.kind ?? kindOf(access),
      {
        taken: matching.taken.get(access.uid) ?? [],
        doubt: matching.doubts.get(access.uid) ?? null,
        blind: firstOf(blind, [
          access.session.cloudSession ?? '',
          access.target,
          ...access.streams,
          EVERY_HOST,
        ]),
        timeDoubt: firstOf(doubtful, access.streams),
        guessedHost,
        hints: [...(switchedOff.get(access.uid) ?? []), ...(hints.reasons.get(access.uid) ?? [])],
        emptied: hints.emptied.has(access.uid),
      },
      options.policy,
      options.now,
    );
    return classified(toJudged(access, assessment, matching, options), options);
  });
}

/** A target that no inventory names: an account's own number where the account itself was reached. */
function kindOf(access: Access): JudgedAccess['targetKind'] {
  return isTrailed(access) ? 'cloud' : 'host';
}

function firstOf(reasons: ReadonlyMap<string, string>, keys: readonly string[]): string | null {
  return keys.map((key) => reasons.get(key)).find((reason) => reason !== undefined) ?? null;
}

function toJudged(
  access: Access,
  assessment: Assessment,
  matching: Matching,
  options: JudgeOptions,
): JudgedAccess {
  const target = options.identity.findTarget(access.target);
  const principal = options.identity.principal({
    account: nameOf(access),
    names: access.cloud?.names ?? [],
    target: access.target,
    credential: access.credential,
    time: access.opened,
  });
  const { phase: _phase, ...rest } = assessment;
  return {
    ...access,
    ...rest,
    principal: principal ? { id: principal.id, kind: principal.kind } : null,
    targetKind: target?.kind ?? kindOf(access),
    tier: target?.tier ?? null,
    privileged: false,
    breakGlass: false,
    nearMisses: matching.nearMisses.get(access.uid) ?? [],
    exception: null,
    acceptedAfterwards: null,
  };
}

/** What a cloud's session is called may be its caller's choice: there only the names that are not may name a person. */
function nameOf(access: Access): string {
  return isCloudSession(access) ? (access.cloud?.names[0] ?? '') : (access.actor ?? access.account);
}

/** Rules say what is privileged and what is break-glass; exceptions then apply to the verdict. */
function classified(access: JudgedAccess, options: JudgeOptions): JudgedAccess {
  const record = toAccessRecord(
    access,
    ruleFactsOf(access, null, declaredBreakGlass(access, options), options),
  );
  const { privileged, breakGlass } = classify(options.rules, record);
  const own = findOwnAccess(access, options.own ?? []);
  // Reading logs is no use of privilege; whatever else is done with that key is judged like any access.
  const isOwn = own?.code === 'own-access';
  return options.applyException({
    ...access,
    reasons: own === null ? access.reasons : [...access.reasons, own],
    privileged: privileged && !isOwn,
    breakGlass: breakGlass && !isOwn,
  });
}

/** A tunnel whose carried login is known says so. */
function withCarriers(accesses: readonly JudgedAccess[]): JudgedAccess[] {
  const carried = new Map(accesses.flatMap((one) => (one.via === null ? [] : [[one.via, one] as const])));
  return accesses.map((access) => {
    const inner = carried.get(access.uid);
    if (!inner) return access;
    const detail = `it carried ${inner.uid} (${inner.account} on ${inner.target}, ${inner.verdict})`;
    return { ...access, reasons: [...access.reasons, { code: 'carried', detail }] };
  });
}

function withAccesses(recordings: readonly Recording[], matching: Matching): JudgedRecording[] {
  const users = new Map<string, string[]>();
  for (const [uid, parts] of matching.taken) {
    for (const { recording } of parts) users.set(recording.uid, [...(users.get(recording.uid) ?? []), uid]);
  }
  return recordings.map((recording) => ({ ...recording, accesses: users.get(recording.uid) ?? [] }));
}
