import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import type { FileEntry } from '../../src/files/entry.ts';
import type { Recording } from '../../src/model/recording.ts';
import { ssm } from '../../src/recorders/ssm/ssm.ts';
import { RECORDERS } from '../../src/recorders/registry.ts';
import { recogniseFormat } from '../../src/sources/registry.ts';
import {
  codesOf,
  contextOf,
  type Contents,
  detailsOf,
  fixture,
  inspectAll,
  inspections,
  pinOf,
  place,
  temporaryFolder,
} from './support.ts';

const ID = 'alice-0b7de12f9c40a3851';
const OTHER = 'bob-0c8ef23fad51b4962';
const WHOLE = fixture(`ssm/${ID}.jsonl`);
const LINES = WHOLE.toString().trimEnd().split('\n');
const START = Date.parse('2026-11-24T16:40:00Z');
const TASK = '7d0c5a2e-1f3b-4c6d-8e9f-0a1b2c3d4e5f';
const TRANSCRIPT = fixture('ssm/alice-0f3a9c1be27d4586a.log').toString('latin1');

interface Message {
  readonly session?: string;
  readonly target?: string;
  readonly account?: string;
  readonly shown?: readonly string[];
}

function message(second: number, { session = ID, target = 'i-0a52c1fb36de89471', ...rest }: Message = {}) {
  return JSON.stringify({
    eventVersion: '1.0',
    eventTime: new Date(START + second * 1000).toISOString().replace('.000', ''),
    awsRegion: 'eu-central-1',
    target: { id: target },
    userIdentity: { arn: 'arn:aws:iam::111122223333:user/alice' },
    runAsUser: rest.account ?? 'ssm-user',
    sessionId: session,
    sessionData: rest.shown ?? [`second ${second}`],
  });
}

function exported(messages: readonly string[]): string {
  return messages.map((text, i) => `2026-11-24T16:41:0${i}.123Z ${text}\n`).join('');
}

function answer(messages: readonly (readonly [stream: string | null, text: string])[], indent = 0): string {
  const events = messages.map(([stream, text], i) => ({
    ...(stream === null ? {} : { logStreamName: stream }),
    timestamp: START + i,
    message: text,
    ingestionTime: START + 900,
  }));
  return JSON.stringify({ events, nextForwardToken: 'f/1', searchedLogStreams: [] }, null, indent);
}

function inspect(files: Contents, change?: (name: string) => Partial<FileEntry>): Promise<Recording[]> {
  return inspectAll(ssm, place(temporaryFolder(), files, change), { host: null });
}

async function inspectOne(name: string, content: string | Uint8Array): Promise<Recording> {
  const [one, ...others] = await inspect({ [name]: content });
  assert.deepEqual(others, []);
  return one ?? assert.fail();
}

function summary(recordings: readonly Recording[]) {
  return recordings.map((one) => [one.ids.cloudSession, one.state, one.events]);
}

