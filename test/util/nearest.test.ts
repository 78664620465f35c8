import assert from 'node:assert/strict';
import { test } from 'node:test';
import { didYouMean, findNearest } from '../../src/util/nearest.ts';

test('a slip of the pen finds the word that was meant', () => {
  assert.equal(findNearest('verdit', ['uid', 'verdict', 'via']), 'verdict');
  assert.equal(findNearest('leve', ['level', 'title']), 'level');
  assert.equal(findNearest('idd', ['id', 'title']), 'id');
  assert.equal(didYouMean('titel', ['title']), ', did you mean `title`?');
});

test('a word far from all of them finds none', () => {
  assert.equal(findNearest('severity', ['id', 'title', 'level']), undefined);
  assert.equal(findNearest('x'.repeat(65), ['x'.repeat(65)]), undefined);
  assert.equal(didYouMean('severity', ['title']), '');
});
