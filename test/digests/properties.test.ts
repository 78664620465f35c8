import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import type { DigestProblem } from '../../src/digests/digest.ts';
import { verifyChain } from '../../src/digests/verify-chain.ts';
import {
  factsOf,
  type Logs,
  makeChain,
  makeKey,
  OPEN,
  putLog,
  readBack,
  type StoredDigest,
} from '../support/digests.ts';

const KEY = makeKey();
const RUNS = { numRuns: 60 };

/** Number of logs in each hour. */
const HOURS = fc.array(fc.nat(2), { minLength: 1, maxLength: 4 });

function build(counts: readonly number[]): { chain: StoredDigest[]; logs: Logs } {
  const logs: Logs = new Map();
  const hours = counts.map((count, hour) =>
    Array.from({ length: count }, (_, index) => putLog(logs, hour * 60 + 15 * (index + 1))),
  );
  return { chain: makeChain({ key: KEY, hours, logs }), logs };
}

function verify(chain: readonly StoredDigest[], logs: Logs): readonly DigestProblem[] {
  return verifyChain(chain.map(readBack), factsOf(logs), [KEY.published], OPEN);
}

function flip(bytes: Uint8Array, seed: number): Buffer {
  const copy = Buffer.from(bytes);
  const at = (seed >> 3) % copy.length;
  copy[at] = (copy[at] ?? 0) ^ (1 << (seed & 7));
  return copy;
}

describe('any chain', () => {
  it('is silent while it is untouched, in every order', () => {
    const shuffled = HOURS.chain((counts) => {
      const { chain, logs } = build(counts);
      const twice = [...chain, ...chain];
      return fc.tuple(fc.shuffledSubarray(twice, { minLength: twice.length }), fc.constant(logs));
    });
    fc.assert(
      fc.property(shuffled, ([chain, logs]) => assert.deepEqual(verify(chain, logs), [])),
      RUNS,
    );
  });

  it('tells any single bit of any digest', () => {
    fc.assert(
      fc.property(HOURS, fc.nat(), fc.nat(), (counts, pick, seed) => {
        const { chain, logs } = build(counts);
        const index = pick % chain.length;
        const altered = chain.map((stored, at) =>
          at === index ? { ...stored, content: flip(stored.content, seed) } : stored,
        );
        const problems = verify(altered, logs);
        const { key } = chain[index] ?? { key: '' };
        assert.ok(problems.some(({ object }) => object.endsWith(key)));
        const codes = ['digest-altered', 'digest-unreadable', 'signature-invalid', 'key-unknown'];
        assert.deepEqual(
          problems.filter(({ code }) => !codes.includes(code)),
          [],
        );
      }),
      RUNS,
    );
  });

  it('tells any single bit of any log, and nothing else', () => {
    fc.assert(
      fc.property(HOURS, fc.nat(), fc.nat(), (counts, pick, seed) => {
        const { chain, logs } = build(counts);
        fc.pre(logs.size > 0);
        const object = [...logs.keys()][pick % logs.size] ?? '';
        logs.set(object, gzipSync(flip(gunzipSync(logs.get(object) ?? Buffer.of()), seed)));
        assert.deepEqual(
          verify(chain, logs).map((problem) => [problem.code, problem.object]),
          [['log-altered', object]],
        );
      }),
      RUNS,
    );
  });

  it('tells any digest that is gone from between others', () => {
    fc.assert(
      fc.property(HOURS, fc.nat(), (counts, pick) => {
        const { chain, logs } = build([0, ...counts, 0]);
        const index = 1 + (pick % counts.length);
        assert.deepEqual(
          verify(chain.toSpliced(index, 1), logs).map((problem) => problem.code),
          ['digest-missing'],
        );
      }),
      RUNS,
    );
  });
});
