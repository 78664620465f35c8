import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { healthOfStream } from '../../src/health/sources.ts';
import type { SourceReport } from '../../src/model/source-report.ts';
import { emptyReport, SourceLog } from '../../src/sources/source-log.ts';
import { event, T0 } from '../support/build.ts';

const report = (part: Partial<SourceReport>): SourceReport => ({
  ...emptyReport({ id: 'web01/auth.log', type: 'sshd', zone: null }),
  ...part,
});
const health = (part: Partial<SourceReport>, silentAfterMs: number | null = null) =>
  healthOfStream(report(part), { now: T0, silentAfterMs, timeAssumedMatters: false });

describe('health of a stream', () => {
  it('is silent after the time that was declared, and never without one', () => {
    assert.equal(health({ last: T0 - 7_200_000 }, 3_600_000).silentMs, 7_200_000);
    assert.equal(health({ last: T0 - 1_800_000 }, 3_600_000).silentMs, null);
    assert.equal(health({ last: T0 - 7_200_000 }).silentMs, null);
  });

  it('is blind when a fifth of its records is not understood, beyond a handful', () => {
    assert.equal(health({ records: 100, rejected: 30 }).parserBlind, true);
    assert.equal(health({ records: 100, rejected: 5 }).parserBlind, false);
    assert.equal(health({ records: 5, rejected: 4 }).parserBlind, false);
  });

  it('is behind when it could not be read to its end', () => {
    assert.equal(health({ error: 'denied' }).behind, true);
    assert.equal(health({}).behind, false);
  });
});

describe('what a stream has shown', () => {
  const parsed = (part: object) => ({ events: [], rejects: [], time: null, host: null, ...part });

  it('counts on from an earlier report and keeps first and last', () => {
    const log = new SourceLog(report({ records: 10, first: T0, last: T0 + 5, hosts: ['web01'] }));
    log.add(parsed({ time: T0 + 9, host: 'web02', events: [event({ kind: 'access.open' })] }));
    const { records, first, last, hosts, events } = log.report({});
    assert.deepEqual(
      { records, first, last, hosts, events },
      {
        records: 11,
        first: T0,
        last: T0 + 9,
        hosts: ['web01', 'web02'],
        events: 1,
      },
    );
  });

  it('infers the log level of sshd from the lines that appear', () => {
    const levelAfter = (kind: 'access.open' | 'access.use' | 'session.open') => {
      const log = new SourceLog(report({}));
      log.add(parsed({ events: [event({ kind })] }));
      return log.report({}).logLevel;
    };
    assert.equal(levelAfter('access.use'), 'verbose');
    assert.equal(levelAfter('access.open'), 'info');
    assert.equal(levelAfter('session.open'), 'unknown');
  });

  it('counts all rejects and keeps the first twenty with their places', () => {
    const log = new SourceLog(report({}));
    const ref = { source: 'auth.log', record: '1' };
    for (let at = 0; at < 30; at++) log.reject({ code: 'not-text', detail: 'binary', ref });
    assert.equal(log.report({}).rejected, 30);
    assert.equal(log.report({}).rejects.length, 20);
  });
});
