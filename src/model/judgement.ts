import type { JudgedAccess, Verdict } from './access.ts';
import type { Finding } from './finding.ts';
import type { Recording } from './recording.ts';
import type { SourceReport } from './source-report.ts';

/** A recording with the access that uses it. */
export interface JudgedRecording extends Recording {
  readonly accesses: readonly string[];
}

/** What reading one recorder's inventory showed. */
export interface RecorderReport {
  readonly id: string;
  readonly type: string;
  /** Which accesses it can have recorded: those of hosts, cloud sessions, or nobody knows. */
  readonly serves: 'hosts' | 'cloud' | 'all';
  readonly hosts: readonly string[];
  readonly units: number;
  readonly recordings: number;
  /** Why it, or parts of it, could not be read; empty where all could. */
  readonly errors: readonly string[];
  /** Hosts, or cloud sessions, whose recordings could not all be read. */
  readonly blindHosts: readonly string[];
  /** Epoch ms up to which the inventory was looked at. */
  readonly watermark: number;
}

/** Share of privileged accesses that are recorded adequately: between what is certain and what is possible. */
export interface CoverageShare {
  readonly privileged: number;
  readonly byVerdict: Readonly<Record<Verdict, number>>;
  /** Lower bound 0…1: pending and undetermined accesses count as not recorded. 1 where there are none. */
  readonly certain: number;
  /** Upper bound 0…1: pending and undetermined accesses count as recorded. */
  readonly possible: number;
}

/** The result of judging facts at one time. */
export interface Judgement {
  /** Epoch ms by which it was judged. */
  readonly now: number;
  readonly accesses: readonly JudgedAccess[];
  readonly recordings: readonly JudgedRecording[];
  readonly findings: readonly Finding[];
  readonly sources: readonly SourceReport[];
  readonly recorders: readonly RecorderReport[];
  readonly coverage: CoverageShare;
}
