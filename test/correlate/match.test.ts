import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { match } from '../../src/correlate/match.ts';
import type { Access } from '../../src/model/access.ts';
import type { Recording } from '../../src/model/recording.ts';
import { access, recording, T0 } from '../support/build.ts';

const run = (accesses: readonly Access[], recordings: readonly Recording[]) =>
  match(accesses, recordings, { toleranceMs: 5_000, now: T0 + 86_400_000 });

describe('match: exact ids', () => {
  it('joins by audit session although the clock is 412 s off, and learns the offset', () => {
    const one = access({ session: { auditSession: 336 } });
    const rec = recording({ ids: { auditSession: 336 }, opened: T0 + 412_100, closed: T0 + 471_000 });
    const result = run([one], [rec]);
    assert.equal(result.taken.get(one.uid)?.[0]?.join, 'exact');
    assert.equal(result.offsets[0]?.offsetMs, 412_100);
    const reused = recording({ ids: { auditSession: 336 }, opened: T0 + 7_200_000, closed: T0 + 7_260_000 });
    assert.equal(run([one], [reused]).taken.size, 0, 'two hours off is another session with a reused id');
  });

  it('uses the learnt offset for pairs without an id', () => {
    const known = access({ session: { auditSession: 1 } });
    const rec1 = recording({ ids: { auditSession: 1 }, opened: T0 + 300_100, closed: T0 + 359_000 });
    const other = access({ opened: T0 + 600_000, closed: T0 + 660_000 });
    const rec2 = recording({ opened: T0 + 900_150, closed: T0 + 959_000 });
    assert.equal(run([known, other], [rec1, rec2]).taken.get(other.uid)?.[0]?.recording.uid, rec2.uid);
    assert.equal(run([other], [rec2]).taken.size, 0);
  });

  it('never joins across accounts, targets, boots or contradicting connections', () => {
    const one = access({ session: { auditSession: 5, bootId: 'a' }, origin: { ip: '10.0.0.9', port: 77 } });
    const wrong: Partial<Recording>[] = [
      { account: 'bob' },
      { target: 'web02' },
      { ids: { auditSession: 6 } },
      { ids: { auditSession: 5, bootId: 'b' } },
      { origin: { ip: '10.0.0.9', port: 78 } },
    ];
    for (const part of wrong) assert.equal(run([one], [recording(part)]).taken.size, 0, JSON.stringify(part));
    assert.equal(run([one], [recording({ ids: { auditSession: 5, bootId: 'a' } })]).taken.size, 1);
  });
});

describe('match: one recording covers at most one access', () => {
  it('finds the direct login during a recorded session of the same person', () => {
    const recorded = access();
    const direct = access({ opened: T0 + 20_000, closed: T0 + 40_000 });
    const result = run([recorded, direct], [recording()]);
    assert.equal(result.taken.has(recorded.uid), true);
    assert.equal(result.taken.has(direct.uid), false);
    assert.equal(result.doubts.size, 0);
  });

  it('leaves a tie undecided and names the rivals', () => {
    const [a, b] = [access(), access({ opened: T0 + 100 })];
    const result = run([a, b], [recording({ opened: T0 + 250 })]);
    assert.deepEqual([...result.doubts.keys()].sort(), [a.uid, b.uid].sort());
    assert.deepEqual(result.doubts.get(a.uid)?.rivals, [b.uid]);
    const apart = access({ opened: T0 - 3_000 });
    assert.equal(run([a, apart], [recording({ opened: T0 + 250 })]).doubts.size, 0);
  });

  it('lets adjoining process ids break the tie', () => {
    const a = access({ session: { childPid: 100 } });
    const b = access({ opened: T0 + 50, session: { childPid: 200 } });
    const result = run([a, b], [recording({ ids: { pid: 201 } })]);
    assert.equal(result.doubts.size, 0);
    assert.equal(result.taken.has(b.uid), true);
  });

  it('gives the recording of a connection to the channel that held the lock', () => {
    const shared = { connection: 'c', session: { auditSession: 9 }, channelsShown: true };
    const first = access({ ...shared, path: 'ssh-shell', session: { auditSession: 9, tty: 'pts/0' } });
    const second = access({
      ...shared,
      path: 'ssh-shell',
      opened: T0 + 400,
      session: { auditSession: 9, tty: 'pts/1' },
    });
    const result = run([first, second], [recording({ ids: { auditSession: 9 } })]);
    assert.equal(result.taken.has(first.uid), true);
    assert.equal(result.taken.has(second.uid), false);
    assert.equal(result.doubts.size, 0);
  });

  it('does not give an early recording of a connection to a channel that opened later', () => {
    const shared = { connection: 'c', session: { auditSession: 9 } };
    const first = access({ ...shared, closed: T0 + 20_000 });
    const late = access({ ...shared, opened: T0 + 600_000, closed: T0 + 660_000 });
    const [r1, r2] = [T0 + 100, T0 + 10_000].map((opened) =>
      recording({ ids: { auditSession: 9 }, opened, closed: opened + 5_000 }),
    );
    assert.ok(r1 && r2);
    const result = run([first, late], [r1, r2]);
    assert.equal(result.taken.has(late.uid), false);
  });

  it('adds what is left over to an access that it fits alone: a recorder that was restarted', () => {
    const one = access();
    const parts = [
      recording({ closed: T0 + 20_000, launch: 'unknown' }),
      recording({ opened: T0 + 30_000, launch: 'unknown' }),
    ];
    const result = run([one], parts);
    assert.equal(result.taken.get(one.uid)?.length, 2);
    assert.equal(result.orphans.length, 0);
  });
});

