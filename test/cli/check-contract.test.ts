import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, describe, it } from 'node:test';
import { linesOf, run } from './fake-io.ts';
import { sshdLogin, tlogRecording, writeTree } from './logs.ts';

const root = mkdtempSync(join(tmpdir(), 'offrecord-contract-'));
after(() => rmSync(root, { recursive: true, force: true }));

const LOGIN = { at: '10:00:00', pid: 100 };
const GAP = { at: '11:00:00', pid: 200 };
/** One recorded login and one gap. */
const mixed = join(root, 'mixed');
writeTree(mixed, {
  'hosts/web01/auth.log': sshdLogin(LOGIN) + sshdLogin(GAP),
  'hosts/web01/recordings/tlog/a.log': tlogRecording(LOGIN),
});
const host = join(mixed, 'hosts', 'web01');
/** One recorded login. */
const good = join(root, 'good');
writeTree(good, {
  'hosts/web01/auth.log': sshdLogin(LOGIN),
  'hosts/web01/recordings/tlog/a.log': tlogRecording(LOGIN),
});

type Line = Record<string, unknown>;
const ndjson = async (...argv: string[]) =>
  linesOf((await run(['check', '--format', 'ndjson', ...argv])).out);
const verdictsOf = (lines: readonly Line[]) =>
  lines.filter((line) => line['type'] === 'access').map((line) => line['verdict']);

/** Keys that scripts rely on; others may be added behind them. */
const KEYS: Readonly<Record<string, readonly string[]>> = {
  access:
    'type uid path account principal target origin credential opened closed verdict reasons actor via recordings exception evidence refs'.split(
      ' ',
    ),
  recording:
    'type uid recorder state end_proven problems opened closed durationMs bytes events sha256 evidence'.split(
      ' ',
    ),
  finding: 'type uid check level title status subject target account time evidence refs'.split(' '),
  source: 'type id kind'.split(' '),
  summary: 'type now accesses privileged verdicts coverage recordings findings errors exit'.split(' '),
};

describe('check --format ndjson', () => {
  it('prints every promised key of each kind of line, and the summary last', async () => {
    const lines = await ndjson(mixed);
    assert.deepEqual(new Set(lines.map((line) => line['type'])), new Set(Object.keys(KEYS)));
    for (const line of lines) {
      const missing = KEYS[String(line['type'])]?.filter((key) => !(key in line));
      assert.deepEqual(missing, [], JSON.stringify(line));
    }
    assert.deepEqual(
      lines.flatMap((line, at) => (line['type'] === 'summary' ? [at] : [])),
      [lines.length - 1],
    );
  });

  it('prints the shapes inside an access and a summary', async () => {
    const lines = await ndjson(mixed);
    const [recorded, gap] = lines.filter((line) => line['type'] === 'access');
    assert.ok(recorded && gap);
    assert.match(String(recorded['uid']), /^acc_[0-9a-f]{20}$/);
    assert.deepEqual(recorded['target'], { id: 'web01', kind: 'host' });
    assert.deepEqual(recorded['origin'], { ip: '10.9.0.9', port: 50_100 });
    assert.deepEqual(recorded['credential'], {
      type: 'publickey',
      id: 'SHA256:EGt4qnytXotch+O7ZtacY3aclvbrYEwwsJ1UC8Ki010',
    });
    assert.equal(recorded['opened'], '2026-11-22T10:00:00.100Z');
    assert.equal(recorded['closed'], '2026-11-22T10:00:20.010Z');
    const [cover] = recorded['recordings'] as Line[];
    assert.deepEqual(Object.keys(cover ?? {}), ['uid', 'join', 'covers', 'end_proven']);
    assert.deepEqual(recorded['evidence'], { required: 'E3', found: 'E3' });
    assert.deepEqual(gap['evidence'], { required: 'E3', found: 'E0' });
    assert.deepEqual(gap['recordings'], []);
    assert.equal((gap['reasons'] as Line[])[0]?.['code'], 'no-recording');
    const { now, accesses, verdicts, coverage, errors, exit } = lines.at(-1) ?? {};
    assert.deepEqual(
      { now, accesses, coverage, errors, exit },
      {
        now: '2026-11-23T00:00:00.000Z',
        accesses: 2,
        coverage: { certain: 0.5, possible: 0.5 },
        errors: [],
        exit: 1,
      },
    );
    assert.deepEqual(verdicts, {
      recorded: 1,
      inadequate: 0,
      unrecorded: 1,
      excepted: 0,
      pending: 0,
      undetermined: 0,
    });
  });

  it('json holds the same lines, by kind', async () => {
    const lines = await ndjson(mixed);
    const ran = await run(['check', mixed, '--format', 'json']);
    const whole = JSON.parse(ran.out) as Record<string, unknown>;
    const of = (type: string) => lines.filter((line) => line['type'] === type);
    assert.deepEqual(whole['accesses'], of('access'));
    assert.deepEqual(whole['recordings'], of('recording'));
    assert.deepEqual(whole['findings'], of('finding'));
    assert.deepEqual(whole['sources'], of('source'));
    assert.deepEqual(whole['summary'], lines.at(-1));
  });
});

