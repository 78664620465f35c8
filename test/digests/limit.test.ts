import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { DigestProblem, DigestProblemCode } from '../../src/digests/digest.ts';
import { limitProblems, PROBLEMS_OF_A_KIND } from '../../src/digests/limit.ts';

function problems(count: number, code: DigestProblemCode): DigestProblem[] {
  const where = { code, account: '1', region: 'r', trail: 't', detail: 'gone' };
  return Array.from({ length: count }, (_, index) => ({
    ...where,
    from: index,
    to: index + 1,
    object: `b/${index}`,
  }));
}

describe('limitProblems', () => {
  it('keeps all up to the limit, in the order of time', () => {
    const all = problems(PROBLEMS_OF_A_KIND, 'log-missing');
    assert.deepEqual(limitProblems(all.toReversed()), all);
  });

  it('lets the last that is kept speak for the rest, of each kind apart', () => {
    const one = problems(1, 'log-altered');
    const kept = limitProblems([...problems(PROBLEMS_OF_A_KIND + 5, 'log-missing'), ...one]);
    assert.equal(kept.length, PROBLEMS_OF_A_KIND + 1);
    assert.deepEqual(kept[0], one[0]);
    assert.deepEqual(kept.at(-1), {
      ...problems(PROBLEMS_OF_A_KIND, 'log-missing').at(-1),
      to: PROBLEMS_OF_A_KIND + 5,
      detail: 'gone; so it is with 5 more',
    });
  });
});
