import { type Access, type Reason, isTunnel } from '../model/access.ts';
import type { EvidenceClass } from '../model/recording.ts';
import type { Taken } from '../correlate/match.ts';
import { toIso } from '../util/iso.ts';
import type { Evidence } from './assess.ts';
import { isEnough, isTrailed } from './evidence.ts';
import type { Cover, Phase } from './state-table.ts';
import { uncoveredBy } from './uncovered.ts';

export interface Findings {
  readonly cover: Cover;
  readonly phase: Phase;
  readonly found: EvidenceClass;
  readonly required: EvidenceClass;
  /** The longest wait is over: what is still not known is told. */
  readonly waited: boolean;
}

/** Every reason for a verdict, the deciding ones first. */
export function of(access: Access, evidence: Evidence, findings: Findings): Reason[] {
  const all =
    evidence.taken.length === 0
      ? withoutRecording(access, evidence, findings)
      : withRecording(evidence, findings);
  return unique([...all, ...context(access, evidence)]);
}

/** The audit trail is the evidence of what is done by its calls. */
function trailed(found: EvidenceClass, required: EvidenceClass): Reason {
  return isEnough(found, required)
    ? { code: 'trail-is-evidence', detail: 'the audit trail records each call: no session recording is due' }
    : { code: 'evidence-class-too-low', detail: `${required} is required, the audit trail yields ${found}` };
}

function withoutRecording(access: Access, evidence: Evidence, findings: Findings): Reason[] {
  const { cover, phase, waited, found, required } = findings;
  if (isTrailed(access)) return [trailed(found, required)];
  if (cover === 'doubt') return doubts(evidence);
  if (cover === 'blind') return blindness(evidence.blind ?? '', waited);
  if (isTunnel(access)) return [{ code: 'tunnel-unrecordable', detail: tunnelText(access) }];
  if (phase === 'young') return [{ code: 'waiting', detail: 'a recording may still begin' }];
  if (cover === 'damaged') return [...evidence.hints];
  const told = [...notStored(access), ...evidence.hints];
  const disabled = told.filter((hint) => hint.code === 'recording-disabled');
  const rest = told.filter((hint) => hint.code !== 'recording-disabled');
  return [...disabled, { code: 'no-recording', detail: absence(access) }, ...rest];
}

function tunnelText({ cloud }: Access): string {
  if (cloud === null) return 'a forwarding-only connection: no recorder can see its content';
  const { host, port } = cloud.forwards ?? { host: null, port: null };
  const where = port === null ? '' : ` to ${host ?? 'its target'} port ${port}`;
  return `${cloud.document ?? cloud.action} opens a tunnel${where}: its content is not logged`;
}

function notStored({ cloud }: Access): Reason[] {
  if (cloud?.brokered?.mode === 'off')
    return [
      { code: 'recording-disabled', detail: 'the broker says of this session that its recording is off' },
    ];
  if (cloud?.output !== 'none') return [];
  return [{ code: 'recording-disabled', detail: 'the call names no place where its output is stored' }];
}

function blindness(why: string, waited: boolean): Reason[] {
  const lagging = { code: 'source-lagging', detail: why };
  const late = { code: 'low-confidence-match', detail: 'it could not be judged within the longest wait' };
  return waited ? [lagging, late] : [lagging];
}

function absence(access: Access): string {
  if (access.ioLog === 'claimed') {
    const id = access.session.tsid ?? access.session.iologPath ?? '';
    return `sudo names the I/O log ${id}, but no recorder has it`;
  }
  const { cloudSession } = access.session;
  if (cloudSession !== undefined)
    return `no recording of session ${cloudSession} on ${access.target} was found`;
  const what = access.actor === null ? 'account' : `${access.actor} acting as`;
  return `no recording of ${what} ${access.account} on ${access.target} fits`;
}

function doubts(evidence: Evidence): Reason[] {
  const out: Reason[] = [];
  if (evidence.timeDoubt !== null) out.push({ code: 'time-assumed', detail: evidence.timeDoubt });
  if (evidence.doubt) {
    const rivals = evidence.doubt.rivals.length === 0 ? '' : ` (${evidence.doubt.rivals.join(', ')})`;
    out.push({ code: 'low-confidence-match', detail: `${evidence.doubt.why}${rivals}` });
  }
  return out;
}

function withRecording(evidence: Evidence, { cover, found, required }: Findings): Reason[] {
  const problems = evidence.taken.flatMap((part) => part.recording.problems);
  const stretches = uncoveredBy(evidence.taken).map((one) => ({
    code: 'recording-truncated',
    detail: `not covered: ${toIso(one.from)} to ${toIso(one.to)}`,
  }));
  const weak = {
    code: 'evidence-class-too-low',
    detail: `${required} is required, the recording yields ${found}`,
  };
  return [
    ...(cover === 'doubt' ? doubts(evidence) : []),
    ...guesses(evidence),
    ...problems.map((one) => ({ code: one.code, detail: one.detail })),
    ...stretches,
    ...(isEnough(found, required) || problems.length > 0 ? [] : [weak]),
  ];
}

function guesses(evidence: Evidence): Reason[] {
  return evidence.taken.flatMap((part) => {
    const guess = evidence.guessedHost.get(part.recording.uid);
    if (!guess) return [];
    const detail = `the recording says host ${guess.name}; declare it as an alias of ${guess.target} if it is one`;
    const code = part.join === 'exact' ? 'alias-suggested' : 'low-confidence-match';
    return [{ code, detail }];
  });
}

/** Facts that explain a verdict without deciding it. */
function context(access: Access, evidence: Evidence): Reason[] {
  const out: Reason[] = [];
  if (access.forcedCommand !== null) out.push({ code: 'forced-command', detail: access.forcedCommand });
  if (access.withoutAccepted) {
    out.push({ code: 'source-weakened', detail: 'sshd logged no Accepted line: its LogLevel is below INFO' });
  }
  if (evidence.taken.some(isUnproven)) {
    out.push({
      code: 'end-unproven',
      detail: 'the format has no end marker and nothing contradicts its end',
    });
  }
  return out;
}

function isUnproven(part: Taken): boolean {
  return !part.recording.endProven && !part.recording.hasEndMarker;
}

function unique(reasons: readonly Reason[]): Reason[] {
  return [...new Map(reasons.map((one) => [`${one.code} ${one.detail}`, one])).values()];
}
