import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, describe, it } from 'node:test';
import { linesOf, type Ran, run } from './fake-io.ts';
import { sshdLogin, tlogRecording, writeTree } from './logs.ts';

const root = mkdtempSync(join(tmpdir(), 'offrecord-bad-'));
after(() => rmSync(root, { recursive: true, force: true }));

const LOGIN = { at: '10:00:00', pid: 100 };
const GAP = { at: '11:00:00', pid: 200 };
const LOG = 'hosts/web01/auth.log';
const REC = 'hosts/web01/recordings/tlog/a.log';
/** Bytes that no format can claim: no line feed, no digit, no text. */
const GARBAGE = Buffer.from(
  Array.from({ length: 4096 }, (_, at) => [0, 0xff, 0xfe, 0x80, 0xc0][at % 5] ?? 0),
);

let trees = 0;
/** A host with one recorded login and one gap, and whatever else is given. */
function tree(files: Readonly<Record<string, string | Uint8Array>> = {}): string {
  trees += 1;
  const folder = join(root, `t${trees}`);
  writeTree(folder, { [LOG]: sshdLogin(LOGIN) + sshdLogin(GAP), [REC]: tlogRecording(LOGIN), ...files });
  return folder;
}

interface Told {
  readonly ran: Ran;
  readonly verdicts: readonly string[];
  readonly checks: readonly string[];
  readonly errors: readonly string[];
}

/** Runs check with NDJSON and holds what every bad input must keep to. */
async function told(...argv: string[]): Promise<Told> {
  const ran = await run(['check', '--format', 'ndjson', ...argv]);
  const lines = linesOf(ran.out);
  const summary = lines.at(-1);
  assert.equal(summary?.['type'], 'summary');
  assert.equal(summary['exit'], ran.exit);
  const errors = summary['errors'] as string[];
  assert.deepEqual(ran.err.split('\n').slice(0, -1), errors, 'one line on stderr for each error');
  assert.doesNotMatch(ran.err, /\n\s+at |node:|\.ts:\d/, 'no stack trace');
  const of = (type: string) => lines.filter((line) => line['type'] === type);
  return {
    ran,
    verdicts: of('access').map((one) => String(one['verdict'])),
    checks: of('finding').map((one) => String(one['check'])),
    errors,
  };
}

/** One error that matches, exit 2, and the two logins judged as if it were not there. */
function assertStillJudged({ ran, verdicts, errors }: Told, error: RegExp): void {
  assert.equal(ran.exit, 2);
  assert.equal(errors.length, 1, errors.join('\n'));
  assert.match(errors[0] ?? '', error);
  assert.deepEqual(verdicts, ['recorded', 'unrecorded']);
}

