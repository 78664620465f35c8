import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { after, afterEach, describe, it } from 'node:test';
import { loadConfig } from '../../src/config/load.ts';
import { readPast } from '../../src/daemon/replay/past.ts';
import { readRules } from '../../src/daemon/rule-files.ts';
import { type Replay, type ReplayOptions, replay } from '../../src/daemon/replay/replay.ts';
import type { Recording } from '../../src/model/recording.ts';
import { openStore } from '../../src/store/open.ts';
import type { RunRecord, StoreReader } from '../../src/store/store.ts';
import { sshdLogin, tlogRecording } from '../cli/logs.ts';
import { recording } from '../support/build.ts';
import { collect } from '../store/samples.ts';
import { Site } from './site.ts';

const LOG = 'hosts/web01/auth.log';
const REC = 'hosts/web01/recordings/a.log';
const GAP = { at: '10:00:00', pid: 100 };
const RECORDED = { at: '11:00:00', pid: 200 };
const PROXY_JUMP = resolve(import.meta.dirname, '../fixtures/scenarios/s27_proxyjump/hosts');
const NO_RECORDING = '3f0c9931-918c-40bf-9670-c342c6cce996';
const REMOTE_LOGINS = 'f3c95789-ace1-4954-ac5d-6baed2eac902';
const HOUR_MS = 3_600_000;
const DAY = { from: Date.parse('2026-11-22T00:00:00Z'), to: Date.parse('2026-11-23T00:00:00Z') };

function exception(expires: string): string {
  return `id: EXC-1
kind: recording-exception
title: recorder of web01 is being replaced
scope: {targets: [web01], accounts: [alice]}
reason: the recorder is being replaced
risk: {rating: low, statement: sessions cannot be replayed}
compensating_controls: [auditd on web01]
owner: bob
approved_by: ciso
approved_at: 2026-11-22T08:00:00Z
ticket: T-1
starts_at: 2026-11-22T09:00:00Z
expires_at: ${expires}
`;
}

const shipped = await readRules([]);
const EXCEPTION = 'exceptions/exc-1.yaml';

const TIERS = 'targets: [{id: web01, tier: prod}]\ntiers: {prod: {evidence: E3}}\n';

let site: Site;
// Files may run in one process, where a hook outside of suites runs after the tests of all of them.
afterEach(async () => (site as Site | undefined)?.remove());

/** Sites that were judged once, by what lies in them beside logs and recordings; each test works on a copy. */
const originals = new Map<string, Site>();
after(async () => {
  for (const original of originals.values()) await original.remove();
});

async function judgedSite(files: Readonly<Record<string, string>> = {}): Promise<void> {
  const key = JSON.stringify(files);
  const original = originals.get(key) ?? (await judged(files));
  originals.set(key, original);
  site = new Site(TIERS);
  cpSync(original.folder, site.folder, { recursive: true, preserveTimestamps: true });
}

/** A site with a gap at 10:00 and a recorded access at 11:00, judged a day later, when all is settled. */
async function judged(files: Readonly<Record<string, string>>): Promise<Site> {
  const made = new Site(TIERS);
  made.put(LOG, sshdLogin(GAP) + sshdLogin(RECORDED));
  made.put(REC, tlogRecording(RECORDED));
  for (const [name, text] of Object.entries(files)) made.put(name, text);
  await made.pass('2026-11-24T00:00:00Z');
  return made;
}

async function replayed(change: Partial<ReplayOptions> = {}): Promise<Replay> {
  const text = readFileSync(site.config, 'utf8');
  const loaded = loadConfig({ file: site.config, text, env: {}, readSecret: () => new Error('none') });
  assert.ok('config' in loaded);
  const result = await replay({
    ...DAY,
    now: null,
    config: loaded.config,
    paths: [],
    rulesFolder: null,
    exceptionsFolder: null,
    ...(change.rulesFolder === undefined ? { rules: shipped } : {}),
    zone: 'UTC',
    signal: new AbortController().signal,
    progress: () => {},
    ...change,
  });
  assert.ok(!('problems' in result), JSON.stringify(result));
  assert.deepEqual(result.errors, []);
  return result;
}

/** `verdict codes` of a side of an access; `check level` of a finding. */
function summaryOf({ difference }: Replay): string[] {
  const side = (one: { verdict: string; reasons: readonly { code: string }[] } | null) =>
    one === null ? 'nothing' : [one.verdict, ...one.reasons.map(({ code }) => code)].join(' ');
  return [
    ...difference.accesses.map(
      ({ change, before, after }) =>
        `${change} ${(after ?? before)?.origin?.port}: ${side(before)} → ${side(after)}`,
    ),
    ...difference.findings.map(
      ({ change, before, after }) => `${change} ${(after ?? before)?.check} ${(after ?? before)?.level}`,
    ),
  ];
}

