import type { OutboxState } from './delivery.ts';
import type { Finding } from './finding.ts';

/** A finding with its life so far. All times are epoch ms. */
export interface TrackedFinding {
  readonly finding: Finding;
  /** Start of the present life: moves when a resolved finding opens again. */
  readonly openedAt: number;
  readonly updatedAt: number;
  readonly resolvedAt: number | null;
  readonly acknowledgedAt: number | null;
  readonly acknowledgedBy: string | null;
}

export type NoticeKind = 'firing' | 'repeat' | 'resolved';

/** That a receiver was told about a finding. Written in the transaction that puts the alert into the outbox. */
export interface Notice {
  readonly finding: string;
  readonly receiver: string;
  /** 1, 2, 3 … per finding and receiver; part of the alert's id. */
  readonly sequence: number;
  readonly kind: NoticeKind;
  /** Alert that carries it; null where the receiver no longer exists and nothing was sent. */
  readonly alert: string | null;
  /** Epoch ms. */
  readonly at: number;
}

/** A notice as the store gives it back: with what became of its alert. */
export interface PastNotice extends Notice {
  /** Null where the alert has left the outbox. */
  readonly delivery: OutboxState | null;
}

/** A finding that dispatch has to look at, with the latest notice to each receiver. */
export interface DispatchCandidate {
  readonly tracked: TrackedFinding;
  readonly notices: readonly PastNotice[];
}
