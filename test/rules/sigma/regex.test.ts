import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { compileRegex, LONGEST_TEXT } from '../../../src/rules/sigma/regex/machine.ts';
import { PatternError } from '../../../src/rules/sigma/regex/syntax.ts';
import { verifyLinearPattern } from '../../../src/rules/sigma/regex/verify.ts';

const NONE = { i: false, m: false, s: false };

function codeOf(pattern: string): string {
  try {
    verifyLinearPattern(pattern, NONE);
    return 'accepted';
  } catch (error) {
    assert.ok(error instanceof PatternError);
    return error.code;
  }
}

test('patterns that are dangerous in common engines are refused', () => {
  const dangerous = [
    String.raw`(a+)+ (a*)*b (a+)* (.*)+ ([a-z]+)*$ (a|aa)+ (a|a)*b (a|b|ab)*c (\d+|x)+ ((a+)b)+ (x(y(z*)))*`,
    String.raw`(a?)+ (ab?)* (a{1,3})+ (a+){2,} (?:a+)+? (a{2,}){3,}`,
    String.raw`(a)\1 \1 (a)\g1 \k<n> (?=a) (?!a) a(?<=b) a(?<!b)`,
  ].flatMap((line) => line.split(' '));
  for (const pattern of dangerous) assert.equal(codeOf(pattern), 'not-linear', pattern);
});

test('their harmless neighbours are accepted', () => {
  const harmless = [
    String.raw`a+b* (a+) (a+)? (a+){2} (ab)+ (?:ab)*c (a|b) (a|b){1,3} ([a-z]{2})+ [ab]+ ^root$ x{3} x{2,}`,
    String.raw`x{0,5} a.*b.*c \. \d+\s\w \bsudo\b \x41 [\]^-] [^a]`,
  ].flatMap((line) => line.split(' '));
  for (const pattern of harmless) assert.equal(codeOf(pattern), 'accepted', pattern);
});

test('what is outside the flavour is refused', () => {
  for (const pattern of [
    '(?i)a',
    '(?<n>a)',
    '(?P<n>a)',
    '(?>a)',
    '(?#x)',
    '\\Aa',
    '\\z',
    '\\pL',
    '\\Q',
    'a++',
    '[[:alpha:]]',
  ]) {
    assert.equal(codeOf(pattern), 'unsupported', pattern);
  }
  for (const pattern of [
    '(',
    ')',
    'a)',
    '[a',
    '[]',
    '[z-a]',
    '[\\d-z]',
    '*a',
    '+',
    '?',
    '^*',
    '\\b+',
    'a{',
    '{2}',
    'a{3,2}',
    'a{1001}',
    '\\',
    '\\x4',
    'a|*',
  ]) {
    assert.equal(codeOf(pattern), 'malformed', pattern);
  }
  for (const pattern of [
    'a'.repeat(1025),
    '('.repeat(33) + ')'.repeat(33),
    '((a{100}){100}){100}',
    '(a{600}){2}',
  ]) {
    assert.equal(codeOf(pattern), 'too-long', pattern.slice(0, 20));
  }
});

test('a nested repetition costs what its text and states cost, not their power', () => {
  // Backtracking would take 2^40 steps and more for any of these.
  const text = `${'a'.repeat(5_000)}!`;
  for (const pattern of [
    '^a*a*a*a*a*a*b',
    '(a*a*){2}b',
    `^${'a?'.repeat(40)}${'a'.repeat(40)}$`,
    '(a|a){1,40}(a|a){1,40}b',
  ]) {
    assert.equal(compileRegex(pattern, NONE)(text), false, pattern);
  }
});

test('only the first 64 KiB of a text are searched', () => {
  const holds = compileRegex('z', NONE);
  assert.equal(holds(`${'a'.repeat(LONGEST_TEXT - 1)}z`), true);
  assert.equal(holds(`${'a'.repeat(LONGEST_TEXT)}z`), false);
});

test('a dollar holds before the line break that ends the text, as in PCRE', () => {
  const end = compileRegex('a$', NONE);
  assert.deepEqual(['a', 'a\n', 'a\nb', 'a\n\n'].map(end), [true, true, false, false]);
  const lines = compileRegex('^b$', { ...NONE, m: true });
  assert.deepEqual(['a\nb\nc', 'b', 'a\nbc'].map(lines), [true, true, false]);
});

test('without distinction of case, classes and ranges take both cases', () => {
  const insensitive = { ...NONE, i: true };
  assert.equal(compileRegex('[a-c]X', insensitive)('Bx'), true);
  assert.equal(compileRegex('[^a-c]', insensitive)('ABC'), false);
  assert.equal(compileRegex('ä', insensitive)('Ä'), true);
  assert.equal(compileRegex('[a-c]X', NONE)('Bx'), false);
});

test('the machine agrees with JavaScript on every pattern that both read alike', () => {
  const atom = fc.constantFrom(
    'a',
    'b',
    '.',
    '[ab]',
    '[^a]',
    '\\d',
    '\\w',
    '\\W',
    '\\b',
    '^',
    '-',
    '\\.',
    '\\s',
  );
  const quantifier = fc.constantFrom('', '', '*', '+', '?', '{2}', '{1,2}', '{1,}', '*?');
  const { tree } = fc.letrec<{ tree: string }>((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small' },
      fc.tuple(atom, quantifier).map(([one, many]) => (one === '^' || one === '\\b' ? one : one + many)),
      fc.tuple(tie('tree'), tie('tree')).map((parts) => parts.join('')),
      fc.tuple(tie('tree'), tie('tree')).map((parts) => `(${parts.join('|')})`),
      fc.tuple(tie('tree'), quantifier).map(([inner, many]) => `(?:${inner})${many}`),
    ),
  }));
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '1', '.', '-', ' ', '\n', 'é'), maxLength: 8 });
  let compared = 0;
  fc.assert(
    fc.property(
      tree,
      text,
      fc.record({ i: fc.boolean(), m: fc.boolean(), s: fc.boolean() }),
      (pattern, input, flags) => {
        if (codeOf(pattern) !== 'accepted') return;
        compared++;
        const names = Object.entries(flags).flatMap(([name, on]) => (on ? [name] : []));
        assert.equal(
          compileRegex(pattern, flags)(input),
          new RegExp(pattern, names.join('')).test(input),
          pattern,
        );
      },
    ),
    { numRuns: 1500 },
  );
  assert.ok(compared > 300, `only ${compared} patterns were accepted`);
});

test('any text is either accepted or refused with a PatternError', () => {
  const special = fc.string({ unit: fc.constantFrom(...'ab()[]{}|*+?^$.\\-,:=!<12dxk'), maxLength: 20 });
  fc.assert(fc.property(fc.oneof(fc.string(), special), (pattern) => typeof codeOf(pattern) === 'string'));
});