function editConfig(change: (text: string) => string): void {
  const text = readFileSync(site.config, 'utf8');
  assert.notEqual(change(text), text);
  writeFileSync(site.config, change(text));
}

describe('replay of what did not change', () => {
  it('gives no difference, by the end of the interval plus the longest wait', async () => {
    await judgedSite();
    const result = await replayed();
    assert.deepEqual(summaryOf(result), []);
    assert.deepEqual(result.accesses, { before: 2, after: 2 });
    assert.equal(result.now, DAY.to + 24 * HOUR_MS);
    assert.deepEqual(result.read, { from: [site.store], events: 14, recordings: 1 });
    assert.equal(result.compared, site.store);
  });

  it('takes the longest wait from the configuration, and a clock that is given before that', async () => {
    await judgedSite();
    editConfig((text) => `${text}judging: {max_wait: 2h}\n`);
    assert.equal((await replayed()).now, DAY.to + 2 * HOUR_MS);
    assert.equal((await replayed({ now: 5 })).now, 5);
  });

  it('gives none wherever the interval is cut, and every access falls into one part', async () => {
    await judgedSite();
    for (const time of ['10:00:00.100', '10:00:00.101', '10:00:05', '10:30:00', '11:00:00.100', '11:00:10']) {
      const cut = Date.parse(`2026-11-22T${time}Z`);
      const parts = [await replayed({ to: cut }), await replayed({ from: cut })];
      assert.deepEqual(parts.flatMap(summaryOf), [], time);
      assert.equal(
        parts.reduce((sum, part) => sum + part.accesses.after, 0),
        2,
        time,
      );
    }
  });

  it('gives none where the interval ends between a tunnel and the login that it carried', async () => {
    site = new Site('');
    for (const host of ['bastion', 'web01'])
      site.put(`hosts/${host}/auth.log`, readFileSync(join(PROXY_JUMP, host, 'auth.iso.log')));
    site.put(REC, readFileSync(join(PROXY_JUMP, 'web01/recordings/tlog/rec.log')));
    await site.pass('2026-11-24T00:00:00Z');
    const accesses = await site.accesses();
    const inner = accesses.find((one) => one.via !== null);
    assert.ok(inner);
    const before = await replayed({ to: inner.opened });
    assert.ok(before.accesses.after > 0 && before.accesses.after < accesses.length);
    assert.deepEqual(summaryOf(before), []);
    assert.deepEqual(summaryOf(await replayed({ from: inner.opened })), []);
  });

  it('sees the end of a session long after the interval', async () => {
    const long = sshdLogin(GAP).replaceAll('2026-11-22T10:00:20', '2026-11-25T10:00:20');
    site = new Site('');
    site.put(LOG, long);
    // In force at the opening, expired at the end: only who sees the end knows that the access outlived it.
    site.put(EXCEPTION, exception('2026-11-24T13:00:00Z'));
    await site.pass('2026-11-28T00:00:00Z');
    const result = await replayed();
    assert.equal((await site.accesses())[0]?.verdict, 'unrecorded');
    assert.deepEqual(summaryOf(result), []);
  });

  it('gives the same bytes twice and leaves the store as it was', async () => {
    await judgedSite({ [EXCEPTION]: exception('2026-11-22T13:00:00Z') });
    rmSync(site.path(EXCEPTION));
    const digest = () => createHash('sha256').update(readFileSync(site.store)).digest('hex');
    const before = [digest(), await site.accesses(), await site.findings()];
    const first = JSON.stringify(await replayed());
    assert.equal(JSON.stringify(await replayed()), first);
    assert.deepEqual([digest(), await site.accesses(), await site.findings()], before);
  });

  it('runs beside a daemon that holds the lock', async () => {
    await judgedSite();
    const daemon = await site.start();
    assert.deepEqual(summaryOf(await replayed()), []);
    site.append(LOG, sshdLogin({ at: '12:00:00', pid: 300 }));
    await daemon.pass();
    assert.equal((await site.accesses()).length, 3);
  });
});

