import type { Delivery } from '../notifier.ts';
import type { Answer } from './post.ts';

/**
 * What a status means. 2xx alone is delivery; 410 asks to be left alone; request time-out, too early and too many
 * requests pass; other 4xx mean that this very request is wrong and stays wrong. Everything else is the receiver's
 * trouble, or a redirect that is not followed: it may pass, and giving up after days is noticed.
 */
export function classifyAnswer(answer: Answer, nowMs: number): Delivery {
  const { status } = answer;
  if (status >= 200 && status < 300) return { state: 'delivered' };
  const reason = `the receiver answered ${status}`;
  if (status >= 400 && status < 500 && ![408, 425, 429].includes(status))
    return { state: 'rejected', reason };
  const afterMs = parseRetryAfter(answer.retryAfter, nowMs);
  return afterMs === null ? { state: 'retry', reason } : { state: 'retry', reason, afterMs };
}

/** Ms from a Retry-After header: seconds, or a date (RFC 9110 10.2.3). Null where it is absent or neither. */
export function parseRetryAfter(header: string | null, nowMs: number): number | null {
  if (header === null || header.length > 40) return null;
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1000;
  // Names of weekday and month: Date.parse would also read "3" or "2026" as a date.
  if (!/^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/.test(header)) return null;
  const time = Date.parse(header);
  return Number.isNaN(time) ? null : Math.max(0, time - nowMs);
}
