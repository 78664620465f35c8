import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { linesOf, run } from './fake-io.ts';
import { sshdLogin, tlogRecording, writeTree } from './logs.ts';

const root = mkdtempSync(join(tmpdir(), 'offrecord-commands-'));
after(() => rmSync(root, { recursive: true, force: true }));
const at = (name: string) => join(root, name);
const EXAMPLES = resolve(import.meta.dirname, '../../examples');

const LOGIN = { at: '10:00:00', pid: 100 };
const LOG = sshdLogin(LOGIN);
const SOURCES = 'sources: [{id: logs, paths: [./hosts/*/auth.log]}]\n';
const NO_RECORDING = '3f0c9931-918c-40bf-9670-c342c6cce996';
const SHIPPED = readFileSync(resolve(import.meta.dirname, '../../rules/access/no-recording.yaml'), 'utf8');
const EXCEPTION = readFileSync(join(EXAMPLES, 'exceptions', 'EXC-2026-014.yaml'), 'utf8');

writeTree(root, {
  'hosts/web01/auth.log': LOG,
  'hosts/web01/recordings/a.log': tlogRecording(LOGIN),
  'auth.log.gz': gzipSync(LOG),
  'good.yaml': SOURCES,
  'unknown-key.yaml': `${SOURCES}recievers: []\n`,
  'no-yaml.yaml': 'sources: [\n',
  'no-secret.yaml': `${SOURCES}receivers: [{id: hook, type: webhook, url: "https://example.org/", secret: {env: NOWHERE}}]\n`,
  'bad-rules.yaml': `${SOURCES}rules: {paths: [./bad-rules]}\n`,
  'bad-rules/own.yaml': 'id: x\ntitel: y\n',
  'bad-exceptions.yaml': `${SOURCES}exceptions: {path: ./bad-exceptions}\n`,
  'bad-exceptions/a.yaml': EXCEPTION.replace(/^expires_at:.*$/m, ''),
  'closed-port.yaml': `${SOURCES}receivers: [{id: hook, type: webhook, url: "http://127.0.0.1:1/", secret: {env: HOOK}, allow_private: true}]\n`,
  'no-folder.yaml': 'sources: [{id: logs, paths: [./nowhere]}]\n',
  'own-rules.yaml': `${SOURCES}rules: {paths: [./own-rules]}\n`,
  'own-rules/replaced.yaml': SHIPPED.replace(/^level: .*$/m, 'level: low'),
  'off-rules.yaml': `${SOURCES}rules: {paths: [./off-rules]}\n`,
  'off-rules/off.yaml': `id: ${NO_RECORDING}\nenabled: false\n`,
  'failing-rules.yaml': `${SOURCES}rules: {paths: [./failing-rules]}\n`,
  'failing-rules/own.yaml': SHIPPED.replace('verdict: unrecorded', 'verdict: recorded'),
});
const env = { HOOK: `whsec_${Buffer.alloc(32, 3).toString('base64')}` };

