import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { after, afterEach, describe, it } from 'node:test';
import { sshdLogin, tlogRecording } from '../cli/logs.ts';
import { recording } from '../support/build.ts';
import {
  DAY,
  exception,
  GAP,
  LOG,
  REC,
  RECORDED,
  removeOriginals,
  ReplaySite,
  summaryOf,
} from './replay-site.ts';

const PROXY_JUMP = resolve(import.meta.dirname, '../fixtures/scenarios/s27_proxyjump/hosts');
const NO_RECORDING = '3f0c9931-918c-40bf-9670-c342c6cce996';
const REMOTE_LOGINS = 'f3c95789-ace1-4954-ac5d-6baed2eac902';
const EXCEPTION = 'exceptions/exc-1.yaml';
const HOUR_MS = 3_600_000;

let site: ReplaySite;
// Files may run in one process, where a hook outside of suites runs after the tests of all of them.
afterEach(async () => (site as ReplaySite | undefined)?.remove());
after(removeOriginals);

function editConfig(change: (text: string) => string): void {
  const text = readFileSync(site.config, 'utf8');
  assert.notEqual(change(text), text);
  writeFileSync(site.config, change(text));
}

describe('replay of what did not change', () => {
  it('gives no difference, by the end of the interval plus the longest wait', async () => {
    site = await ReplaySite.judged();
    const result = await site.replay();
    assert.deepEqual(summaryOf(result), []);
    assert.deepEqual(result.accesses, { before: 2, after: 2, unjudged: 0 });
    assert.equal(result.now, DAY.to + 24 * HOUR_MS);
    assert.deepEqual(result.read, { from: [site.store], events: 14, recordings: 1 });
    assert.equal(result.compared, site.store);
  });

  it('takes the longest wait from the configuration, and a clock that is given before that', async () => {
    site = await ReplaySite.judged();
    editConfig((text) => `${text}judging: {max_wait: 2h}\n`);
    assert.equal((await site.replay()).now, DAY.to + 2 * HOUR_MS);
    assert.equal((await site.replay({ now: 5 })).now, 5);
  });

  it('gives none wherever the interval is cut, and every access falls into one part', async () => {
    site = await ReplaySite.judged();
    for (const time of ['10:00:00.100', '10:00:00.101', '10:00:05', '10:30:00', '11:00:00.100', '11:00:10']) {
      const cut = Date.parse(`2026-11-22T${time}Z`);
      const parts = [await site.replay({ to: cut }), await site.replay({ from: cut })];
      assert.deepEqual(parts.flatMap(summaryOf), [], time);
      assert.equal(
        parts.reduce((sum, part) => sum + part.accesses.after, 0),
        2,
        time,
      );
    }
  });

  it('gives none where the interval ends between a tunnel and the login that it carried', async () => {
    site = new ReplaySite('');
    for (const host of ['bastion', 'web01'])
      site.put(`hosts/${host}/auth.log`, readFileSync(join(PROXY_JUMP, host, 'auth.iso.log')));
    site.put(REC, readFileSync(join(PROXY_JUMP, 'web01/recordings/tlog/rec.log')));
    await site.pass('2026-11-24T00:00:00Z');
    const accesses = await site.accesses();
    const inner = accesses.find((one) => one.via !== null);
    assert.ok(inner);
    const before = await site.replay({ to: inner.opened });
    assert.ok(before.accesses.after > 0 && before.accesses.after < accesses.length);
    assert.deepEqual(summaryOf(before), []);
    assert.deepEqual(summaryOf(await site.replay({ from: inner.opened })), []);
  });

  it('sees the end of a session long after the interval', async () => {
    const long = sshdLogin(GAP).replaceAll('2026-11-22T10:00:20', '2026-11-25T10:00:20');
    site = new ReplaySite('');
    site.put(LOG, long);
    // In force at the opening, expired at the end: only who sees the end knows that the access outlived it.
    site.put(EXCEPTION, exception('2026-11-24T13:00:00Z'));
    await site.pass('2026-11-28T00:00:00Z');
    const result = await site.replay();
    assert.equal((await site.accesses())[0]?.verdict, 'unrecorded');
    assert.deepEqual(summaryOf(result), []);
  });

  it('gives the same bytes twice and leaves the store as it was', async () => {
    site = await ReplaySite.judged({ [EXCEPTION]: exception('2026-11-22T13:00:00Z') });
    rmSync(site.path(EXCEPTION));
    const digest = () => createHash('sha256').update(readFileSync(site.store)).digest('hex');
    const before = [digest(), await site.accesses(), await site.findings()];
    const first = JSON.stringify(await site.replay());
    assert.equal(JSON.stringify(await site.replay()), first);
    assert.deepEqual([digest(), await site.accesses(), await site.findings()], before);
  });

  it('runs beside a daemon that holds the lock', async () => {
    site = await ReplaySite.judged();
    const daemon = await site.start();
    assert.deepEqual(summaryOf(await site.replay()), []);
    site.append(LOG, sshdLogin({ at: '12:00:00', pid: 300 }));
    await daemon.pass();
    assert.equal((await site.accesses()).length, 3);
  });
});

