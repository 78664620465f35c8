import { type Escaped, parseEscape, toSetTest } from './characters.ts';
import { type CharacterTest, PatternError, type RegexFlags } from './syntax.ts';

/** Reads a character class; `at` is the index after its `[`, `next` the one after its `]`. */
export function parseClass(
  source: readonly string[],
  at: number,
  flags: RegexFlags,
): { test: CharacterTest; next: number } {
  const negated = source[at] === '^';
  const tests: CharacterTest[] = [];
  let i = negated ? at + 1 : at;
  if (source[i] === ']') {
    throw new PatternError('malformed', i, 'an empty class; write `\\]` for the bracket itself');
  }
  while (source[i] !== ']') {
    const from = parseMember(source, i);
    const ranged = source[from.next] === '-' && source[from.next + 1] !== ']';
    const to = ranged ? parseMember(source, from.next + 1) : from;
    tests.push(ranged ? toRange(from.escaped, to.escaped, i) : toMember(from.escaped));
    i = to.next;
  }
  const any = toSetTest((c) => tests.some((test) => test(c)), flags);
  return { test: negated ? (c) => c >= 0 && !any(c) : any, next: i + 1 };
}

function parseMember(source: readonly string[], at: number): { escaped: Escaped; next: number } {
  const character = source[at];
  if (character === undefined) throw new PatternError('malformed', at, 'a class without its `]`');
  if (character === '\\') return parseEscape(source, at + 1);
  if (character === '[' && /[:.=]/.test(source[at + 1] ?? '')) {
    throw new PatternError('unsupported', at, 'POSIX classes are not supported');
  }
  return { escaped: { code: character.codePointAt(0) ?? 0 }, next: at + 1 };
}

function toMember(member: Escaped): CharacterTest {
  return 'test' in member ? member.test : (c) => c === member.code;
}

function toRange(from: Escaped, to: Escaped, at: number): CharacterTest {
  if ('test' in from || 'test' in to || from.code > to.code) {
    throw new PatternError('malformed', at, 'a range in a class needs two characters in order');
  }
  return (c) => c >= from.code && c <= to.code;
}
