import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { tlog } from '../../src/recorders/tlog/tlog.ts';
import { parseTiming } from '../../src/recorders/tlog/timing.ts';
import {
  codesOf,
  detailsOf,
  fixture,
  inspectAll,
  inspections,
  inspectOne,
  LATER,
  pinOf,
  place,
  temporaryFolder,
} from './support.ts';

const WHOLE = fixture('tlog/s01-three-messages.log').toString();
const OTHER = fixture('tlog/s04-three-messages.log').toString();
const LINES = WHOLE.trimEnd().split('\n');

function log(...lines: (string | undefined)[]): string {
  return lines.map((line) => `${line}\n`).join('');
}

function inspect(content: string | Uint8Array, options: Parameters<typeof inspectOne>[3] = {}) {
  return inspectOne(tlog, temporaryFolder(), { 'tlog/rec.log': content }, options);
}

/** The line with fields of its message changed. */
function changed(line: string | undefined, fields: object): string {
  return JSON.stringify({ ...JSON.parse(line ?? ''), ...fields });
}

describe('tlog: what a whole recording gives', () => {
  it('a login shell of three messages', async () => {
    const recording = await inspect(WHOLE);
    const { ref, uid, ...rest } = recording;
    assert.match(uid, /^rec_[0-9a-f]{20}$/);
    assert.equal(ref.source, 'tlog/rec.log');
    assert.deepEqual(rest, {
      recorder: 'tlog',
      state: 'complete',
      endProven: false,
      hasEndMarker: false,
      problems: [],
      opened: 1795346427880,
      closed: 1795346430088,
      resolution: 1,
      durationMs: 2208,
      bytes: 1328,
      events: 3,
      sha256: '20304c8c88990364841faff549ea5efb12f3319813159378345d4d8672e4fb51',
      evidence: 'E4',
      covers: 'session',
      launch: 'session',
      target: 'web01',
      reportedHost: 'web01.lab.test',
      account: 'labrec',
      actor: null,
      origin: null,
      terminal: true,
      command: null,
      ids: {
        auditSession: 276,
        bootId: 'a52e6adcf47d409794d21ef8dced47d8',
        pid: 23000,
        id: 'a52e6adcf47d409794d21ef8dced47d8-59d8-6a502',
      },
      owner: { uid: 0, mode: 0o600 },
    });
  });

  it('timing counts Unicode characters, and bytes that are no UTF-8 apart', async () => {
    const recording = await inspect(fixture('tlog/unicode-and-bytes.log'));
    assert.equal(recording.state, 'complete');
    assert.equal(recording.evidence, 'E4');
    // The audit session was not set (2^32 - 1): that is no id to join by.
    assert.equal(recording.ids.auditSession, undefined);
  });

  it('output alone is E3, and a session without terminal says so', async () => {
    const quiet = await inspect(
      log(changed(LINES[0], { in_txt: '', timing: '=0x0+9>44', out_txt: 'x'.repeat(44) })),
    );
    assert.deepEqual([quiet.state, quiet.evidence], ['complete', 'E3']);
    const copied = await inspect(fixture('tlog/s36-no-terminal.log'));
    assert.deepEqual([copied.state, copied.terminal], ['complete', false]);
  });

  it('several recordings interleaved in one log are told apart', async () => {
    const [a, b] = [LINES, OTHER.trimEnd().split('\n')];
    const mixed = log(a[0], b[0], a[1], b[1], b[2], a[2]);
    const found = await inspectAll(tlog, place(temporaryFolder(), { 'tlog/rec.log': mixed }));
    assert.deepEqual(
      found.map((one) => [one.ids.auditSession, one.state, one.events]),
      [
        [280, 'complete', 3],
        [276, 'complete', 3],
      ],
    );
    assert.deepEqual(found[1]?.sha256, (await inspect(WHOLE)).sha256);
  });
});

