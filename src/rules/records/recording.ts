import type { Problem, Recording, RecordingState } from '../../model/recording.ts';
import { toIsoOrNull } from '../../util/iso.ts';

/** What a rule on `service: recording` sees. Times are ISO 8601 in UTC with milliseconds. */
export interface RecordingRecord {
  readonly type: 'recording';
  readonly uid: string;
  readonly recorder: string;
  readonly state: RecordingState;
  readonly end_proven: boolean;
  readonly problems: readonly Problem[];
  readonly target: string | null;
  readonly account: string | null;
  /** True where an access uses it. */
  readonly matched: boolean;
  /** True where no access uses it and none can any more: every witness that would have told is complete. */
  readonly orphan: boolean;
  /** True where the recorded account owns it or can write it. */
  readonly owner_writable: boolean;
  /** Milliseconds that it arrived after its recorder's grace for storing; null where it was in time. */
  readonly late_ms: number | null;
  readonly opened: string | null;
  readonly closed: string | null;
}

/** What matching and the inventory add to a recording. */
export interface RecordingFacts {
  readonly matched: boolean;
  readonly orphan: boolean;
  readonly lateMs: number | null;
}

/** Dotted paths of a RecordingRecord. */
export const RECORDING_FIELDS = [
  'type uid recorder state end_proven problems.code problems.detail target account matched orphan',
  'owner_writable late_ms opened closed',
].flatMap((line) => line.split(' '));

/** The record of an inspected recording. */
export function toRecordingRecord(recording: Recording, facts: RecordingFacts): RecordingRecord {
  return {
    type: 'recording',
    uid: recording.uid,
    recorder: recording.recorder,
    state: recording.state,
    end_proven: recording.endProven,
    problems: recording.problems,
    target: recording.target,
    account: recording.account,
    matched: facts.matched,
    orphan: facts.orphan,
    owner_writable: recording.problems.some((problem) => problem.code === 'recording-owner-writable'),
    late_ms: facts.lateMs,
    opened: toIsoOrNull(recording.opened),
    closed: toIsoOrNull(recording.closed),
  };
}
