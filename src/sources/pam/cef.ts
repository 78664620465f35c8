import { FIELDS_KEPT, type PamRecord, splitUnescaped, unescape, unquote } from './record.ts';

const START = /^CEF:\s?\d{1,3}\|/;

/** `CEF:0|vendor|product|version|id|name|severity|key=value …`; null where the header is not whole. */
export function parseCef(text: string): PamRecord | null {
  if (!START.test(text)) return null;
  const parts = splitUnescaped(text, '|', 8);
  if (parts.length < 8) return null;
  const [, vendor = '', product = '', , eventId = '', name = '', , extension = ''] = parts;
  return {
    vendor: unescape(vendor).trim(),
    product: unescape(product).trim(),
    eventId: unescape(eventId).trim(),
    name: unescape(name).trim(),
    fields: withLabels(parseExtension(extension)),
  };
}

// A value may hold spaces: it ends where the next key begins.
const KEY = /(?:^|\s)([A-Za-z_][\w.[\]-]{0,63})=/g;

function parseExtension(text: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  let previous: { readonly key: string; readonly start: number } | null = null;
  const take = (end: number): void => {
    if (previous === null || fields.has(previous.key)) return;
    fields.set(previous.key, unescape(unquote(text.slice(previous.start, end).trim())));
  };
  for (const match of text.matchAll(KEY)) {
    take(match.index);
    if (fields.size >= FIELDS_KEPT) return fields;
    previous = { key: match[1] ?? '', start: match.index + match[0].length };
  }
  take(text.length);
  return fields;
}

/** `cs2Label=Safe cs2=Root` gives `Safe` too. No label stands for a key that is there by itself. */
function withLabels(fields: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const labelled = [...fields].flatMap(([key, label]) => {
    const value = key.endsWith('Label') ? fields.get(key.slice(0, -'Label'.length)) : undefined;
    return value === undefined ? [] : [[label, value] as const];
  });
  return new Map([...labelled, ...fields]);
}
