import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { verifyChain } from '../../src/digests/verify-chain.ts';
import {
  factsOf,
  HOUR,
  type Logs,
  makeChain,
  makeKey,
  OPEN,
  putLog,
  readBack,
  T0,
  TRAIL,
} from '../support/digests.ts';

const KEY = makeKey();

/** Four hours whose third lacks a log that came late, and the digest of late logs that lists it. */
function late() {
  const logs: Logs = new Map();
  const hours = [[5], [65], [], [185]].map((minutes) => minutes.map((minute) => putLog(logs, minute)));
  const chain = makeChain({ key: KEY, hours, logs });
  const listed = putLog(logs, 125);
  const backfill = makeChain({ key: KEY, hours: [[listed]], logs, start: T0 + 2 * HOUR, backfill: true });
  return { logs, chain, listed, backfill };
}

describe('a digest of late logs', () => {
  const verify = (files: Parameters<typeof verifyChain>[0], logs: Logs, to: number | null = null) =>
    verifyChain(files, factsOf(logs), [KEY.published], { ...OPEN, to }).map(({ code, object }) => [
      code,
      object,
    ]);

  it('lists what the hourly ones do not, in a chain of its own', () => {
    const { logs, chain, listed, backfill } = late();
    assert.deepEqual(verify([...chain, ...backfill].map(readBack), logs), []);
    assert.deepEqual(verify(chain.map(readBack), logs), [['log-unlisted', listed]]);
  });

  it('is due at no time and stands for no hour', () => {
    const { logs, chain, backfill } = late();
    assert.deepEqual(verify([...chain, ...backfill].map(readBack), logs, T0 + 6.5 * HOUR), []);
    const again = makeChain({ key: KEY, hours: [[]], logs, start: T0 + 40 * HOUR, backfill: true });
    assert.deepEqual(verify([...chain, ...backfill, ...again].map(readBack), logs), []);
  });

  it('covers nothing: a log beside those it lists may be in another', () => {
    const { logs, chain, backfill } = late();
    const hours = [[], [], [], []];
    const others = makeChain({ key: KEY, hours, logs, start: T0 + 40 * HOUR, backfill: true });
    putLog(logs, 41 * 60 + 20);
    assert.deepEqual(verify([...chain, ...backfill, ...others].map(readBack), logs), []);
  });

  it('tells a log once that an hourly one lists too', () => {
    const { logs, chain } = late();
    const [first = ''] = logs.keys();
    const backfill = makeChain({
      key: KEY,
      hours: [[first, [...logs.keys()].at(-1) ?? '']],
      logs,
      backfill: true,
    });
    logs.delete(first);
    assert.deepEqual(verify([...chain, ...backfill].map(readBack), logs), [['log-missing', first]]);
  });

  it('is signed when it comes, with the key of that time', () => {
    const { logs, chain, backfill } = late();
    const later = makeKey();
    const resigned = makeChain({
      key: later,
      hours: [[[...logs.keys()].at(-1) ?? '']],
      logs,
      start: T0 + 2 * HOUR,
      backfill: true,
    });
    assert.equal(resigned[0]?.key, backfill[0]?.key);
    const codes = (from: number, to: number): string[] =>
      verifyChain(
        [...chain, ...resigned].map(readBack),
        factsOf(logs),
        [KEY.published, { ...later.published, from, to }],
        OPEN,
      ).map(({ code }) => code);
    assert.deepEqual(codes(T0 + 100 * HOUR, T0 + 200 * HOUR), []);
    assert.deepEqual(codes(T0 - 100 * HOUR, T0 + 2 * HOUR), ['key-unknown']);
  });

  it('answers for the logs that it lists', () => {
    const { logs, chain, listed, backfill } = late();
    logs.delete(listed);
    assert.deepEqual(verify([...chain, ...backfill].map(readBack), logs), [['log-missing', listed]]);
  });

  it('names the one before it, which is then missing', () => {
    const { logs, chain, backfill } = late();
    const next = makeChain({
      key: KEY,
      hours: [[], [], []],
      logs,
      start: T0 + 3 * HOUR,
      backfill: true,
      before: backfill[0],
    });
    assert.deepEqual(verify([...chain, ...backfill, ...next].map(readBack), logs), []);
    const gone = `${TRAIL.bucket}/${next[1]?.key ?? ''}`;
    assert.deepEqual(verify([...chain, ...backfill, ...next.toSpliced(1, 1)].map(readBack), logs), [
      ['digest-missing', gone],
    ]);
  });

  it('may begin before the end of the one before it', () => {
    const { logs, chain, backfill } = late();
    const next = makeChain({
      key: KEY,
      hours: [[], []],
      logs,
      start: T0 + 1.5 * HOUR,
      backfill: true,
      before: backfill[0],
    });
    const gone = `${TRAIL.bucket}/${next[0]?.key ?? ''}`;
    const files = [...chain, ...backfill, ...next.slice(1)].map(readBack);
    const problems = verifyChain(files, factsOf(logs), [KEY.published], OPEN);
    const hours = (time: number): number => (time - T0) / HOUR;
    assert.deepEqual(
      problems.map(({ code, object, from, to }) => [code, object, hours(from), hours(to)]),
      [['digest-missing', gone, 2.5, 2.5]],
    );
  });
});
