import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, linkSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { test } from 'node:test';
import { walk, type Walked } from '../../src/files/walk.ts';
import { put, temporaryFolder } from '../support/temp.ts';

function names({ files }: Walked): string[] {
  return files.map(({ name }) => name.split('/').slice(1).join('/'));
}

function problems(walked: Walked, root: string): string[] {
  return walked.problems.map(({ path, code }) => `${code} ${relative(root, path)}`).sort();
}

test('files are sorted by code units and named from the folder that holds the root', async (context) => {
  const root = temporaryFolder(context);
  for (const name of ['b.log', 'a/x.log', 'a-1.log', 'Z.log', 'a/é.log', '.hidden/y.log'])
    put(root, name, 'x');
  const walked = await walk(root);
  assert.deepEqual(names(walked), ['.hidden/y.log', 'Z.log', 'a-1.log', 'a/x.log', 'a/é.log', 'b.log']);
  assert.equal(walked.files[1]?.name, `${basename(root)}/Z.log`);
  assert.equal(walked.files[1]?.path, join(root, 'Z.log'));
  assert.deepEqual(walked.problems, []);
});

test('an entry carries what the file system says', async (context) => {
  const root = temporaryFolder(context);
  chmodSync(put(root, 'a.log', 'four'), 0o640);
  const [entry] = (await walk(root)).files;
  assert.deepEqual([entry?.size, entry?.mode, entry?.pinned, entry?.host], [4, 0o640, null, null]);
});

test('a file as root is its base name; a missing root is a problem', async (context) => {
  const root = temporaryFolder(context);
  const path = put(root, 'a/auth.log', 'x');
  assert.deepEqual(
    (await walk(path)).files.map(({ name }) => name),
    ['auth.log'],
  );
  assert.deepEqual(problems(await walk(join(root, 'nope')), root), ['missing nope']);
  assert.deepEqual(problems(await walk(join(path, 'below')), root), ['missing a/auth.log/below']);
});

test('the nearest hosts/<name> names the host, within the root or above it', async (context) => {
  const root = temporaryFolder(context);
  put(root, 'hosts/web01/auth.log');
  put(root, 'hosts/web01/old/hosts/db01/deep/auth.log');
  put(root, 'hosts/loose.log');
  put(root, 'other/auth.log');
  const hosts = (walked: Walked) => walked.files.map(({ name, host }) => [basename(name), host]);
  assert.deepEqual(hosts(await walk(root)), [
    ['loose.log', null],
    ['auth.log', 'web01'],
    ['auth.log', 'db01'],
    ['auth.log', null],
  ]);
  assert.deepEqual(hosts(await walk(join(root, 'hosts/web01/auth.log'))), [['auth.log', 'web01']]);
  assert.deepEqual(hosts(await walk(join(root, 'hosts/web01/old/hosts/db01'))), [['auth.log', 'db01']]);
});

test('links are followed, each folder and file once, and a loop is told while the walk goes on', async (context) => {
  const root = temporaryFolder(context);
  const outside = temporaryFolder(context);
  put(outside, 'far.log', 'x');
  put(root, 'real/a.log', 'x');
  put(root, 'zz.log', 'x');
  symlinkSync(outside, join(root, 'a-link'));
  symlinkSync(join(root, 'real'), join(root, 'again'));
  symlinkSync('zz.log', join(root, 'current.log'));
  symlinkSync('..', join(root, 'real/up'));
  symlinkSync('self', join(root, 'self'));
  symlinkSync('nowhere', join(root, 'dangling'));
  const walked = await walk(root);
  assert.deepEqual(names(walked), ['a-link/far.log', 'real/a.log', 'zz.log']);
  assert.deepEqual(problems(walked, root), ['loop real/up', 'loop self', 'missing dangling']);
});

test('two folders outside that link to each other end in a loop', async (context) => {
  const [root, a, b] = [temporaryFolder(context), temporaryFolder(context), temporaryFolder(context)];
  put(a, 'a.log', 'x');
  symlinkSync(b, join(a, 'to-b'));
  symlinkSync(a, join(b, 'to-a'));
  symlinkSync(a, join(root, 'in'));
  const walked = await walk(root);
  assert.deepEqual(names(walked), ['in/a.log']);
  assert.deepEqual(problems(walked, root), ['loop in/to-b/to-a']);
});

test('two hard links are two files', async (context) => {
  const root = temporaryFolder(context);
  linkSync(put(root, 'a.log', 'x'), join(root, 'b.log'));
  assert.deepEqual(names(await walk(root)), ['a.log', 'b.log']);
});

test('a fifo is skipped, and told only where it is the root', async (context) => {
  const root = temporaryFolder(context);
  const fifo = join(root, 'pipe');
  execFileSync('mkfifo', [fifo]);
  const walked = await walk(root);
  assert.deepEqual([names(walked), walked.problems], [[], []]);
  assert.deepEqual(problems(await walk(fifo), root), ['not-a-file pipe']);
});

test('a name that is not UTF-8 is told, not lost', async (context) => {
  const root = temporaryFolder(context);
  writeFileSync(Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0xff, 0x61])]), 'x');
  assert.deepEqual(
    (await walk(root)).problems.map(({ code }) => code),
    ['bad-name'],
  );
});

test('folders nested too deep are told, and the rest is read', async (context) => {
  const root = temporaryFolder(context);
  put(root, 'a/b/in.log', 'x');
  put(root, 'a/b/c/out.log', 'x');
  const deep = await walk(root, { depth: 2, files: 10 });
  assert.deepEqual([names(deep), problems(deep, root)], [['a/b/in.log'], ['too-deep a/b/c']]);
});

