import type { RecorderReport } from '../../model/judgement.ts';

/** What a rule on `service: recorder` sees. */
export interface RecorderRecord {
  readonly type: 'recorder';
  readonly id: string;
  readonly kind: string;
  /** True where its whole inventory could be read. */
  readonly readable: boolean;
  /** Why not; the first reason where there are several. */
  readonly error: string | null;
  /** Accesses in the window that it should have recorded. */
  readonly accesses: number;
  /** Recordings that it has for the window. */
  readonly recordings: number;
  /** True where accesses went on and it kept nothing. */
  readonly produced_nothing: boolean;
  /** Estimated offset of its clock, positive where it is ahead; null where nothing allows an estimate. */
  readonly skew_ms: number | null;
  /** Exact pairs that the estimate rests on. */
  readonly skew_pairs: number;
}

/** What health found about a recorder. */
export interface RecorderFacts {
  readonly accesses: number;
  readonly producedNothing: boolean;
  readonly skewMs: number | null;
  readonly skewPairs: number;
}

/** Dotted paths of a RecorderRecord. */
export const RECORDER_FIELDS =
  'type id kind readable error accesses recordings produced_nothing skew_ms skew_pairs'.split(' ');

/** The record of a recorder's health. */
export function toRecorderRecord(report: RecorderReport, facts: RecorderFacts): RecorderRecord {
  return {
    type: 'recorder',
    id: report.id,
    kind: report.type,
    readable: report.errors.length === 0,
    error: report.errors[0] ?? null,
    accesses: facts.accesses,
    recordings: report.recordings,
    produced_nothing: facts.producedNothing,
    skew_ms: facts.skewMs,
    skew_pairs: facts.skewPairs,
  };
}
