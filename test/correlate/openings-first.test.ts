import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openingsFirst } from '../../src/correlate/openings-first.ts';
import { event, T0 } from '../support/build.ts';

const origin = { ip: '10.0.0.9', port: 50_000 };
const coarse = { time: T0, resolution: 1_000 };
const accepted = event({
  ...coarse,
  kind: 'access.open',
  path: 'ssh',
  account: 'alice',
  origin,
  session: { pid: 7 },
});
const pam = event({ ...coarse, kind: 'session.open', account: 'alice', session: { pid: 7 } });
const shell = event({ ...coarse, kind: 'access.use', path: 'ssh-shell', origin, session: { pid: 8 } });
const closed = event({
  ...coarse,
  kind: 'access.close',
  origin,
  session: { pid: 8 },
  detail: { scope: 'channel' },
});
const other = event({
  ...coarse,
  kind: 'access.use',
  origin: { ip: '10.0.0.9', port: 50_001 },
  session: { pid: 9 },
});

describe('openingsFirst', () => {
  it('puts a login before its channels within one whole second, and leaves other logins where they are', () => {
    assert.deepEqual(openingsFirst([closed, shell, other, pam, accepted]), [
      accepted,
      pam,
      other,
      shell,
      closed,
    ]);
  });

  it('leaves lines that came in order, and the end of an earlier login with the same pid', () => {
    const again = [accepted, pam, shell, closed, shell, closed];
    assert.deepEqual(openingsFirst(again), again);
    const end = event({ ...coarse, kind: 'session.close', session: { pid: 7 } });
    assert.deepEqual(openingsFirst([end, accepted, shell]), [end, accepted, shell]);
  });

  it('trusts the order of a fine clock, and that of different seconds', () => {
    const fine = [shell, accepted].map((one) => ({ ...one, resolution: 0.001 }));
    assert.deepEqual(openingsFirst(fine), fine);
    const later = { ...accepted, time: T0 + 1_000 };
    assert.deepEqual(openingsFirst([shell, later]), [shell, later]);
  });
});
