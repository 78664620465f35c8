import type { RejectCode } from '../../model/event.ts';
import { type Fields, isFields } from './fields.ts';

export type Found =
  | { readonly kind: 'record'; readonly record: Fields }
  | { readonly kind: 'fault'; readonly code: RejectCode; readonly detail: string };

/** A line of a collector around a line of its own sender: two levels are seen, none goes deeper than this. */
const DEEPEST = 4;

/**
 * The audit event in a JSON value: bare, as the auth server writes it and as the event handler sends it; as the
 * `event` of Splunk's HTTP collector; or as a line that a collector keeps in `message` or `log`.
 */
export function unwrap(value: unknown, depth = 0): Found {
  if (!isFields(value)) return fault('unknown-shape', 'not a JSON object');
  if (isAuditEvent(value)) return { kind: 'record', record: value };
  if (depth < DEEPEST) {
    const { event, message, log } = value;
    if (isFields(event)) return unwrap(event, depth + 1);
    const line = [message, log].find((text) => typeof text === 'string' && text.startsWith('{'));
    if (typeof line === 'string') return parseAuditEvent(line, depth + 1);
  }
  return fault('unknown-shape', 'JSON without an audit event of Teleport');
}

/** Total: text that is no JSON is a fault, and one that breaks off is told apart. */
export function parseAuditEvent(text: string, depth = 0): Found {
  try {
    return unwrap(JSON.parse(text) as unknown, depth);
  } catch {
    const isCut = text.startsWith('{') && !/\}\s{0,64}$/.test(text.slice(-65));
    return isCut ? fault('cut-off', 'JSON breaks off') : fault('bad-json', 'not JSON');
  }
}

/** Codes are `T`, letters and digits: the last letter says whether it went well (`I`), failed (`E`, `W`) or stopped. */
const CODE = /^T[A-Z0-9]{2,12}$/;

export function isAuditEvent(value: Fields): boolean {
  const { event, code } = value;
  return typeof event === 'string' && typeof code === 'string' && CODE.test(code);
}

function fault(code: RejectCode, detail: string): Found {
  return { kind: 'fault', code, detail };
}
