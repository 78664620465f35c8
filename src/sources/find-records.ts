import type { RejectCode } from '../model/event.ts';
import { type Fields, isFields } from './json-fields.ts';

/** What was found in the wrapping: a record, something that is known and no record, or a fault. */
export type Found =
  | { readonly kind: 'record'; readonly record: Fields }
  | { readonly kind: 'other'; readonly time: number }
  | { readonly kind: 'fault'; readonly code: RejectCode; readonly detail: string };

/** A list of log events, one of them, its message, an array in it and the record: eight is twice what is known. */
const DEEPEST = 8;

const TEXTS = ['message', 'log', '@message'];
const LISTS = ['items', 'records', 'Records', 'logEvents', 'events'];
const INNER = ['detail', 'data', 'event', 'audit', 'kubernetes', 'properties', '_source'];

/**
 * The records in the text of a JSON value: bare, in an array or a list (`items`, `records`, `logEvents`), as JSON
 * within JSON (`message` of CloudWatch Logs, `log` of a container's log), or in the envelopes of log shippers.
 * Total. A faulty part never hides the others.
 */
export function findRecords(text: string, isRecord: (value: Fields) => boolean): readonly Found[] {
  return findInText(text, isRecord, 0);
}

function findInText(text: string, isRecord: (value: Fields) => boolean, depth: number): readonly Found[] {
  const parsed = parseJson(text);
  return 'value' in parsed ? findIn(parsed.value, isRecord, depth) : [parsed];
}

function findIn(value: unknown, isRecord: (value: Fields) => boolean, depth: number): readonly Found[] {
  if (depth > DEEPEST) return [fault('unknown-shape', 'nested too deep')];
  if (Array.isArray(value)) return value.flatMap((one) => findIn(one, isRecord, depth + 1));
  if (!isFields(value)) return [fault('unknown-shape', 'not a JSON object')];
  if (isRecord(value)) return [{ kind: 'record', record: value }];
  return findInMember(value, isRecord, depth);
}

function findInMember(value: Fields, isRecord: (value: Fields) => boolean, depth: number): readonly Found[] {
  for (const key of TEXTS) {
    const text = value[key];
    if (typeof text === 'string') return otherLine(value, text) ?? findInText(text, isRecord, depth + 1);
  }
  for (const key of LISTS) {
    if (Array.isArray(value[key])) return findIn(value[key], isRecord, depth + 1);
  }
  for (const key of INNER) if (isFields(value[key])) return findIn(value[key], isRecord, depth + 1);
  return [fault('unknown-shape', 'JSON without a record of this log')];
}

/** A log group holds what other programs write too: their lines are no JSON, and CloudWatch tells their time. */
function otherLine({ timestamp }: Fields, text: string): readonly Found[] | null {
  if (typeof timestamp !== 'number' || !Number.isFinite(timestamp) || /^\s{0,8}[[{]/.test(text)) return null;
  return [{ kind: 'other', time: timestamp }];
}

/** Text that is no JSON is a fault, and one that breaks off is told apart. */
function parseJson(text: string): { readonly value: unknown } | Extract<Found, { kind: 'fault' }> {
  try {
    return { value: JSON.parse(text) };
  } catch {
    const isCut = /^\s*[[{]/.test(text.slice(0, 64)) && !/[\]}]\s{0,64}$/.test(text.slice(-64));
    return isCut ? fault('cut-off', 'JSON breaks off') : fault('bad-json', 'not JSON');
  }
}

function fault(code: RejectCode, detail: string): Extract<Found, { kind: 'fault' }> {
  return { kind: 'fault', code, detail };
}
