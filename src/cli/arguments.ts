import { InvalidArgumentError } from 'commander';

const ISO = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2}))?$/;

/** An ISO-8601 instant (or a date, read as midnight UTC) → epoch ms. */
export function toInstant(text: string): number {
  const time = ISO.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time)) {
    throw new InvalidArgumentError('write an ISO time with its zone, such as 2026-11-22T10:00:00Z');
  }
  return time;
}
