import type { Identity } from '../../correlate/identity.ts';
import type { OwnLogin } from '../../assess/own-access.ts';
import type { JudgingPolicy } from '../../assess/policy.ts';
import type { JudgedAccess } from '../../model/access.ts';
import type { ControlState, TrailProblem } from '../../model/control.ts';
import type { Event } from '../../model/event.ts';
import type { ExceptionProblem } from '../../model/exception.ts';
import type { Inventory } from '../../model/inventory.ts';
import type { RecorderReport } from '../../model/judgement.ts';
import type { Recording } from '../../model/recording.ts';
import type { SourceReport } from '../../model/source-report.ts';
import type { ExceptionRecord } from '../../rules/records/exception.ts';
import type { Rule } from '../../rules/rule.ts';

/** Everything that was read, before anything is concluded. */
export interface Facts {
  readonly events: readonly Event[];
  readonly recordings: readonly Recording[];
  readonly sources: readonly SourceReport[];
  readonly recorders: readonly RecorderReport[];
  /** Configurations as they were last looked at. */
  readonly controls: readonly ControlState[];
  /** What the digests of audit trails show to be wrong with them. */
  readonly trailProblems: readonly TrailProblem[];
  readonly exceptionProblems: readonly ExceptionProblem[];
  /** Faults of offrecord's own work: `run-gap`, `delivery-failing`. */
  readonly runs: readonly { readonly code: string; readonly subject: string; readonly detail: string }[];
}

/** What exceptions say about one access; see exceptions/. */
export type ExceptionJudge = (access: JudgedAccess) => JudgedAccess;

/** The state of each valid exception after all accesses were judged, as records for rules. */
export type ExceptionHygiene = (accesses: readonly JudgedAccess[]) => readonly {
  readonly record: ExceptionRecord;
  readonly id: string;
}[];

export interface JudgeOptions {
  /** Epoch ms by which it is judged. */
  readonly now: number;
  readonly identity: Identity;
  readonly inventory: Inventory;
  readonly policy: JudgingPolicy;
  readonly rules: readonly Rule[];
  readonly breakGlass: {
    readonly principals: readonly string[];
    readonly accounts: readonly string[];
    readonly credentials: readonly string[];
  };
  readonly applyException: ExceptionJudge;
  readonly exceptionHygiene: ExceptionHygiene;
  /** How offrecord itself logs in to hosts whose logs it reads. */
  readonly own?: readonly OwnLogin[];
  /** Milliseconds of silence per stream after which a source counts as silent; null where none is expected. */
  readonly silentAfterMs: (stream: string) => number | null;
  /** Accesses opened before this epoch ms were judged finally in an earlier run and are context only. */
  readonly from: number;
  readonly to: number;
  /** Epoch ms at which a recording was first seen, for those that were watched for; absent where nobody was watching. */
  readonly firstSeen?: ReadonlyMap<string, number>;
}
