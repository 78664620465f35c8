import type { Alert } from '../model/alert.ts';
import type { Delivery, OutboxChange, OutboxEntry, OutboxState } from '../model/delivery.ts';
import { toChange } from './outbox.ts';

/** What delivering needs of the store. */
export interface Outbox {
  dueReceivers(now: number): Promise<readonly string[]>;
  dueAlerts(receiver: string, now: number, limit: number): Promise<readonly OutboxEntry[]>;
  recordAttempt(alert: string, change: OutboxChange): Promise<void>;
}

/** What delivering needs of a notifier. */
export interface Sender {
  notify(alert: Alert, signal: AbortSignal): Promise<Delivery>;
}

export interface DeliverInput {
  readonly outbox: Outbox;
  /** By receiver id. */
  readonly senders: ReadonlyMap<string, Sender>;
  /** Epoch ms at each call. */
  readonly clock: () => number;
  /** 0 … 1 at each call. */
  readonly jitter: () => number;
  readonly signal: AbortSignal;
  /** Told of every attempt, e.g. to log it. */
  readonly onAttempt?: (entry: OutboxEntry, change: OutboxChange) => void;
}

export type DeliveryCounts = Readonly<Record<OutboxState, number>>;

/** Alerts per receiver and round: at the 20 s of a slow server each, a round takes at most 7 minutes. */
const ROUND = 20;

/**
 * Sends what is due, receivers side by side and each receiver's alerts one after the other. After the first failure
 * of a receiver the rest of its alerts waits for the next round: a dead server costs one time-out, not twenty.
 * An attempt that the signal interrupts is not counted; the alert stays due.
 */
export async function deliverDue(input: DeliverInput): Promise<DeliveryCounts> {
  const receivers = await input.outbox.dueReceivers(input.clock());
  const changes = await Promise.all(receivers.map((receiver) => deliverTo(receiver, input)));
  const counts = { pending: 0, delivered: 0, rejected: 0, 'given-up': 0 };
  for (const change of changes.flat()) counts[change.state] += 1;
  return counts;
}

async function deliverTo(receiver: string, input: DeliverInput): Promise<OutboxChange[]> {
  const { outbox, signal } = input;
  const changes: OutboxChange[] = [];
  for (const entry of await outbox.dueAlerts(receiver, input.clock(), ROUND)) {
    if (signal.aborted) break;
    const delivery = await attempt(input.senders.get(receiver), entry.alert, signal);
    if (signal.aborted && delivery.state === 'retry') break;
    const change = toChange(entry, delivery, input.clock(), input.jitter());
    await outbox.recordAttempt(entry.alert.id, change);
    input.onAttempt?.(entry, change);
    changes.push(change);
    if (delivery.state === 'retry') break;
  }
  return changes;
}

async function attempt(sender: Sender | undefined, alert: Alert, signal: AbortSignal): Promise<Delivery> {
  // Perhaps only until the configuration is put right, so not final.
  if (sender === undefined) return { state: 'retry', reason: 'the receiver is not configured' };
  try {
    return await sender.notify(alert, signal);
  } catch {
    // Notifiers promise not to throw. The error is not passed on: nobody has checked it for secrets.
    return { state: 'retry', reason: 'the notifier failed in an unexpected way' };
  }
}
