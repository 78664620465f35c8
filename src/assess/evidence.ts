import { type Access, isTunnel } from '../model/access.ts';
import type { Taken } from '../correlate/match.ts';
import type { Path } from '../model/path.ts';
import type { EvidenceClass, Recording } from '../model/recording.ts';

/** True where `found` proves at least what `required` asks for. */
export function isEnough(found: EvidenceClass, required: EvidenceClass): boolean {
  return found >= required;
}

/** Faults that a recording in progress has anyway: they count only once the access has ended. */
const TRANSIENT = new Set(['recording-not-closed', 'recording-truncated', 'recording-empty']);
/** Facts about a recording that are findings of their own and do not lessen what it proves. */
const HARMLESS = new Set([
  'recording-owner-writable',
  'recording-metadata-incomplete',
  'recording-duplicate',
]);

export type Soundness = 'sound' | 'unfinished' | 'damaged';

/** How well a recording stands by its own bytes. */
export function soundnessOf(recording: Recording): Soundness {
  const faults = recording.problems.filter((problem) => !HARMLESS.has(problem.code));
  if (recording.state === 'complete' && faults.length === 0) return 'sound';
  if (recording.state === 'altered' || recording.state === 'corrupt') return 'damaged';
  return faults.length > 0 && faults.every((fault) => TRANSIENT.has(fault.code)) ? 'unfinished' : 'damaged';
}

const TRAILED: ReadonlySet<Path> = new Set<Path>(['console', 'api-role', 'secret']);

/** Acts in a cloud that its audit trail records call by call: the trail itself is their evidence. */
export function isTrailed(access: Access): boolean {
  // A host's own event log tells of a logon and of nothing that was done in it.
  return access.cloud !== null && access.cloud.provider !== 'windows' && TRAILED.has(access.path);
}

/** The strongest evidence among the parts that cover an access; of itself a tunnel's log is E1, a trail E2. */
export function evidenceFound(parts: readonly Taken[], access: Access): EvidenceClass {
  const classes = parts.filter(
    ({ recording }) => soundnessOf(recording) !== 'damaged' || hasContent(recording),
  );
  const best = classes
    .map(({ recording }) => recording.evidence)
    .sort()
    .at(-1);
  if (best !== undefined) return best;
  if (isTrailed(access)) return 'E2';
  return isTunnel(access) ? 'E1' : 'E0';
}

function hasContent(recording: Recording): boolean {
  return recording.state !== 'empty' && recording.state !== 'no-content' && recording.state !== 'missing';
}
