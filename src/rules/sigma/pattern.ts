/**
 * A text with Sigma's wildcards, as code points: numbers from 0 are themselves.
 * Source: Sigma rules specification, "String Wildcard" and "Escaping".
 */
export type Pattern = readonly number[];

/** `?`: exactly one character. */
const ONE = -1;
/** `*`: any characters, also none. */
const ANY = -2;

export type Anchor = 'whole' | 'startswith' | 'endswith' | 'contains';

/** Characters of one pattern: matching takes at most pattern × text steps. */
export const LONGEST_PATTERN = 1024;

/**
 * Reads a text of a rule. `\` takes the meaning from a `*`, `?` or `\` after it and is itself anywhere else,
 * so `\\*` is a backslash and a wildcard, and three or four backslashes are two.
 */
export function parsePattern(text: string): Pattern {
  const characters = Array.from(text);
  const pattern: number[] = [];
  for (let i = 0; i < characters.length; i++) {
    const next = characters[i + 1];
    const escapes = characters[i] === '\\' && (next === '*' || next === '?' || next === '\\');
    if (escapes) i++;
    pattern.push(toSymbol(characters[i] ?? '', escapes));
  }
  return pattern;
}

/** A pattern of exactly these characters, none of them a wildcard. */
export function toLiteral(text: string): Pattern {
  return Array.from(text, (character) => character.codePointAt(0) ?? 0);
}

/** The characters of a pattern without wildcards; null where it has any. */
export function literalText(pattern: Pattern): string | null {
  return pattern.some((symbol) => symbol < 0) ? null : String.fromCodePoint(...pattern);
}

/** Adds the wildcards that `startswith`, `endswith` and `contains` stand for. */
export function anchorPattern(pattern: Pattern, anchor: Anchor): Pattern {
  const before = anchor === 'endswith' || anchor === 'contains' ? [ANY] : [];
  const after = anchor === 'startswith' || anchor === 'contains' ? [ANY] : [];
  return [...before, ...pattern, ...after];
}

/** Makes the test for a pattern. Without `cased`, upper and lower case are equal. */
export function compilePattern(pattern: Pattern, cased: boolean): (text: string) => boolean {
  const fold = cased ? (text: string): string => text : (text: string): string => text.toLowerCase();
  const literal = literalText(pattern);
  if (literal !== null) {
    const folded = fold(literal);
    return (text) => fold(text) === folded;
  }
  const symbols = pattern.flatMap((symbol) =>
    symbol < 0 ? [symbol] : [...toLiteral(fold(String.fromCodePoint(symbol)))],
  );
  return (text) => matchesWildcards(symbols, toLiteral(fold(text)));
}

function toSymbol(character: string, escaped: boolean): number {
  if (!escaped && character === '*') return ANY;
  if (!escaped && character === '?') return ONE;
  return character.codePointAt(0) ?? 0;
}

/** Greedy with one way back, to the latest `*`: earlier ones never need to give up what they took. */
function matchesWildcards(pattern: Pattern, text: Pattern): boolean {
  let at = 0;
  let star = -1;
  let resume = 0;
  let i = 0;
  while (i < text.length) {
    const symbol = pattern[at];
    if (symbol === ANY) {
      star = at++;
      resume = i;
    } else if (symbol === ONE || symbol === text[i]) {
      at++;
      i++;
    } else if (star >= 0) {
      at = star + 1;
      i = ++resume;
    } else return false;
  }
  while (pattern[at] === ANY) at++;
  return at === pattern.length;
}
