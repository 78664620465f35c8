import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { script } from '../../src/recorders/script/script.ts';
import { ssm } from '../../src/recorders/ssm/ssm.ts';
import { findProgram } from '../support/real/parts.ts';
import {
  codesOf,
  type Contents,
  detailsOf,
  entryOf,
  fixture,
  inspectAll,
  inspectOne,
  pinOf,
  place,
  temporaryFolder,
} from './support.ts';

const ID = 'alice-0f3a9c1be27d4586a';
const NAME = `${ID}.log`;
const WHOLE = fixture(`ssm/${NAME}`);
const TEXT = WHOLE.toString('latin1');
const ECS = 'ecs-execute-command-vvdysulqbcz2txr2d262sw2s64';
const NOTHING = fixture(`ssm/${ECS}.log`);
const FOOTER = TEXT.slice(TEXT.lastIndexOf('\nScript done on '));
const COMMAND = '0f1d2c3b-4a59-4687-9a0b-1c2d3e4f5a6b';
const OUTPUT = `${COMMAND}/i-0a52c1fb36de89471/awsrunShellScript/0.awsrunShellScript`;
const STARS = '*'.repeat(22);
const POWERSHELL = [
  STARS,
  'Windows PowerShell transcript start',
  'Start time: 20261124164003',
  'Username: CORP\\ssm-user',
  STARS,
  'PS C:\\Windows\\system32> whoami',
  'corp\\ssm-user',
  STARS,
  'Windows PowerShell transcript end',
  'End time: 20261124164101',
  STARS,
  '',
].join('\r\n');

function inspect(
  content: string | Uint8Array,
  options: Parameters<typeof inspectOne>[3] & { name?: string } = {},
) {
  const bytes = typeof content === 'string' ? Buffer.from(content, 'latin1') : content;
  return inspectOne(ssm, temporaryFolder(), { [options.name ?? NAME]: bytes }, options);
}

function inspectFiles(files: Contents, host: string | null = null) {
  return inspectAll(ssm, place(temporaryFolder(), files), { host });
}

function recogniseBoth(name: string, content: string | Uint8Array): readonly [number, number] {
  const [file] = place(temporaryFolder(), { [name]: content });
  const head = Buffer.from(content);
  return [ssm.recognise(file ?? assert.fail(), head), script.recognise(file ?? assert.fail(), head)];
}

