import type { Alert } from './alert.ts';

/** What became of one attempt. `retry` may say when; `rejected` is final and says why. Never holds a secret. */
export type Delivery =
  /** `note` says what a person should know although it arrived, e.g. that one of two recipients was refused. */
  | { readonly state: 'delivered'; readonly note?: string }
  | { readonly state: 'retry'; readonly reason: string; readonly afterMs?: number }
  | { readonly state: 'rejected'; readonly reason: string };

export type OutboxState = 'pending' | 'delivered' | 'rejected' | 'given-up';

/** An alert on its way to its receiver. */
export interface OutboxEntry {
  readonly alert: Alert;
  readonly state: OutboxState;
  /** Attempts made so far. */
  readonly attempts: number;
  /** Epoch ms; null once finished. */
  readonly nextAttemptAt: number | null;
  /** Why the last attempt ended as it did; null before the first. Never holds a secret. */
  readonly lastReason: string | null;
  /** Epoch ms. */
  readonly createdAt: number;
  /** Epoch ms of delivery, rejection or giving up. */
  readonly finishedAt: number | null;
}

/** What one attempt makes of an entry. */
export interface OutboxChange {
  readonly state: OutboxState;
  readonly attempts: number;
  readonly nextAttemptAt: number | null;
  readonly reason: string | null;
  /** Epoch ms of the attempt's end. */
  readonly at: number;
}

/** An alert as a person reads it. Plain text lines of at most 200 characters; html is self-contained and escaped. */
export interface RenderedAlert {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}
