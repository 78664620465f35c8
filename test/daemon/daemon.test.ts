import assert from 'node:assert/strict';
import {
  copyFileSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, describe, it } from 'node:test';
import { sshdLogin, tlogRecording } from '../cli/logs.ts';
import { FILE_RECEIVER, Site } from './site.ts';

const LOG = 'hosts/web01/auth.log';
const REC = 'hosts/web01/recordings/a.log';
/** A host whose log is written in another zone, without saying so. */
const ELSEWHERE = resolve(
  import.meta.dirname,
  '../fixtures/scenarios/s40_rfc3164_other_timezone/hosts/web01',
);
const LOGIN = { at: '10:00:00', pid: 100 };
const NEXT = { at: '11:00:00', pid: 200 };
const EXCEPTION = `id: EXC-1
kind: recording-exception
title: recorder of web01 is being replaced
scope: {targets: [web01], accounts: [alice]}
reason: the recorder is being replaced
risk: {rating: low, statement: sessions of an hour cannot be replayed}
compensating_controls: [auditd on web01]
owner: bob
approved_by: ciso
approved_at: 2026-11-22T08:00:00Z
ticket: T-1
starts_at: 2026-11-22T09:00:00Z
expires_at: 2026-11-22T13:00:00Z
`;

let site: Site;
// Files may run in one process, where a hook outside of suites runs after the tests of all of them.
afterEach(async () => (site as Site | undefined)?.remove());

/** A site with one gap, judged once. */
async function withGap(): Promise<void> {
  site = new Site(FILE_RECEIVER);
  site.put(LOG, sshdLogin(LOGIN));
  await site.pass('2026-11-22T12:00:00Z');
  assert.deepEqual(await site.verdicts(), ['unrecorded']);
  assert.deepEqual(await site.findings(), ['no-recording open']);
  assert.equal(site.alerts().length, 1);
}

describe('late evidence and late approval', () => {
  it('a recording that arrives after the alert resolves the finding, with one notice', async () => {
    await withGap();
    site.put(REC, tlogRecording(LOGIN));
    await site.pass('2026-11-22T12:10:00Z');
    assert.deepEqual(await site.verdicts(), ['recorded']);
    assert.ok((await site.findings()).includes('no-recording resolved'));
    await site.pass('2026-11-22T12:20:00Z');
    const resolved = site.alerts().filter((text) => text.includes('resolved: what was told before'));
    assert.equal(resolved.length, 1);
  });

  it('a recording of somebody else heals nothing', async () => {
    await withGap();
    site.put(REC, tlogRecording({ ...LOGIN, user: 'mallory', pid: 900 }));
    await site.pass('2026-11-22T12:10:00Z');
    assert.deepEqual(await site.verdicts(), ['unrecorded']);
    assert.ok((await site.findings()).includes('no-recording open'));
  });

  it('an exception that is filed while the daemon runs is in force at the next pass', async () => {
    site = new Site(FILE_RECEIVER);
    site.put(LOG, sshdLogin(LOGIN));
    const daemon = await site.start();
    await daemon.pass();
    assert.deepEqual(await site.verdicts(), ['unrecorded']);
    site.put('exceptions/exc-1.yaml', EXCEPTION);
    site.clock = '2026-11-22T12:10:00Z';
    await daemon.pass();
    assert.deepEqual(await site.verdicts(), ['excepted']);
    assert.ok((await site.findings()).includes('no-recording resolved'));
    await daemon.pass();
    await site.stop();
    const resolved = site.alerts().filter((text) => text.includes('resolved: what was told before'));
    assert.equal(resolved.length, 1);
    assert.ok(site.logged.some((line) => line['msg'] === 'settings reloaded'));
  });

  it('a broken exception silences nothing and becomes a finding', async () => {
    await withGap();
    site.put('exceptions/exc-1.yaml', EXCEPTION.replace('approved_by: ciso', 'approved_by: bob'));
    await site.pass('2026-11-22T12:10:00Z');
    assert.deepEqual(await site.verdicts(), ['unrecorded']);
    assert.ok((await site.findings()).some((one) => /^exception-(self-approved|invalid) open/.test(one)));
  });
});

