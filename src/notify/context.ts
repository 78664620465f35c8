import type { Alert } from '../model/alert.ts';
import type { RenderedAlert } from '../model/delivery.ts';

/** What a notifier is handed besides its options. */
export interface NotifyContext {
  /** The alert as text; its strings are inert. */
  readonly render: (alert: Alert) => RenderedAlert;
  /** Epoch ms. */
  readonly now: () => number;
  /** Ms that one attempt may take; without it the notifier's own bound. */
  readonly timeoutMs?: number;
}

/** A value that must not reach a log, an error or a reason. */
export interface SecretValue {
  reveal(): string;
}

/** An attempt's signal: ends when the caller's does, or after the time-out. */
export function bounded(signal: AbortSignal, timeoutMs: number): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
}

/** Code of an error, such as ECONNREFUSED. Never the message: servers put into it what they like. */
export function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,40}$/.test(code) ? code : 'unknown error';
}
