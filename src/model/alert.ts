import type { Finding, Level } from './finding.ts';

/** Findings grouped and sent to a receiver. */
export interface Alert {
  /** `alr_…`: the same on every retry; receivers deduplicate by it. */
  readonly id: string;
  readonly receiver: string;
  readonly status: 'firing' | 'resolved';
  /** Highest level among the findings. */
  readonly level: Level;
  readonly title: string;
  /** Epoch ms of the decision to send. */
  readonly created: number;
  readonly groupLabels: Readonly<Record<string, string>>;
  readonly findings: readonly Finding[];
  /** Findings of the group beyond those listed. */
  readonly omitted: number;
}
