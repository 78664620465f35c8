import type { Cover as CoverEntry, JudgedAccess, Reason } from '../model/access.ts';
import { type Access, isTunnel } from '../model/access.ts';
import type { EvidenceClass } from '../model/recording.ts';
import type { Doubt, Taken } from '../correlate/match.ts';
import { evidenceFound, isEnough, isTrailed, soundnessOf } from './evidence.ts';
import { phaseOf } from './phase.ts';
import type { JudgingPolicy } from './policy.ts';
import * as reasons from './reasons.ts';
import { type Cover, type Phase, VERDICTS } from './state-table.ts';
import { uncoveredBy } from './uncovered.ts';

/** What joining and health found about one access. */
export interface Evidence {
  readonly taken: readonly Taken[];
  readonly doubt: Doubt | null;
  /** Why nothing found means nothing known: a source or recorder that could not be read. */
  readonly blind: string | null;
  /** Why the access's time cannot be trusted; joining by time then proves nothing. */
  readonly timeDoubt: string | null;
  /** The host of these recordings (uids) was only guessed. */
  readonly guessedHost: ReadonlyMap<string, { readonly name: string; readonly target: string }>;
  /** What the inventory shows beside a missing recording: deleted or empty files, a recorder that was off. */
  readonly hints: readonly Reason[];
  /** An empty file that once had content belongs to this access alone: damage, not absence. */
  readonly emptied: boolean;
}

/** What assessing adds to an access. */
export type Assessment = Pick<JudgedAccess, 'verdict' | 'reasons' | 'recordings' | 'evidence'> & {
  readonly phase: Phase;
};

/** Verdict of one access at `now` (epoch ms), by the total state table, with every reason. */
export function assess(
  access: Access,
  targetKind: string,
  evidence: Evidence,
  policy: JudgingPolicy,
  now: number,
): Assessment {
  const required = policy.requiredEvidence({ path: access.path, target: access.target, targetKind });
  const recorder = recorderOf(access, evidence, policy);
  // The record that shows the access is all that is due: nothing has to arrive any more.
  const phase = isTrailed(access)
    ? 'closed'
    : phaseOf(access, policy.graceOf(recorder), policy.maxWaitMs, now);
  const found = evidenceFound(evidence.taken, access);
  const waited = now - (access.closed ?? access.opened) >= policy.maxWaitMs;
  const cover = coverOf(access, evidence, found, required);
  return {
    phase,
    verdict: VERDICTS[phase][cover],
    reasons: reasons.of(access, evidence, { cover, phase, found, required, waited }),
    recordings: evidence.taken.map(toCoverEntry),
    evidence: { required, found },
  };
}

/** Whose graces count: those of the recorder that has it, else of the one that should, else the cloud's own. */
function recorderOf(access: Access, evidence: Evidence, policy: JudgingPolicy): string | null {
  const expected = evidence.taken[0]?.recording.recorder ?? policy.expectedRecorder(access.target);
  if (expected !== null || access.session.cloudSession === undefined) return expected;
  return access.cloud?.provider === 'teleport' ? 'teleport' : CLOUD_RECORDER;
}

/** Recorder of cloud sessions where none is named; a broker records its own. */
const CLOUD_RECORDER = 'ssm';

function coverOf(access: Access, evidence: Evidence, found: EvidenceClass, required: EvidenceClass): Cover {
  if (evidence.taken.length === 0 && isTrailed(access))
    return isEnough(found, required) ? 'sound' : 'damaged';
  if (evidence.taken.length === 0) return coverWithoutRecording(access, evidence);
  const onlyGuessed = evidence.taken.every(
    (part) => part.join !== 'exact' && evidence.guessedHost.has(part.recording.uid),
  );
  if (evidence.doubt || onlyGuessed) return 'doubt';
  if (evidence.timeDoubt !== null && evidence.taken.every((part) => part.join === 'matched')) return 'doubt';
  if (uncoveredBy(evidence.taken).length > 0) return 'damaged';
  const states = evidence.taken.map((part) => soundnessOf(part.recording));
  if (states.includes('damaged')) return 'damaged';
  if (states.includes('unfinished')) return 'unfinished';
  return isEnough(found, required) ? 'sound' : 'damaged';
}

function coverWithoutRecording(access: Access, evidence: Evidence): Cover {
  if (evidence.emptied) return 'damaged';
  if (isTunnel(access) || access.ioLog === 'denied' || isSwitchedOff(access))
    return evidence.doubt ? 'doubt' : 'hopeless';
  if (evidence.doubt || evidence.timeDoubt !== null) return 'doubt';
  return evidence.blind === null ? 'none' : 'blind';
}

/** Its own record says that nothing of it is kept. */
function isSwitchedOff({ cloud }: Access): boolean {
  return cloud?.output === 'none' || cloud?.brokered?.mode === 'off';
}

function toCoverEntry(part: Taken): CoverEntry {
  return {
    uid: part.recording.uid,
    join: part.join,
    covers: Math.round(part.coverage.share * 1000) / 1000,
    endProven: part.recording.endProven,
    why: part.why,
  };
}
