/** What a rule on `service: run` sees: one fault of offrecord's own work. */
export interface RunRecord {
  readonly type: 'run';
  /** Stable code of the fault: `run-gap`, `delivery-failing`. */
  readonly code: string;
  /** One sentence for a person. */
  readonly detail: string;
}

/** Dotted paths of a RunRecord. */
export const RUN_FIELDS = ['type', 'code', 'detail'];

/** The record of a fault of offrecord's own work. */
export function toRunRecord(code: string, detail: string): RunRecord {
  return { type: 'run', code, detail };
}