describe('match: time', () => {
  it('doubts where only the clock stands against a recording whose process id adjoins', () => {
    const one = access({ session: { childPid: 500 } });
    const off = { opened: T0 + 400_000, closed: T0 + 459_000 };
    const result = run([one], [recording({ ...off, ids: { pid: 501 } })]);
    assert.equal(result.taken.size, 0);
    assert.equal(result.doubts.has(one.uid), true);
    assert.equal(run([one], [recording({ ...off, ids: { pid: 900 } })]).doubts.size, 0);
  });

  it('takes no recording that began before, outlasts, or follows the access', () => {
    const one = access();
    const wrong: Partial<Recording>[] = [
      { opened: T0 - 30_000 },
      { closed: T0 + 120_000 },
      { opened: T0 + 70_000, closed: T0 + 80_000 },
    ];
    for (const part of wrong) assert.equal(run([one], [recording(part)]).taken.size, 0, JSON.stringify(part));
  });

  it('says why the nearest recordings were not taken', () => {
    const one = access();
    const miss = recording({ account: 'bob' });
    assert.deepEqual(run([one], [miss]).nearMisses.get(one.uid), [
      { uid: miss.uid, why: 'it is of account bob' },
    ]);
  });

  it('covers nothing of a tunnel', () => {
    assert.equal(run([access({ path: 'ssh-forward' })], [recording()]).taken.size, 0);
    assert.equal(run([access({ path: 'ssh-shell' })], [recording()]).taken.size, 1);
  });
});

describe('match: elevations', () => {
  const sudo = (part: Partial<Access> = {}) =>
    access({
      path: 'sudo',
      account: 'root',
      actor: 'alice',
      ioLog: 'claimed',
      opened: T0 + 5_000,
      session: { tty: 'pts/0', tsid: '01' },
      ...part,
    });
  const ioLog = (part: Partial<Recording> = {}) =>
    recording({
      recorder: 'sudo',
      covers: 'elevation',
      account: 'root',
      actor: 'alice',
      opened: T0 + 5_050,
      ids: { tsid: '000001', tty: 'pts/0' },
      ...part,
    });

  it('joins by TSID, also by its last two digits, with user and time', () => {
    assert.equal(run([sudo()], [ioLog()]).taken.size, 1);
    assert.equal(run([sudo()], [ioLog({ ids: { tsid: '000002', tty: 'pts/0' } })]).taken.size, 0);
    assert.equal(run([sudo()], [ioLog({ actor: 'bob' })]).taken.size, 0);
    assert.equal(run([sudo()], [ioLog({ opened: T0 + 3_600_000 })]).taken.size, 0, 'TSIDs are reused');
  });

  it('takes no I/O log where sudo says that it kept none', () => {
    assert.equal(run([sudo({ ioLog: 'denied', session: { tty: 'pts/0' } })], [ioLog()]).taken.size, 0);
  });

  it('inherits the recording of its session, and never the reverse', () => {
    const session = access();
    const inside = sudo({ ioLog: 'unknown', session: {}, parents: [session.uid] });
    const covered = run([session, inside], [recording()]);
    assert.equal(covered.taken.get(inside.uid)?.[0]?.join, 'nested');
    const reverse = run([session, sudo({ parents: [session.uid] })], [ioLog()]);
    assert.equal(reverse.taken.has(session.uid), false);
  });

  it('doubts an elevation that may belong to a recorded or an unrecorded session', () => {
    const [recorded, bare] = [access(), access({ opened: T0 - 60_000 })];
    const inside = sudo({ ioLog: 'unknown', session: {}, parents: [recorded.uid, bare.uid] });
    const result = run([recorded, bare, inside], [recording()]);
    assert.equal(result.taken.has(inside.uid), false);
    assert.equal(result.doubts.has(inside.uid), true);
  });
});
