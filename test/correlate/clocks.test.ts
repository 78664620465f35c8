import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { learnOffsets } from '../../src/correlate/clocks.ts';
import { access, recording, T0 } from '../support/build.ts';

/** A minute's access with a recording that starts `late` ms into it and lasts `length` ms. */
function pairOf(late: number, length: number, launch: 'session' | 'unknown' = 'unknown') {
  const opened = T0 + late;
  return { access: access(), recording: recording({ opened, closed: opened + length, launch }) };
}

describe('learnOffsets', () => {
  it('does not take a recorder started by hand for a wrong clock', () => {
    assert.deepEqual(learnOffsets([pairOf(5_000, 20_000)]), []);
    assert.deepEqual(
      learnOffsets([pairOf(20_000, 20_000, 'session')]),
      [],
      'nor one that had nothing to write',
    );
  });

  it('learns from a recording that sticks out of its session, before or after', () => {
    assert.equal(learnOffsets([pairOf(5_000, 59_000)])[0]?.offsetMs, 5_000);
    assert.equal(learnOffsets([pairOf(-30_000, 20_000)])[0]?.offsetMs, -30_000);
  });

  it('lets prompt starts outvote late ones, and takes late ones only where three agree', () => {
    const late = pairOf(20_000, 20_000, 'session');
    assert.equal(learnOffsets([late, pairOf(100, 50_000, 'session'), late])[0]?.offsetMs, 100);
    assert.equal(learnOffsets([late, late]).length, 0);
    assert.equal(learnOffsets([late, late, late])[0]?.offsetMs, 20_000);
  });
});
