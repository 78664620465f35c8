import type { Path } from '../model/path.ts';
import type { EvidenceClass } from '../model/recording.ts';

/** Milliseconds; see Grace in recorders/recorder.ts. `start: Infinity` for recorders that show nothing before the end. */
export interface GraceTimes {
  readonly start: number;
  readonly close: number;
  readonly store: number;
}

/** What judging needs to know beyond the facts. */
export interface JudgingPolicy {
  readonly toleranceMs: number;
  /** Milliseconds after which waiting ends. */
  readonly maxWaitMs: number;
  readonly requiredEvidence: (access: { path: Path; target: string; targetKind: string }) => EvidenceClass;
  readonly graceOf: (recorder: string | null) => GraceTimes;
  /** Recorder that is expected on a target, by type; null where none is named. */
  readonly expectedRecorder: (target: string) => string | null;
}

/** Evidence required where nothing is configured: content for everything a person types into, commands for APIs. */
export function defaultEvidence(path: Path, targetKind: string): EvidenceClass {
  if (path === 'api-role' || path === 'secret') return 'E2';
  if (path === 'console') return targetKind === 'host' ? 'E3' : 'E2';
  return 'E3';
}
