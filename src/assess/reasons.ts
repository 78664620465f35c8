import type { Access, Reason } from '../model/access.ts';
import { TUNNELS } from '../model/path.ts';
import type { EvidenceClass } from '../model/recording.ts';
import type { Taken } from '../correlate/match.ts';
import { toIso } from '../util/iso.ts';
import type { Evidence } from './assess.ts';
import { isEnough } from './evidence.ts';
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

function withoutRecording(access: Access, evidence: Evidence, { cover, phase, waited }: Findings): Reason[] {
  if (cover === 'doubt') return doubts(evidence);
  if (cover === 'blind') return blindness(evidence.blind ?? '', waited);
  if (phase === 'young') return [{ code: 'waiting', detail: 'a recording may still begin' }];
  if (TUNNELS.has(access.path)) {
    return [
      {
        code: 'tunnel-unrecordable',
        detail: 'a forwarding-only connection: no recorder can see its content',
      },
    ];
  }
  if (cover === 'damaged') return [...evidence.hints];
  const disabled = evidence.hints.filter((hint) => hint.code === 'recording-disabled');
  const rest = evidence.hints.filter((hint) => hint.code !== 'recording-disabled');
  return [...disabled, { code: 'no-recording', detail: absence(access) }, ...rest];
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
