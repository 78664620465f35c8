import type { Alert } from '../model/alert.ts';

/** What became of one attempt. `retry` may say when; `rejected` is final and says why. Never holds a secret. */
export type Delivery =
  | { readonly state: 'delivered' }
  | { readonly state: 'retry'; readonly reason: string; readonly afterMs?: number }
  | { readonly state: 'rejected'; readonly reason: string };

/** A receiver of alerts. A folder under notify/ and a line in registry.ts. */
export interface Notifier {
  readonly type: string;
  /** Problems that keep it from working, e.g. an unreachable server; empty where all is well. */
  check(signal: AbortSignal): Promise<readonly string[]>;
  /** Sends once. Never throws; classifies every error. Bounded by `signal` and its own time-out. */
  notify(alert: Alert, signal: AbortSignal): Promise<Delivery>;
  close(): Promise<void>;
}
