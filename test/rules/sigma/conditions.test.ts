import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { detect } from '../support.ts';

/** Selections a, b, c, sel_x, sel_y and _hidden hold where the record lists their name. */
const SELECTIONS = ['a', 'b', 'c', 'sel_x', 'sel_y', '_hidden'];

function holds(condition: string, names: readonly string[]): boolean | undefined {
  const used = SELECTIONS.map((name) => `${name}: {on: ${name}}`).join('\n');
  const all = `(${condition}) or (a and not a) or (1 of sel_* and not 1 of sel_*) or (b and not b) or (c and not c)`;
  const { matches, problems } = detect(`${used}\ncondition: '${all}'`);
  assert.deepEqual(problems, []);
  return matches?.({ on: names });
}

const TABLE: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ['a', ['a'], ['b']],
  ['a and b', ['a', 'b'], ['a']],
  ['a or b', ['b'], ['c']],
  ['not a', ['b'], ['a']],
  ['not not a', ['a'], ['b']],
  ['a and not b', ['a'], ['a', 'b']],
  ['not a or b', ['b', 'a'], ['a']],
  ['a or b and c', ['a'], ['b']],
  ['(a or b) and c', ['b', 'c'], ['a', 'b']],
  ['not (a or b)', ['c'], ['b']],
  ['a and (b or (c and not sel_x))', ['a', 'c'], ['a', 'c', 'sel_x']],
  ['1 of them', ['sel_y'], ['_hidden']],
  ['all of them', ['a', 'b', 'c', 'sel_x', 'sel_y'], ['a', 'b', 'c', 'sel_x', '_hidden']],
  ['1 of sel_*', ['sel_y'], ['a', '_hidden']],
  ['all of sel_*', ['sel_x', 'sel_y'], ['sel_x']],
  ['1 of *_x', ['sel_x'], ['sel_y']],
  ['1 of s*_*', ['sel_y'], ['a']],
  ['1 of a', ['a'], ['b']],
  ['1 of _*', ['_hidden'], ['a']],
  ['_hidden', ['_hidden'], ['a']],
  ['1 of sel_* and not 1 of a*', ['sel_x'], ['sel_x', 'a']],
  ['not 1 of sel_*', ['a'], ['sel_x']],
];

for (const [condition, matching, missing] of TABLE) {
  test(`condition: ${condition}`, () => {
    assert.equal(holds(condition, matching), true, `with ${matching.join()}`);
    assert.equal(holds(condition, missing), false, `with ${missing.join()}`);
  });
}

test('a list of conditions is OR', () => {
  const { matches, problems } = detect('a: {f: 1}\nb: {f: 2}\ncondition:\n  - a\n  - b');
  assert.deepEqual(problems, []);
  assert.deepEqual(
    [{ f: 1 }, { f: 2 }, { f: 3 }].map((record) => matches?.(record)),
    [true, true, false],
  );
});

test('a selection with an underscore need not be used', () => {
  assert.deepEqual(detect('a: {f: 1}\n_b: {f: 2}\ncondition: a').problems, []);
});

test('precedence agrees with JavaScript for any condition of and, or, not and brackets', () => {
  const atom = fc.constantFrom('a', 'b', 'c');
  const { tree } = fc.letrec<{ tree: string }>((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small' },
      atom,
      fc.tuple(tie('tree'), fc.constantFrom('and', 'or'), tie('tree')).map((parts) => parts.join(' ')),
      tie('tree').map((inner) => `not (${inner})`),
      tie('tree').map((inner) => `(${inner})`),
    ),
  }));
  fc.assert(
    fc.property(tree, fc.subarray(['a', 'b', 'c']), (condition, names) => {
      const script = condition
        .replace(/\b[abc]\b/g, (name) => String(names.includes(name)))
        .replace(/\band\b/g, '&&')
        .replace(/\bor\b/g, '||')
        .replace(/\bnot\b/g, '!');
      assert.equal(holds(condition, names), Boolean(new Function(`return ${script}`)()));
    }),
    { numRuns: 200 },
  );
});