describe('replay of one change', () => {
  it('a removed exception', async () => {
    await judgedSite({ [EXCEPTION]: exception('2026-11-22T13:00:00Z') });
    assert.deepEqual(summaryOf(await replayed()), []);
    rmSync(site.path(EXCEPTION));
    assert.deepEqual(summaryOf(await replayed()), [
      'changed 50100: excepted no-recording excepted → unrecorded no-recording',
      'opens no-recording high',
    ]);
  });

  it('an exception in a folder that is tried out, and one that had expired', async () => {
    await judgedSite();
    site.put('next/exc-1.yaml', exception('2026-11-22T13:00:00Z'));
    assert.deepEqual(summaryOf(await replayed({ exceptionsFolder: site.path('next') })), [
      'changed 50100: unrecorded no-recording → excepted no-recording excepted',
      'resolves no-recording high',
    ]);
    site.put('next/exc-1.yaml', exception('2026-11-22T09:30:00Z'));
    assert.deepEqual(summaryOf(await replayed({ exceptionsFolder: site.path('next') })), [
      'changed 50100: unrecorded no-recording → unrecorded no-recording exception-expired',
    ]);
  });

  it('a rule that is switched off, or given another level, or says nothing here', async () => {
    await judgedSite();
    const rulesFolder = site.path('next');
    site.put('next/own.yaml', `id: ${NO_RECORDING}\nenabled: false\n`);
    assert.deepEqual(summaryOf(await replayed({ rulesFolder })), ['resolves no-recording high']);
    const shipped = readFileSync(new URL('../../rules/access/no-recording.yaml', import.meta.url), 'utf8');
    site.put('next/own.yaml', shipped.replace(/^level: .*$/m, 'level: low'));
    assert.deepEqual(summaryOf(await replayed({ rulesFolder })), ['changes no-recording low']);
    site.put('next/own.yaml', shipped.replace(/^falsepositives:\n/m, "falsepositives:\n  - 'One more'\n"));
    assert.deepEqual(summaryOf(await replayed({ rulesFolder })), []);
  });

  it('a rule by which accesses are no longer privileged', async () => {
    await judgedSite();
    site.put('next/own.yaml', `id: ${REMOTE_LOGINS}\nenabled: false\n`);
    const result = await replayed({ rulesFolder: site.path('next') });
    assert.deepEqual(
      result.difference.accesses.map(({ before, after }) => [before?.privileged, after?.privileged]),
      [
        [true, false],
        [true, false],
      ],
    );
    assert.ok(summaryOf(result).includes('resolves no-recording high'));
  });

  it('the evidence that a tier asks for', async () => {
    await judgedSite();
    editConfig((text) => text.replace('evidence: E3', 'evidence: E5'));
    assert.deepEqual(summaryOf(await replayed()), [
      'changed 50200: recorded end-unproven → inadequate evidence-class-too-low end-unproven',
      'opens evidence-class-too-low medium',
    ]);
    editConfig((text) => text.replace('evidence: E5', 'evidence: E2'));
    assert.deepEqual(summaryOf(await replayed()), [], 'what is asked for less is enough all the more');
  });

  it('a recording that was read and not judged yet', async () => {
    await judgedSite();
    const opened = Date.parse('2026-11-22T10:00:00.200Z');
    const late = { opened, closed: opened + 19_000, durationMs: 19_000 };
    await keep([recording({ ...late, account: 'mallory' })]);
    assert.deepEqual(summaryOf(await replayed()), ['opens recording-orphan low']);
    await keep([recording(late)]);
    assert.deepEqual(summaryOf(await replayed()), [
      'changed 50100: unrecorded no-recording → recorded end-unproven',
      'resolves no-recording high',
    ]);
  });

  it('a log that was read and not judged yet: outside of the interval it is nothing', async () => {
    await judgedSite();
    site.append(LOG, sshdLogin({ at: '12:00:00', pid: 300 }));
    const paths = [site.path('hosts')];
    assert.deepEqual(summaryOf(await replayed({ paths })), [
      'new 50300: nothing → unrecorded no-recording',
      'opens no-recording high',
    ]);
    assert.deepEqual(summaryOf(await replayed({ paths, to: Date.parse('2026-11-22T12:00:00Z') })), []);
  });
});

/** Saves recordings as a pass does that is killed before it judges. */
async function keep(recordings: readonly Recording[]): Promise<void> {
  const store = await openStore(site.store, 'writer');
  const unit = { key: 'late', size: 1, mtimeMs: 1 };
  await store.saveInspection({ recorder: 'tlog', unit, state: null, recordings, pins: [], at: DAY.to });
  await store.close();
}

