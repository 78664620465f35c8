import type { RejectCode } from '../../model/event.ts';
import { type Fields, isFields, textAt } from './fields.ts';

/** What was found in the wrapping: a record of the trail, something that is known and no record, or a fault. */
export type Found =
  | { readonly kind: 'record'; readonly record: Fields }
  | { readonly kind: 'other'; readonly time: string | null }
  | { readonly kind: 'fault'; readonly code: RejectCode; readonly detail: string };

/** The deepest known is an element with `data`, its `logEvents`, their `message`, and the record: four levels. */
const DEEPEST = 8;

/**
 * The trail records in a JSON value: bare, in a delivered file (`Records`), from LookupEvents (`CloudTrailEvent`),
 * from EventBridge (`detail`), from CloudWatch Logs (`logEvents`, `message`), and in the envelopes of collections.
 * An array at the top was cut into its elements before.
 */
export function unwrap(value: unknown, depth = 0): readonly Found[] {
  if (depth > DEEPEST) return [fault('unknown-shape', 'nested too deep')];
  if (!isFields(value)) return [fault('unknown-shape', 'not a JSON object')];
  if (isTrailRecord(value)) return [{ kind: 'record', record: value }];
  if (isOther(value)) return [{ kind: 'other', time: textAt(value, 'eventTime') ?? textAt(value, 'time') }];
  return unwrapMember(value, depth);
}

/** S3 and SQS name their own notifications with the same keys, and their sources `aws:s3`, `aws:sqs`. */
export function isTrailRecord(value: Fields): boolean {
  return (
    typeof value['eventName'] === 'string' &&
    typeof value['eventSource'] === 'string' &&
    !value['eventSource'].startsWith('aws:')
  );
}

function isOther(value: Fields): boolean {
  return (
    value['insightDetails'] !== undefined ||
    value['messageType'] === 'CONTROL_MESSAGE' ||
    value['digestS3Object'] !== undefined ||
    (typeof value['eventSource'] === 'string' && value['eventSource'].startsWith('aws:')) ||
    isOtherBusEvent(value)
  );
}

/** Findings and state changes travel over EventBridge in the same envelope. */
function isOtherBusEvent(value: Fields): boolean {
  const { detail } = value;
  return typeof value['detail-type'] === 'string' && isFields(detail) && !isTrailRecord(detail);
}

const INNER = ['detail', 'data', 'event', 'override_record'];
const LISTS = ['Records', 'Events', 'logEvents'];
const TEXTS = ['CloudTrailEvent', 'message'];

function unwrapMember(value: Fields, depth: number): readonly Found[] {
  for (const key of TEXTS) if (typeof value[key] === 'string') return unwrapText(value[key], depth);
  for (const key of LISTS) {
    const list = value[key];
    if (Array.isArray(list)) return list.flatMap((one) => unwrap(one, depth + 1));
  }
  for (const key of INNER) if (isFields(value[key])) return unwrap(value[key], depth + 1);
  return [fault('unknown-shape', 'JSON without a record of a trail')];
}

function unwrapText(text: string, depth: number): readonly Found[] {
  // CloudWatch Logs checks a subscription's destination with a message of its own.
  if (text.startsWith('CWL CONTROL MESSAGE')) return [{ kind: 'other', time: null }];
  const inner = parseJson(text);
  return 'code' in inner ? [inner] : unwrap(inner.value, depth + 1);
}

/** Total: text that is no JSON is a fault, and one that breaks off is told apart. */
export function parseJson(text: string): { readonly value: unknown } | Extract<Found, { kind: 'fault' }> {
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
