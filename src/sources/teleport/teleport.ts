import type { Format, Framing } from '../format.ts';
import type { Fields } from '../json-fields.ts';
import { decodeTrail, recogniseTrail } from '../trail-log.ts';
import { decodeRecord } from './events.ts';

/** Audit events of a Teleport cluster: its own log, and what its event handler exports. */
export const teleport: Format = {
  type: 'teleport',
  title: 'Teleport audit events (log of the auth server, event handler, exports)',
  framing,
  recognise: (head) => recogniseTrail(head, isAuditEvent, ['event', 'code', 'cluster_name']),
  create: (context) => ({
    decode: (bytes, place) =>
      decodeTrail(bytes, place, isAuditEvent, (record) => decodeRecord(record, place, context)),
  }),
};

const decoder = new TextDecoder('utf-8');

/**
 * Lines, as the auth server writes them: one that a crash cut off then spoils no other. An array, and objects over
 * several lines, are an export by hand.
 */
function framing(head: Uint8Array): Framing {
  const first = decoder.decode(head.subarray(0, 256)).trimStart();
  return /^(?:\[|\{\s{0,16}\n)/.test(first) ? 'json-records' : 'lines';
}

/** Codes are `T`, letters and digits; the last letter says how it went: `I`, failed `E` or `W`, stopped `S`. */
const CODE = /^T[A-Z0-9]{2,12}$/;

function isAuditEvent(value: Fields): boolean {
  const { event, code } = value;
  return typeof event === 'string' && typeof code === 'string' && CODE.test(code);
}