describe('settings that change', () => {
  it('a configuration that cannot be used leaves the former one in force and is logged with its place', async () => {
    site = new Site(FILE_RECEIVER);
    site.put(LOG, sshdLogin(LOGIN));
    const daemon = await site.start();
    await daemon.pass();
    writeFileSync(site.config, 'sourcs: []\n');
    daemon.askReload();
    site.append(LOG, sshdLogin(NEXT));
    await daemon.pass();
    assert.deepEqual(await site.verdicts(), ['unrecorded', 'unrecorded']);
    const [said] = site.logged.filter((line) => line['level'] === 'error');
    assert.match(String(said?.['msg']), /cannot be used; the former ones stay in force/);
    assert.match(JSON.stringify(said?.['problems']), /config\.yaml:1:1.*unknown key `sourcs`/);
    await daemon.pass();
    assert.equal(
      site.logged.filter((line) => line['level'] === 'error').length,
      1,
      'told once, not at each pass',
    );
  });
});

describe('logs between passes', () => {
  const whole = sshdLogin(LOGIN) + sshdLogin(NEXT);

  it('a last line that is completed later gives its access once', async () => {
    site = new Site(FILE_RECEIVER);
    const cut = sshdLogin(LOGIN).length + 220;
    site.put(LOG, whole.slice(0, cut));
    await site.pass('2026-11-22T12:00:00Z');
    assert.equal((await site.accesses()).length, 1);
    site.append(LOG, whole.slice(cut));
    await site.pass('2026-11-22T12:01:00Z');
    assert.equal((await site.accesses()).length, 2);
    await site.pass('2026-11-22T12:02:00Z');
    assert.equal((await site.accesses()).length, 2);
  });

  it('rotation by renaming loses and doubles nothing', async () => {
    site = new Site(FILE_RECEIVER);
    const third = sshdLogin({ at: '11:30:00', pid: 300 });
    site.put(LOG, sshdLogin(LOGIN));
    await site.pass('2026-11-22T12:00:00Z');
    // What was written after the pass and before the rotation stands in the renamed file only.
    site.append(LOG, sshdLogin(NEXT));
    renameSync(site.path(LOG), site.path(`${LOG}.1`));
    site.put(LOG, third);
    await site.pass('2026-11-22T12:01:00Z');
    assert.deepEqual(
      (await site.accesses()).map((one) => one.origin?.port),
      [50_100, 50_200, 50_300],
    );
    await site.pass('2026-11-22T12:02:00Z');
    assert.equal((await site.accesses()).length, 3);
    assert.ok(!(await site.findings()).some((one) => one.startsWith('source-')));
  });

  it('rotation by copying and truncating loses and doubles nothing', async () => {
    site = new Site(FILE_RECEIVER);
    site.put(LOG, sshdLogin(LOGIN));
    await site.pass('2026-11-22T12:00:00Z');
    site.append(LOG, sshdLogin(NEXT));
    copyFileSync(site.path(LOG), site.path(`${LOG}.1`));
    truncateSync(site.path(LOG));
    site.append(LOG, sshdLogin({ at: '11:30:00', pid: 300 }));
    await site.pass('2026-11-22T12:01:00Z');
    assert.deepEqual(
      (await site.accesses()).map((one) => one.origin?.port),
      [50_100, 50_200, 50_300],
    );
    await site.pass('2026-11-22T12:02:00Z');
    assert.equal((await site.accesses()).length, 3);
  });
});

describe('recordings that change after they were seen', () => {
  async function withRecording(): Promise<void> {
    site = new Site(FILE_RECEIVER);
    site.put(LOG, sshdLogin(LOGIN));
    site.put(REC, tlogRecording(LOGIN));
    await site.pass('2026-11-22T12:00:00Z');
    assert.deepEqual(await site.verdicts(), ['recorded']);
    assert.deepEqual(await site.findings(), []);
  }

  it('one that rests stays as it is', async () => {
    await withRecording();
    await site.pass('2026-11-22T12:10:00Z');
    assert.deepEqual([await site.verdicts(), await site.findings()], [['recorded'], []]);
  });

  it('one that is deleted is told', async () => {
    await withRecording();
    rmSync(site.path(REC));
    await site.pass('2026-11-22T12:10:00Z');
    assert.ok(
      (await site.findings()).includes('recording-deleted-early open'),
      String(await site.findings()),
    );
    assert.ok(site.alerts().some((text) => text.includes('recording-deleted-early')));
    assert.notDeepEqual(await site.verdicts(), ['recorded']);
  });

  it('one whose bytes are altered in place is told, although it reads well', async () => {
    await withRecording();
    site.clock = '2026-11-22T12:10:00Z';
    site.put(REC, tlogRecording(LOGIN).replace('hellobyes', 'byeshello'));
    await site.pass();
    assert.ok((await site.findings()).includes('recording-altered open'), String(await site.findings()));
    assert.notDeepEqual(await site.verdicts(), ['recorded']);
  });
});

