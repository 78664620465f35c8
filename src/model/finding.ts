import type { Ref } from './event.ts';

export const LEVELS = ['informational', 'low', 'medium', 'high', 'critical'] as const;
export type Level = (typeof LEVELS)[number];

export type FindingStatus = 'open' | 'acknowledged' | 'resolved';

export interface Subject {
  readonly type: 'access' | 'recording' | 'source' | 'recorder' | 'exception' | 'run' | 'control';
  readonly uid: string;
}

/** One thing that is wrong. Its level, title and condition come from a rule file, never from code. */
export interface Finding {
  /** `fnd_…`, made from check and subject: the same fault has the same uid in every pass. */
  readonly uid: string;
  readonly check: string;
  readonly rule: string;
  readonly title: string;
  readonly level: Level;
  readonly status: FindingStatus;
  readonly subject: Subject;
  readonly target: string | null;
  readonly account: string | null;
  /** Epoch ms of the thing itself: the access's opening, the source's last record. */
  readonly time: number;
  /** What was seen, what was searched and not found; one sentence each. Never recorded content. */
  readonly evidence: readonly string[];
  /** What to do about it. */
  readonly runbook: string;
  readonly refs: readonly Ref[];
}