describe('check: paths that cannot be read', () => {
  it('is silent about a good folder', async () => {
    const { ran, verdicts, errors } = await told(tree());
    assert.deepEqual([ran.exit, errors, verdicts], [1, [], ['recorded', 'unrecorded']]);
  });

  it('names a missing path once, and judges the others', async () => {
    const missing = await told(join(root, 'nowhere'));
    assert.equal(missing.ran.exit, 2);
    assert.deepEqual(missing.errors, [`${join(root, 'nowhere')}: there is no such file`]);
    const both = await told(tree(), join(root, 'nowhere'));
    assert.equal(both.ran.exit, 2);
    assert.equal(both.errors.length, 1);
    // What lay there may have been the recordings.
    assert.deepEqual(both.verdicts, ['recorded', 'undetermined']);
  });

  it('names a path below a file', async () => {
    const { ran, errors } = await told(join(tree(), LOG, 'below'));
    assert.equal(ran.exit, 2);
    assert.match(errors.join('\n'), /auth\.log\/below: there is no such file$/);
  });

  it('says which of several folders holds no known format', async () => {
    const empty = join(root, 'empty');
    mkdirSync(empty);
    const prose = join(root, 'prose');
    writeTree(prose, { 'notes.txt': 'nothing of interest\n' });
    for (const folder of [empty, prose]) {
      assertStillJudged(await told(tree(), folder), /(empty|prose): nothing here has a known format/);
      assert.equal((await told(folder)).ran.exit, 2);
    }
    assert.equal((await told(tree({ 'notes.txt': 'nothing of interest\n' }))).ran.exit, 1);
  });

  it('tells a directory loop and a link to itself, once each', async () => {
    const up = tree();
    symlinkSync('..', join(up, 'hosts', 'web01', 'up'));
    assertStillJudged(await told(up), /web01\/up: symbolic links lead in a circle$/);
    const self = tree();
    symlinkSync('self', join(self, 'hosts', 'web01', 'self'));
    assertStillJudged(await told(self), /web01\/self: symbolic links lead in a circle$/);
  });

  it('tells a dead link, which hides recordings only where recordings are kept', async () => {
    const other = tree();
    symlinkSync('/nonexistent/README', join(other, 'hosts', 'web01', 'README'));
    assertStillJudged(await told(other), /README: there is no such file$/);
    const unmounted = tree();
    const folder = join(unmounted, 'hosts', 'web01', 'recordings');
    renameSync(folder, join(root, 'moved'));
    symlinkSync('/nonexistent/store', folder);
    const { verdicts, checks } = await told(unmounted);
    assert.deepEqual(verdicts, ['undetermined', 'undetermined']);
    assert.ok(checks.includes('recording-not-retrievable'));
  });

  it('an unreadable recordings folder makes accesses of that host undetermined, and of no other', (t) => {
    const folder = tree({
      'hosts/db01/auth.log': sshdLogin({ ...GAP, host: 'db01' }),
    });
    const closed = join(folder, 'hosts', 'web01', 'recordings');
    const asNobody = (argv: string[]) => spawnAs(65_534, argv);
    if (process.getuid?.() !== 0)
      return t.skip('only root can become another user to whom a folder is closed');
    openToAll(root);
    const before = asNobody(['check', folder, '--format', 'ndjson', '--now', '2026-11-23T00:00:00Z']);
    if (before.status !== 1)
      return t.skip(`setpriv cannot run the program as another user: ${before.stderr}`);
    assert.deepEqual(verdictsByHost(before.stdout), {
      web01: ['recorded', 'unrecorded'],
      db01: ['unrecorded'],
    });
    chmodSync(closed, 0o600);
    const ran = asNobody(['check', folder, '--format', 'ndjson', '--now', '2026-11-23T00:00:00Z']);
    assert.equal(ran.status, 2);
    assert.match(ran.stderr, /^\S*recordings: reading is not permitted\n$/);
    assert.deepEqual(verdictsByHost(ran.stdout), {
      web01: ['undetermined', 'undetermined'],
      db01: ['unrecorded'],
    });
  });
});

/** Makes a tree readable for every user; recordings are written closed. */
function openToAll(folder: string): void {
  spawnSync('chmod', ['-R', 'a+rX', folder]);
}

function spawnAs(uid: number, argv: string[]) {
  const main = resolve(import.meta.dirname, '../../src/main.ts');
  const args = [`--reuid=${uid}`, '--clear-groups', process.execPath, main, ...argv];
  return spawnSync('setpriv', args, { encoding: 'utf8' });
}

function verdictsByHost(out: string): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  for (const line of linesOf(out)) {
    if (line['type'] !== 'access') continue;
    const { id } = line['target'] as { id: string };
    (found[id] ??= []).push(String(line['verdict']));
  }
  return found;
}

describe('check: content that cannot be understood', () => {
  it('tells garbage where a log of accesses is expected, and passes over other files', async () => {
    assertStillJudged(await told(tree({ 'hosts/web01/secure': GARBAGE })), /secure: .* no known format$/);
    assertStillJudged(
      await told(tree({ 'hosts/db01/auth.log.2': GARBAGE })),
      /auth\.log\.2: .* no known format$/,
    );
    assert.equal((await told(tree({ 'hosts/web01/core': GARBAGE }))).ran.exit, 1);
    assert.equal((await told(tree({ 'hosts/web01/secure': '' }))).ran.exit, 1);
  });

  it('judges what stands before and behind garbage inside a log', async () => {
    const damaged = Buffer.concat([
      Buffer.from(sshdLogin(LOGIN)),
      GARBAGE,
      Buffer.from(`\n${sshdLogin(GAP)}`),
    ]);
    const { ran, verdicts, checks, errors } = await told(tree({ [LOG]: damaged }));
    assert.equal(ran.exit, 2);
    assert.deepEqual(verdicts, ['recorded', 'unrecorded']);
    assert.match(errors.join('\n'), /auth\.log:8: /);
    assert.ok(!checks.includes('recording-orphan'));
  });

  it('tells garbage among recordings with its place', async () => {
    const folder = tree({ 'hosts/web01/recordings/tlog/b.log': Buffer.concat([GARBAGE, Buffer.from('\n')]) });
    const { ran, errors } = await told(folder);
    assert.equal(ran.exit, 2);
    assert.match(errors.join('\n'), /tlog\/b\.log:line 1: /);
  });

  it('tells garbage that claims to be gzip', async () => {
    const gzip = Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 0]), GARBAGE]);
    assertStillJudged(await told(tree({ 'hosts/web01/auth.log.2.gz': gzip })), /auth\.log\.2\.gz: /);
  });

  it('reads both logins around a line of 48 MB, and those behind one at the beginning', async () => {
    const endless = Buffer.alloc(48 * 1024 * 1024, 'a');
    const feed = Buffer.from('\n');
    const [one, two] = [Buffer.from(sshdLogin(LOGIN)), Buffer.from(sshdLogin(GAP))];
    const between = await told(tree({ [LOG]: Buffer.concat([one, endless, feed, two]) }));
    assertStillJudged(between, /auth\.log:8: the record is longer/);
    const first = await told(tree({ [LOG]: Buffer.concat([endless, feed, one, two]) }));
    assertStillJudged(first, /auth\.log:1: the record is longer/);
    const recording = Buffer.concat([Buffer.from(tlogRecording(LOGIN)), endless, feed]);
    assertStillJudged(await told(tree({ [REC]: recording })), /a\.log:line 2: line above/);
  });
});

