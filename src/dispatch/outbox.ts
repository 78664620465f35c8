import type { Delivery, OutboxChange, OutboxEntry } from '../model/delivery.ts';

/**
 * Ms before each attempt, counted from the one before it (Standard Webhooks, "Deliverability and reliability"):
 * at once, 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h. Ten attempts over 75.6 h outlast a weekend.
 */
export const RETRY_MS: readonly number[] = [
  0,
  5_000,
  5 * 60_000,
  30 * 60_000,
  2 * 3_600_000,
  5 * 3_600_000,
  10 * 3_600_000,
  14 * 3_600_000,
  20 * 3_600_000,
  24 * 3_600_000,
];

/** A receiver that asks for more patience than this would silence an alert for good. */
const MAX_AFTER_MS = 24 * 3_600_000;

/** Share of a delay that jitter may add, so that a thousand alerts of one outage do not return in one second. */
const JITTER = 0.2;

/**
 * What an attempt makes of an entry.
 * @param jitter 0 … 1, from outside so that the schedule can be tested
 * @param now epoch ms of the attempt's end
 */
export function toChange(entry: OutboxEntry, delivery: Delivery, now: number, jitter: number): OutboxChange {
  const attempts = entry.attempts + 1;
  const finished = { attempts, nextAttemptAt: null, at: now };
  if (delivery.state === 'delivered')
    return { ...finished, state: 'delivered', reason: delivery.note ?? null };
  if (delivery.state === 'rejected') return { ...finished, state: 'rejected', reason: delivery.reason };
  const delay = RETRY_MS[attempts];
  if (delay === undefined) return { ...finished, state: 'given-up', reason: delivery.reason };
  const asked = Math.min(delivery.afterMs ?? 0, MAX_AFTER_MS);
  const nextAttemptAt = now + Math.max(delay * (1 + JITTER * jitter), asked);
  return { state: 'pending', attempts, nextAttemptAt, reason: delivery.reason, at: now };
}