test('files beyond the limit are told, and as many as the limit are read', async (context) => {
  const root = temporaryFolder(context);
  for (const name of ['a/1.log', 'a/2.log', 'b/3.log']) put(root, name, 'x');
  const many = await walk(root, { depth: 9, files: 2 });
  assert.deepEqual([many.files.length, problems(many, root)], [2, ['too-many ']]);
  const enough = await walk(root, { depth: 9, files: 3 });
  assert.deepEqual([enough.files.length, enough.problems], [3, []]);
});

test('a folder of more names than can be taken is told', async (context) => {
  const root = temporaryFolder(context);
  for (const name of ['a', 'b', 'c', 'd']) put(root, `${name}.log`);
  const walked = await walk(root, { depth: 9, files: 3 });
  assert.deepEqual([walked.files.length, problems(walked, root)], [3, ['too-many ']]);
  assert.deepEqual((await walk(root, { depth: 9, files: 4 })).problems, []);
});

const SHA = 'ab'.repeat(32);

function manifest(entries: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(entries, null, 1);
}

test('a manifest gives mode and pins, is no file itself, and tells what is gone', async (context) => {
  const root = temporaryFolder(context);
  const entry = { mode: '0o600', size: 9, mtime: 1795346430.085, sha256: SHA };
  put(root, 'hosts/web01/recordings/rec.log', 'x');
  put(root, 'hosts/web01/recordings/free.log', 'x');
  const path = put(
    root,
    'hosts/web01/recordings.manifest.json',
    manifest({ 'recordings/rec.log': entry, 'recordings/gone.log': entry, 'missing/gone.log': entry }),
  );
  const walked = await walk(root);
  assert.deepEqual(names(walked), ['hosts/web01/recordings/free.log', 'hosts/web01/recordings/rec.log']);
  assert.equal(walked.files[0]?.pinned, null);
  const pinned = { size: 9, sha256: SHA, mtimeMs: 1795346430085 };
  assert.deepEqual([walked.files[1]?.mode, walked.files[1]?.pinned], [0o600, pinned]);
  assert.deepEqual(
    walked.absent.map((one) => [relative(root, one.path), one.host, one.pinned, one.mode]),
    ['missing', 'recordings'].map((folder) => [`hosts/web01/${folder}/gone.log`, 'web01', pinned, 0o600]),
  );
  assert.deepEqual(walked.manifests, [path]);
  assert.deepEqual(walked.problems, []);
});

test('a manifest above the root counts up to the folder of the host, for what lies below the root', async (context) => {
  const root = temporaryFolder(context);
  const entry = { size: 1, mtime: 1, sha256: SHA };
  put(
    root,
    'recordings.manifest.json',
    manifest({ 'hosts/web01/recordings/tlog/rec.log': { ...entry, size: 2 } }),
  );
  put(
    root,
    'hosts/web01/recordings.manifest.json',
    manifest({
      'recordings/tlog/rec.log': entry,
      'recordings/tlog/gone.log': entry,
      'recordings/cast/gone': entry,
    }),
  );
  put(root, 'hosts/web01/recordings/tlog/rec.log', 'x');
  const walked = await walk(join(root, 'hosts/web01/recordings/tlog'));
  assert.deepEqual(
    walked.files.map(({ pinned, host }) => [pinned?.size, host]),
    [[1, 'web01']],
  );
  assert.deepEqual(
    walked.absent.map(({ name }) => name),
    ['tlog/gone.log'],
  );
  const whole = await walk(root);
  assert.deepEqual(
    whole.files.map(({ pinned }) => pinned?.size),
    [1],
  );
});

test('a manifest in a folder that anybody may write to counts only where that folder is walked', async (context) => {
  const root = temporaryFolder(context);
  put(root, 'recordings/rec.log', 'x');
  put(
    root,
    'recordings.manifest.json',
    manifest({ 'recordings/rec.log': { size: 1, mtime: 1, sha256: SHA } }),
  );
  const pins = async () => (await walk(join(root, 'recordings'))).files.map(({ pinned }) => pinned?.size);
  assert.deepEqual(await pins(), [1]);
  chmodSync(root, 0o777);
  assert.deepEqual(await pins(), [undefined]);
});

test('a pinned file behind a link that cannot be followed is not called gone', async (context) => {
  const root = temporaryFolder(context);
  put(root, 'recordings.manifest.json', manifest({ 'loop/rec.log': { size: 1, mtime: 1, sha256: SHA } }));
  symlinkSync('loop', join(root, 'loop'));
  const walked = await walk(root);
  assert.deepEqual([walked.absent, problems(walked, root)], [[], ['loop loop']]);
});

test('an unusable manifest is a problem with its place, and the walk goes on', async (context) => {
  const root = temporaryFolder(context);
  put(root, 'a.log', 'x');
  put(root, 'recordings.manifest.json', '{\n "a.log": {,}\n}');
  const walked = await walk(root);
  assert.deepEqual(names(walked), ['a.log']);
  assert.deepEqual(problems(walked, root), ['manifest recordings.manifest.json:2:12']);
  assert.deepEqual(walked.manifests, []);
});

test('a folder called like a manifest is walked', async (context) => {
  const root = temporaryFolder(context);
  mkdirSync(join(root, 'recordings.manifest.json'));
  put(root, 'recordings.manifest.json/a.log', 'x');
  assert.deepEqual(names(await walk(root)), ['recordings.manifest.json/a.log']);
});
