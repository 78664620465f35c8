/** A value that XML can hold: null is an empty element, undefined none, and an array one element for each member. */
export type XmlValue = string | number | boolean | object | null | undefined;

const HEADER = '<?xml version="1.0" encoding="UTF-8"?>\n';

/** A whole document. */
export function toXml(root: string, value: XmlValue, namespace?: string): string {
  const attribute = namespace === undefined ? '' : ` xmlns="${escape(namespace)}"`;
  return `${HEADER}<${root}${attribute}>${content(value)}</${root}>`;
}

function element(name: string, value: XmlValue): string {
  if (value === undefined) return '';
  if (Array.isArray(value)) return value.map((one: XmlValue) => element(name, one)).join('');
  const inner = content(value);
  return inner === '' ? `<${name}/>` : `<${name}>${inner}</${name}>`;
}

function content(value: XmlValue): string {
  if (value === null || value === undefined) return '';
  if (value instanceof Date) return value.toISOString();
  if (typeof value !== 'object') return escape(String(value));
  return Object.entries(value)
    .map(([name, one]) => element(name, one as XmlValue))
    .join('');
}

const ENTITIES: Readonly<Record<string, string>> = { '<': '&lt;', '>': '&gt;', '&': '&amp;', '"': '&quot;' };

/** XML 1.0 has no way to write most control characters; AWS writes them as references all the same. */
function escape(text: string): string {
  return text.replaceAll(
    /[<>&"]|\p{Cc}/gu,
    (one) => ENTITIES[one] ?? `&#x${one.charCodeAt(0).toString(16)};`,
  );
}
