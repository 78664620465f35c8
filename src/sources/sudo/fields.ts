import type { SudoEvent } from '../../messages/sudo-json.ts';

/**
 * Epoch ms of a sudo event. The client's own stamp comes first: a log server's clock and arrival may lag behind
 * the host where it happened.
 */
export function eventTime(event: SudoEvent): number | null {
  const names = ['submit_time', 'exit_time', 'alert_time', 'server_time', 'timestamp'];
  for (const name of names) {
    const time = toMillis(event.fields[name]);
    if (time !== null) return time;
  }
  return null;
}

/** Host on which sudo ran. */
export function eventHost(event: SudoEvent): string | null {
  const host = event.fields['submithost'];
  return typeof host === 'string' && host !== '' ? host : null;
}

/** `{"seconds": S, "nanoseconds": N}`. */
function toMillis(value: unknown): number | null {
  if (!isObject(value)) return null;
  const { seconds, nanoseconds = 0 } = value;
  if (typeof seconds !== 'number' || typeof nanoseconds !== 'number') return null;
  const time = seconds * 1000 + Math.floor(nanoseconds / 1000) / 1000;
  return Number.isFinite(time) ? time : null;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
