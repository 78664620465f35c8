import { type CharacterTest, PatternError, type RegexFlags } from './syntax.ts';

const NEWLINE = 0x0a;

/** A word character as in PCRE without Unicode properties: letters, digits and underscore of ASCII. */
export const isWord: CharacterTest = (c) =>
  (c >= 0x30 && c <= 0x39) || (c >= 0x41 && c <= 0x5a) || c === 0x5f || (c >= 0x61 && c <= 0x7a);

const isDigit: CharacterTest = (c) => c >= 0x30 && c <= 0x39;
const isSpace: CharacterTest = (c) => (c >= 0x09 && c <= 0x0d) || c === 0x20;

const SETS: Readonly<Record<string, CharacterTest>> = {
  d: isDigit,
  D: (c) => !isDigit(c),
  w: isWord,
  W: (c) => !isWord(c),
  s: isSpace,
  S: (c) => !isSpace(c),
};

const CONTROLS: Readonly<Record<string, number>> = { t: 0x09, n: 0x0a, v: 0x0b, f: 0x0c, r: 0x0d };

/** What an escape outside or inside a class stands for: one character, or a set of them. */
export type Escaped = { readonly code: number } | { readonly test: CharacterTest };

/** Reads the escape whose letter stands at `at`; `next` is the index after it. */
export function parseEscape(source: readonly string[], at: number): { escaped: Escaped; next: number } {
  const letter = source[at];
  if (letter === undefined) throw new PatternError('malformed', at - 1, 'a backslash ends the expression');
  const set = SETS[letter];
  if (set !== undefined) return { escaped: { test: set }, next: at + 1 };
  const control = CONTROLS[letter];
  if (control !== undefined) return { escaped: { code: control }, next: at + 1 };
  if (letter === 'x') return parseHex(source, at);
  if (/[1-9]|[gk]/.test(letter)) {
    throw new PatternError('not-linear', at - 1, `\`\\${letter}\` refers back to a group: not accepted`);
  }
  if (/[a-z0-9]/i.test(letter)) {
    throw new PatternError('unsupported', at - 1, `the escape \`\\${letter}\` is not supported`);
  }
  return { escaped: { code: letter.codePointAt(0) ?? 0 }, next: at + 1 };
}

/** Makes the test for one character; with `i` both cases of it. */
export function toCharacterTest(code: number, flags: RegexFlags): CharacterTest {
  if (!flags.i) return (c) => c === code;
  const folded = foldCase(code);
  return (c) => c >= 0 && foldCase(c) === folded;
}

/** With `i`, a character is in a set where either of its cases is. */
export function toSetTest(test: CharacterTest, flags: RegexFlags): CharacterTest {
  if (!flags.i) return (c) => c >= 0 && test(c);
  return (c) => c >= 0 && (test(c) || test(foldCase(c)) || test(raiseCase(c)));
}

export function dotTest(flags: RegexFlags): CharacterTest {
  return flags.s ? (c) => c >= 0 : (c) => c >= 0 && c !== NEWLINE;
}

function parseHex(source: readonly string[], at: number): { escaped: Escaped; next: number } {
  const digits = source.slice(at + 1, at + 3).join('');
  if (!/^[0-9a-f]{2}$/i.test(digits)) {
    throw new PatternError('malformed', at - 1, '`\\x` needs two hexadecimal digits');
  }
  return { escaped: { code: Number.parseInt(digits, 16) }, next: at + 3 };
}

function foldCase(code: number): number {
  return mapCase(code, (text) => text.toLowerCase());
}

function raiseCase(code: number): number {
  return mapCase(code, (text) => text.toUpperCase());
}

/** Only mappings of one character to one: `ß` stays itself. */
function mapCase(code: number, map: (text: string) => string): number {
  const mapped = Array.from(map(String.fromCodePoint(code)));
  return mapped.length === 1 ? (mapped[0]?.codePointAt(0) ?? code) : code;
}