describe('tlog: what is missing or wrong', () => {
  it('a message id that is missing is named; late arrival fills the gap', async () => {
    const gap = await inspect(log(LINES[0], LINES[2]));
    assert.deepEqual(
      [gap.state, gap.problems],
      ['incomplete', [{ code: 'recording-gap', detail: 'missing message id 2' }]],
    );
    assert.deepEqual((await inspect(log(LINES[0], LINES[2], LINES[1]))).problems, []);
  });

  it('a first id above 1 means that the beginning is missing', async () => {
    const headless = await inspect(log(LINES[1], LINES[2]));
    assert.deepEqual(detailsOf(headless), ['the first message has id 2: the beginning is missing (1)']);
    // The position counts from the recorder's start, whatever was lost.
    assert.ok(Math.abs((headless.opened ?? 0) - 1795346427880) <= 2);
  });

  it('ranges of missing ids are shown as ranges', async () => {
    const far = await inspect(log(LINES[0], changed(LINES[1], { id: 5 }), changed(LINES[2], { id: 7 })));
    assert.deepEqual(detailsOf(far), ['missing message ids 2–4, 6']);
  });

  it('redelivery is harmless; the same id with other content is alteration', async () => {
    const twice = await inspect(log(...LINES, LINES[1]));
    assert.deepEqual([twice.state, twice.problems, twice.events], ['complete', [], 3]);
    const forged = await inspect(log(...LINES, changed(LINES[1], { pos: 1207 })));
    assert.deepEqual(
      [forged.state, detailsOf(forged)],
      ['altered', ['message id 2 occurs twice with different content']],
    );
  });

  it('text that timing does not count is alteration', async () => {
    const shorter = await inspect(log(LINES[0], LINES[1], changed(LINES[2], { out_txt: 'exit\r\n' })));
    assert.deepEqual(detailsOf(shorter), ['timing counts 23 output characters in message id 3, which has 6']);
    assert.equal(shorter.state, 'altered');
    const typed = await inspect(log(LINES[0], LINES[1], changed(LINES[2], { in_txt: 'exit' })));
    assert.deepEqual(detailsOf(typed), ['timing counts 5 input characters in message id 3, which has 4']);
    const bytes = await inspect(log(changed(LINES[0], { out_bin: [255] }), LINES[1], LINES[2]));
    assert.deepEqual(detailsOf(bytes), ['timing counts 0 binary output bytes in message id 1, which has 1']);
    const unknown = await inspect(log(LINES[0], LINES[1], changed(LINES[2], { timing: '=0x0<5>23?' })));
    assert.deepEqual(detailsOf(unknown), ['the timing of message id 3 is in no known form']);
  });

  it('a position that goes back is alteration; a drift of two seconds is still a clock being set', async () => {
    const back = await inspect(log(LINES[0], LINES[1], changed(LINES[2], { pos: 1000 })));
    assert.deepEqual(codesOf(back), ['recording-altered']);
    assert.match(detailsOf(back)[0] ?? '', /goes back from 1,206 to 1,000 ms at message id 3/);
    const drift = await inspect(log(LINES[0], LINES[1], changed(LINES[2], { time: 1795346430.088 + 1.9 })));
    assert.deepEqual(drift.problems, []);
    const jump = await inspect(log(LINES[0], LINES[1], changed(LINES[2], { time: 1795346430.088 + 2.1 })));
    assert.match(detailsOf(jump)[0] ?? '', /time and position disagree by 2,10\d ms at message id 3/);
  });

  it('an account or audit session that changes within a recording is alteration', async () => {
    const user = await inspect(log(LINES[0], changed(LINES[1], { user: 'root' }), LINES[2]));
    assert.match(detailsOf(user)[0] ?? '', /account changes from labrec to root at message id 2/);
    const session = await inspect(log(LINES[0], changed(LINES[1], { session: 5 }), LINES[2]));
    assert.match(detailsOf(session)[0] ?? '', /audit session changes from 276 to 5/);
  });

  it('a last line cut in the middle belongs to the recording it names', async () => {
    const cut = await inspect(fixture('tlog/s11-cut.log'));
    assert.deepEqual(
      [cut.state, cut.problems, cut.events],
      [
        'incomplete',
        [{ code: 'recording-truncated', detail: 'message id 4 breaks off at the end of the file' }],
        3,
      ],
    );
  });

  it('while the file is being written a cut last line is no fault; a time from a copy is', async () => {
    const content = fixture('tlog/s11-cut.log');
    const written = (mtimeMs: number) =>
      inspect(content, { change: () => ({ mtimeMs }), context: { now: LATER } });
    assert.deepEqual((await written(LATER - 59_000)).problems, []);
    assert.deepEqual(codesOf(await written(LATER - 61_000)), ['recording-truncated']);
    assert.deepEqual(codesOf(await written(LATER + 86_400_000)), ['recording-truncated']);
  });

  it('a cut that hides the recording id counts against the only recording, or as a reject', async () => {
    const only = await inspect(WHOLE + '{"ver":"2.3","ho');
    assert.deepEqual(codesOf(only), ['recording-truncated']);
    const files = place(temporaryFolder(), { 'tlog/rec.log': WHOLE + OTHER + '{"ver":"2.3","ho' });
    const [two] = await inspections(tlog, files);
    assert.deepEqual(
      two?.recordings.map((one) => one.state),
      ['complete', 'complete'],
    );
    assert.deepEqual(two?.rejects, [
      {
        code: 'cut-off',
        detail: 'the last line breaks off',
        ref: { source: 'tlog/rec.log', record: 'line 7' },
      },
    ]);
  });

  it('a line cut in the middle of the file is truncation, a damaged one alteration', async () => {
    const cut = await inspect(log(LINES[0], LINES[1]?.slice(0, -30), LINES[2]));
    assert.deepEqual(codesOf(cut), ['recording-gap', 'recording-truncated']);
    const damaged = await inspect(log(LINES[0], LINES[1]?.replace('"pos":', '"pos"!'), LINES[2]));
    assert.deepEqual([damaged.state, codesOf(damaged)], ['altered', ['recording-gap', 'recording-altered']]);
  });

  it('a file holding only the beginning of a message names its recording', async () => {
    const start = await inspect((LINES[0] ?? '').slice(0, 180));
    assert.deepEqual([start.state, start.account, start.ids.auditSession], ['incomplete', 'labrec', 276]);
    assert.equal(start.uid, (await inspect(WHOLE)).uid);
  });

  it('a recorder told to keep nothing is no content', async () => {
    const nothing = await inspect(fixture('tlog/s38-nothing-kept.log'));
    assert.deepEqual(
      [nothing.state, codesOf(nothing), nothing.evidence],
      ['no-content', ['recording-empty'], 'E1'],
    );
  });

  it('a file of zero bytes is an empty recording, named by its file', async () => {
    const files = place(temporaryFolder(), { 'tlog/20261122T112000-labrec-23000.log': '' });
    const [empty] = await inspectAll(tlog, files);
    assert.deepEqual([empty?.state, empty?.ids, empty?.account], ['empty', {}, 'labrec']);
    assert.equal(empty?.opened, Date.parse('2026-11-22T11:20:00Z'));
  });

  it('a file without any message is corrupt, and a log of other programs is nothing', async () => {
    const rubbish = await inspect('no message at all\n');
    assert.deepEqual([rubbish.state, codesOf(rubbish)], ['corrupt', ['recording-altered']]);
    const line = 'Nov 22 10:22:53 web01 sshd[21850]: Accepted publickey for root\n';
    assert.deepEqual(await inspectAll(tlog, place(temporaryFolder(), { 'auth.log': line })), []);
  });

  it('an unreadable file is not retrievable', async () => {
    const [file] = place(temporaryFolder(), { 'tlog/rec.log': WHOLE });
    assert.ok(file);
    const unit = { key: file.path, files: [{ ...file, path: `${file.path}.gone` }] };
    const { recordings } = await tlog.inspect(unit, {
      host: 'web01',
      zone: 'UTC',
      now: LATER,
      names: [],
      sidecars: [],
      previous: null,
    });
    assert.deepEqual(recordings.map(codesOf), [['recording-not-retrievable']]);
    assert.match(
      detailsOf(recordings[0] ?? assert.fail())[0] ?? '',
      /^tlog\/rec\.log could not be read \(.+\)$/,
    );
  });
});