describe('check: exit codes', () => {
  it('0 where everything is recorded, 1 with a gap, 2 with an error, whatever the format', async () => {
    for (const format of ['table', 'json', 'ndjson', 'html']) {
      const exits = [];
      for (const paths of [[good], [mixed], [mixed, join(root, 'nowhere')]]) {
        exits.push((await run(['check', ...paths, '--format', format])).exit);
      }
      assert.deepEqual(exits, [0, 1, 2], format);
    }
  });

  it('0 while an access is pending, 1 when its grace has passed', async () => {
    const open = join(root, 'open');
    writeTree(open, { 'hosts/web01/auth.log': sshdLogin(GAP) });
    const pending = await run(['check', open, '--now', '2026-11-22T11:00:05Z', '--format', 'ndjson']);
    assert.deepEqual([pending.exit, verdictsOf(linesOf(pending.out))], [0, ['pending']]);
    const judged = await run(['check', open, '--now', '2026-11-22T11:10:00Z', '--format', 'ndjson']);
    assert.deepEqual([judged.exit, verdictsOf(linesOf(judged.out))], [1, ['unrecorded']]);
  });
});

describe('check: what is judged', () => {
  it('--from takes accesses at its time, --to does not', async () => {
    const opened = '2026-11-22T11:00:00.100Z';
    assert.deepEqual(verdictsOf(await ndjson(mixed, '--from', opened)), ['unrecorded']);
    assert.deepEqual(verdictsOf(await ndjson(mixed, '--to', opened)), ['recorded']);
    assert.equal((await run(['check', mixed, '--to', opened])).exit, 0);
  });

  it('refuses a window that ends before it begins, which would look like a clean one', async () => {
    const ran = await run(['check', mixed, '--from', '2026-11-23', '--to', '2026-11-22']);
    assert.deepEqual([ran.exit, ran.out], [2, '']);
    assert.match(ran.err, /--from must be before --to/);
  });

  it('a folder given as the host itself, several paths and a single file name the same accesses', async () => {
    const uids = async (...paths: string[]) =>
      (await ndjson(...paths)).flatMap((line) =>
        line['type'] === 'access' ? [[line['uid'], line['verdict']]] : [],
      );
    const expected = await uids(mixed);
    assert.equal(expected.length, 2);
    assert.deepEqual(await uids(host), expected);
    assert.deepEqual(await uids(join(host, 'auth.log'), join(host, 'recordings')), expected);
    assert.deepEqual(await uids(mixed, host), expected);
    const alone = await uids(join(host, 'auth.log'));
    assert.deepEqual(
      alone.map(([uid]) => uid),
      expected.map(([uid]) => uid),
    );
    assert.deepEqual(
      alone.map(([, verdict]) => verdict),
      ['unrecorded', 'unrecorded'],
    );
  });

  it('logs of one name from several folders stay apart', async () => {
    const apart = join(root, 'apart');
    writeTree(apart, {
      'a/auth.log': sshdLogin({ ...GAP, host: 'hosta' }),
      'b/auth.log': sshdLogin({ ...GAP, at: '11:30:00', host: 'hostb' }),
    });
    const lines = await ndjson(join(apart, 'a', 'auth.log'), join(apart, 'b', 'auth.log'));
    const targets = lines.flatMap((line) =>
      line['type'] === 'access' ? [(line['target'] as Line)['id']] : [],
    );
    assert.deepEqual(targets, ['hosta', 'hostb']);
    const files = lines.filter((line) => line['type'] === 'source' && line['kind'] === 'sshd');
    assert.equal(files.length, 2);
  });

  it('prints the same bytes when it is run again', async () => {
    for (const format of ['table', 'json', 'ndjson', 'html']) {
      const argv = ['check', mixed, '--format', format];
      assert.deepEqual(await run(argv), await run(argv));
    }
  });
});

