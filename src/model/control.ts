/** What a configuration leaves open, or what an audit trail's own proofs show to be wrong with it. */
export interface Weakness {
  /** Check id, e.g. `recording-disabled`. */
  readonly code: string;
  readonly detail: string;
  /** Epoch ms at which it was first seen. */
  readonly since: number;
}

/** One field of a configuration that changed between two looks. */
export interface ControlChange {
  readonly field: string;
  readonly before: string;
  readonly after: string;
  /** Epoch ms of the look before and of the one that saw the change. */
  readonly from: number;
  readonly to: number;
}

/** A configuration that recording or its evidence depends on, as it was when last looked at. */
export interface ControlState {
  /** Same for the same resource in every look, e.g. `aws/123456789012/eu-central-1/ssm-preferences`. */
  readonly key: string;
  readonly kind: string;
  readonly account: string;
  readonly region: string;
  readonly resource: string;
  /** Epoch ms of the last look that saw it. */
  readonly at: number;
  readonly weaknesses: readonly Weakness[];
  /** The latest changes, oldest first. */
  readonly changes: readonly ControlChange[];
}

/** A stretch of an audit trail whose own proofs do not hold. */
export interface TrailProblem {
  /** e.g. `log-missing`, `log-altered`, `digest-missing`, `chain-restarted`. */
  readonly code: string;
  readonly account: string;
  readonly region: string;
  readonly trail: string;
  /** Epoch ms of the time that it concerns. */
  readonly from: number;
  readonly to: number;
  /** The object that is wrong. */
  readonly object: string;
  readonly detail: string;
}