describe('ssm: a transcript in a bucket', () => {
  it('whole: its session by the name, its end by the time of the upload', async () => {
    const { uid, ...rest } = await inspect(WHOLE);
    assert.match(uid, /^rec_[0-9a-f]{20}$/);
    assert.deepEqual(rest, {
      recorder: 'ssm',
      ref: { source: NAME, record: '' },
      state: 'complete',
      endProven: true,
      hasEndMarker: true,
      problems: [],
      opened: null,
      closed: Date.parse('2026-11-24T18:00:00Z'),
      resolution: 1000,
      durationMs: null,
      bytes: WHOLE.length,
      events: 0,
      sha256: pinOf(WHOLE).sha256,
      evidence: 'E3',
      covers: 'session',
      launch: 'session',
      target: 'web01',
      reportedHost: null,
      account: null,
      actor: null,
      origin: null,
      terminal: null,
      command: null,
      ids: { cloudSession: ID },
      owner: { uid: 0, mode: 0o600 },
    });
  });

  it('compressed, below a prefix and of ECS it is the same kind of thing', async () => {
    const packed = await inspect(gzipSync(WHOLE), { name: `logs/2026/${NAME}.gz` });
    assert.deepEqual([packed.state, packed.ids], ['complete', { cloudSession: ID }]);
    assert.equal(packed.uid, (await inspect(WHOLE)).uid);
    const ecs = await inspect(WHOLE, { name: `exec/${ECS}.log` });
    assert.deepEqual([ecs.state, ecs.ids], ['complete', { cloudSession: ECS }]);
  });

  it('another session is another recording, the same elsewhere the same one', async () => {
    const here = await inspect(WHOLE);
    assert.equal((await inspect(WHOLE, { name: `a/b/${NAME}` })).uid, here.uid);
    assert.notEqual((await inspect(WHOLE, { name: 'alice-0f3a9c1be27d4586b.log' })).uid, here.uid);
  });

  it('without its footer, or with half of it, it was cut', async () => {
    for (const text of [TEXT.slice(0, -FOOTER.length), TEXT.slice(0, -1), TEXT.slice(0, -30)]) {
      const cut = await inspect(text);
      assert.deepEqual([cut.state, cut.endProven], ['incomplete', false]);
      assert.deepEqual(cut.problems, [
        { code: 'recording-truncated', detail: 'the transcript has no footer' },
      ]);
    }
  });

  it('without its header it was changed, without either it is none', async () => {
    const headless = await inspect(TEXT.slice(TEXT.indexOf('\n') + 1));
    assert.deepEqual([headless.state, codesOf(headless)], ['altered', ['recording-altered']]);
    const garbage = await inspect('anything at all\n');
    assert.deepEqual([garbage.state, codesOf(garbage)], ['corrupt', ['recording-altered']]);
    assert.deepEqual(garbage.ids, { cloudSession: ID });
  });

  it('nothing between header and footer, white space alone, and zero bytes', async () => {
    const header = TEXT.slice(0, TEXT.indexOf('\n') + 1);
    for (const text of [NOTHING, `${header}\r\n  \r\n${FOOTER}`]) {
      const nothing = await inspect(text);
      assert.deepEqual([nothing.state, codesOf(nothing)], ['no-content', ['recording-empty']]);
      assert.deepEqual([nothing.evidence, nothing.endProven], ['E1', true]);
    }
    assert.equal((await inspect(`${header}$${FOOTER}`)).state, 'complete');
    const empty = await inspect('');
    assert.deepEqual([empty.state, codesOf(empty), empty.evidence], ['empty', ['recording-empty'], 'E0']);
    assert.equal(empty.uid, (await inspect(WHOLE)).uid);
  });

  it('a footer that the session printed in its middle ends nothing', async () => {
    const printed = TEXT.replace('one two\r\r\n', `${FOOTER.trimStart()}one two\r\r\n`);
    assert.equal((await inspect(printed)).state, 'complete');
    assert.equal((await inspect(printed.slice(0, -FOOTER.length))).state, 'incomplete');
  });

  it('a header longer than any of the agent, and a last line longer than any footer', async () => {
    const long = await inspect(`Script started on ${'x'.repeat(5000)}\n${TEXT}`);
    assert.deepEqual([long.state, codesOf(long)], ['altered', ['recording-altered']]);
    const endless = await inspect(TEXT.slice(0, -FOOTER.length) + 'x'.repeat(9000));
    assert.deepEqual([endless.state, codesOf(endless)], ['incomplete', ['recording-truncated']]);
  });

  it('damaged compression and an unreadable file', async () => {
    const cut = await inspect(gzipSync(WHOLE).subarray(0, 200), { name: `${NAME}.gz` });
    assert.notEqual(cut.state, 'complete');
    assert.match(detailsOf(cut).join(), /the gzip stream has no end/);
    const gone = { ...entryOf(import.meta.filename, NAME), path: join(temporaryFolder(), NAME) };
    const [unit] = ssm.group([gone], [gone]);
    const context = { host: null, zone: 'UTC', now: 0, names: [], sidecars: [], previous: null };
    const { recordings } = await ssm.inspect(unit ?? assert.fail(), context);
    const unread = recordings[0] ?? assert.fail();
    assert.deepEqual([unread.state, codesOf(unread)], ['incomplete', ['recording-not-retrievable']]);
    assert.deepEqual(unread.ids, { cloudSession: ID });
  });

  it('one byte changed after it was pinned shows, and the pinned time stays its end', async () => {
    const pinned = pinOf(WHOLE, Date.parse('2026-11-24T16:00:00Z'));
    const change = () => ({ pinned });
    assert.equal((await inspect(WHOLE, { change })).state, 'complete');
    const changed = await inspect(TEXT.replace('one two', 'one twO'), { change });
    assert.deepEqual([changed.state, codesOf(changed)], ['altered', ['recording-altered']]);
    assert.equal(changed.closed, pinned.mtimeMs);
    assert.equal((await inspect(TEXT.replace('one two', 'one twO'))).state, 'complete');
  });

  it("PowerShell's, with and without its end", async () => {
    const whole = await inspect(POWERSHELL);
    assert.deepEqual([whole.state, whole.endProven, whole.problems], ['complete', true, []]);
    assert.equal((await inspect(`\xef\xbb\xbf${POWERSHELL}`)).state, 'complete');
    for (const less of [3, 60]) {
      const cut = await inspect(POWERSHELL.slice(0, -less));
      assert.deepEqual([cut.state, codesOf(cut)], ['incomplete', ['recording-truncated']]);
    }
    const lines = POWERSHELL.split('\r\n');
    const nothing = await inspect([...lines.slice(0, 5), ...lines.slice(7)].join('\r\n'));
    assert.deepEqual([nothing.state, codesOf(nothing)], ['no-content', ['recording-empty']]);
  });
});

