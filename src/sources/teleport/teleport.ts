import { decodeLine } from '../../envelope/text.ts';
import { createFramer } from '../../files/framing.ts';
import type { Parsed } from '../../model/event.ts';
import type { Format, FormatContext, Framing, RecordPlace } from '../format.ts';
import { NO_RECORD, rejected } from '../to-event.ts';
import { decodeRecord } from './events.ts';
import { parseAuditEvent } from './unwrap.ts';

/** Audit events of a Teleport cluster: its own log, and what its event handler exports. */
export const teleport: Format = {
  type: 'teleport',
  title: 'Teleport audit events (log of the auth server, event handler, exports)',
  framing,
  recognise,
  create: (context) => ({ decode: (record, place) => decode(record, place, context) }),
};

const decoder = new TextDecoder('utf-8');

/**
 * Lines: one that a crash cut off then spoils no other. An array, and objects over several lines, are an export by hand.
 */
function framing(head: Uint8Array): Framing {
  const first = decoder.decode(head.subarray(0, 256)).trimStart();
  return /^(?:\[|\{\s{0,16}\n)/.test(first) ? 'json-records' : 'lines';
}

// The first records of a file are like the rest; 20 are more than enough to see one of them.
const RECORDS_READ = 20;

/** 1 where one of the first records is an audit event, wrapped in whatever is known; else 0. */
function recognise(head: Uint8Array): number {
  const framer = createFramer(framing(head));
  const records = framer.push(head).slice(0, RECORDS_READ);
  const { rest } = framer.end();
  const all = rest === null ? records : [...records, rest];
  const isOurs = all.some(({ bytes }) => parseAuditEvent(decoder.decode(bytes).trim()).kind === 'record');
  return isOurs ? 1 : 0;
}

function decode(bytes: Uint8Array, place: RecordPlace, context: FormatContext): Parsed {
  const line = decodeLine(bytes);
  if (!line.ok) return rejected(line.code, line.detail, place);
  const text = line.text.trim();
  if (text === '') return NO_RECORD;
  const found = parseAuditEvent(text);
  return found.kind === 'record'
    ? decodeRecord(found.record, place, context)
    : rejected(found.code, found.detail, place);
}