describe('what is kept', () => {
  it('the first pass over old logs sends one digest', async () => {
    site = new Site(FILE_RECEIVER.replace('group_wait: 0s', 'group_wait: 30s, group_by: [account, target]'));
    for (const [at, host] of ['web01', 'web02', 'web03'].entries()) {
      site.put(`hosts/${host}/auth.log`, sshdLogin({ ...LOGIN, host, pid: 100 + at * 50, user: `u${at}` }));
    }
    await site.pass('2026-11-22T12:00:00Z');
    assert.equal((await site.findings()).length, 3);
    assert.equal(site.alerts().length, 1);
    site.put('hosts/web04/auth.log', sshdLogin({ ...NEXT, host: 'web04' }));
    site.put('hosts/web05/auth.log', sshdLogin({ ...NEXT, host: 'web05', pid: 300 }));
    await site.pass('2026-11-22T12:01:00Z');
    await site.pass('2026-11-22T12:02:00Z');
    assert.equal(site.alerts().length, 3, 'later findings are told by group');
  });

  it('what is older than retention is purged, and that is logged; an open gap is kept', async () => {
    site = new Site(FILE_RECEIVER, {}, { retention: '2d' });
    site.put(LOG, sshdLogin(LOGIN) + sshdLogin(NEXT));
    site.put(REC, tlogRecording(LOGIN));
    await site.pass('2026-11-22T12:00:00Z');
    assert.deepEqual(await site.verdicts(), ['recorded', 'unrecorded']);
    const purged = () => site.logged.filter((line) => line['msg'] === 'purged what is older than retention');
    await site.pass('2026-11-23T13:00:00Z');
    assert.equal((await site.accesses()).length, 2, 'younger than two days');
    assert.deepEqual(purged(), []);
    await site.pass('2026-11-26T12:00:00Z');
    assert.deepEqual(await site.verdicts(), ['unrecorded']);
    assert.equal(purged()[0]?.['before'], '2026-11-24T12:00:00.000Z');
  });

  it('a zone that is put right is applied to what was read before', async () => {
    site = new Site(FILE_RECEIVER);
    const lines = readFileSync(join(ELSEWHERE, 'auth.log'), 'utf8');
    site.put('hosts/web01/auth.log', lines);
    site.put(REC, readFileSync(join(ELSEWHERE, 'recordings/tlog/rec.log')));
    await site.pass('2026-11-23T12:00:00Z');
    assert.deepEqual(await site.verdicts(), ['undetermined', 'undetermined']);
    writeFileSync(
      site.config,
      `${readFileSync(site.config, 'utf8').replace(/timezone: \S+\n/, '')}timezone: America/New_York\n`,
    );
    await site.pass('2026-11-23T12:01:00Z');
    assert.deepEqual(await site.verdicts(), ['recorded', 'unrecorded']);
    assert.equal((await site.accesses())[0]?.opened, Date.parse('2026-11-22T11:23:44Z'));
  });

  it('keeps how late a recording was that healed a gap', async () => {
    site = new Site(FILE_RECEIVER);
    site.put(LOG, '');
    await site.pass('2026-11-22T09:30:00Z');
    site.put(LOG, sshdLogin(LOGIN) + sshdLogin(NEXT));
    site.put(REC, tlogRecording(LOGIN));
    await site.pass('2026-11-22T11:30:00Z');
    const first = (await site.findings()).filter((one) => one.startsWith('recording-late'));
    assert.equal(first.length, 1, 'an hour after its end is late');
    site.put('hosts/web01/recordings/b.log', tlogRecording(NEXT));
    await site.pass('2026-11-22T13:00:00Z');
    assert.deepEqual(await site.verdicts(), ['recorded', 'recorded']);
    const late = (await site.findings()).filter((one) => one.startsWith('recording-late'));
    assert.deepEqual(late, ['recording-late open', 'recording-late open']);
  });

  it('the store is closed to others', async () => {
    await withGap();
    assert.equal(statSync(site.store).mode & 0o777, 0o600);
  });
});
