import { FIELDS_KEPT, type PamRecord, splitUnescaped, unescape } from './record.ts';

const START = /^LEEF:\s?([12])(?:\.\d)?\|/;

/**
 * `LEEF:1.0|vendor|product|version|id|key=value<TAB>…`; version 2.0 has one header field more, the delimiter, as a
 * character or its code (`x5E`, `0x5E`). Null where the header is not whole.
 */
export function parseLeef(text: string): PamRecord | null {
  const version = START.exec(text)?.[1];
  if (version === undefined) return null;
  const length = version === '1' ? 6 : 7;
  const parts = splitUnescaped(text, '|', length);
  if (parts.length < length) return null;
  const [, vendor = '', product = '', , eventId = ''] = parts;
  const delimiter = version === '1' ? '\t' : delimiterOf(parts[5] ?? '');
  return {
    vendor: unescape(vendor).trim(),
    product: unescape(product).trim(),
    eventId: unescape(eventId).trim(),
    name: '',
    fields: parseAttributes(parts.at(-1) ?? '', delimiter),
  };
}

function delimiterOf(written: string): string {
  const code = /^0?x([0-9A-Fa-f]{1,4})$/.exec(written)?.[1];
  if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16));
  return written.length === 1 ? written : '\t';
}

function parseAttributes(text: string, delimiter: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const pair of text.split(delimiter, FIELDS_KEPT)) {
    const equals = pair.indexOf('=');
    const key = pair.slice(0, Math.max(equals, 0)).trim();
    if (key !== '' && !fields.has(key)) fields.set(key, unescape(pair.slice(equals + 1).trim()));
  }
  return fields;
}
