import type { TrailProblem } from '../../model/control.ts';
import { toIso } from '../../util/iso.ts';

/** What a rule on `service: trail` sees: a stretch of an audit trail whose own proofs do not hold. */
export interface TrailRecord {
  readonly type: 'trail';
  /** `log-missing`, `log-altered`, `log-unlisted`, `digest-missing`, `digest-altered`, `chain-restarted`, … */
  readonly problem: string;
  readonly account: string;
  readonly region: string;
  readonly trail: string;
  readonly from: string;
  readonly to: string;
  readonly object: string;
  readonly detail: string;
}

/** Dotted paths of a TrailRecord. */
export const TRAIL_FIELDS = 'type problem account region trail from to object detail'.split(' ');

/** The record of one problem of a trail. */
export function toTrailRecord(problem: TrailProblem): TrailRecord {
  const { code, from, to, ...rest } = problem;
  return { type: 'trail', problem: code, ...rest, from: toIso(from), to: toIso(to) };
}