describe('replay of files', () => {
  it('compares what they hold with the store', async () => {
    await judgedSite();
    const paths = [site.path('hosts')];
    assert.deepEqual(summaryOf(await replayed({ paths })), []);
    site.put('hosts/web01/recordings/b.log', tlogRecording(GAP));
    assert.deepEqual(summaryOf(await replayed({ paths })), [
      'changed 50100: unrecorded no-recording → recorded end-unproven',
      'resolves no-recording high',
    ]);
    site.put(LOG, sshdLogin(RECORDED));
    rmSync(site.path('hosts/web01/recordings/b.log'));
    const gone = summaryOf(await replayed({ paths }));
    assert.ok(gone.includes('gone 50100: unrecorded no-recording → nothing'), gone.join('\n'));
  });

  it('without a configuration, or a store, everything is new', async () => {
    await judgedSite();
    const paths = [site.path('hosts')];
    const expected = [
      'new 50100: nothing → unrecorded no-recording',
      'new 50200: nothing → recorded end-unproven',
      'opens no-recording high',
    ];
    const alone = await replayed({ paths, config: null });
    assert.deepEqual([alone.compared, ...summaryOf(alone)], [null, ...expected]);
    rmSync(site.store);
    const storeless = await replayed({ paths });
    assert.deepEqual([storeless.compared, ...summaryOf(storeless)], [null, ...expected]);
  });

  it('keeps how late a recording was by the store, which alone knows it', async () => {
    site = new Site('');
    site.put(LOG, '');
    await site.pass('2026-11-22T09:30:00Z');
    site.put(LOG, sshdLogin(GAP));
    site.put(REC, tlogRecording(GAP));
    await site.pass('2026-11-22T12:00:00Z');
    assert.ok((await site.findings()).includes('recording-late open'));
    assert.deepEqual(summaryOf(await replayed()), []);
    assert.deepEqual(summaryOf(await replayed({ paths: [site.path('hosts')] })), []);
  });
});

describe('what a replay cannot know', () => {
  it('an access that was undetermined because recordings could not be read stays so until one is known', async () => {
    site = new Site('');
    site.put(LOG, sshdLogin(GAP));
    rmSync(site.path('hosts/web01/recordings'), { recursive: true });
    await site.pass('2026-11-24T00:00:00Z');
    assert.deepEqual(await site.verdicts(), ['undetermined']);
    assert.deepEqual(summaryOf(await replayed()), []);
    const opened = Date.parse('2026-11-22T10:00:00.200Z');
    await keep([recording({ opened, closed: opened + 19_000, durationMs: 19_000 })]);
    assert.deepEqual(summaryOf(await replayed()), [
      'changed 50100: undetermined source-lagging low-confidence-match → recorded end-unproven',
      'resolves low-confidence-match medium',
    ]);
  });

  it('resolves no finding about what is not among the facts, and one about a call whose record is gone', async () => {
    await judgedSite();
    const store = await openStore(site.store, 'writer');
    const [gap] = await collect(store.findings());
    assert.ok(gap);
    const about = (type: 'control' | 'source' | 'recorder' | 'run' | 'exception', uid: string) => ({
      ...gap,
      finding: { ...gap.finding, uid: `fnd_${type}_${uid}`, check: uid, subject: { type, uid } },
    });
    const findings = [
      about('control', 'bucket x'),
      about('source', 's'),
      about('recorder', 'r'),
      about('run', 'run-gap:1'),
      about('exception', 'EXC-9'),
    ];
    const nothing = { judged: [], accesses: [], removedAccesses: [], alerts: [], notices: [] };
    await store.saveJudgement({ at: DAY.to, ...nothing, findings });
    assert.deepEqual(summaryOf(await replayed()), []);
    await store.saveJudgement({ at: DAY.to, ...nothing, findings: [about('control', 'ev_1')] });
    await store.close();
    assert.deepEqual(summaryOf(await replayed()), ['resolves ev_1 high']);
    assert.deepEqual(summaryOf(await replayed({ from: DAY.from + 12 * HOUR_MS })), []);
  });

  it('a recording without any time belongs to no interval, whatever the clock', async () => {
    await judgedSite();
    const now = DAY.to - HOUR_MS;
    const broken = { uid: 'rec_timeless', state: 'corrupt', account: 'mallory' } as const;
    await keep([recording({ ...broken, opened: null, closed: null })]);
    const result = await replayed({ now });
    assert.deepEqual([result.read.recordings, ...summaryOf(result)], [2]);
    await keep([recording({ ...broken, opened: now - HOUR_MS, closed: null })]);
    assert.deepEqual(summaryOf(await replayed({ now })), ['opens recording-orphan low']);
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
