import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { after, afterEach, describe, it } from 'node:test';
import { readPast } from '../../src/daemon/replay/past.ts';
import type { CloudDetail } from '../../src/model/event.ts';
import type { Finding } from '../../src/model/finding.ts';
import type { RunRecord, StoreReader } from '../../src/store/store.ts';
import { sshdLogin } from '../cli/logs.ts';
import { event, recording } from '../support/build.ts';
import { DAY, GAP, LOG, removeOriginals, ReplaySite, SHIPPED, summaryOf } from './replay-site.ts';

const HOUR_MS = 3_600_000;
const AT_NOON = Date.parse('2026-11-22T12:00:00Z');

let site: ReplaySite;
// Files may run in one process, where a hook outside of suites runs after the tests of all of them.
afterEach(async () => (site as ReplaySite | undefined)?.remove());
after(removeOriginals);

/** An open finding about something of that noon. */
function about(type: Finding['subject']['type'], uid: string): Finding {
  return {
    uid: `fnd_${uid}`,
    check: 'made-up',
    rule: 'r',
    title: 't',
    level: 'high',
    status: 'open',
    subject: { type, uid },
    target: null,
    account: null,
    time: AT_NOON,
    evidence: [],
    runbook: '',
    refs: [],
  };
}

/** A shipped rule on calls in a trail, and a call that it matched when that was read. */
const BUCKET_RULE = (() => {
  for (const rule of SHIPPED.rules) if (rule.kind === 'finding' && rule.product === 'aws') return rule;
  throw new Error('no rule on calls is shipped');
})();
const CALL: CloudDetail = {
  provider: 'aws',
  service: 's3',
  action: 'DeleteBucket',
  eventId: 'e-1',
  account: '123456789012',
  region: 'eu-central-1',
  identity: 'AssumedRole',
  arn: null,
  rules: [{ rule: BUCKET_RULE.id, summary: 'a bucket was deleted' }],
};

describe('what a replay cannot know', () => {
  it('an access that was undetermined because recordings could not be read stays so until one is known', async () => {
    site = new ReplaySite('');
    site.put(LOG, sshdLogin(GAP));
    rmSync(site.path('hosts/web01/recordings'), { recursive: true });
    await site.pass('2026-11-24T00:00:00Z');
    assert.deepEqual(await site.verdicts(), ['undetermined']);
    assert.deepEqual(summaryOf(await site.replay()), []);
    const opened = Date.parse('2026-11-22T10:00:00.200Z');
    await site.keep([recording({ opened, closed: opened + 19_000, durationMs: 19_000 })]);
    assert.deepEqual(summaryOf(await site.replay()), [
      'changed 50100: undetermined source-lagging low-confidence-match → recorded end-unproven',
      'resolves low-confidence-match medium',
    ]);
  });

  it('resolves no finding about what is not among the facts', async () => {
    site = await ReplaySite.judged();
    await site.keepFindings(
      about('control', 'bucket x'),
      about('source', 's'),
      about('recorder', 'r'),
      about('run', 'run-gap:1'),
      about('exception', 'EXC-9'),
      about('control', 'ev_purged'),
      about('recording', 'rec_purged'),
    );
    assert.deepEqual(summaryOf(await site.replay()), []);
  });

  it('resolves a finding about a recorded call, or a recording, that no rule minds any more', async () => {
    site = await ReplaySite.judged();
    const uid = 'ev_call';
    await site.keepEvents([
      event({ uid, kind: 'control.change', time: AT_NOON, target: null, detail: { cloud: CALL } }),
    ]);
    await site.keep([recording({ uid: 'rec_known', opened: AT_NOON, closed: AT_NOON + 1, account: null })]);
    assert.deepEqual(summaryOf(await site.replay()), [`opens ${BUCKET_RULE.check} ${BUCKET_RULE.level}`]);
    await site.keepFindings(about('control', uid), about('recording', 'rec_known'));
    const expected = ['resolves made-up high', 'resolves made-up high'];
    assert.deepEqual(
      summaryOf(await site.replay()).filter((one) => one.startsWith('resolves')),
      expected,
    );
    assert.deepEqual(summaryOf(await site.replay({ to: AT_NOON })), []);
  });

  it('an access whose records retention took keeps its verdict', async () => {
    site = new ReplaySite('', {}, { retention: '2d' });
    site.put(LOG, sshdLogin(GAP));
    await site.pass('2026-11-22T12:00:00Z');
    assert.deepEqual((await site.replay()).accesses, { before: 1, after: 1, unjudged: 0 });
    await site.pass('2026-11-26T12:00:00Z');
    assert.deepEqual(await site.verdicts(), ['unrecorded']);
    const result = await site.replay();
    assert.deepEqual(result.accesses, { before: 1, after: 0, unjudged: 1 });
    assert.deepEqual([result.read.events, ...summaryOf(result)], [0]);
  });

  it('a recording without any time belongs to no interval, whatever the clock', async () => {
    site = await ReplaySite.judged();
    const now = DAY.to - HOUR_MS;
    const broken = { uid: 'rec_timeless', state: 'corrupt', account: 'mallory' } as const;
    await site.keep([recording({ ...broken, opened: null, closed: null })]);
    const result = await site.replay({ now });
    assert.deepEqual([result.read.recordings, ...summaryOf(result)], [2]);
    await site.keep([recording({ ...broken, opened: now - HOUR_MS, closed: null })]);
    assert.deepEqual(summaryOf(await site.replay({ now })), ['opens recording-orphan low']);
  });
});

describe('readPast', () => {
  /** A store whose latest run is another one for the first `changes` times that somebody asks. */
  function moving(changes: number): StoreReader {
    let asked = 0;
    const reader: Partial<StoreReader> = {
      runs: async () => [{ id: `run_${Math.min(asked++, changes)}` } as RunRecord],
      accesses: async function* () {},
      findings: async function* () {},
    };
    return reader as StoreReader;
  }

  it('reads again where a pass saved its verdicts meanwhile, and gives up after the third time', async () => {
    assert.deepEqual(await readPast(moving(0), DAY), { accesses: [], findings: [], until: DAY.to });
    assert.deepEqual(await readPast(moving(3), DAY), { accesses: [], findings: [], until: DAY.to });
    await assert.rejects(readPast(moving(9), DAY), /changed while they were read; try again/);
  });
});
