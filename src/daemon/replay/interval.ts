import type { Finding } from '../../model/finding.ts';

/** Epoch ms: from ≤ time < to. */
export interface Interval {
  readonly from: number;
  readonly to: number;
}

export function isIn({ from, to }: Interval, time: number): boolean {
  return time >= from && time < to;
}

/**
 * True for findings about what happened in the interval: accesses, recordings and recorded calls. Those about sources,
 * recorders, configurations, exceptions and offrecord's own work tell of the time of judging, and what they rest on is
 * not among the stored facts: a replay says nothing about them.
 */
export function isOfInterval({ subject, time }: Finding, interval: Interval): boolean {
  if (subject.type === 'control') return subject.uid.startsWith('ev_') && isIn(interval, time);
  return (subject.type === 'access' || subject.type === 'recording') && isIn(interval, time);
}
