/** One record of a product, whatever its outer form. */
export interface PamRecord {
  readonly vendor: string;
  readonly product: string;
  readonly eventId: string;
  /** Name of the event; empty where the form has none. */
  readonly name: string;
  /** Values by the record's own keys; where a key has a label (`cs1Label`), by that too. */
  readonly fields: ReadonlyMap<string, string>;
}

// Products write some forty keys; four hundred are a line of junk.
export const FIELDS_KEPT = 400;

/** Splits at a delimiter that no backslash stands before, into so many parts at most; the last keeps the rest. */
export function splitUnescaped(text: string, delimiter: string, parts: number): readonly string[] {
  const found: string[] = [];
  let start = 0;
  for (let at = 0; at < text.length && found.length < parts - 1; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === delimiter) {
      found.push(text.slice(start, at));
      start = at + 1;
    }
  }
  return [...found, text.slice(start)];
}

/** `\|`, `\=`, `\\`, `\n` and `\r`; a backslash before anything else is itself, as products write paths unescaped. */
export function unescape(text: string): string {
  return text.replace(/\\([|=\\nr])/g, (_, char: string) =>
    char === 'n' ? '\n' : char === 'r' ? '\r' : char,
  );
}

/** A value without the quotes that some products put around it. */
export function unquote(text: string): string {
  return text.length >= 2 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text;
}
