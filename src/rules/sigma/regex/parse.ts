import { dotTest, parseEscape, toCharacterTest, toSetTest } from './characters.ts';
import { parseClass } from './class.ts';
import { type Assertion, PatternError, type RegexFlags, type RegexNode } from './syntax.ts';

/** Characters of one expression. */
const LONGEST = 1024;
/** Groups inside groups: bounds the recursion of everything that walks the tree. */
const DEEPEST = 32;
/** `{n,m}` up to here; the size of the machine is bounded separately. */
const MOST_REPEATS = 1000;

const ASSERTIONS: Readonly<Record<string, Assertion>> = { '^': 'start', $: 'end' };
const QUANTIFIERS: Readonly<Record<string, readonly [number, number]>> = {
  '*': [0, Number.POSITIVE_INFINITY],
  '+': [1, Number.POSITIVE_INFINITY],
  '?': [0, 1],
};

interface Cursor {
  readonly source: readonly string[];
  readonly flags: RegexFlags;
  at: number;
  depth: number;
}

/**
 * Reads a regular expression of the flavour that Sigma names (wildcard, anchors, quantifiers, classes, groups,
 * alternation) and the usual escapes. Throws PatternError for everything else.
 */
export function parseRegex(text: string, flags: RegexFlags): RegexNode {
  const source = Array.from(text);
  if (source.length > LONGEST) {
    throw new PatternError('too-long', LONGEST, `longer than ${LONGEST} characters`);
  }
  const cursor: Cursor = { source, flags, at: 0, depth: 0 };
  const node = parseAlternation(cursor);
  if (cursor.at < source.length) throw new PatternError('malformed', cursor.at, 'a `)` without its `(`');
  return node;
}

function parseAlternation(cursor: Cursor): RegexNode {
  const items = [parseSequence(cursor)];
  while (cursor.source[cursor.at] === '|') {
    cursor.at++;
    items.push(parseSequence(cursor));
  }
  return items.length === 1 && items[0] !== undefined ? items[0] : { kind: 'alternation', items };
}

function parseSequence(cursor: Cursor): RegexNode {
  const items: RegexNode[] = [];
  for (;;) {
    const character = cursor.source[cursor.at];
    if (character === undefined || character === '|' || character === ')') return { kind: 'sequence', items };
    items.push(parseQuantified(cursor, parseAtom(cursor, character)));
  }
}

function parseAtom(cursor: Cursor, character: string): RegexNode {
  const at = cursor.at++;
  const assertion = ASSERTIONS[character];
  if (assertion !== undefined) return { kind: 'assertion', assertion };
  if (character === '(') return parseGroup(cursor, at);
  if (character === '[') return parseBracket(cursor);
  if (character === '\\') return parseBackslash(cursor);
  if (character === '.') return { kind: 'character', test: dotTest(cursor.flags) };
  if (character in QUANTIFIERS) throw new PatternError('malformed', at, `\`${character}\` repeats nothing`);
  if (character === '{') throw new PatternError('malformed', at, 'write `\\{` for a brace itself');
  return { kind: 'character', test: toCharacterTest(character.codePointAt(0) ?? 0, cursor.flags) };
}

function parseBracket(cursor: Cursor): RegexNode {
  const { test, next } = parseClass(cursor.source, cursor.at, cursor.flags);
  cursor.at = next;
  return { kind: 'character', test };
}

function parseBackslash(cursor: Cursor): RegexNode {
  const letter = cursor.source[cursor.at];
  if (letter === 'b' || letter === 'B') {
    cursor.at++;
    return { kind: 'assertion', assertion: letter === 'b' ? 'word-edge' : 'no-word-edge' };
  }
  const { escaped, next } = parseEscape(cursor.source, cursor.at);
  cursor.at = next;
  const { flags } = cursor;
  return {
    kind: 'character',
    test: 'test' in escaped ? toSetTest(escaped.test, flags) : toCharacterTest(escaped.code, flags),
  };
}

function parseGroup(cursor: Cursor, open: number): RegexNode {
  if (cursor.source[cursor.at] === '?') verifyPlainGroup(cursor, open);
  if (++cursor.depth > DEEPEST) {
    throw new PatternError('too-long', open, `groups inside each other more than ${DEEPEST} times`);
  }
  const node = parseAlternation(cursor);
  if (cursor.source[cursor.at] !== ')') throw new PatternError('malformed', open, 'a `(` without its `)`');
  cursor.at++;
  cursor.depth--;
  return node;
}

function verifyPlainGroup(cursor: Cursor, open: number): void {
  const [kind = '', more = ''] = cursor.source.slice(cursor.at + 1, cursor.at + 3);
  if (kind === ':') {
    cursor.at += 2;
    return;
  }
  const around = kind === '=' || kind === '!' || (kind === '<' && (more === '=' || more === '!'));
  if (around) throw new PatternError('not-linear', open, 'lookaround is not accepted');
  throw new PatternError('unsupported', open, 'only `(…)` and `(?:…)` groups; flags go into `re|i|m|s`');
}

function parseQuantified(cursor: Cursor, item: RegexNode): RegexNode {
  const at = cursor.at;
  const bounds = parseBounds(cursor);
  if (bounds === null) return item;
  const [min, max] = bounds;
  if (item.kind === 'assertion') throw new PatternError('malformed', at, 'an anchor cannot be repeated');
  // Whether a quantifier is greedy changes what is captured, never whether there is a match.
  if (cursor.source[cursor.at] === '?') cursor.at++;
  if (/[*+?{]/.test(cursor.source[cursor.at] ?? '')) {
    throw new PatternError('unsupported', cursor.at, 'a quantifier on a quantifier is not supported');
  }
  return { kind: 'repeat', item, min, max, at };
}

function parseBounds(cursor: Cursor): readonly [number, number] | null {
  const character = cursor.source[cursor.at] ?? '';
  const simple = QUANTIFIERS[character];
  if (simple !== undefined) {
    cursor.at++;
    return simple;
  }
  return character === '{' ? parseCounts(cursor) : null;
}

/** `{n}`, `{n,}` or `{n,m}`. */
function parseCounts(cursor: Cursor): readonly [number, number] {
  const at = cursor.at;
  const match = /^\{(\d{1,4})(?:(,)(\d{1,4})?)?\}/.exec(cursor.source.slice(at, at + 12).join(''));
  if (match === null) throw new PatternError('malformed', at, 'write `{n}`, `{n,}` or `{n,m}`, or `\\{`');
  const min = Number(match[1]);
  const open = match[2] === undefined ? min : Number.POSITIVE_INFINITY;
  const max = match[3] === undefined ? open : Number(match[3]);
  const highest = max === Number.POSITIVE_INFINITY ? min : max;
  if (max < min || highest > MOST_REPEATS) {
    throw new PatternError('malformed', at, `counts must be in order and at most ${MOST_REPEATS}`);
  }
  cursor.at += match[0].length;
  return [min, max];
}