describe('ssm: messages of a streamed session', () => {
  it('one a line: times, target and account by the messages, and no end marker', async () => {
    const { uid, ...rest } = await inspectOne(`${ID}.jsonl`, WHOLE);
    assert.match(uid, /^rec_[0-9a-f]{20}$/);
    assert.deepEqual(rest, {
      recorder: 'ssm',
      ref: { source: `${ID}.jsonl`, record: '' },
      state: 'complete',
      endProven: false,
      hasEndMarker: false,
      problems: [],
      opened: START + 3000,
      closed: START + 31_000,
      resolution: 1000,
      durationMs: 28_000,
      bytes: WHOLE.length,
      events: 5,
      sha256: pinOf(WHOLE).sha256,
      evidence: 'E3',
      covers: 'session',
      launch: 'session',
      target: 'i-0a52c1fb36de89471',
      reportedHost: 'i-0a52c1fb36de89471',
      account: 'ssm-user',
      actor: null,
      origin: null,
      terminal: null,
      command: null,
      ids: { cloudSession: ID },
      owner: { uid: 0, mode: 0o600 },
    });
  });

  it('several sessions in one file are several recordings', async () => {
    const lines = [message(1), message(2, { session: OTHER }), message(3), message(4, { session: OTHER })];
    const both = await inspect({ 'all.ndjson': `${lines.join('\n')}\n` });
    assert.deepEqual(summary(both), [
      [ID, 'complete', 2],
      [OTHER, 'complete', 2],
    ]);
    assert.equal(new Set(both.map((one) => one.uid)).size, 2);
    assert.deepEqual(
      both.map((one) => one.ref.record),
      [ID, OTHER],
    );
  });

  it('a message cut at the end, changed in its middle, or dropped', async () => {
    const cut = await inspectOne(`${ID}.jsonl`, WHOLE.subarray(0, -20));
    assert.deepEqual(cut.problems, [
      { code: 'recording-truncated', detail: 'line 5 breaks off at the end of the file' },
    ]);
    assert.equal(cut.state, 'incomplete');
    const changed = await inspectOne(
      `${ID}.jsonl`,
      WHOLE.toString().replace('"sessionData":["sh-5.2$ ls', 'x'),
    );
    assert.deepEqual([changed.state, detailsOf(changed)], ['altered', ['line 3 is no message of a session']]);
    // Messages have no numbers: one that is missing as a whole cannot be seen.
    const dropped = await inspectOne(`${ID}.jsonl`, LINES.toSpliced(2, 1).join('\n'));
    assert.deepEqual([dropped.state, dropped.events], ['complete', 4]);
  });

  it('a last line that is whole loses nothing without its line feed', async () => {
    assert.equal((await inspectOne(`${ID}.jsonl`, WHOLE.subarray(0, -1))).state, 'complete');
  });

  it('a file without any message', async () => {
    const garbage = await inspectOne(`${ID}.jsonl`, '{"a":1}\n{"b":2}\n');
    assert.deepEqual([garbage.state, garbage.ids], ['corrupt', { cloudSession: ID }]);
    const empty = await inspectOne(`${ID}.jsonl`, '');
    assert.deepEqual([empty.state, codesOf(empty)], ['empty', ['recording-empty']]);
  });

  it('time may go back a little, and not by more than five seconds', async () => {
    const text = (seconds: readonly number[]) => seconds.map((second) => message(second)).join('\n');
    assert.equal((await inspectOne('x.jsonl', text([10, 5, 11]))).state, 'complete');
    const back = await inspectOne('x.jsonl', text([10, 4, 11]));
    assert.deepEqual([back.state, detailsOf(back)], ['altered', ['time goes back by 6,000 ms at line 2']]);
    assert.deepEqual([back.opened, back.closed], [START + 4000, START + 11_000]);
  });

  it('a message sent twice counts once', async () => {
    const twice = await inspectOne('x.jsonl', [message(1), message(9), message(1), message(10)].join('\n'));
    assert.deepEqual([twice.state, twice.events], ['complete', 3]);
  });

  it('target and account stay the same, and so does the session of a stream', async () => {
    const target = await inspectOne('x.jsonl', [message(1), message(2, { target: 'i-1' })].join('\n'));
    assert.deepEqual(detailsOf(target), ['it names target i-0a52c1fb36de89471, then i-1']);
    const account = await inspectOne('x.jsonl', [message(1), message(2, { account: 'root' })].join('\n'));
    assert.deepEqual(detailsOf(account), ['it names account ssm-user, then root']);
    const [own, foreign] = await inspect({
      [`${ID}.jsonl`]: [message(1), message(2, { session: OTHER })].join('\n'),
    });
    assert.equal(own?.state, 'complete');
    assert.deepEqual(
      [foreign?.state, detailsOf(foreign ?? assert.fail())],
      ['altered', [`its messages stand under the name of ${ID}`]],
    );
  });

  it('a container is named by its cluster and task', async () => {
    const target = 'ecs:my_cluster_0123456789abcdef0123456789abcdef_0123456789abcdef0123456789abcdef-1';
    const one = await inspectOne('x.jsonl', message(1, { target }));
    assert.deepEqual([one.target, one.reportedHost], ['my_cluster/0123456789abcdef0123456789abcdef', target]);
  });

  it('a session that showed nothing, a time that is none', async () => {
    const nothing = await inspectOne('x.jsonl', message(1, { shown: ['', ' '] }));
    assert.deepEqual(
      [nothing.state, codesOf(nothing), nothing.evidence],
      ['no-content', ['recording-empty'], 'E1'],
    );
    const timeless = await inspectOne('x.jsonl', message(1).replace('2026-11-24T', '24.11.2026 '));
    assert.deepEqual([timeless.state, timeless.opened], ['altered', null]);
  });

  it('a line above 1 MiB is a gap', async () => {
    const long = message(2, { shown: ['x'.repeat(1024 * 1024)] });
    const recording = await inspectOne('x.jsonl', [message(1), long, message(3)].join('\n'));
    assert.deepEqual(
      [recording.state, detailsOf(recording)],
      ['incomplete', ['line 2 is too long and was not read']],
    );
  });
});