describe('validate', () => {
  it('says what a good configuration holds', async () => {
    const ran = await run(['validate', '--config', at('good.yaml')]);
    assert.deepEqual([ran.exit, ran.err], [0, '']);
    assert.match(ran.out, /good\.yaml: good \(1 source, 0 recorders/);
  });

  const bad: Readonly<Record<string, RegExp>> = {
    'unknown-key.yaml': /^\S+unknown-key\.yaml:2:1: unknown key `recievers`; did you mean `receivers`\?\n$/,
    'no-yaml.yaml': /^\S+no-yaml\.yaml:2:1: [^\n]+\n$/,
    'no-secret.yaml': /^\S+no-secret\.yaml:2:\d+: `secret` names an environment variable that is not set\n$/,
    'bad-rules.yaml': /bad-rules\/own\.yaml:2:1: [^\n]*`titel`/,
    'bad-exceptions.yaml': /bad-exceptions\/a\.yaml:\d+:\d+: `expires_at` is missing/,
    'missing.yaml': /^\S+missing\.yaml: there is no such file\n$/,
  };
  for (const [name, message] of Object.entries(bad)) {
    it(`${name}: exit 2 with the place, nothing on stdout`, async () => {
      const ran = await run(['validate', '--config', at(name)]);
      assert.deepEqual([ran.exit, ran.out], [2, '']);
      assert.match(ran.err, message);
    });
  }

  it('--connect reaches receivers and folders; without it they are not touched', async () => {
    const closed = ['validate', '--config', at('closed-port.yaml')];
    assert.equal((await run(closed, { env })).exit, 0);
    const reached = await run([...closed, '--connect'], { env });
    assert.equal(reached.exit, 2);
    assert.match(reached.err, /^hook: .*ECONNREFUSED\n$/);
    assert.ok(!reached.err.includes(env.HOOK.slice(6)));
    const folder = await run(['validate', '--connect', '--config', at('no-folder.yaml')]);
    assert.equal(folder.exit, 2);
    assert.match(folder.err, /^logs: \S+nowhere: there is no such file\n$/);
    assert.equal((await run(['validate', '--connect', '--config', at('good.yaml')])).exit, 0);
  });
});

describe('parse', () => {
  const logs: Readonly<Record<string, string>> = {
    sshd: 'hosts/web01/auth.log',
    journald: 'hosts/db01/journal.jsonl',
    auditd: 'audit.log',
    sudo: '../test/fixtures/sources/sudo/logsrvd-events.json',
  };
  for (const [type, name] of Object.entries(logs)) {
    it(`--as ${type} prints events of a good log with exit 0, and rejects garbage with exit 2`, async () => {
      const ran = await run(['parse', '--as', type, join(EXAMPLES, name)]);
      assert.deepEqual([ran.exit, ran.err], [0, '']);
      const lines = linesOf(ran.out);
      assert.ok(
        lines.length > 0 && lines.every((line) => line['type'] === 'event' && line['uid'] !== undefined),
      );
      const garbage = await run(['parse', '--as', type], { stdin: [Buffer.from('\0\0{"a":\xff\n')] });
      assert.equal(garbage.exit, 2);
      assert.deepEqual([...new Set(linesOf(garbage.out).map((line) => line['type']))], ['reject']);
    });
  }

  it('gives the same events from a file, from gzip, and from a pipe cut anywhere, also of gzip', async () => {
    const events = async (file: string, stdin: readonly Uint8Array[] = []) => {
      const ran = await run(['parse', '--as', 'sshd', file], { stdin });
      assert.equal(ran.exit, 0);
      return linesOf(ran.out).map((line) => [line['uid'], line['kind'], line['time']]);
    };
    const expected = await events(at('hosts/web01/auth.log'));
    assert.equal(expected.length, 7);
    const bytes = Buffer.from(LOG);
    assert.deepEqual(await events(at('auth.log.gz')), expected);
    assert.deepEqual(
      await events('-', [bytes.subarray(0, 1), bytes.subarray(1, 50), bytes.subarray(50)]),
      expected,
    );
    const zipped = gzipSync(LOG);
    assert.deepEqual(await events('-', [zipped.subarray(0, 1), zipped.subarray(1)]), expected);
    const cut = await run(['parse', '--as', 'sshd'], { stdin: [zipped.subarray(0, -9)] });
    assert.equal(cut.exit, 2);
    assert.match(cut.err, /^-: the gzip stream ends before its trailer\n$/);
  });

  it('names the known types, a missing file, and a folder', async () => {
    assert.match((await run(['parse', '--as', 'ssh', at('x')])).err, /no format "ssh"; known are .*sshd/);
    assert.match((await run(['parse', '--as', 'sshd', at('x')])).err, /x: there is no such file\n$/);
    const folder = await run(['parse', '--as', 'sshd', root]);
    assert.deepEqual([folder.exit, folder.err], [2, `${root}: this is no regular file; name one log\n`]);
  });
});

describe('inspect', () => {
  const folders: Readonly<Record<string, string>> = {
    tlog: 'hosts/web01/recordings/tlog',
    sudo: 'hosts/web01/recordings/sudo-io',
    asciicast: 'hosts/web01/recordings/asciinema',
    script: 'hosts/web01/recordings/script',
  };
  for (const [type, folder] of Object.entries(folders)) {
    it(`--as ${type} prints recordings; the exit code follows the worst state`, async () => {
      const ran = await run(['inspect', '--as', type, join(EXAMPLES, folder)]);
      const states = linesOf(ran.out).map((line) => line['state']);
      assert.ok(states.length > 0, ran.err);
      assert.equal(ran.exit, states.every((state) => state === 'complete') ? 0 : 1);
    });
  }

  it('exit 0 for a whole tlog, 1 for an asciicast that is none, 2 for nothing there', async () => {
    const whole = await run(['inspect', '--as', 'tlog', at('hosts/web01/recordings')]);
    assert.deepEqual([whole.exit, linesOf(whole.out)[0]?.['state']], [0, 'complete']);
    const damaged = await run(['inspect', '--as', 'asciicast', at('hosts/web01/recordings/a.log')]);
    assert.deepEqual([damaged.exit, linesOf(damaged.out)[0]?.['state']], [1, 'corrupt']);
    const none = await run(['inspect', '--as', 'ttyrec', at('hosts')]);
    assert.deepEqual([none.exit, none.out], [2, '']);
    assert.match(none.err, /^offrecord: no recording of ttyrec found in /);
    const missing = await run(['inspect', '--as', 'tlog', at('nowhere')]);
    assert.deepEqual([missing.exit, missing.err], [2, `${at('nowhere')}: there is no such file\n`]);
    assert.match((await run(['inspect', '--as', 'vhs', root])).err, /no recorder "vhs"; known are .*tlog/);
  });
});

describe('explain', () => {
  it('prints eight numbered steps for one access, and says when there is none', async () => {
    const hosts = at('hosts');
    const checked = await run(['check', hosts, '--format', 'ndjson']);
    const [access] = linesOf(checked.out);
    const ran = await run(['explain', String(access?.['uid']), hosts]);
    assert.equal(ran.exit, 0);
    const steps = [...ran.out.matchAll(/^(\d) (\w+)$/gm)].map((step) => step.slice(1).join(' '));
    assert.deepEqual(
      steps,
      'read parse identify sessionize match assess evaluate dispatch'
        .split(' ')
        .map((name, at) => `${at + 1} ${name}`),
    );
    assert.match(ran.out, /taken: rec_[0-9a-f]{20} \(matched: /);
    const unknown = await run(['explain', 'acc_00000000000000000000', hosts]);
    assert.deepEqual([unknown.exit, unknown.out], [2, '']);
    assert.match(unknown.err, /there is no access acc_0{20}/);
  });
});

describe('rules', () => {
  const listed = async (config: string) => {
    const ran = await run(['rules', 'list', '--config', at(config)]);
    return { ...ran, line: ran.out.split('\n').find((line) => line.includes(' no-recording ')) ?? '' };
  };

  it('test passes for what is shipped; list shows level, check, log source and file', async () => {
    const ran = await run(['rules', 'test']);
    assert.equal(ran.exit, 0);
    assert.match(ran.out, /^\d+ rules, \d+ passed, 0 failed\n$/);
    const { exit, line } = await listed('good.yaml');
    assert.equal(exit, 0);
    assert.match(
      line,
      /^high +no-recording +offrecord\/access +rules\/access\/no-recording\.yaml +Privileged access without/,
    );
  });

  it('an own rule replaces or switches off a shipped one, visibly and in effect', async () => {
    assert.match(
      (await listed('own-rules.yaml')).line,
      /^low .*own-rules\/.*\(replaces rules\/access\/no-recording\.yaml\)$/,
    );
    assert.match((await listed('off-rules.yaml')).line, /\(off: \S*off-rules\/off\.yaml\)$/);
    const gap = at('gap');
    writeTree(gap, { 'hosts/web01/auth.log': LOG });
    const levels = async (config: string) => {
      const ran = await run(['check', gap, '--format', 'ndjson', '--config', at(config)]);
      return linesOf(ran.out).flatMap((line) => (line['check'] === 'no-recording' ? [line['level']] : []));
    };
    assert.deepEqual(await levels('good.yaml'), ['high']);
    assert.deepEqual(await levels('own-rules.yaml'), ['low']);
    assert.deepEqual(await levels('off-rules.yaml'), []);
  });

  it('a rule whose tests fail gives exit 1, a broken one exit 2 with its place', async () => {
    const failing = await run(['rules', 'test', '--config', at('failing-rules.yaml')]);
    assert.equal(failing.exit, 1);
    assert.match(failing.out, /^FAIL \S*failing-rules\/own\.yaml:\d+/m);
    for (const name of ['test', 'list']) {
      const broken = await run(['rules', name, '--config', at('bad-rules.yaml')]);
      assert.equal(broken.exit, 2);
      assert.match(broken.err, /bad-rules\/own\.yaml:2:1: /);
    }
  });
});

describe('exceptions', () => {
  it('lint passes a good file and names every problem of a bad one', async () => {
    const good = await run(['exceptions', 'lint', join(EXAMPLES, 'exceptions')]);
    assert.deepEqual([good.exit, good.out, good.err], [0, '1 valid exception, 0 problems\n', '']);
    const bad = await run(['exceptions', 'lint', at('bad-exceptions')]);
    assert.equal(bad.exit, 2);
    assert.match(bad.err, /a\.yaml:\d+:\d+: `expires_at` is missing/);
    const missing = await run(['exceptions', 'lint', at('nowhere')]);
    assert.equal(missing.exit, 2);
  });

  it('list shows hits and the last match, and needs to know where to look', async () => {
    const ran = await run(['exceptions', 'list', EXAMPLES, '--now', '2026-11-22T12:00:00Z']);
    assert.equal(ran.exit, 0);
    assert.match(ran.out, /^EXC-2026-014 .* in force .* [1-9]\d* hits?  last 2026-11-22 /);
    const later = await run(['exceptions', 'list', EXAMPLES, '--now', '2026-11-23T12:00:00Z']);
    assert.match(later.out, / expired .* [1-9]\d* hits? /);
    assert.equal((await run(['exceptions', 'list', at('hosts')])).out, 'no exceptions\n');
    assert.equal((await run(['exceptions', 'list'])).exit, 2);
  });
});
