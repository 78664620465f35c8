import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { JudgedAccess, Verdict } from '../../src/model/access.ts';
import type { Event } from '../../src/model/event.ts';
import type { Recording } from '../../src/model/recording.ts';
import { recording, T0 } from '../support/build.ts';
import { judgeFacts } from '../support/judge.ts';
import { judgeSlowly } from './oracle.ts';
import { type World, world } from './worlds.ts';

/** Two days later nothing is pending any more: what never ended is past the longest wait. */
const NOW = T0 + 2 * 86_400_000;
const runs = { numRuns: Number(process.env['OFFRECORD_PROPERTY_RUNS'] ?? 300) };
/** The engine may give up where the oracle is sure, by a tie it names: of 1,000 accesses at most this many. */
const TIES_PER_THOUSAND = 5;
/** Accesses below which a share says nothing. */
const ENOUGH = 500;

function judged({
  events,
  recordings,
}: Pick<World, 'events' | 'recordings'>): ReadonlyMap<string, JudgedAccess> {
  return new Map(judgeFacts(events, recordings, { now: NOW }).accesses.map((one) => [one.uid, one]));
}

function verdicts(facts: Pick<World, 'events' | 'recordings'>): ReadonlyMap<string, Verdict> {
  return new Map([...judged(facts)].map(([uid, one]) => [uid, one.verdict]));
}

/** Every access with its verdict and its recordings, in one order. */
function outcome(facts: Pick<World, 'events' | 'recordings'>): string[] {
  return [...judged(facts)]
    .map(([uid, one]) => `${uid} ${one.verdict} ${one.recordings.map((cover) => cover.uid).sort()}`)
    .sort();
}

function count(all: ReadonlyMap<string, Verdict>, verdict: Verdict): number {
  return [...all.values()].filter((one) => one === verdict).length;
}

const check = <T extends [World, ...unknown[]]>(property: fc.IProperty<T>) => fc.assert(property, runs);

describe('the engine beside the oracle', () => {
  it('never differs on a definite verdict, and names a tie where it alone gives up', () => {
    let [accesses, ties] = [0, 0];
    check(
      fc.property(world, (made) => {
        const slow = judgeSlowly(made.events, made.recordings);
        if (slow === null) return;
        const fast = judged(made);
        assert.deepEqual([...fast.keys()].sort(), [...slow.keys()].sort(), 'the same accesses');
        accesses += slow.size;
        for (const [uid, verdict] of slow) {
          const engine = fast.get(uid);
          if (verdict === 'undetermined') continue;
          if (engine?.verdict !== 'undetermined') {
            assert.equal(engine?.verdict, verdict, uid);
            continue;
          }
          const codes = engine.reasons.map(({ code }) => code);
          assert.ok(codes.includes('low-confidence-match'), `${uid} is undetermined by ${codes}`);
          ties += 1;
        }
      }),
    );
    const share = (ties / Math.max(accesses, 1)) * 1_000;
    assert.ok(accesses < ENOUGH || share <= TIES_PER_THOUSAND, `${ties} ties of ${accesses}`);
  });

  it('is right where it is sure: nobody calls recorded what was not', () => {
    check(
      fc.property(world, (made) => {
        const both = [...verdicts(made), ...(judgeSlowly(made.events, made.recordings) ?? [])];
        for (const [uid, verdict] of both) {
          assert.ok(verdict !== 'recorded' || made.recorded.has(uid), `${uid} was not recorded whole`);
        }
      }),
    );
  });
});

describe('joining in any world', () => {
  it('does not depend on the order of arrival, on batches, or on reading again after a restart', () => {
    check(
      fc.property(world, fc.array(fc.nat(), { minLength: 1, maxLength: 20 }), (made, numbers) => {
        const events = readInBatches(made.events, numbers);
        const recordings = readInBatches(made.recordings, [...numbers].reverse());
        assert.deepEqual(outcome({ events, recordings }), outcome(made));
      }),
    );
  });

  it('shifts with a constant shift of all times', () => {
    check(
      fc.property(world, fc.integer({ min: -1e6, max: 1e6 }), (made, seconds) => {
        const by = seconds * 1_000;
        const events = made.events.map((one) => ({ ...one, time: one.time + by }));
        const recordings = made.recordings.map((one) => shifted(one, by));
        const moved = judgeFacts(events, recordings, { now: NOW + by }).accesses;
        assert.deepEqual(new Map(moved.map((one) => [one.uid, one.verdict])), verdicts(made));
      }),
    );
  });

  it('loses exactly the access whose only recording is removed, and what is nested in it', () => {
    check(
      fc.property(world, fc.nat(), (made, pick) => {
        const gone = made.recordings[pick % Math.max(1, made.recordings.length)];
        if (!gone || made.skewed) return;
        const before = judged(made);
        const after = verdicts({ ...made, recordings: made.recordings.filter((one) => one !== gone) });
        if (count(after, 'undetermined') > 0) return;
        for (const [uid, { verdict, recordings }] of before) {
          const uses = recordings.map((cover) => cover.uid);
          if (!uses.includes(gone.uid) && verdict !== 'undetermined')
            assert.equal(after.get(uid), verdict, uid);
          const isLost = uses.length === 1 && uses[0] === gone.uid && before.get(uid)?.actor === null;
          if (isLost) assert.notEqual(after.get(uid), 'recorded', uid);
        }
      }),
    );
  });

  it('never has fewer recorded accesses for one more complete recording, unless that makes a tie', () => {
    check(
      fc.property(world, fc.integer({ min: 0, max: 200_000 }), (made, afterMs) => {
        const [opened, target] = [T0 + afterMs, 'web00'];
        const more = recording({ opened, closed: opened + 1_000, target, evidence: 'E3' });
        const before = verdicts(made);
        const after = verdicts({ ...made, recordings: [...made.recordings, more] });
        if (count(after, 'undetermined') > count(before, 'undetermined')) return;
        assert.ok(count(after, 'recorded') >= count(before, 'recorded'));
      }),
    );
  });

  it('is covered by no recording of another account or host', () => {
    check(
      fc.property(world, (made) => {
        const strangers = made.recordings.map((one) => ({ ...one, account: 'mallory' }));
        const elsewhere = made.recordings.map((one) => ({ ...one, target: 'db09' }));
        assert.equal(count(verdicts({ ...made, recordings: strangers }), 'recorded'), 0);
        assert.equal(count(verdicts({ ...made, recordings: elsewhere }), 'recorded'), 0);
      }),
    );
  });
});

/** Deals the records out to as many batches, reads those in another order, and reads the first of them again. */
function readInBatches<T extends Event | Recording>(all: readonly T[], numbers: readonly number[]): T[] {
  const batches = numbers.map((): T[] => []);
  all.forEach((one, at) => batches[(numbers[at % numbers.length] ?? 0) % batches.length]?.push(one));
  const read = batches.reverse().flat();
  const restartAt = (numbers[0] ?? 0) % (read.length + 1);
  return [...read.slice(0, restartAt), ...read];
}

function shifted(one: Recording, by: number): Recording {
  return {
    ...one,
    opened: one.opened === null ? null : one.opened + by,
    closed: one.closed === null ? null : one.closed + by,
  };
}
