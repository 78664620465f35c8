import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { learnOffsets } from '../../src/correlate/clocks.ts';
import { access, recording, T0 } from '../support/build.ts';

/** A minute's access with a recording that starts `late` ms into it and lasts `length` ms. */
function pairOf(late: number, length: number, launch: 'session' | 'unknown' = 'unknown') {
  const opened = T0 + late;
  return {
    access: access({ resolution: 0 }),
    recording: recording({ opened, closed: opened + length, launch, resolution: 0 }),
  };
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

  it('does not take whole seconds for an offset, but one that goes beyond them', () => {
    const exact = pairOf(900, 59_000);
    const coarse = { ...exact, access: access({ resolution: 1_000 }) };
    assert.equal(learnOffsets([exact])[0]?.offsetMs, 900);
    assert.equal(learnOffsets([coarse])[0]?.offsetMs, 0);
    const early = pairOf(-700, 59_000);
    const floored = { ...early, recording: { ...early.recording, resolution: 1_000 } };
    assert.equal(learnOffsets([early])[0]?.offsetMs, -700);
    assert.equal(learnOffsets([floored])[0]?.offsetMs, 0);
    const off = { ...pairOf(30_000, 59_000), access: access({ resolution: 1_000 }) };
    assert.equal(learnOffsets([off])[0]?.offsetMs, 29_000);
  });

  it('lets prompt starts outvote late ones, and takes late ones only where three agree', () => {
    const late = pairOf(20_000, 20_000, 'session');
    assert.equal(learnOffsets([late, pairOf(100, 50_000, 'session'), late])[0]?.offsetMs, 100);
    assert.equal(learnOffsets([late, late]).length, 0);
    assert.equal(learnOffsets([late, late, late])[0]?.offsetMs, 20_000);
  });
});
