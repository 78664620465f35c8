import { defaultEvidence, type GraceTimes, type JudgingPolicy } from '../assess/policy.ts';
import type { Identity } from '../correlate/identity.ts';
import type { EvidenceClass } from '../model/recording.ts';
import type { Recorder } from '../recorders/recorder.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;

/** Clocks may differ by this beyond a learnt offset. */
const TOLERANCE_MS = 5 * SECOND_MS;
const MAX_WAIT_MS = 24 * 60 * MINUTE_MS;
/** Graces of a host recorder: it writes from the session's first second and stores locally. */
const HOST_GRACE: GraceTimes = { start: 30 * SECOND_MS, close: MINUTE_MS, store: MINUTE_MS };

export interface PolicySettings {
  readonly identity: Identity;
  readonly toleranceMs?: number;
  readonly maxWaitMs?: number;
  /** Evidence that a tier asks for. */
  readonly tierEvidence?: ReadonlyMap<string, EvidenceClass>;
  /** Graces as configured, by recorder type. */
  readonly graces?: ReadonlyMap<string, GraceTimes>;
  readonly recorders: readonly Recorder[];
}

/** What judging needs, from the inventory, the configuration and each recorder's own graces. */
export function toPolicy(settings: PolicySettings): JudgingPolicy {
  const graces = new Map<string, GraceTimes>(settings.recorders.map((one) => [one.type, one.grace]));
  for (const [type, grace] of settings.graces ?? []) graces.set(type, grace);
  const { identity } = settings;
  return {
    toleranceMs: settings.toleranceMs ?? TOLERANCE_MS,
    maxWaitMs: settings.maxWaitMs ?? MAX_WAIT_MS,
    graceOf: (recorder) => graces.get(recorder ?? '') ?? HOST_GRACE,
    expectedRecorder: (target) => identity.findTarget(target)?.recorder ?? null,
    requiredEvidence: ({ path, target, targetKind }) => {
      const known = identity.findTarget(target);
      const byTier = settings.tierEvidence?.get(known?.tier ?? '');
      return known?.evidence ?? byTier ?? defaultEvidence(path, targetKind);
    },
  };
}
