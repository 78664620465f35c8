import type { Alert } from '../model/alert.ts';
import type { Delivery } from '../model/delivery.ts';

export type { Delivery } from '../model/delivery.ts';

/** A receiver of alerts. A folder under notify/ and a line in registry.ts. */
export interface Notifier {
  readonly type: string;
  /** Problems that keep it from working, e.g. an unreachable server; empty where all is well. */
  check(signal: AbortSignal): Promise<readonly string[]>;
  /** Sends once. Never throws; classifies every error. Bounded by `signal` and its own time-out. */
  notify(alert: Alert, signal: AbortSignal): Promise<Delivery>;
  close(): Promise<void>;
}
