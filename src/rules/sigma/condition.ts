import { didYouMean } from '../../util/nearest.ts';

/** A condition as a tree. `of` names the selections that its pattern stands for. */
export type Condition =
  | { readonly kind: 'selection'; readonly name: string }
  | { readonly kind: 'of'; readonly quantifier: '1' | 'all'; readonly names: readonly string[] }
  | { readonly kind: 'not'; readonly item: Condition }
  | { readonly kind: 'and' | 'or'; readonly items: readonly Condition[] };

/** What is wrong with a condition, and the index in its text where. */
export interface ConditionError {
  readonly at: number;
  readonly message: string;
}

interface Token {
  readonly text: string;
  readonly at: number;
}

interface Cursor {
  readonly tokens: readonly Token[];
  /** Index after the last character, for what is missing at the end. */
  readonly end: number;
  readonly names: readonly string[];
  readonly errors: ConditionError[];
  next: number;
  depth: number;
}

/** Characters of one condition, and brackets inside brackets: bounds the recursion. */
const LONGEST = 4096;
const DEEPEST = 64;
const RESERVED = new Set(['and', 'or', 'not', 'of', 'them', 'all', '1']);

class SyntaxProblem extends Error {
  readonly at: number;

  constructor(at: number, message: string) {
    super(message);
    this.name = 'SyntaxProblem';
    this.at = at;
  }
}

/** True for a name that the condition could not tell from its own words. */
export function isReserved(name: string): boolean {
  return RESERVED.has(name);
}

/**
 * Reads a condition (Sigma rules specification, "Condition"): `or` binds least, then `and`, then `not`.
 * `names` are the selections that exist; all unknown ones are reported, and the first fault of the grammar.
 */
export function parseCondition(
  text: string,
  names: readonly string[],
): { readonly condition: Condition | null; readonly errors: readonly ConditionError[] } {
  if (text.length > LONGEST) {
    return { condition: null, errors: [{ at: 0, message: `longer than ${LONGEST} characters` }] };
  }
  const tokens = [...text.matchAll(/[()|]|[^\s()|]+/g)].map((match) => ({ text: match[0], at: match.index }));
  const cursor: Cursor = { tokens, end: text.length, names, errors: [], next: 0, depth: 0 };
  try {
    const condition = parseOr(cursor);
    const rest = tokens[cursor.next];
    if (rest !== undefined) throw new SyntaxProblem(rest.at, unexpected(rest));
    return { condition: cursor.errors.length > 0 ? null : condition, errors: cursor.errors };
  } catch (error) {
    if (!(error instanceof SyntaxProblem)) throw error;
    return { condition: null, errors: [...cursor.errors, { at: error.at, message: error.message }] };
  }
}

/** Names of the selections that a condition looks at. */
export function namesIn(condition: Condition): readonly string[] {
  switch (condition.kind) {
    case 'selection':
      return [condition.name];
    case 'of':
      return condition.names;
    case 'not':
      return namesIn(condition.item);
    default:
      return condition.items.flatMap(namesIn);
  }
}

function unexpected(token: Token): string {
  if (token.text === '|') return 'aggregations (`|`) are not part of Sigma 2; use a correlation';
  return `unexpected \`${token.text}\`, \`and\` or \`or\` expected`;
}

function parseOr(cursor: Cursor): Condition {
  return parseChain(cursor, 'or', (inner) => parseChain(inner, 'and', parseNot));
}

function parseChain(cursor: Cursor, kind: 'and' | 'or', parseItem: (cursor: Cursor) => Condition): Condition {
  const first = parseItem(cursor);
  const items = [first];
  while (cursor.tokens[cursor.next]?.text === kind) {
    cursor.next++;
    items.push(parseItem(cursor));
  }
  return items.length === 1 ? first : { kind, items };
}

function parseNot(cursor: Cursor): Condition {
  let negations = 0;
  while (cursor.tokens[cursor.next]?.text === 'not') {
    cursor.next++;
    negations++;
  }
  const item = parseOperand(cursor);
  return negations % 2 === 1 ? { kind: 'not', item } : item;
}

function parseOperand(cursor: Cursor): Condition {
  const token = take(cursor, 'a selection');
  if (token.text === '(') return parseBracket(cursor, token);
  if (cursor.tokens[cursor.next]?.text === 'of') return parseOf(cursor, token);
  if (token.text === ')' || token.text === '|' || RESERVED.has(token.text)) {
    throw new SyntaxProblem(token.at, `unexpected \`${token.text}\`, a selection expected`);
  }
  if (!cursor.names.includes(token.text)) {
    const hint = didYouMean(token.text, cursor.names);
    cursor.errors.push({ at: token.at, message: `no selection is named \`${token.text}\`${hint}` });
  }
  return { kind: 'selection', name: token.text };
}

function parseBracket(cursor: Cursor, open: Token): Condition {
  if (++cursor.depth > DEEPEST) {
    throw new SyntaxProblem(open.at, `brackets inside each other more than ${DEEPEST} times`);
  }
  const condition = parseOr(cursor);
  const close = cursor.tokens[cursor.next++];
  if (close === undefined) throw new SyntaxProblem(open.at, 'a `(` without its `)`');
  if (close.text !== ')') throw new SyntaxProblem(close.at, unexpected(close));
  cursor.depth--;
  return condition;
}

function parseOf(cursor: Cursor, quantifier: Token): Condition {
  cursor.next++;
  if (quantifier.text !== '1' && quantifier.text !== 'all') {
    throw new SyntaxProblem(quantifier.at, `\`${quantifier.text} of\`: only \`1 of\` and \`all of\` exist`);
  }
  const pattern = take(cursor, '`them` or a pattern of selections');
  const names = cursor.names.filter((name) => isMeant(pattern.text, name));
  if (names.length === 0) {
    cursor.errors.push({ at: pattern.at, message: `no selection is meant by \`${pattern.text}\`` });
  }
  return { kind: 'of', quantifier: quantifier.text, names };
}

/** Selections with an underscore in front are only meant by a pattern that names it. */
function isMeant(pattern: string, name: string): boolean {
  if (name.startsWith('_') && !pattern.startsWith('_')) return false;
  if (pattern === 'them') return true;
  const [first = '', ...rest] = pattern.split('*');
  if (!name.startsWith(first)) return false;
  const last = rest.pop();
  if (last === undefined) return name === first;
  let at = first.length;
  for (const part of rest) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return name.length - last.length >= at && name.endsWith(last);
}

function take(cursor: Cursor, expected: string): Token {
  const token = cursor.tokens[cursor.next++];
  if (token === undefined)
    throw new SyntaxProblem(cursor.end, `the condition ends where ${expected} is expected`);
  return token;
}