describe('ssm: a log group exported to a bucket', () => {
  const at = (part: string, task = TASK) => `exportedlogs/${task}/${ID}/${part}`;

  it('the parts of a stream make one recording, also from several tasks that overlap', async () => {
    const next = TASK.replace('7', '8');
    const [one, ...others] = await inspect({
      [at('000000.gz')]: gzipSync(exported([message(1), message(2)])),
      [at('000001.gz')]: gzipSync(exported([message(3)])),
      [at('000000.gz', next)]: gzipSync(exported([message(3), message(4)])),
    });
    assert.deepEqual(others, []);
    assert.deepEqual([one?.state, one?.events, one?.ids], ['complete', 4, { cloudSession: ID }]);
    assert.deepEqual(one?.ref, { source: `exportedlogs/${ID}`, record: ID });
    assert.deepEqual([one?.opened, one?.closed], [START + 1000, START + 4000]);
  });

  it('is not sorted: order proves nothing', async () => {
    assert.equal((await inspectOne(at('000000'), exported([message(30), message(1)]))).state, 'complete');
  });

  it('a last line without its line feed was cut', async () => {
    const cut = await inspectOne(at('000000'), exported([message(1), message(2)]).slice(0, -1));
    assert.deepEqual([cut.state, codesOf(cut)], ['incomplete', ['recording-truncated']]);
  });

  it('a message changed in its middle', async () => {
    const text = exported([message(1), message(2), message(3)]).replace('["second 2"', '"second 2"');
    const changed = await inspectOne(at('000000'), text);
    assert.deepEqual(
      [changed.state, changed.events, detailsOf(changed)],
      ['altered', 2, ['line 2 is cut or changed']],
    );
  });

  it('a transcript sent at the end, in two events', async () => {
    const text = TRANSCRIPT.trimEnd().replaceAll('\r\n', '\n');
    const middle = text.indexOf('\n', 200) + 1;
    const parts = [text.slice(0, middle).trimEnd(), text.slice(middle)];
    const whole = await inspectOne(at('000000'), exported(parts));
    assert.deepEqual([whole.state, whole.endProven, whole.events], ['complete', true, 2]);
    assert.deepEqual([whole.opened, whole.closed], [null, Date.parse('2026-11-24T16:41:01.123Z')]);
    const cut = await inspectOne(at('000000'), exported(parts.slice(0, 1)));
    assert.deepEqual([cut.state, codesOf(cut)], ['incomplete', ['recording-truncated']]);
  });

  it("a command's output, whose stream is named after it", async () => {
    const command = '0f1d2c3b-4a59-4687-9a0b-1c2d3e4f5a6b';
    const name = `${TASK}/${command}-i-0a52c1fb36de89471-aws-runShellScript-stdout/000000`;
    const output = await inspectOne(name, exported(['done']));
    assert.deepEqual(
      [output.state, output.ids.cloudSession, output.target],
      ['complete', `${command}/i-0a52c1fb36de89471`, 'i-0a52c1fb36de89471'],
    );
  });
});