describe('ssm: output of a command', () => {
  it('both outputs on one instance make one recording', async () => {
    const files = { [`out/${OUTPUT}/stdout`]: 'done\n', [`out/${OUTPUT}/stderr`]: '' };
    const [one, ...others] = await inspectFiles(files);
    assert.deepEqual(others, []);
    const { uid, ...rest } = one ?? assert.fail();
    assert.match(uid, /^rec_[0-9a-f]{20}$/);
    assert.deepEqual(
      [rest.state, rest.evidence, rest.hasEndMarker, rest.endProven, rest.problems],
      ['complete', 'E3', false, false, []],
    );
    assert.deepEqual(rest.ids, { cloudSession: `${COMMAND}/i-0a52c1fb36de89471` });
    assert.deepEqual(rest.ref, { source: `out/${COMMAND}/i-0a52c1fb36de89471`, record: '' });
    assert.deepEqual([rest.target, rest.bytes, rest.events], ['i-0a52c1fb36de89471', 5, 2]);
    assert.deepEqual([rest.opened, rest.closed], [null, Date.parse('2026-11-24T18:00:00Z')]);
  });

  it('a command that printed nothing is whole; each instance has its own', async () => {
    const other = OUTPUT.replace('i-0a52c1fb36de89471', 'mi-0123456789abcdef0');
    const found = await inspectFiles({ [`${OUTPUT}/stdout`]: '', [`${other}/stdout`]: 'x' });
    assert.deepEqual(
      found.map((one) => [one.state, one.target]),
      [
        ['complete', 'i-0a52c1fb36de89471'],
        ['complete', 'mi-0123456789abcdef0'],
      ],
    );
  });

  it('output changed after it was pinned shows', async () => {
    const change = () => ({ pinned: pinOf('done\n') });
    const files = place(temporaryFolder(), { [`${OUTPUT}/stdout`]: 'dome\n' }, change);
    const [changed] = await inspectAll(ssm, files);
    assert.equal(changed?.state, 'altered');
  });
});

describe('ssm: recognition', () => {
  it('a typescript is a transcript under the name of a session only', () => {
    for (const name of [NAME, `${ECS}.log`, `x/${ID}`, 'a.b+c=d,e@f_g-0f3a9c1be27d4586a.log.gz']) {
      const [mine, scripts] = recogniseBoth(name, WHOLE);
      assert.ok(mine > scripts, name);
    }
    for (const name of [
      '20261122T112200-labalice-23698.log',
      'typescript',
      'alice-0f3a9c1be27d4586.log',
      'x.log',
    ])
      assert.deepEqual(recogniseBoth(name, WHOLE), [0, 0.95], name);
  });

  it('the name alone is a guess, and none where it may be chance', () => {
    assert.deepEqual(recogniseBoth(NAME, '')[0], 0.6);
    assert.deepEqual(recogniseBoth(NAME, 'garbage')[0], 0.5);
    for (const name of ['app-20261122112200123.log', 'catalina-abcdefghijklmnopqrstuvwxyz.log', ID])
      assert.deepEqual(recogniseBoth(name, 'garbage')[0], 0, name);
    assert.equal(recogniseBoth('app-20261122112200123.log', WHOLE)[0], 0.98);
  });

  it("a command's output by its place", () => {
    assert.equal(recogniseBoth(`x/${OUTPUT}/stdout`, 'anything')[0], 0.9);
    assert.equal(recogniseBoth(`x/${COMMAND}/web01/awsrunShellScript/stdout`, 'anything')[0], 0);
    assert.equal(recogniseBoth('sudo-io/00/00/01/stdout', 'anything')[0], 0);
  });
});

const SCRIPT = findProgram('script');

describe('ssm: made by the real script', {
  skip: SCRIPT === undefined && 'script is absent',
}, () => {
  it('the way the agent makes a transcript', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'ipcTempFile.log'), 'sh-5.2$ id -u\r\n0\r\nsh-5.2$ exit\r\n');
    const run = (file: string, log: string) =>
      execFileSync(SCRIPT ?? assert.fail(), ['-q', file, '-c', `cat ${log}`], {
        cwd: folder,
        stdio: 'ignore',
      });
    run(NAME, 'ipcTempFile.log');
    writeFileSync(join(folder, 'nothing.log'), '');
    run(`${ECS}.log`, 'nothing.log');
    const files = [NAME, `${ECS}.log`].map((name) => entryOf(join(folder, name), name));
    assert.deepEqual(
      (await inspectAll(ssm, files)).map((one) => [one.state, one.endProven]),
      [
        ['complete', true],
        ['no-content', true],
      ],
    );
  });
});

const CORPUS = resolve(import.meta.dirname, '../../../shared/corpora/managedkube/ssm-session-transcript.log');

describe('ssm: a published transcript', {
  skip: !existsSync(CORPUS) && 'it is not beside the checkout',
}, () => {
  it('is whole under the name of its session, and cut without its last line', async () => {
    const bytes = readFileSync(CORPUS);
    const name = 'garland.kan.temp-0073b0a9869ded8de.log';
    const whole = await inspect(bytes, { name });
    assert.deepEqual([whole.state, whole.evidence], ['complete', 'E3']);
    const cut = await inspect(bytes.subarray(0, bytes.lastIndexOf('\n', bytes.length - 2) + 1), { name });
    assert.deepEqual([cut.state, codesOf(cut)], ['incomplete', ['recording-truncated']]);
  });
});
