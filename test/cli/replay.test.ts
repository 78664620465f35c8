import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { loadConfig } from '../../src/config/load.ts';
import { Daemon } from '../../src/daemon/daemon.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { linesOf, NOW, type Ran, run } from './fake-io.ts';
import { sshdLogin, tlogRecording, writeTree } from './logs.ts';

const root = mkdtempSync(join(tmpdir(), 'offrecord-replay-'));
const at = (name: string) => join(root, name);
const SOURCES = `timezone: UTC
sources: [{id: logs, paths: ["./hosts/*/auth.log"]}]
recorders: [{id: tlog, type: tlog, paths: ["./hosts/*/recordings"]}]
`;
const RECORDED = { at: '11:00:00', pid: 200 };
const OFF = 'id: 3f0c9931-918c-40bf-9670-c342c6cce996\nenabled: false\n';
const EXCEPTION = `id: EXC-1
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
expires_at: 2026-11-22T13:00:00Z
`;
const DAY = ['--from', '2026-11-22', '--to', '2026-11-23'];

/** Replays the day of the logs, by a machine whose clock shows 1970 unless told otherwise. */
const replay = (argv: readonly string[], now = 0): Promise<Ran> => run(['replay', ...DAY, ...argv], { now });
const withStore = ['--config', at('config.yaml')];

