import assert from 'node:assert/strict';
import {
  appendFileSync,
  copyFileSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import {
  advanceCursor,
  contentOf,
  EMPTY_CURSOR,
  planReads,
  type ReadPlan,
  type StreamCursor,
} from '../../src/files/cursor.ts';
import type { Framing } from '../../src/files/framing.ts';
import { readRecords } from '../../src/files/read.ts';
import { type LogStream, toStreams } from '../../src/files/rotation.ts';
import { walk } from '../../src/files/walk.ts';
import { put, temporaryFolder } from '../support/temp.ts';

interface Line {
  readonly text: string;
  readonly content: string;
  readonly offset: number;
  readonly line: number;
  readonly seq: number;
}

/** A reader of one log that keeps its cursor between passes, as a daemon does. */
class Follower {
  cursor: StreamCursor = EMPTY_CURSOR;
  problems: string[] = [];
  errors: string[] = [];
  readonly #folder: string;
  readonly #framing: Framing;

  constructor(folder: string, framing: Framing = 'lines') {
    this.#folder = folder;
    this.#framing = framing;
  }

  async stream(): Promise<LogStream> {
    const [stream] = toStreams((await walk(this.#folder)).files);
    return stream ?? { id: '', host: null, files: [] };
  }

  async plan(): Promise<ReadPlan> {
    return planReads(await this.stream(), this.cursor, () => this.#framing);
  }

  /** One pass: the lines that are new. `plan` may be one made earlier. */
  async pass(plan?: ReadPlan): Promise<Line[]> {
    const { reads, cursor, problems } = plan ?? (await this.plan());
    this.problems = problems.map(({ code }) => code);
    this.errors = [];
    this.cursor = cursor;
    const lines: Line[] = [];
    for (const read of reads) {
      const { entry, framing, final, from, expected, slot } = read;
      let { content } = read;
      const reading = readRecords(entry.path, { framing, final, from, expected });
      let step = await reading.next();
      let count = 0;
      for (; !step.done; step = await reading.next()) {
        for (const record of step.value.records) {
          content ||= contentOf(record);
          const text = Buffer.from(record.bytes).toString();
          lines.push({ text, content, offset: record.offset, line: record.line, seq: read.seq + count++ });
        }
      }
      const { end, line, done, error } = step.value;
      if (error !== null) this.errors.push(error.split(':')[0] ?? '');
      this.cursor = advanceCursor(this.cursor, slot, { offset: end, line, records: count, content, done });
    }
    // What is kept between passes goes through JSON.
    this.cursor = JSON.parse(JSON.stringify(this.cursor)) as StreamCursor;
    return lines;
  }

  async texts(plan?: ReadPlan): Promise<string[]> {
    return (await this.pass(plan)).map(({ text }) => text);
  }
}

function follow(context: TestContext): { folder: string; live: string; follower: Follower } {
  const folder = temporaryFolder(context);
  return { folder, live: join(folder, 'auth.log'), follower: new Follower(folder) };
}

function lines(from: number, to: number): string[] {
  return Array.from({ length: to - from }, (_, index) => `Nov 22 10:00:00 web01 sshd[${from + index}]: line`);
}

function text(from: number, to: number): string {
  return lines(from, to)
    .map((line) => `${line}\n`)
    .join('');
}

test('a second pass finds nothing new, and a third only what was appended', async (context) => {
  const { live, follower } = follow(context);
  writeFileSync(live, text(0, 20));
  assert.deepEqual(await follower.texts(), lines(0, 20));
  assert.deepEqual(await follower.texts(), []);
  assert.deepEqual((await follower.plan()).reads, []);
  appendFileSync(live, text(20, 22));
  const added = await follower.pass();
  assert.deepEqual(
    added.map((one) => [one.text, one.line]),
    lines(20, 22).map((line, index) => [line, 21 + index]),
  );
});

test('a rename rotation loses nothing, nor a line written late to the renamed file', async (context) => {
  const { live, follower } = follow(context);
  writeFileSync(live, text(0, 10));
  await follower.pass();
  appendFileSync(live, text(10, 12));
  renameSync(live, `${live}.1`);
  appendFileSync(`${live}.1`, text(12, 13));
  assert.deepEqual(await follower.texts(), lines(10, 13));
  writeFileSync(live, text(20, 25));
  appendFileSync(`${live}.1`, text(13, 14));
  const both = await follower.pass();
  assert.deepEqual(
    both.map((one) => one.text),
    [...lines(13, 14), ...lines(20, 25)],
  );
  appendFileSync(`${live}.1`, text(14, 15));
  const [late] = await follower.pass();
  assert.equal(late?.text, lines(14, 15)[0]);
  // Between the lines of its file and those of the next one, though read after them.
  assert.ok((both[0]?.seq ?? 0) < (late?.seq ?? 0) && (late?.seq ?? 0) < (both[1]?.seq ?? 0));
  assert.deepEqual(await follower.texts(), []);
});

test('a rename between plan and read is noticed, and the next pass reads both files', async (context) => {
  const { live, follower } = follow(context);
  writeFileSync(live, text(0, 10));
  await follower.pass();
  appendFileSync(live, text(10, 12));
  const plan = await follower.plan();
  renameSync(live, `${live}.1`);
  writeFileSync(live, text(20, 60));
  assert.deepEqual(await follower.texts(plan), []);
  assert.deepEqual(follower.errors, ['changed']);
  assert.deepEqual(await follower.texts(), [...lines(10, 12), ...lines(20, 60)]);
});

test('a whole chain of renames is followed', async (context) => {
  const { live, follower } = follow(context);
  const found: string[] = [];
  for (let day = 0; day < 5; day++) {
    for (let age = day; age > 0; age--) renameSync(age === 1 ? live : `${live}.${age - 1}`, `${live}.${age}`);
    writeFileSync(live, text(day * 10, day * 10 + 9));
    found.push(...(await follower.texts()));
    appendFileSync(live, text(day * 10 + 9, day * 10 + 10));
  }
  found.push(...(await follower.texts()));
  assert.deepEqual(found, lines(0, 50));
});

test('compression of a rotated file, before or after it was read, gives nothing twice and loses nothing', async (context) => {
  const { live, follower } = follow(context);
  writeFileSync(`${live}.1`, text(0, 30));
  writeFileSync(live, text(30, 40));
  const before = await follower.pass();
  assert.equal(before.length, 40);
  writeFileSync(`${live}.1.gz`, gzipSync(text(0, 30)));
  assert.deepEqual(await follower.texts(), []);
  rmSync(`${live}.1`);
  assert.deepEqual(await follower.texts(), []);
  assert.deepEqual((await follower.plan()).reads, []);
  renameSync(live, `${live}.1`);
  appendFileSync(`${live}.1`, text(40, 41));
  writeFileSync(`${live}.2.gz`, gzipSync(readFileSync(`${live}.1`)));
  rmSync(`${live}.1`);
  assert.deepEqual(await follower.texts(), lines(40, 41));
});

test('compression and rename give equal places: an id, an offset, a line and a number', async (context) => {
  const { live, follower } = follow(context);
  writeFileSync(live, text(0, 30));
  const plain = await follower.pass();
  const later = follow(context);
  writeFileSync(`${later.live}.7.gz`, gzipSync(text(0, 30)));
  assert.deepEqual(await later.follower.pass(), plain);
});

test('copytruncate: the copy goes on where the live file was, and what follows is new', async (context) => {
  const { live, follower } = follow(context);
  writeFileSync(live, text(0, 10));
  await follower.pass();
  appendFileSync(live, text(10, 12));
  copyFileSync(live, `${live}.1`);
  assert.deepEqual(await follower.texts(), lines(10, 12));
  truncateSync(live);
  assert.deepEqual(await follower.texts(), []);
  appendFileSync(live, text(12, 50));
  assert.deepEqual(await follower.texts(), lines(12, 50));
  assert.deepEqual(await follower.texts(), []);
});

test('copytruncate between two passes, with unread lines only in the copy', async (context) => {
  const { live, follower } = follow(context);
  writeFileSync(live, text(0, 10));
  await follower.pass();
  appendFileSync(live, text(10, 12));
  copyFileSync(live, `${live}.1`);
  writeFileSync(live, text(12, 13));
  assert.deepEqual(await follower.texts(), lines(10, 13));
});

test('copytruncate between plan and read is noticed', async (context) => {
  const { live, follower } = follow(context);
  writeFileSync(live, text(0, 10));
  await follower.pass();
  appendFileSync(live, text(10, 12));
  const plan = await follower.plan();
  copyFileSync(live, `${live}.1`);
  writeFileSync(live, text(12, 13));
  assert.deepEqual(await follower.texts(plan), []);
  assert.deepEqual(follower.errors, ['changed']);
  assert.deepEqual(await follower.texts(), lines(10, 13));
});

test('a file truncated below its offset is new content from its start', async (context) => {
  const { live, follower } = follow(context);
  writeFileSync(live, text(0, 50));
  await follower.pass();
  truncateSync(live, text(0, 20).length);
  const again = await follower.pass();
  assert.deepEqual(
    again.map((one) => one.text),
    lines(0, 20),
  );
  assert.deepEqual([again[0]?.line, again[0]?.offset], [1, 0]);
  assert.deepEqual(await follower.texts(), []);
  appendFileSync(live, text(20, 60));
  assert.deepEqual(await follower.texts(), lines(20, 60));
});

test('a file replaced by another with the same first line is new content', async (context) => {
  const { live, follower } = follow(context);
  writeFileSync(live, `# a log\n${text(0, 10)}`);
  await follower.pass();
  writeFileSync(live, `# a log\n${text(100, 150)}`);
  assert.deepEqual(await follower.texts(), ['# a log', ...lines(100, 150)]);
});

test('a file replaced by another of at least its size is new content, though inode and name stay', async (context) => {
  const { live, follower } = follow(context);
  writeFileSync(live, text(0, 10));
  await follower.pass();
  writeFileSync(live, text(100, 150));
  assert.deepEqual(await follower.texts(), lines(100, 150));
});

test('a line without its end is held back across passes and a rotation', async (context) => {
  const { live, follower } = follow(context);
  writeFileSync(live, 'Nov 22 10:00');
  assert.deepEqual(await follower.texts(), []);
  appendFileSync(live, ':00 web01 sshd[1]: one\nNov 22 10:00:01 web01 ss');
  const [one] = await follower.pass();
  assert.equal(one?.text, 'Nov 22 10:00:00 web01 sshd[1]: one');
  renameSync(live, `${live}.1`);
  assert.deepEqual(await follower.texts(), []);
  appendFileSync(`${live}.1`, 'hd[1]: two\n');
  const [two] = await follower.pass();
  assert.equal(two?.text, 'Nov 22 10:00:01 web01 sshd[1]: two');
  assert.equal(two?.content, one?.content);
  assert.equal(two?.seq, 1);
});

test('the unfinished last line of a rotated file is delivered once its writer has gone on', async (context) => {
  const { live, follower } = follow(context);
  writeFileSync(`${live}.1`, `${text(0, 1)}cut`);
  assert.deepEqual(await follower.texts(), lines(0, 1));
  writeFileSync(live, text(1, 2));
  assert.deepEqual(await follower.texts(), ['cut', ...lines(1, 2)]);
  assert.deepEqual(await follower.texts(), []);
});

test('a file that changed since it was listed as final is not taken as final', async (context) => {
  const { live, follower } = follow(context);
  writeFileSync(`${live}.1`, `${text(0, 1)}cu`);
  writeFileSync(live, text(1, 2));
  const stream = await follower.stream();
  assert.deepEqual(
    (await planReads(stream, EMPTY_CURSOR)).reads.map(({ final }) => final),
    [true, false],
  );
  appendFileSync(`${live}.1`, 't');
  const plan = await planReads(stream, EMPTY_CURSOR);
  assert.deepEqual(
    plan.reads.map(({ final }) => final),
    [false, false],
  );
});

test('of a copy that is still being made and its original, the longer one is read', async (context) => {
  const { live, follower } = follow(context);
  writeFileSync(`${live}.1`, text(0, 10));
  writeFileSync(live, text(0, 12));
  assert.deepEqual(await follower.texts(), lines(0, 12));
  const packed = follow(context);
  writeFileSync(`${packed.live}.1`, text(0, 5000));
  writeFileSync(`${packed.live}.1.gz`, gzipSync(text(0, 5000)).subarray(0, 5000));
  assert.equal((await packed.follower.pass()).length, 5000);
  assert.deepEqual(packed.follower.errors, []);
  const older = follow(context);
  writeFileSync(`${older.live}.1`, text(0, 12));
  writeFileSync(older.live, text(0, 10));
  assert.deepEqual(await older.follower.texts(), lines(0, 12));
});

test('the id of a content does not depend on how much of it was there when it was first seen', async (context) => {
  const { live, follower } = follow(context);
  writeFileSync(live, 'x'.repeat(40));
  await follower.pass();
  assert.equal(follower.cursor.files[0]?.content, '');
  appendFileSync(live, `${'x'.repeat(3000)}\nnext\n`);
  const [grown] = await follower.pass();
  const fresh = new Follower((await follower.stream()).files[0]?.entry.path ?? '');
  const [whole] = await fresh.pass();
  assert.match(whole?.content ?? '', /^[0-9a-f]{16}$/);
  assert.equal(grown?.content, whole?.content);
});

test('empty files are neither read nor remembered', async (context) => {
  const { live, follower } = follow(context);
  writeFileSync(live, '');
  writeFileSync(`${live}.1`, '');
  assert.deepEqual(await follower.texts(), []);
  assert.deepEqual(follower.cursor, EMPTY_CURSOR);
});

test('a file that went without ever holding a complete line is forgotten', async (context) => {
  const { live, follower } = follow(context);
  writeFileSync(live, 'Nov 22');
  await follower.pass();
  assert.equal(follower.cursor.files.length, 1);
  rmSync(live);
  await follower.pass();
  assert.deepEqual(follower.cursor.files, []);
});

test('two files with the same content are read once, two that only begin alike are not', async (context) => {
  const { live, follower } = follow(context);
  const header = `${'#'.repeat(5_000)}\n`;
  writeFileSync(`${live}.3`, header + text(0, 3));
  writeFileSync(`${live}.2`, header + text(10, 13));
  copyFileSync(`${live}.2`, `${live}.1`);
  writeFileSync(live, text(20, 21));
  const found = (await follower.texts()).filter((line) => !line.startsWith('#'));
  assert.deepEqual(found, [...lines(0, 3), ...lines(10, 13), ...lines(20, 21)]);
  assert.deepEqual(await follower.texts(), []);
});

test('files that begin alike are told apart by device and inode after a rotation', async (context) => {
  const { live, follower } = follow(context);
  const header = `${'#'.repeat(5_000)}\n`;
  writeFileSync(live, header + text(0, 10));
  await follower.pass();
  renameSync(live, `${live}.1`);
  appendFileSync(`${live}.1`, text(10, 11));
  writeFileSync(live, header + text(20, 40));
  const found = (await follower.texts()).filter((line) => !line.startsWith('#'));
  assert.deepEqual(found, [...lines(10, 11), ...lines(20, 40)]);
  writeFileSync(`${live}.2`, header + text(50, 80));
  appendFileSync(live, text(40, 41));
  const restored = (await follower.texts()).filter((line) => !line.startsWith('#'));
  assert.deepEqual(restored, [...lines(50, 80), ...lines(40, 41)]);
});

test('a file that cannot be read is a problem, and the others are read', async (context) => {
  const { live, follower } = follow(context);
  writeFileSync(`${live}.1`, text(0, 3));
  writeFileSync(live, text(3, 5));
  writeFileSync(`${live}.2.gz`, gzipSync(text(5, 9)).subarray(0, 5));
  const stream = await follower.stream();
  rmSync(`${live}.1`);
  const plan = await planReads(stream, EMPTY_CURSOR);
  assert.deepEqual(
    plan.problems.map(({ code }) => code),
    ['cut', 'missing'],
  );
  assert.deepEqual(await follower.texts(plan), lines(3, 5));
});

test('a file that vanishes for one pass is not read again when it is back', async (context) => {
  const { folder, live, follower } = follow(context);
  writeFileSync(live, text(0, 10));
  await follower.pass();
  renameSync(live, `${folder}-away`);
  assert.deepEqual(await follower.texts(), []);
  renameSync(`${folder}-away`, live);
  appendFileSync(live, text(10, 11));
  assert.deepEqual(await follower.texts(), lines(10, 11));
});

test('of files that are gone a cursor keeps the latest, no more than 64 with those that exist', async (context) => {
  const { live, follower } = follow(context);
  writeFileSync(live, text(0, 1));
  await follower.pass();
  const [present] = follower.cursor.files;
  assert.ok(present);
  const gone = Array.from({ length: 100 }, (_, index) => ({
    ...present,
    content: `gone-${index}`,
    seq: index,
  }));
  follower.cursor = { ...follower.cursor, files: [...gone, present] };
  await follower.pass();
  assert.deepEqual(
    follower.cursor.files.map(({ content }) => content),
    [...gone.slice(-63).map(({ content }) => content), present.content],
  );
});

test('a year of daily files is kept whole', async (context) => {
  const { live, follower } = follow(context);
  for (let age = 1; age <= 100; age++) writeFileSync(`${live}.${age}`, text(age * 10, age * 10 + 1));
  assert.equal((await follower.pass()).length, 100);
  assert.deepEqual(await follower.texts(), []);
  assert.equal(follower.cursor.files.length, 100);
});

test('other framings are followed as well', async (context) => {
  const folder = temporaryFolder(context);
  const journal = put(folder, 'a.export', '__CURSOR=1\nMESSAGE=one\n\n__CURSOR=2\nMESS');
  const entries = new Follower(folder, 'journal-export');
  assert.deepEqual(await entries.texts(), ['__CURSOR=1\nMESSAGE=one\n']);
  appendFileSync(journal, 'AGE=two\n\n');
  const [second] = await entries.pass();
  assert.deepEqual([second?.text, second?.line], ['__CURSOR=2\nMESSAGE=two\n', 4]);
});

type Act = 'append' | 'partial' | 'rename' | 'copytruncate' | 'compress' | 'pass';

/** What a log daemon and logrotate do to a log, in any order. */
class Writer {
  readonly written: string[] = [];
  readonly #live: string;
  #serial = 0;
  #open = '';
  #age = 0;

  constructor(live: string) {
    this.#live = live;
  }

  act(act: Exclude<Act, 'pass'>): void {
    if (act === 'append') this.append();
    else if (act === 'partial' && this.#open === '') this.#begin();
    else if (act === 'rename') this.#rotate((to) => renameSync(this.#live, to));
    else if (act === 'copytruncate') this.#rotate((to) => this.#copyTruncate(to));
    else if (act === 'compress' && this.#age > 0) this.#compress();
  }

  append(): void {
    const line = this.#open || this.#next();
    appendFileSync(this.#live, `${line.slice(this.#open === '' ? 0 : 20)}\n`);
    this.written.push(line);
    this.#open = '';
  }

  #begin(): void {
    this.#open = this.#next();
    appendFileSync(this.#live, this.#open.slice(0, 20));
  }

  #next(): string {
    return `${String(this.#serial++).padStart(6, '0')} web01 sshd: a line of some length`;
  }

  /** Dated names, so that older files keep theirs; a writer ends its line before it lets go of a file. */
  #rotate(act: (to: string) => void): void {
    if (this.#open !== '') this.append();
    if (this.written.length === 0) return;
    act(`${this.#live}-202611${String(++this.#age).padStart(2, '0')}`);
    this.append();
  }

  #copyTruncate(to: string): void {
    copyFileSync(this.#live, to);
    truncateSync(this.#live);
  }

  #compress(): void {
    const path = `${this.#live}-202611${String(this.#age).padStart(2, '0')}`;
    try {
      writeFileSync(`${path}.gz`, gzipSync(readFileSync(path)));
      rmSync(path);
    } catch {
      // Compressed already.
    }
  }
}

test('whatever is done to a log between passes, every line is read exactly once', async (context) => {
  const act = fc.constantFrom<Act>(
    'append',
    'append',
    'partial',
    'rename',
    'copytruncate',
    'compress',
    'pass',
    'pass',
  );
  await fc.assert(
    fc.asyncProperty(fc.array(act, { maxLength: 25 }), async (acts) => {
      const { live, follower } = follow(context);
      const writer = new Writer(live);
      const found: string[] = [];
      for (const one of acts) {
        if (one === 'pass') found.push(...(await follower.texts()));
        else writer.act(one);
      }
      writer.append();
      found.push(...(await follower.texts()));
      assert.deepEqual(found, writer.written);
    }),
    { numRuns: 60 },
  );
});
