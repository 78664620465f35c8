import { FIELDS_KEPT, type PamRecord } from './record.ts';

/**
 * An audit record as JSON: the object itself, or `syslog.audit_record` as a Vault's translator writes it. Null where
 * the text is no JSON object, or names neither vendor nor product.
 */
export function parseJsonRecord(text: string): PamRecord | null {
  const outer = parseObject(text);
  const inner =
    objectAt(objectAt(outer, 'syslog'), 'audit_record') ?? objectAt(outer, 'audit_record') ?? outer;
  if (inner === null) return null;
  const fields = new Map<string, string>();
  for (const [key, value] of Object.entries(inner).slice(0, FIELDS_KEPT))
    if (typeof value === 'string' || typeof value === 'number') fields.set(key, String(value));
  const first = (...keys: readonly string[]): string =>
    keys.map((key) => fields.get(key)).find((value) => value !== undefined) ?? '';
  const vendor = first('Vendor', 'vendor', 'deviceVendor');
  const product = first('Product', 'product', 'deviceProduct');
  if (vendor === '' || product === '') return null;
  const eventId = first('MessageID', 'eventId', 'event_id', 'signatureId');
  return { vendor, product, eventId, name: first('Desc', 'name', 'eventName'), fields };
}

const PAIR = /([a-z_]{1,64})="((?:[^"\\]|\\.)*)"/g;

/** `[SSH Session] type="…" key="value" …`, as WALLIX Bastion writes its sessions. */
export function parseBracketed(text: string): PamRecord | null {
  const session = /^\[([A-Z]{2,16}) Session\] (?=[a-z_]{1,64}=")/.exec(text);
  if (session === null) return null;
  const fields = new Map([['session_protocol', session[1] ?? '']]);
  for (const [, key = '', value = ''] of text.matchAll(PAIR)) {
    if (fields.size >= FIELDS_KEPT) break;
    if (!fields.has(key)) fields.set(key, value.replace(/\\(.)/g, '$1'));
  }
  const type = fields.get('type') ?? '';
  return { vendor: 'Wallix', product: 'Bastion', eventId: type, name: type, fields };
}

type Json = Readonly<Record<string, unknown>>;

function parseObject(text: string): Json | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}

function objectAt(value: Json | null, key: string): Json | null {
  const found = value !== null && Object.hasOwn(value, key) ? value[key] : null;
  return typeof found === 'object' && found !== null && !Array.isArray(found) ? { ...found } : null;
}
