import type { Exception, ExceptionProblem } from '../../model/exception.ts';

/** What a rule on `service: exception` sees: a problem of a file, or the state of a valid exception. */
export interface ExceptionRecord {
  readonly type: 'exception';
  /** Null where the file does not tell. */
  readonly id: string | null;
  /** The check that a faulty file fails; null for a valid exception. */
  readonly problem: ExceptionProblem['check'] | null;
  readonly message: string | null;
  /** `file:line:column`. */
  readonly place: string;
  readonly expired: boolean;
  /** Milliseconds until it expires where a reminder is due; else null. */
  readonly expiring_in_ms: number | null;
  /** True where it has been in force long enough and no access needed it. */
  readonly unused: boolean;
  /** True where its scope names only what the inventory does not have. */
  readonly orphan: boolean;
}

/** What the hygiene of exceptions found about a valid one. */
export interface ExceptionFacts {
  readonly expired: boolean;
  readonly expiringInMs: number | null;
  readonly unused: boolean;
  readonly orphan: boolean;
}

/** Dotted paths of an ExceptionRecord. */
export const EXCEPTION_FIELDS = 'type id problem message place expired expiring_in_ms unused orphan'.split(
  ' ',
);

/** The record of a problem of an exception file. */
export function toExceptionProblemRecord(problem: ExceptionProblem): ExceptionRecord {
  return {
    type: 'exception',
    id: problem.id,
    problem: problem.check,
    message: problem.message,
    place: problem.place,
    expired: false,
    expiring_in_ms: null,
    unused: false,
    orphan: false,
  };
}

/** The record of a valid exception. */
export function toExceptionRecord(exception: Exception, facts: ExceptionFacts): ExceptionRecord {
  return {
    type: 'exception',
    id: exception.id,
    problem: null,
    message: null,
    place: exception.place,
    expired: facts.expired,
    expiring_in_ms: facts.expiringInMs,
    unused: facts.unused,
    orphan: facts.orphan,
  };
}
