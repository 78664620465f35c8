import assert from 'node:assert/strict';
import { appendFileSync, renameSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import type { Inspection } from '../../src/recorders/recorder.ts';
import { ACCUMULATORS_KEPT } from '../../src/recorders/tlog/book.ts';
import { tlog } from '../../src/recorders/tlog/tlog.ts';
import { codesOf, contextOf, detailsOf, entryOf, fixture, LATER, temporaryFolder } from './support.ts';

const WHOLE = fixture('tlog/s01-three-messages.log').toString();
const OTHER = fixture('tlog/s04-three-messages.log').toString();
const LINES = WHOLE.trimEnd()
  .split('\n')
  .map((line) => `${line}\n`);

/** A log that is inspected again and again, each time with the state of the time before. */
class WatchedLog {
  readonly folder = temporaryFolder();
  previous: string | null = null;

  path(name = 'rec.log'): string {
    return join(this.folder, name);
  }

  async inspect(names: readonly string[] = ['rec.log'], mtimeMs = 0): Promise<Inspection> {
    const files = names.map((name) => entryOf(this.path(name), `tlog/${name}`, { mtimeMs }));
    const [unit] = tlog.group(files, files);
    const inspection = await tlog.inspect(unit ?? assert.fail(), contextOf({ previous: this.previous }));
    this.previous = inspection.state;
    return inspection;
  }
}

describe('tlog: a growing log is read on', () => {
  it('in any pieces it gives what one reading gives', async () => {
    const content = Buffer.from(WHOLE + OTHER);
    const whole = new WatchedLog();
    writeFileSync(whole.path(), content);
    const { recordings } = await whole.inspect();
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(content.length), { maxLength: 5 }), async (cuts) => {
        const log = new WatchedLog();
        for (const end of [...cuts.sort((a, b) => a - b), content.length]) {
          writeFileSync(log.path(), content.subarray(0, end));
          await log.inspect(undefined, LATER);
        }
        const again = await log.inspect(undefined, LATER);
        assert.deepEqual(again.recordings, recordings);
      }),
      { numRuns: 30 },
    );
  });

  it('what was read is not read again', async () => {
    const log = new WatchedLog();
    writeFileSync(log.path(), WHOLE);
    await log.inspect();
    // The middle of what was read is spoilt without a trace in size or beginning: nobody looks there again.
    writeFileSync(log.path(), WHOLE.replace('echo finished', 'echo FINISHED') + OTHER);
    const { recordings } = await log.inspect();
    assert.deepEqual(
      recordings.map((one) => one.state),
      ['complete', 'complete'],
    );
  });

  it('a cut last line heals when the rest of it arrives', async () => {
    const log = new WatchedLog();
    writeFileSync(log.path(), WHOLE.slice(0, -40));
    assert.deepEqual((await log.inspect()).recordings.map(codesOf), [['recording-truncated']]);
    appendFileSync(log.path(), WHOLE.slice(-40));
    assert.deepEqual((await log.inspect()).recordings.map(codesOf), [[]]);
  });

  it('a state of another program or version is ignored', async () => {
    const log = new WatchedLog();
    writeFileSync(log.path(), WHOLE);
    const expected = (await log.inspect()).recordings;
    for (const previous of [
      '',
      '{',
      'null',
      '{"version":2}',
      '{"version":1,"files":[],"accumulators":[{}]}',
    ]) {
      log.previous = previous;
      assert.deepEqual((await log.inspect()).recordings, expected);
    }
  });

  it('holds a bounded number of recordings; the idlest leave first and are reported once more', async () => {
    const log = new WatchedLog();
    const message = JSON.parse(LINES[0] ?? '');
    const lines = Array.from({ length: ACCUMULATORS_KEPT + 3 }, (_, i) =>
      JSON.stringify({ ...message, rec: `r${i}` }),
    );
    writeFileSync(log.path(), `${lines.join('\n')}\n`);
    const first = await log.inspect();
    assert.equal(first.recordings.length, ACCUMULATORS_KEPT + 3);
    const second = await log.inspect();
    assert.equal(second.recordings.length, ACCUMULATORS_KEPT);
    assert.equal(second.recordings[0]?.ids.id, 'r3');
  });
});

