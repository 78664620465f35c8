import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { linkParents } from '../../src/correlate/parents.ts';
import type { Access } from '../../src/model/access.ts';
import { access, T0 } from '../support/build.ts';

const OPENED = T0 + 60_700;

/** The session in which sudo ran, and one of the same account that had ended shortly before. */
function worlds(resolution: number): { before: Access; around: Access; sudo: Access } {
  const clock = (time: number) => (resolution === 1_000 ? Math.floor(time / 1_000) * 1_000 : time);
  const common = { resolution, closed: clock(OPENED + 60_000) };
  return {
    before: access({ resolution, opened: clock(OPENED - 5_000), closed: clock(OPENED - 750) }),
    around: access({ ...common, opened: clock(OPENED - 400) }),
    sudo: access({ ...common, path: 'sudo', account: 'root', actor: 'alice', opened: clock(OPENED) }),
  };
}

function parentsOf(sudo: Access, sessions: readonly Access[]): readonly string[] {
  return linkParents([...sessions, sudo]).find((one) => one.uid === sudo.uid)?.parents ?? [];
}

describe('session of an elevation', () => {
  it('is none that had ended before, where the log keeps fractions of seconds', () => {
    const { before, around, sudo } = worlds(0.001);
    assert.deepEqual(parentsOf(sudo, [before, around]), [around.uid]);
  });

  it('may be one that ended within the same second, where the log keeps whole seconds', () => {
    const { before, around, sudo } = worlds(1_000);
    assert.deepEqual([...parentsOf(sudo, [before, around])].sort(), [before.uid, around.uid].sort());
  });

  it('is none that ended two whole seconds before', () => {
    const { before, around, sudo } = worlds(1_000);
    const earlier = { ...before, closed: (before.closed ?? 0) - 2_000 };
    assert.deepEqual(parentsOf(sudo, [earlier, around]), [around.uid]);
  });

  it('is one whose lines reached the log a moment after those of the elevation', () => {
    const { around, sudo } = worlds(0.001);
    const late = { ...around, opened: sudo.opened + 100 };
    assert.deepEqual(parentsOf(sudo, [late]), [late.uid]);
  });
});
