export type ExceptionKind = 'break-glass' | 'recording-exception' | 'planned-maintenance';

export interface ExceptionScope {
  readonly targets: readonly string[];
  readonly accounts: readonly string[];
  readonly principals: readonly string[];
  readonly credentials: readonly string[];
  /** CIDR blocks or single addresses. */
  readonly origins: readonly string[];
  readonly paths: readonly string[];
  readonly checks: readonly string[];
}

/** A temporary, approved risk acceptance as its YAML file states it. Times are epoch ms. */
export interface Exception {
  readonly id: string;
  readonly kind: ExceptionKind;
  readonly title: string;
  readonly scope: ExceptionScope;
  readonly reason: string;
  readonly risk: { readonly rating: string; readonly statement: string };
  readonly compensatingControls: readonly string[];
  readonly owner: string;
  readonly approvedBy: string;
  readonly approvedAt: number;
  readonly ticket: string | null;
  readonly startsAt: number;
  readonly expiresAt: number;
  readonly review: { readonly by: string; readonly dueAt: number; readonly doneAt: number | null } | null;
  readonly extends: string | null;
  /** File and position, for a person: `exceptions/inc-77.yaml:1:1`. */
  readonly place: string;
}

/** A problem of an exception file. It never silences anything; it is a finding itself. */
export interface ExceptionProblem {
  readonly check: 'exception-invalid' | 'exception-too-long' | 'exception-self-approved';
  readonly id: string | null;
  /** `file:line:column` of the cause. */
  readonly place: string;
  readonly message: string;
}
