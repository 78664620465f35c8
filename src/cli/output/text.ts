import type { Origin } from '../../model/event.ts';

/** Characters that could move the cursor, hide text or reorder it: log-derived strings must not reach a terminal raw. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** Makes a string from a log safe to print: control and format characters show as `·`. */
export function printable(text: string): string {
  return text.replace(UNSAFE, '·');
}

/** Cuts to a width with an ellipsis, and pads to it. */
export function fit(text: string, width: number): string {
  const safe = printable(text);
  return safe.length > width ? `${safe.slice(0, width - 1)}…` : safe.padEnd(width);
}

/** As `fit`, but keeps the end: of a path that tells more. */
export function fitEnd(text: string, width: number): string {
  const safe = printable(text);
  return safe.length > width ? `…${safe.slice(1 - width)}` : safe.padEnd(width);
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`;
}

export function percent(share: number): string {
  const value = share * 100;
  return `${Number.isInteger(value) ? value : value.toFixed(1)} %`;
}

/** `2026-11-22 11:20:27Z`, for tables. */
export function clock(timeMs: number): string {
  return new Date(timeMs)
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, 'Z');
}

/** Where an access came from; a cloud's trail knows no port. */
export function originText({ origin }: { readonly origin: Origin | null }): string {
  if (origin === null) return '';
  return origin.port === null ? origin.ip : `${origin.ip}:${origin.port}`;
}