describe('tlog: rotation between two inspections', () => {
  it('a renamed log is known by its beginning and read on', async () => {
    const log = new WatchedLog();
    writeFileSync(log.path(), LINES.slice(0, 2).join(''));
    await log.inspect();
    renameSync(log.path(), log.path('rec.log.1'));
    appendFileSync(log.path('rec.log.1'), LINES[2] ?? '');
    writeFileSync(log.path(), OTHER);
    const { recordings } = await log.inspect(['rec.log', 'rec.log.1']);
    assert.deepEqual(
      recordings.map((one) => [one.state, one.events]),
      [
        ['complete', 3],
        ['complete', 3],
      ],
    );
  });

  it('copytruncate and compression lose nothing', async () => {
    const log = new WatchedLog();
    writeFileSync(log.path(), LINES.slice(0, 2).join(''));
    await log.inspect();
    writeFileSync(log.path('rec.log.1.gz'), gzipSync(LINES.slice(0, 2).join('')));
    writeFileSync(log.path(), LINES[2] ?? '');
    const { recordings } = await log.inspect(['rec.log', 'rec.log.1.gz']);
    assert.deepEqual(
      recordings.map((one) => [one.state, one.events]),
      [['complete', 3]],
    );
  });

  it('a rotated log that is deleted in time takes nothing away from what was read', async () => {
    const log = new WatchedLog();
    writeFileSync(log.path('rec.log.1'), WHOLE);
    writeFileSync(log.path(), OTHER);
    await log.inspect(['rec.log', 'rec.log.1']);
    const { recordings } = await log.inspect(['rec.log']);
    assert.deepEqual(
      recordings.map((one) => one.state),
      ['complete', 'complete'],
    );
  });
});

describe('tlog: what was read and is gone', () => {
  it('messages cut off the end are named, and stay named', async () => {
    const log = new WatchedLog();
    writeFileSync(log.path(), WHOLE);
    await log.inspect();
    truncateSync(log.path(), Buffer.byteLength(LINES[0] ?? ''));
    const first = await log.inspect();
    assert.deepEqual(first.recordings.map(detailsOf), [['message ids 2–3 were read earlier and are gone']]);
    assert.deepEqual(
      first.recordings.map((one) => one.state),
      ['incomplete'],
    );
    assert.deepEqual((await log.inspect()).recordings.map(detailsOf), first.recordings.map(detailsOf));
  });

  it('only the recordings that lost something are named', async () => {
    const log = new WatchedLog();
    writeFileSync(log.path(), WHOLE + OTHER);
    await log.inspect();
    truncateSync(log.path(), Buffer.byteLength(WHOLE));
    const { recordings } = await log.inspect();
    assert.deepEqual(
      recordings.map((one) => [one.ids.auditSession, codesOf(one)]),
      [
        [276, []],
        [280, ['recording-truncated']],
      ],
    );
    assert.deepEqual(detailsOf(recordings[1] ?? assert.fail()), ['all 3 messages read earlier are gone']);
  });

  it('an emptied log keeps what is known of its recordings', async () => {
    const log = new WatchedLog();
    writeFileSync(log.path(), WHOLE);
    const [before] = (await log.inspect()).recordings;
    truncateSync(log.path(), 0);
    const [after] = (await log.inspect()).recordings;
    assert.deepEqual([after?.uid, after?.opened, after?.state], [before?.uid, before?.opened, 'incomplete']);
  });

  it('a log rewritten in place shows which message differs', async () => {
    const log = new WatchedLog();
    writeFileSync(log.path(), WHOLE);
    await log.inspect();
    writeFileSync(log.path(), WHOLE.replace('"in_txt":"id\\n"', '"in_txt":"ls\\n"'));
    const { recordings } = await log.inspect();
    assert.deepEqual(recordings.map(detailsOf), [['message id 1 differs from what was read earlier']]);
    assert.equal(recordings[0]?.state, 'altered');
  });
});
