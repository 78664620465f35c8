import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { compilePattern, literalText, parsePattern, toLiteral } from '../../../src/rules/sigma/pattern.ts';
import { timePart } from '../../../src/rules/sigma/time-part.ts';

const EQUIVALENTS = new Map([
  ['*', '.*'],
  ['?', '.'],
  ['.', '\\.'],
]);

test('wildcards agree with the regular expression that they stand for', () => {
  const symbols = fc.array(fc.constantFrom('a', 'B', '*', '?', '.'), { maxLength: 8 });
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '.', '\n'), maxLength: 8 });
  fc.assert(
    fc.property(symbols, text, fc.boolean(), (parts, input, cased) => {
      const source = parts.map((part) => EQUIVALENTS.get(part) ?? part).join('');
      const expected = new RegExp(`^${source}$`, cased ? 's' : 'is').test(input);
      assert.equal(compilePattern(parsePattern(parts.join('')), cased)(input), expected);
    }),
  );
});

test('an escaped text is itself and nothing else', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const pattern = parsePattern(text.replace(/[\\*?]/g, '\\$&'));
      assert.equal(literalText(pattern), text);
      assert.deepEqual(pattern, toLiteral(text));
    }),
  );
});

test('the week of a date is the ISO week, on every day of twenty-eight years', () => {
  for (let time = Date.UTC(2000, 0, 1); time < Date.UTC(2028, 0, 1); time += 86_400_000) {
    const day = new Date(time);
    // The Thursday of a week lies in the year that the week belongs to.
    const thursday = new Date(time + (3 - ((day.getUTCDay() + 6) % 7)) * 86_400_000);
    const days = (thursday.getTime() - Date.UTC(thursday.getUTCFullYear(), 0, 1)) / 86_400_000;
    assert.equal(timePart(day.toISOString(), 'week'), Math.floor(days / 7) + 1, day.toISOString());
  }
});