describe('replay', () => {
  before(async () => {
    writeTree(root, {
      'config.yaml': `store: {path: ./state.db}\n${SOURCES}`,
      'no-store.yaml': `store: {path: ./nowhere.db}\n${SOURCES}`,
      'no-store-file.yaml': `store: {path: ./config.yaml}\n${SOURCES}`,
      'broken.yaml': 'sourcs: []\n',
      'hosts/web01/auth.log': sshdLogin({ at: '10:00:00', pid: 100 }) + sshdLogin(RECORDED),
      'hosts/web01/recordings/a.log': tlogRecording(RECORDED),
      'rules-off/own.yaml': OFF,
      'rules-broken/own.yaml': 'id: x\ntitel: y\n',
      'exceptions-good/a.yaml': EXCEPTION,
      'exceptions-broken/a.yaml': EXCEPTION.replace(/^expires_at:.*\n/m, ''),
      'notes/read.me': 'nothing of interest\n',
    });
    await judge();
  });
  after(() => rmSync(root, { recursive: true, force: true }));

  it('no difference: exit 0, and says what it read and compared', async () => {
    const ran = await replay(withStore);
    assert.deepEqual([ran.exit, ran.err], [0, '']);
    assert.equal(
      ran.out,
      [
        'Replay  2026-11-22 00:00:00Z to 2026-11-23 00:00:00Z, judged as of 2026-11-24 00:00:00Z',
        `  read 14 events and 1 recording from ${at('state.db')}`,
        `  2 accesses judged; compared with 2 accesses in ${at('state.db')}`,
        '',
        '0 accesses changed, 0 new, 0 gone; 0 findings would open, 0 resolve, 0 change',
        '',
      ].join('\n'),
    );
  });

  it('a difference: exit 1, before and after with their reasons', async () => {
    const ran = await replay([...withStore, '--exceptions', at('exceptions-good')]);
    assert.deepEqual([ran.exit, ran.err], [1, '']);
    const rows = ran.out.split('\n');
    assert.match(rows[5] ?? '', /^ {2}changed {2}2026-11-22 10:00:00Z ssh-shell .* acc_[0-9a-f]{20}$/);
    const absent = 'no-recording: no recording of account alice on web01 fits';
    assert.deepEqual(rows.slice(6, 8), [
      `      before unrecorded (${absent})`,
      `      after  excepted (approved exception EXC-1; ${absent}; excepted: EXC-1, approved by ciso, was in force)`,
    ]);
    assert.match(ran.out, /^ {2}resolves high +no-recording .* \(web01\) fnd_[0-9a-f]{20} of acc_/m);
    assert.equal(rows.at(-2), '1 access changed, 0 new, 0 gone; 0 findings would open, 1 resolve, 0 change');
  });

  it('--format ndjson prints a line per difference, as check prints both sides, and the summary', async () => {
    const ran = await replay([...withStore, '--rules', at('rules-off'), '--format', 'ndjson']);
    assert.equal(ran.exit, 1);
    const [line, summary, ...more] = linesOf(ran.out);
    assert.deepEqual(more, []);
    const { before: kept, ...rest } = line as { before: Record<string, unknown> };
    assert.deepEqual(rest, {
      type: 'difference',
      of: 'finding',
      change: 'resolves',
      uid: kept['uid'],
      after: null,
    });
    assert.deepEqual([kept['type'], kept['check'], kept['status']], ['finding', 'no-recording', 'open']);
    assert.deepEqual(summary, {
      type: 'summary',
      from: '2026-11-22T00:00:00.000Z',
      to: '2026-11-23T00:00:00.000Z',
      now: '2026-11-24T00:00:00.000Z',
      read: { from: [at('state.db')], events: 14, recordings: 1 },
      compared_with: at('state.db'),
      accesses: { before: 2, after: 2, unjudged: 0 },
      difference: {
        accesses: { changed: 0, new: 0, gone: 0 },
        findings: { opens: 0, resolves: 1, changes: 0 },
      },
      errors: [],
      exit: 1,
    });
  });

  it('gives the same bytes whenever it runs', async () => {
    for (const format of ['table', 'ndjson']) {
      const argv = [...withStore, '--exceptions', at('exceptions-good'), '--format', format];
      const first = await replay(argv);
      assert.equal(first.exit, 1);
      assert.deepEqual(await replay(argv, NOW * 2), first);
    }
  });

  it('paths: compared with the store, or alone', async () => {
    assert.equal((await replay([...withStore, at('hosts')])).exit, 0);
    const alone = await replay([at('hosts')]);
    assert.deepEqual([alone.exit, alone.err], [1, '']);
    assert.match(alone.out, /2 accesses judged; there is no store to compare with\n/);
    assert.match(alone.out, /\n0 accesses changed, 2 new, 0 gone; 1 finding would open, /);
  });

  it('names what cannot be read, with exit 2', async () => {
    const cases: readonly (readonly [readonly string[], RegExp])[] = [
      [[], /^offrecord: name files to judge, or a configuration whose store to read\n$/],
      [['--config', at('no-store.yaml')], /^offrecord: there is no store yet: \S+nowhere\.db\n$/],
      [['--config', at('no-store-file.yaml')], /^offrecord: the file is not a store of offrecord: \S+\n$/],
      [['--config', at('none.yaml')], /^\S+none\.yaml: there is no such file\n$/],
      [['--config', at('broken.yaml')], /broken\.yaml:1:1: unknown key `sourcs`/],
      [[...withStore, '--rules', at('rules-broken')], /^\S+own\.yaml:2:1: [^\n]*`titel`/],
      [[...withStore, '--rules', at('rules-none')], /^\S+rules-none: /],
    ];
    for (const [argv, message] of cases) {
      const ran = await replay(argv);
      assert.deepEqual([ran.exit, ran.out], [2, ''], ran.err);
      assert.match(ran.err, message);
    }
  });

  it('judges what it can beside a path or an exception that cannot be read', async () => {
    const cases: readonly (readonly [readonly string[], RegExp])[] = [
      [[at('nowhere'), at('hosts')], /^\S+nowhere: there is no such file/],
      [[at('notes'), at('hosts')], /^\S+notes: nothing here has a known format/],
      [['--exceptions', at('none')], /^\S+none: there is no such file or folder\n$/],
      [['--exceptions', at('exceptions-broken')], /a\.yaml:\d+:\d+: `expires_at` is missing/],
    ];
    for (const [argv, message] of cases) {
      const ran = await replay([...withStore, ...argv]);
      assert.equal(ran.exit, 2);
      assert.match(ran.err, message);
      assert.match(ran.out, /\n\d access(?:es)? changed, .*; 1 thing could not be read\n$/);
    }
  });

  it('refuses an interval that is none', async () => {
    const cases: readonly (readonly [readonly string[], RegExp])[] = [
      [['--from', '2026-11-22'], /--to <time>' not specified/],
      [['--to', '2026-11-22'], /--from <time>' not specified/],
      [['--from', '2026-11-22', '--to', '2026-11-22'], /^offrecord: --from must be before --to\n$/],
      [['--from', 'yesterday', '--to', '2026-11-22'], /write an ISO time with its zone/],
    ];
    for (const [argv, message] of cases) {
      const ran = await run(['replay', ...withStore, ...argv]);
      assert.deepEqual([ran.exit, ran.out], [2, '']);
      assert.match(ran.err, message);
    }
  });

  it('shows characters that move a cursor as dots', async () => {
    const log = sshdLogin({ at: '10:00:00', pid: 100, user: 'al\u001B[2Jice' });
    writeTree(root, { 'odd/hosts/web01/auth.log': log });
    const ran = await replay([at('odd')]);
    assert.equal(ran.exit, 1);
    assert.ok(!ran.out.includes('\u001B'));
    assert.match(ran.out, /al·\[2Jice@web01/);
  });
});

/** One pass of the daemon, when all is settled. */
async function judge(): Promise<void> {
  const file = at('config.yaml');
  const text = `store: {path: ./state.db}\n${SOURCES}`;
  const loaded = loadConfig({ file, text, env: {}, readSecret: () => new Error('none') });
  assert.ok('config' in loaded);
  const { config } = loaded;
  writeFileSync(file, text);
  const daemon = await Daemon.start({
    file,
    config,
    reread: async () => ({ config }),
    logger: createLogger({ level: 'fatal' }),
    clock: () => Date.parse('2026-11-24T00:00:00Z'),
    signal: new AbortController().signal,
  });
  assert.ok(!('problems' in daemon));
  await daemon.pass();
  await daemon.close();
}