describe('check: broken exceptions', () => {
  const broken: Readonly<Record<string, [content: string | Uint8Array, error: RegExp]>> = {
    'YAML that does not parse': ['id: [\n', /a\.yaml:2:1: /],
    'no exception in it': ['- 1\n', /a\.yaml:1:3: /],
    garbage: [GARBAGE, /a\.yaml:1:1: /],
    'an unknown key': [
      'id: EXC-1\nkind: recording-exception\nscoope: {targets: [web01]}\n',
      /a\.yaml:3:1: unknown key `scoope`; did you mean `scope`\?/,
    ],
  };
  for (const [name, [content, error]] of Object.entries(broken)) {
    it(`${name}: a finding, and nothing silenced`, async () => {
      const { ran, verdicts, checks, errors } = await told(tree({ 'exceptions/a.yaml': content }));
      assert.equal(ran.exit, 2);
      assert.match(errors.join('\n'), error);
      assert.deepEqual(verdicts, ['recorded', 'unrecorded']);
      assert.ok(checks.includes('exception-invalid'));
    });
  }

  it('one that cannot be read is a finding as well', async () => {
    const folder = tree();
    mkdirSync(join(folder, 'exceptions'));
    symlinkSync('/nonexistent.yaml', join(folder, 'exceptions', 'a.yaml'));
    const { ran, verdicts, checks } = await told(folder);
    assert.equal(ran.exit, 2);
    assert.deepEqual(verdicts, ['recorded', 'unrecorded']);
    assert.deepEqual(checks.filter((check) => check === 'exception-invalid').length, 1);
  });
});

describe('configurations that cannot be used', () => {
  it('names place and nearest key of every mistake at once, and prints nothing else', async () => {
    const folder = tree({ 'c.yaml': 'sources:\n  - id: a\n    pathes: [x]\nretention: 3d\n' });
    const file = join(folder, 'c.yaml');
    const ran = await run(['check', folder, '--config', file]);
    assert.deepEqual([ran.exit, ran.out], [2, '']);
    assert.ok(ran.err.includes(`${file}:3:5: unknown key \`pathes\`; did you mean \`paths\`?\n`), ran.err);
    assert.ok(ran.err.includes(`${file}:4:1: unknown key \`retention\``), ran.err);
  });

  it('says that a file is missing, or a folder', async () => {
    const folder = tree();
    const missing = await run(['check', folder, '--config', join(folder, 'no.yaml')]);
    assert.deepEqual([missing.exit, missing.err], [2, `${join(folder, 'no.yaml')}: there is no such file\n`]);
    const wrong = await run(['check', folder, '--config', folder]);
    assert.deepEqual([wrong.exit, wrong.err], [2, `${folder}: this is a folder, not a file\n`]);
  });

  it('refuses arguments it does not know with a hint', async () => {
    for (const argv of [
      ['chekc', '.'],
      ['check', '--formt', 'json'],
      ['check', '--format', 'xml'],
      ['check', '--now', 'yesterday'],
      ['check', '--from', '2026-11-22T10:00:00'],
      ['parse'],
    ]) {
      const ran = await run(argv);
      assert.deepEqual([ran.exit, ran.out], [2, ''], argv.join(' '));
      assert.match(ran.err, /^error: /);
    }
    assert.match((await run(['chekc'])).err, /Did you mean check\?/);
  });
});
