import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { tlog } from '../../src/recorders/tlog/tlog.ts';
import {
  codesOf,
  contextOf,
  entryOf,
  fixture,
  inspectAll,
  inspections,
  inspectOne,
  place,
  temporaryFolder,
} from './support.ts';

const WHOLE = fixture('tlog/s01-three-messages.log').toString();
const LINES = WHOLE.trimEnd().split('\n');

function log(...lines: (string | undefined)[]): string {
  return lines.map((line) => `${line}\n`).join('');
}

describe('tlog: rotated and carried', () => {
  it('a recording goes on across rotated and compressed files', async () => {
    const files = place(temporaryFolder(), {
      'tlog/rec.log': log(LINES[2]),
      'tlog/rec.log.1': log(LINES[1]),
      'tlog/rec.log.2.gz': gzipSync(log(LINES[0])),
    });
    const found = await inspectAll(tlog, files);
    assert.deepEqual(
      found.map((one) => [one.state, one.events]),
      [['complete', 3]],
    );
    assert.equal(
      found[0]?.sha256,
      (await inspectOne(tlog, temporaryFolder(), { 'tlog/rec.log': WHOLE })).sha256,
    );
  });

  it('an empty live log after a rotation is no recording', async () => {
    const files = place(temporaryFolder(), { 'tlog/rec.log': '', 'tlog/rec.log.1': WHOLE });
    assert.deepEqual(
      (await inspectAll(tlog, files)).map((one) => one.state),
      ['complete'],
    );
  });

  it('a compressed file without its end is truncated', async () => {
    const files = place(temporaryFolder(), { 'tlog/rec.log.1.gz': gzipSync(WHOLE).subarray(0, -8) });
    const [cut] = await inspectAll(tlog, files);
    assert.deepEqual([cut?.state, cut?.events], ['incomplete', 3]);
  });

  it('messages in journald JSON, with the host of the journal', async () => {
    const journal = fixture('tlog/s34-journal.jsonl');
    const files = place(temporaryFolder(), { 'journal.jsonl': journal });
    const [carried] = await inspectAll(tlog, files, { host: null });
    assert.deepEqual(
      [carried?.state, carried?.target, carried?.reportedHost],
      ['complete', 'db01', 'db01.lab.test'],
    );
    assert.deepEqual([carried?.ids.auditSession, carried?.account, carried?.events], [345, 'labrec', 2]);
  });

  it('a binary MESSAGE is a list of bytes', async () => {
    const lines = fixture('tlog/s34-journal.jsonl').toString().trimEnd().split('\n');
    const binary = lines.map((line) => {
      const record = JSON.parse(line);
      return JSON.stringify({ ...record, MESSAGE: [...Buffer.from(record.MESSAGE)] });
    });
    const [carried] = await inspectAll(tlog, place(temporaryFolder(), { 'journal.jsonl': log(...binary) }));
    assert.deepEqual([carried?.state, carried?.events], ['complete', 2]);
  });

  it('journald leaves large fields out unless told otherwise: that is a gap, not silence', async () => {
    const [first = '', second = ''] = fixture('tlog/s34-journal.jsonl').toString().split('\n');
    const omitted = JSON.stringify({ ...JSON.parse(second), MESSAGE: null });
    const [carried] = await inspectAll(
      tlog,
      place(temporaryFolder(), { 'journal.jsonl': log(first, omitted) }),
    );
    assert.deepEqual(carried?.problems, [
      {
        code: 'recording-gap',
        detail: 'message id 2 was exported without its text (journalctl needs --all)',
      },
    ]);
  });

  it('a message that another program wrote to the journal is refused', async () => {
    const [first = ''] = fixture('tlog/s34-journal.jsonl').toString().split('\n');
    const forged = JSON.stringify({ ...JSON.parse(first), _COMM: 'logger' });
    const [inspection] = await inspections(tlog, place(temporaryFolder(), { 'journal.jsonl': log(forged) }));
    assert.deepEqual(inspection?.recordings, []);
    assert.deepEqual(
      inspection?.rejects.map((reject) => reject.code),
      ['unparsed-message'],
    );
  });

  it('messages in syslog lines of every rendering, among those of other programs', async () => {
    const sshd = 'Nov 22 11:20:27 web01 sshd[22990]: Accepted publickey for labrec';
    const renderings = [
      LINES.map((line) => `Nov 22 11:20:30 web01 -tlog-rec-session[23000]: ${line}`),
      LINES.map((line) => `2026-11-22T11:20:30.085131+00:00 web01 tlog-rec-session[23000]: ${line}`),
      LINES.map((line) => `<86>1 2026-11-22T11:20:30.085131+00:00 web01 tlog-rec-session 23000 - -  ${line}`),
      LINES.map((line) =>
        JSON.stringify({
          ts: '2026-11-22T11:20:30+00:00',
          host: 'web01',
          prog: 'tlog-rec-session',
          msg: ` ${line}`,
        }),
      ),
    ];
    for (const lines of renderings) {
      const [carried] = await inspectAll(tlog, place(temporaryFolder(), { 'auth.log': log(sshd, ...lines) }));
      assert.deepEqual([carried?.state, carried?.events, carried?.bytes], ['complete', 3, 1328]);
    }
  });

  it('messages in an export of the journal, one field per line', async () => {
    const entries = LINES.map(
      (line) => `__CURSOR=s=1\n_HOSTNAME=web01\nMESSAGE=${line}\n_COMM=tlog-rec-sessio\n`,
    );
    const [unit] = tlog.group(place(temporaryFolder(), { 'web01.export': entries.join('\n') }), []);
    const { recordings } = await tlog.inspect(unit ?? assert.fail(), contextOf());
    assert.deepEqual(
      recordings.map((one) => [one.state, one.events]),
      [['complete', 3]],
    );
  });

  it("lines of other programs that are no UTF-8 or too long are nobody's", async () => {
    const odd = Buffer.concat([
      Buffer.from('Nov 22 10:22:53 web01 sshd[1]: timing '),
      Buffer.from([0xff, 10]),
    ]);
    const long = Buffer.from(`Nov 22 10:22:53 web01 x: timing ${'x'.repeat(1024 * 1024)}\n`);
    const [inspection] = await inspections(
      tlog,
      place(temporaryFolder(), { 'auth.log': Buffer.concat([odd, long]) }),
    );
    assert.deepEqual([inspection?.recordings, inspection?.rejects], [[], []]);
  });

  it('a message that is no longer UTF-8 was altered', async () => {
    const bytes = Buffer.from(WHOLE);
    bytes[bytes.indexOf('uptime')] = 0xff;
    const [altered] = await inspectAll(tlog, place(temporaryFolder(), { 'tlog/rec.log': bytes }));
    assert.equal(altered?.state, 'altered');
  });

  it('a syslog line cut in the middle of a message', async () => {
    const lines = LINES.map((line) => `Nov 22 11:20:30 web01 tlog-rec-session[23000]: ${line}`);
    const [carried] = await inspectAll(
      tlog,
      place(temporaryFolder(), { 'auth.log': lines.join('\n').slice(0, -20) }),
    );
    assert.deepEqual(
      [carried?.state, codesOf(carried ?? assert.fail())],
      ['incomplete', ['recording-truncated']],
    );
  });
});

describe('tlog: recognition', () => {
  const [file] = place(temporaryFolder(), { 'some/name': '' });
  const score = (name: string, head: string | Uint8Array) =>
    tlog.recognise(entryOf(file?.path ?? '', name), Buffer.from(head));

  it('bare messages and paths are its own, logs are first of all sources', () => {
    assert.ok(score('anything', WHOLE) > 0.9);
    assert.ok(score('recordings/tlog/rec.log', '') > 0.5);
    assert.ok(score('auth.log', 'Nov 22 10:22:53 web01 sshd[1]: x\n') < 0.4);
    assert.ok(score('tlog/journal.jsonl', fixture('tlog/s34-journal.jsonl')) < 0.4);
    assert.equal(score('notes.txt', 'hello'), 0);
    assert.equal(score('auth.log', ''), 0);
  });
});
