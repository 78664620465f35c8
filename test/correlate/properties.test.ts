import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Event } from '../../src/model/event.ts';
import type { Judgement } from '../../src/model/judgement.ts';
import type { Recording } from '../../src/model/recording.ts';
import { login, recording, T0 } from '../support/build.ts';
import { judgeFacts } from '../support/judge.ts';

/** A generated world: logins, of which some are recorded, with the truth beside them. */
interface World {
  readonly events: readonly Event[];
  readonly recordings: readonly Recording[];
  /** Recording uid by origin port of its login. */
  readonly recordedBy: ReadonlyMap<number, string>;
  readonly ports: readonly number[];
}

interface Plan {
  readonly account: string;
  readonly target: string;
  readonly startS: number;
  readonly lengthS: number;
  readonly recorded: boolean;
  readonly withId: boolean;
  readonly coarse: boolean;
}

const plan: fc.Arbitrary<Plan> = fc.record({
  account: fc.constantFrom('alice', 'bob'),
  target: fc.constantFrom('web01', 'web02'),
  startS: fc.integer({ min: 0, max: 7_000 }),
  lengthS: fc.integer({ min: 2, max: 3_000 }),
  recorded: fc.boolean(),
  withId: fc.boolean(),
  coarse: fc.boolean(),
});

/** Logins of one account on one host start at least 12 s apart: closer ones are ties by design. */
const plans = fc.array(plan, { maxLength: 8 }).map((list) => {
  const last = new Map<string, number>();
  return [...list]
    .sort((a, b) => a.startS - b.startS)
    .filter(({ account, target, startS }) => {
      const key = `${account} ${target}`;
      const free = startS - (last.get(key) ?? -100) >= 12;
      if (free) last.set(key, startS);
      return free;
    });
});

function toWorld(list: readonly Plan[]): World {
  const events: Event[] = [];
  const recordings: Recording[] = [];
  const recordedBy = new Map<number, string>();
  list.forEach((one, at) => {
    const [port, pid, session] = [40_000 + at, 1_000 + at * 40, 200 + at];
    const opened = T0 + one.startS * 1000;
    const closed = opened + one.lengthS * 1000;
    const { account, target } = one;
    const lines = login({
      account,
      target,
      port,
      pid,
      at: opened,
      until: closed,
      resolution: one.coarse ? 1000 : 0.001,
    });
    events.push(...lines);
    if (one.withId) events.push({ ...auditLink(target, account, pid, session, opened) });
    if (!one.recorded) return;
    const ids = one.withId ? { auditSession: session } : {};
    const kept = recording({ account, target, opened: opened + 120, closed: closed - 500, ids });
    recordings.push(kept);
    recordedBy.set(port, kept.uid);
  });
  return { events, recordings, recordedBy, ports: list.map((_, at) => 40_000 + at) };
}

function auditLink(target: string, account: string, pid: number, auditSession: number, time: number): Event {
  const [base] = login({ account, target, pid, at: time + 3, until: null });
  assert.ok(base);
  return {
    ...base,
    kind: 'session.link',
    program: 'auditd',
    stream: 'audit.log',
    origin: { ip: '10.0.0.9', port: null },
    session: { pid, auditSession },
  };
}

const world = plans.map(toWorld);

function verdicts(judgement: Judgement): Map<number, string> {
  return new Map(judgement.accesses.map((one) => [one.origin?.port ?? 0, one.verdict]));
}

const runs = { numRuns: Number(process.env['OFFRECORD_PROPERTY_RUNS'] ?? 300) };
const check = (property: fc.IProperty<[World]> | fc.IProperty<[World, number]>) =>
  fc.assert(property as fc.IProperty<[World]>, runs);

describe('joining as a whole', () => {
  it('finds exactly the unrecorded logins', () => {
    check(
      fc.property(world, ({ events, recordings, recordedBy, ports }) => {
        const found = verdicts(judgeFacts(events, recordings));
        const expected = new Map(
          ports.map((port) => [port, recordedBy.has(port) ? 'recorded' : 'unrecorded']),
        );
        assert.deepEqual(found, expected);
      }),
    );
  });

  it('does not depend on the order of arrival, nor on reading twice', () => {
    check(
      fc.property(world, fc.integer(), ({ events, recordings }, seed) => {
        const shuffle = <T>(items: readonly T[]): T[] =>
          items
            .map((item, at) => ({ item, key: Math.imul(at + 1, seed | 1) ^ seed }))
            .sort((a, b) => a.key - b.key)
            .map(({ item }) => item);
        const once = judgeFacts(events, recordings);
        assert.deepEqual(verdicts(judgeFacts(shuffle(events), shuffle(recordings))), verdicts(once));
        const twice = judgeFacts([...events, ...events], [...recordings, ...recordings]);
        assert.deepEqual(uids(twice), uids(once));
      }),
    );
  });

  it('shifts with a constant shift of all times', () => {
    check(
      fc.property(world, fc.integer({ min: -1e9, max: 1e9 }), ({ events, recordings }, seconds) => {
        const by = seconds * 1000;
        const moved = judgeFacts(
          events.map((one) => ({ ...one, time: one.time + by })),
          recordings.map((one) => ({
            ...one,
            opened: (one.opened ?? 0) + by,
            closed: (one.closed ?? 0) + by,
          })),
          { now: T0 + 86_400_000 + by },
        );
        assert.deepEqual(verdicts(moved), verdicts(judgeFacts(events, recordings)));
      }),
    );
  });

  it('makes exactly its access unrecorded when a recording is removed', () => {
    check(
      fc.property(world, fc.nat(), ({ events, recordings, recordedBy }, pick) => {
        const gone = recordings[pick % Math.max(1, recordings.length)];
        if (!gone) return;
        const before = verdicts(judgeFacts(events, recordings));
        const after = verdicts(
          judgeFacts(
            events,
            recordings.filter((one) => one !== gone),
          ),
        );
        for (const [port, verdict] of before) {
          assert.equal(after.get(port), recordedBy.get(port) === gone.uid ? 'unrecorded' : verdict);
        }
      }),
    );
  });

  it('never lowers the number of recorded accesses when a complete recording is added', () => {
    check(
      fc.property(world, fc.integer({ min: 0, max: 8_000 }), ({ events, recordings }, startS) => {
        const opened = T0 + startS * 1000;
        const added = recording({ opened, closed: opened + 1_000 });
        const count = (judgement: Judgement) => judgement.coverage.byVerdict.recorded;
        const before = judgeFacts(events, recordings);
        const after = judgeFacts(events, [...recordings, added]);
        assert.ok(count(after) >= count(before));
      }),
    );
  });

  it('is covered by no recording of another account or target', () => {
    check(
      fc.property(world, ({ events, recordings }) => {
        const strangers = recordings.map((one) => ({ ...one, account: 'mallory', ids: {} }));
        const elsewhere = recordings.map((one) => ({ ...one, target: 'db09', ids: {} }));
        assert.equal(judgeFacts(events, strangers).coverage.byVerdict.recorded, 0);
        assert.equal(judgeFacts(events, elsewhere).coverage.byVerdict.recorded, 0);
      }),
    );
  });
});

function uids(judgement: Judgement): string[] {
  return judgement.accesses
    .map((one) => `${one.uid} ${one.verdict} ${one.recordings.map((it) => it.uid)}`)
    .sort();
}