describe('ssm: answers of the API', () => {
  it('of one stream, compact and indented', async () => {
    for (const indent of [0, 4]) {
      const text = answer(
        [
          [null, message(1)],
          [null, message(2)],
        ],
        indent,
      );
      const one = await inspectOne(`${ID}.json`, text);
      assert.deepEqual([one.state, one.events, one.problems], ['complete', 2, []]);
    }
  });

  it('of several streams: streamed sessions, a transcript and an output', async () => {
    const command = '0f1d2c3b-4a59-4687-9a0b-1c2d3e4f5a6b/i-0a52c1fb36de89471';
    const text = answer([
      [ID, message(1)],
      ['carol-0d9f034fbe62c5a73', TRANSCRIPT.trimEnd()],
      [OTHER, message(2, { session: OTHER })],
      [`${command}/aws-runShellScript/stdout`, 'done'],
      [ID, message(3)],
    ]);
    assert.deepEqual(summary(await inspect({ 'filtered.json': text })), [
      [ID, 'complete', 2],
      ['carol-0d9f034fbe62c5a73', 'complete', 1],
      [OTHER, 'complete', 1],
      [command, 'complete', 1],
    ]);
  });

  it('one after another in one file', async () => {
    const pages = [1, 2, 3].map((second) => answer([[null, message(second)]])).join('\n');
    const one = await inspectOne(`${ID}.json`, pages);
    assert.deepEqual([one.state, one.events], ['complete', 3]);
    const cut = await inspectOne(`${ID}.json`, pages.slice(0, -30));
    assert.deepEqual([cut.state, codesOf(cut)], ['incomplete', ['recording-truncated']]);
  });

  it('cut at any place they are not complete', async () => {
    const text = answer(
      [
        [null, message(1)],
        [null, message(2)],
      ],
      2,
    );
    const end = text.lastIndexOf('"nextForwardToken"');
    for (let length = 16; length < text.lastIndexOf(']', end); length += 7) {
      const [one] = await inspect({ [`${ID}.json`]: text.slice(0, length) });
      assert.notEqual(one?.state, 'complete', `${length}`);
    }
  });

  it('an event changed in its middle', async () => {
    const text = answer([
      [null, message(1)],
      [null, message(2)],
      [null, message(3)],
    ]);
    const changed = await inspectOne(`${ID}.json`, text.replace(`"timestamp":${START + 1},`, '"timestamp":'));
    assert.deepEqual([changed.state, changed.events], ['altered', 2]);
  });

  it('a stream without events is empty; events of no session are counted', async () => {
    const empty = await inspectOne(`${ID}.json`, answer([]));
    assert.deepEqual([empty.state, detailsOf(empty)], ['empty', ['it holds no event']]);
    const mixed = answer([
      [ID, message(1)],
      ['app/web/1', 'started hunter2'],
    ]);
    const [found] = await inspections(ssm, place(temporaryFolder(), { 'mixed.json': mixed }));
    assert.deepEqual(summary(found?.recordings ?? []), [[ID, 'complete', 1]]);
    assert.deepEqual(found?.rejects, [
      {
        code: 'unparsed-message',
        detail: 'a log event of no session',
        ref: { source: 'mixed.json', record: 'event 2' },
      },
    ]);
  });
});