describe('replay of one change', () => {
  it('a removed exception', async () => {
    site = await ReplaySite.judged({ [EXCEPTION]: exception('2026-11-22T13:00:00Z') });
    assert.deepEqual(summaryOf(await site.replay()), []);
    rmSync(site.path(EXCEPTION));
    assert.deepEqual(summaryOf(await site.replay()), [
      'changed 50100: excepted no-recording excepted → unrecorded no-recording',
      'opens no-recording high',
    ]);
  });

  it('an exception in a folder that is tried out, and one that had expired', async () => {
    site = await ReplaySite.judged();
    site.put('next/exc-1.yaml', exception('2026-11-22T13:00:00Z'));
    assert.deepEqual(summaryOf(await site.replay({ exceptionsFolder: site.path('next') })), [
      'changed 50100: unrecorded no-recording → excepted no-recording excepted',
      'resolves no-recording high',
    ]);
    site.put('next/exc-1.yaml', exception('2026-11-22T09:30:00Z'));
    assert.deepEqual(summaryOf(await site.replay({ exceptionsFolder: site.path('next') })), [
      'changed 50100: unrecorded no-recording → unrecorded no-recording exception-expired',
    ]);
  });

  it('a rule that is switched off, or given another level, or says nothing here', async () => {
    site = await ReplaySite.judged();
    const rulesFolder = site.path('next');
    site.put('next/own.yaml', `id: ${NO_RECORDING}\nenabled: false\n`);
    assert.deepEqual(summaryOf(await site.replay({ rulesFolder })), ['resolves no-recording high']);
    const shipped = readFileSync(new URL('../../rules/access/no-recording.yaml', import.meta.url), 'utf8');
    site.put('next/own.yaml', shipped.replace(/^level: .*$/m, 'level: low'));
    assert.deepEqual(summaryOf(await site.replay({ rulesFolder })), ['changes no-recording low']);
    site.put('next/own.yaml', shipped.replace(/^falsepositives:\n/m, "falsepositives:\n  - 'One more'\n"));
    assert.deepEqual(summaryOf(await site.replay({ rulesFolder })), []);
  });

  it('a rule by which accesses are no longer privileged', async () => {
    site = await ReplaySite.judged();
    site.put('next/own.yaml', `id: ${REMOTE_LOGINS}\nenabled: false\n`);
    const result = await site.replay({ rulesFolder: site.path('next') });
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
    site = await ReplaySite.judged();
    editConfig((text) => text.replace('evidence: E3', 'evidence: E5'));
    assert.deepEqual(summaryOf(await site.replay()), [
      'changed 50200: recorded end-unproven → inadequate evidence-class-too-low end-unproven',
      'opens evidence-class-too-low medium',
    ]);
    editConfig((text) => text.replace('evidence: E5', 'evidence: E2'));
    assert.deepEqual(summaryOf(await site.replay()), [], 'what is asked for less is enough all the more');
  });

  it('a recording that was read and not judged yet', async () => {
    site = await ReplaySite.judged();
    const opened = Date.parse('2026-11-22T10:00:00.200Z');
    const late = { opened, closed: opened + 19_000, durationMs: 19_000 };
    await site.keep([recording({ ...late, account: 'mallory' })]);
    assert.deepEqual(summaryOf(await site.replay()), ['opens recording-orphan low']);
    await site.keep([recording(late)]);
    assert.deepEqual(summaryOf(await site.replay()), [
      'changed 50100: unrecorded no-recording → recorded end-unproven',
      'resolves no-recording high',
    ]);
  });

  it('a log that was read and not judged yet: outside of the interval it is nothing', async () => {
    site = await ReplaySite.judged();
    site.append(LOG, sshdLogin({ at: '12:00:00', pid: 300 }));
    const paths = [site.path('hosts')];
    assert.deepEqual(summaryOf(await site.replay({ paths })), [
      'new 50300: nothing → unrecorded no-recording',
      'opens no-recording high',
    ]);
    assert.deepEqual(summaryOf(await site.replay({ paths, to: Date.parse('2026-11-22T12:00:00Z') })), []);
  });
});

describe('replay of files', () => {
  it('compares what they hold with the store', async () => {
    site = await ReplaySite.judged();
    const paths = [site.path('hosts')];
    assert.deepEqual(summaryOf(await site.replay({ paths })), []);
    site.put('hosts/web01/recordings/b.log', tlogRecording(GAP));
    assert.deepEqual(summaryOf(await site.replay({ paths })), [
      'changed 50100: unrecorded no-recording → recorded end-unproven',
      'resolves no-recording high',
    ]);
    site.put(LOG, sshdLogin(RECORDED));
    rmSync(site.path('hosts/web01/recordings/b.log'));
    const gone = summaryOf(await site.replay({ paths }));
    assert.ok(gone.includes('gone 50100: unrecorded no-recording → nothing'), gone.join('\n'));
  });

  it('without a configuration, or a store, everything is new', async () => {
    site = await ReplaySite.judged();
    const paths = [site.path('hosts')];
    const expected = [
      'new 50100: nothing → unrecorded no-recording',
      'new 50200: nothing → recorded end-unproven',
      'opens no-recording high',
    ];
    const alone = await site.replay({ paths, config: null });
    assert.deepEqual([alone.compared, ...summaryOf(alone)], [null, ...expected]);
    rmSync(site.store);
    const storeless = await site.replay({ paths });
    assert.deepEqual([storeless.compared, ...summaryOf(storeless)], [null, ...expected]);
  });

  it('keeps how late a recording was by the store, which alone knows it', async () => {
    site = new ReplaySite('');
    site.put(LOG, '');
    await site.pass('2026-11-22T09:30:00Z');
    site.put(LOG, sshdLogin(GAP));
    site.put(REC, tlogRecording(GAP));
    await site.pass('2026-11-22T12:00:00Z');
    assert.ok((await site.findings()).includes('recording-late open'));
    assert.deepEqual(summaryOf(await site.replay()), []);
    assert.deepEqual(summaryOf(await site.replay({ paths: [site.path('hosts')] })), []);
  });
});