describe('check: text from logs', () => {
  /** Control, bidirectional and zero-width characters; everything that a terminal acts on. */
  const RAW = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
  const evil = join(root, 'evil');
  const user = 'al\u001B[31m\u202Eice\u200B\u0007\u009B2J<script>x</script>';
  writeTree(evil, { 'hosts/web01/auth.log': sshdLogin({ ...GAP, user }) });

  it('reaches NDJSON whole, and neither a table nor a page raw', async () => {
    const accounts = (await ndjson(evil)).flatMap((line) =>
      line['type'] === 'access' ? [line['account']] : [],
    );
    assert.deepEqual(accounts, [user]);
    const table = await run(['check', evil]);
    assert.match(table.out, /al·\[31m··?ice/);
    assert.doesNotMatch(table.out.replaceAll('\n', ''), RAW);
    const page = await run(['check', evil, '--format', 'html']);
    assert.doesNotMatch(page.out.replaceAll('\n', ''), RAW);
    assert.ok(!page.out.includes('<script'));
    assert.ok(page.out.includes('&#60;script'));
  });

  it('colours a table on a terminal unless NO_COLOR is set', async () => {
    const coloured = await run(['check', evil], { isTerminal: true });
    assert.ok(coloured.out.includes('\u001B[31munrecorded'));
    const plain = await run(['check', evil], { isTerminal: true, env: { NO_COLOR: '1' } });
    assert.ok(!plain.out.includes('\u001B'));
  });

  it('names of files reach neither stderr nor a table raw', async () => {
    const named = join(root, 'named');
    writeTree(named, { 'hosts/web01/e\u001B[31mvil/auth.log': Buffer.alloc(64) });
    for (const format of ['table', 'ndjson', 'html']) {
      const ran = await run(['check', named, '--format', format]);
      assert.equal(ran.exit, 2);
      assert.ok(!ran.err.includes('\u001B') && !ran.out.includes('\u001B'), format);
    }
  });
});

describe('check: a reader that goes away', () => {
  it('ends quietly', async () => {
    const broken = () => {
      throw Object.assign(new Error('write EPIPE'), { code: 'EPIPE' });
    };
    const ran = await run(['check', mixed, '--format', 'ndjson'], { onOut: broken });
    assert.deepEqual(ran, { exit: 0, out: '', err: '' });
    const full = () => {
      throw Object.assign(new Error('write ENOSPC'), { code: 'ENOSPC' });
    };
    assert.equal((await run(['check', mixed], { onOut: full })).exit, 2);
  });

  it('also as a process whose pipe closes in the middle', async () => {
    const many = join(root, 'many');
    // 1,400 accesses make more than 1 MB of NDJSON: far more than a pipe holds.
    const minute = (at: number) => new Date(at * 60_000).toISOString().slice(11, 19);
    const logins = Array.from({ length: 1_400 }, (_, at) =>
      sshdLogin({ at: minute(at), pid: 1_000 + at * 8, port: 20_000 + at }),
    );
    writeTree(many, { 'hosts/web01/auth.log': logins.join('') });
    const main = resolve(import.meta.dirname, '../../src/main.ts');
    const child = spawn(process.execPath, [
      main,
      'check',
      many,
      '--format',
      'ndjson',
      '--now',
      '2026-11-23T00:00:00Z',
    ]);
    let err = '';
    child.stderr.on('data', (chunk: Buffer) => {
      err += chunk.toString();
    });
    child.stdout.once('data', () => child.stdout.destroy());
    const exit = await new Promise((end) => child.on('close', (code, signal) => end(code ?? signal)));
    assert.deepEqual([exit, err], [0, '']);
  });
});