describe('ssm: objects that are not on this machine', () => {
  it('give the same recordings, however their bytes arrive', async () => {
    const contents: readonly (readonly [name: string, bytes: Buffer])[] = [
      ['alice-0f3a9c1be27d4586a.log', Buffer.from(TRANSCRIPT, 'latin1')],
      [`${ID}.jsonl`, WHOLE],
      [`exportedlogs/${TASK}/${ID}/000000.gz`, gzipSync(exported([message(1), message(2)]))],
      [
        `${ID}.json`,
        Buffer.from(
          answer(
            [
              [null, message(1)],
              [null, message(2)],
            ],
            2,
          ),
        ),
      ],
      [
        `${ID}.json`,
        Buffer.from(
          answer([
            [null, message(1)],
            [null, message(2)],
          ]).slice(0, -90),
        ),
      ],
    ];
    for (const [name, bytes] of contents) {
      const [local] = place(temporaryFolder(), { [name]: bytes });
      const [expected] = await inspectAll(ssm, [local ?? assert.fail()]);
      for (const size of [2, 7, 1000]) {
        const [unit] = ssm.group([{ ...(local ?? assert.fail()), ...remote(name, bytes, size) }], []);
        const { recordings } = await ssm.inspect(unit ?? assert.fail(), contextOf());
        assert.deepEqual(recordings, [expected]);
      }
    }
  });

  function remote(name: string, bytes: Uint8Array, size: number): Pick<FileEntry, 'path' | 'open'> {
    const open: NonNullable<FileEntry['open']> = async function* (range) {
      for (let at = range?.start ?? 0; at < bytes.length; at += size) yield bytes.slice(at, at + size);
    };
    return { path: `s3://logs/${name}`, open };
  }
});

describe('ssm: any bytes in any form', () => {
  const forms: readonly (readonly [name: string, content: string])[] = [
    [`${TASK}/${ID}/000000`, exported([message(1), message(2), TRANSCRIPT])],
    [
      'filtered.json',
      answer(
        [
          [ID, message(1)],
          [OTHER, TRANSCRIPT],
          [null, 'x'],
        ],
        2,
      ),
    ],
    [`${ID}.json`, [1, 2].map((second) => answer([[null, message(second)]])).join('\n')],
  ];

  for (const [name, content] of forms) {
    it(`${name}: never throws, gives the same twice and keeps what was shown to itself`, async () => {
      const whole = Buffer.from(content.replaceAll('second', 'hunter2'), 'latin1');
      const folder = temporaryFolder();
      const damage = fc.tuple(fc.nat(whole.length), fc.uint8Array({ maxLength: 20 }), fc.nat(whole.length));
      await fc.assert(
        fc.asyncProperty(damage, async ([from, insert, to]) => {
          const bytes = Buffer.concat([whole.subarray(0, from), insert, whole.subarray(to)]);
          const [unit] = ssm.group(place(folder, { [name]: bytes }), []);
          const first = await ssm.inspect(unit ?? assert.fail(), contextOf());
          assert.deepEqual(await ssm.inspect(unit ?? assert.fail(), contextOf()), first);
          assert.doesNotMatch(JSON.stringify(first), /hunter2/);
        }),
        { numRuns: 40 },
      );
    });
  }
});

/** Below this score a recorder only guesses; a log of any program may carry messages of tlog. */
const SURE_ENOUGH = 0.4;

describe('ssm: streams among other files', () => {
  const best = (name: string, content: string) => {
    const [file] = place(temporaryFolder(), { [name]: content });
    const head = Buffer.from(content);
    const scores = RECORDERS.map((one) => [one.type, one.recognise(file ?? assert.fail(), head)] as const);
    const [type, score] = scores.toSorted((a, b) => b[1] - a[1])[0] ?? assert.fail();
    return score > Math.max(recogniseFormat(head)?.score ?? 0, SURE_ENOUGH) ? type : 'source or nothing';
  };

  it('each form is claimed by its content, whatever it is called', () => {
    assert.equal(best('x', WHOLE.toString()), 'ssm');
    assert.equal(best('x.gz', exported([message(1)])), 'ssm');
    assert.equal(best('x.json', answer([[null, message(1)]], 4)), 'ssm');
    assert.equal(best('x.json', answer([[ID, 'anything']], 4)), 'ssm');
    assert.equal(best(`${TASK}/${ID}/000000`, exported([TRANSCRIPT])), 'ssm');
  });

  it('other JSON is not', () => {
    assert.equal(best('x.json', answer([['app/web/1', 'started']])), 'source or nothing');
    assert.equal(
      best('x.json', '{"Records":[{"responseElements":{"sessionId":"a-1"}}]}'),
      'source or nothing',
    );
    assert.equal(best('x', '2026-11-24T16:41:00.123Z started\n'), 'source or nothing');
  });
});
