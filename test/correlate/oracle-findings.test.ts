import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { match } from '../../src/correlate/match.ts';
import { sessionize } from '../../src/correlate/sessionize.ts';
import { linkParents } from '../../src/correlate/parents.ts';
import type { Access } from '../../src/model/access.ts';
import type { Event } from '../../src/model/event.ts';
import type { Recording } from '../../src/model/recording.ts';
import { access, event, recording, T0 } from '../support/build.ts';

const run = (accesses: readonly Access[], recordings: readonly Recording[]) =>
  match(accesses, recordings, { toleranceMs: 5_000, now: T0 + 86_400_000 });

/** The smallest worlds in which the oracle and the engine once differed. */
describe('joining as the oracle taught it', () => {
  it('doubts two recordings of unequal worth that could be exchanged, and not two equal ones', () => {
    const [a, b] = [access(), access({ opened: T0 + 8 })];
    const problems = [{ code: 'recording-altered' as const, detail: 'a changed byte' }];
    const corrupt = recording({ state: 'corrupt', problems });
    assert.deepEqual([...run([a, b], [corrupt, recording()]).doubts.keys()].sort(), [a.uid, b.uid].sort());
    assert.equal(run([a, b], [recording(), recording()]).doubts.size, 0);
    const later = access({ opened: T0 + 20_000 });
    assert.equal(run([a, later], [corrupt, recording({ opened: T0 + 20_100 })]).doubts.size, 0);
  });

  it('lets no silent tail settle a tie, but an end that the recorder marked', () => {
    const [short, endless] = [access({ closed: T0 + 20_000 }), access({ closed: null })];
    const silent = recording({ opened: T0 + 140, closed: T0 + 140 });
    assert.equal(run([short, endless], [silent]).doubts.size, 2);
    const long = access({ closed: T0 + 600_000 });
    const ended = recording({ closed: T0 + 19_900, endProven: true, hasEndMarker: true });
    assert.equal(run([short, long], [ended]).doubts.size, 0);
    assert.equal(run([short, long], [ended]).taken.has(short.uid), true);
  });

  it('finds the recordings of channels by a clock that other pairs show to be far off', () => {
    const known = access({ session: { auditSession: 1 } });
    const shared = { connection: 'c', session: { auditSession: 2 }, channelsShown: true };
    const channels = [600_000, 700_000].map((after) =>
      access({ ...shared, path: 'ssh-shell', opened: T0 + after, closed: T0 + after + 60_000 }),
    );
    const ahead = (after: number, auditSession: number) => {
      const opened = T0 + after + 412_100;
      return recording({ opened, closed: opened + 59_000, ids: { auditSession } });
    };
    const recordings = [ahead(0, 1), ahead(600_000, 2), ahead(700_000, 2)];
    assert.equal(run([known, ...channels], recordings).taken.size, 3);
    assert.equal(run(channels, recordings.slice(1)).taken.size, 0, 'nothing shows the clock');
  });

  it('gives no channel a recording that goes on long after it', () => {
    const shared = { connection: 'c', session: { auditSession: 2 }, channelsShown: true };
    const whole = access({ ...shared, opened: T0, closed: T0 + 90_000 });
    const short = access({ ...shared, opened: T0 + 300, closed: T0 + 44_000 });
    const part = { launch: 'unknown' as const, ids: { auditSession: 2 }, opened: T0 + 42_000 };
    const outlasting = run([whole, short], [recording({ ...part, closed: T0 + 80_000 })]);
    assert.deepEqual([...outlasting.taken.keys()], [whole.uid]);
    const within = run([whole, short], [recording({ ...part, closed: T0 + 44_000 })]);
    assert.deepEqual([...within.taken.keys()], [short.uid]);
  });

  it('learns no clock from a channel that the clock itself chose', () => {
    const shared = { connection: 'c', session: { auditSession: 2 }, channelsShown: true };
    const first = access({ ...shared, opened: T0, closed: T0 + 16_000 });
    const second = access({ ...shared, opened: T0 + 4_000, closed: T0 + 10_000 });
    const ids = { auditSession: 2 };
    const late = recording({ launch: 'unknown', ids, opened: T0 + 14_000, closed: T0 + 14_000 });
    assert.deepEqual(run([first, second], [late]).offsets, []);
    assert.equal(run([{ ...second, connection: 'd' }], [late]).offsets.length, 1);
  });
});

describe('elevations as the oracle taught them', () => {
  const use = (part: Partial<Event>): Event =>
    event({
      kind: 'access.open',
      path: 'sudo',
      program: 'sudo',
      account: 'root',
      actor: 'alice',
      session: { tty: 'pts/0' },
      detail: { service: 'sudo', command: '/usr/bin/id' },
      ...part,
    });

  it('ends the use that an exit line names, not a later one of the same terminal', () => {
    const named = use({ session: { tty: 'pts/0', tsid: '000001' } });
    const plain = use({ time: T0 + 100 });
    const exit = use({
      kind: 'access.close',
      time: T0 + 800,
      session: { tty: 'pts/0', tsid: '000001' },
      detail: { scope: 'elevation' },
    });
    const closed = sessionize([named, plain, exit], new Map()).accesses.map((one) => one.closed);
    assert.deepEqual(closed, [T0 + 800, null]);
    const unnamed = { ...exit, session: { tty: 'pts/0' } };
    const byTerminal = sessionize([plain, unnamed], new Map()).accesses.map((one) => one.closed);
    assert.deepEqual(byTerminal, [T0 + 800], 'where no use is named, the terminal decides');
  });

  it('finds the session although a sibling alone shares its audit session', () => {
    const session = access();
    const part = { path: 'sudo' as const, account: 'root', actor: 'alice', closed: T0 + 9_000 };
    const [one, other] = [1_000, 1_001].map((after) =>
      access({ ...part, opened: T0 + after, session: { auditSession: 1 } }),
    );
    assert.ok(one && other);
    const linked = linkParents([session, one, other]);
    assert.deepEqual(linked.find(({ uid }) => uid === other.uid)?.parents, [session.uid]);
    const elsewhere = access({ session: { auditSession: 7 } });
    const apart = linkParents([elsewhere, one, other]);
    assert.deepEqual(apart.find(({ uid }) => uid === other.uid)?.parents, []);
  });
});