describe('tlog: digests pinned earlier', () => {
  const pinned = (content: string, bytes: string) =>
    inspect(content, { change: () => ({ pinned: pinOf(bytes) }) });

  it('a file that grew behind its pin is fine', async () => {
    assert.deepEqual((await pinned(WHOLE, log(LINES[0], LINES[1]))).problems, []);
  });

  it('the same size with other bytes is alteration', async () => {
    const text = WHOLE.replace('echo finished', 'echo FINISHED');
    const altered = await pinned(text, WHOLE);
    assert.deepEqual([altered.state, codesOf(altered)], ['altered', ['recording-altered']]);
    assert.match(detailsOf(altered)[0] ?? '', /^rec\.log: all 1,328 bytes have sha256 /);
  });

  it('growth with an altered beginning is alteration', async () => {
    const altered = await pinned(WHOLE.replace('uptime; date', 'uptime; DATE'), log(LINES[0], LINES[1]));
    assert.match(detailsOf(altered)[0] ?? '', /^rec\.log: the first [\d,]+ bytes have sha256 /);
  });

  it('whole last lines removed show in the size only', async () => {
    const shorter = await pinned(log(LINES[0], LINES[1]), WHOLE);
    assert.deepEqual([shorter.state, codesOf(shorter)], ['incomplete', ['recording-truncated']]);
    assert.match(detailsOf(shorter)[0] ?? '', /^rec\.log: pinned 1,328 bytes, now 1,\d\d\d$/);
  });

  it('a file emptied after it was pinned says both, with the time of its last writing', async () => {
    const emptied = await pinned('', WHOLE);
    assert.deepEqual(
      [emptied.state, codesOf(emptied)],
      ['empty', ['recording-truncated', 'recording-empty']],
    );
    assert.equal(emptied.closed, pinOf(WHOLE).mtimeMs);
  });

  it('a failed pin counts against every recording of the file', async () => {
    const files = place(temporaryFolder(), { 'tlog/rec.log': WHOLE + OTHER }, () => ({
      pinned: pinOf(`${WHOLE}${OTHER}more`),
    }));
    assert.deepEqual((await inspectAll(tlog, files)).map(codesOf), [
      ['recording-truncated'],
      ['recording-truncated'],
    ]);
  });

  it('what was pinned before a rotation is found in the renamed file', async () => {
    const pin = pinOf(WHOLE);
    const files = place(temporaryFolder(), { 'tlog/rec.log': OTHER, 'tlog/rec.log.1': WHOLE }, (name) =>
      name === 'tlog/rec.log' ? { pinned: pin } : {},
    );
    assert.deepEqual((await inspectAll(tlog, files)).map(codesOf), [[], []]);
  });
});

describe('tlog: timing', () => {
  it('adds up every kind of event', () => {
    assert.deepEqual(parseTiming('=80x24<4+4>4+207]2/2>5]1/1>1+408>10[1/3'), {
      delayMs: 619,
      inputChars: 5,
      outputChars: 23,
      inputBytes: 3,
      outputBytes: 3,
      windows: 1,
    });
  });

  it('is null for what is no timing', () => {
    for (const text of ['x', '>', '>1 ', '=80', '+1/2', '[1', '>1234567890', '<1>2 ', 'a>1'])
      assert.equal(parseTiming(text), null, text);
    assert.notEqual(parseTiming(''), null);
  });
});
