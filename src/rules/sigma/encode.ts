import { literalText, type Pattern, toLiteral } from './pattern.ts';

export type Encoding = 'utf16le' | 'utf16be' | 'utf16' | 'wide' | 'base64' | 'base64offset';

/**
 * Applies encodings in order to a text; `base64offset` gives three texts. Null where the text has wildcards:
 * an encoded wildcard would mean nothing. Source: Sigma modifiers appendix, "Encoding".
 */
export function encodePattern(pattern: Pattern, encodings: readonly Encoding[]): readonly Pattern[] | null {
  if (encodings.length === 0) return [pattern];
  const text = literalText(pattern);
  if (text === null) return null;
  let bytes: Uint8Array = new TextEncoder().encode(text);
  for (const encoding of encodings) {
    if (encoding === 'base64') return [toLiteral(toBase64(bytes))];
    if (encoding === 'base64offset') return toOffsets(bytes).map(toLiteral);
    bytes = toUtf16(text, encoding);
  }
  // Without Base64 after it, a UTF-16 value is compared byte by byte, each byte as the character of that number.
  return [Array.from(bytes)];
}

function toUtf16(text: string, encoding: 'utf16le' | 'utf16be' | 'utf16' | 'wide'): Uint8Array {
  const mark = encoding === 'utf16' ? [0xff, 0xfe] : [];
  const bytes = [...mark];
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    const pair = [unit & 0xff, unit >> 8];
    bytes.push(...(encoding === 'utf16be' ? pair.reverse() : pair));
  }
  return Uint8Array.from(bytes);
}

function toBase64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}

/**
 * The part of the Base64 text that does not depend on what stands around the value, for each of the three
 * positions it can have. 0, 1 or 2 bytes in front change 0, 2 or 3 leading characters; behind, an incomplete
 * group changes its last character besides the padding: 0, 3 or 2 characters are cut.
 */
function toOffsets(bytes: Uint8Array): readonly string[] {
  return [0, 1, 2].map((shift) => {
    const encoded = toBase64(Uint8Array.from([...Array.from({ length: shift }, () => 0), ...bytes]));
    const cutFront = [0, 2, 3][shift] ?? 0;
    const cutBack = [0, 3, 2][(bytes.length + shift) % 3] ?? 0;
    return encoded.slice(cutFront, encoded.length - cutBack);
  });
}
