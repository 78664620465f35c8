import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { parseScriptDate } from '../../src/recorders/script/dates.ts';
import { script } from '../../src/recorders/script/script.ts';
import { createTypescript } from '../../src/recorders/script/typescript.ts';
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

const NAME = '20261122T112200-labalice-23698';
const KILLED_NAME = '20261122T112203-labalice-23720';
const LOG = fixture(`script/${NAME}.log`).toString();
const TIMING = fixture(`script/${NAME}.timing`).toString();
const META = fixture(`script/${NAME}.meta.json`).toString();
const CLASSIC = fixture('script/classic.log').toString();

function inspect(contents: Contents, options: Parameters<typeof inspectOne>[3] = {}) {
  return inspectOne(script, temporaryFolder(), contents, options);
}

function set(log: string | Uint8Array, timing: string | Uint8Array = TIMING): Contents {
  return { [`${NAME}.log`]: log, [`${NAME}.timing`]: timing, [`${NAME}.meta.json`]: META };
}

function pair(name: string): Contents {
  return {
    [`${name}.log`]: fixture(`script/${name}.log`),
    [`${name}.timing`]: fixture(`script/${name}.timing`),
  };
}

/** Without the end that script writes: footer of the log, end headers of the timing. */
const UNCLOSED_LOG = LOG.slice(0, LOG.lastIndexOf('\nScript done on '));
const UNCLOSED_TIMING = TIMING.slice(0, TIMING.indexOf('H 0.000000 DURATION'));

describe('script: what a whole recording gives', () => {
  it('typescript, advanced timing and sidecar; input in the same log', async () => {
    const { uid, ...rest } = await inspect(set(LOG));
    assert.match(uid, /^rec_[0-9a-f]{20}$/);
    assert.deepEqual(rest, {
      recorder: 'script',
      ref: { source: `${NAME}.log`, record: 'byte 0' },
      state: 'complete',
      endProven: true,
      hasEndMarker: true,
      problems: [],
      opened: 1795346520000,
      closed: 1795346522000,
      resolution: 1000,
      durationMs: 2000,
      bytes: 474,
      events: 13,
      sha256: '1e9cb4cfd54647916ca6e70d6dc7665d31457f8f74bd3dec734910cad1837745',
      evidence: 'E4',
      covers: 'session',
      launch: 'unknown',
      target: 'web01',
      reportedHost: null,
      account: 'labalice',
      actor: null,
      origin: { ip: '10.99.0.10', port: 46027 },
      terminal: true,
      command: null,
      ids: { auditSession: 302, pid: 23698, tty: 'pts/0', id: NAME },
      owner: { uid: 0, mode: 0o600 },
    });
  });

  it('a killed one has no end', async () => {
    const killed = await inspect({
      [`${KILLED_NAME}.log`]: fixture(`script/${KILLED_NAME}.log`),
      [`${KILLED_NAME}.timing`]: fixture(`script/${KILLED_NAME}.timing`),
    });
    assert.deepEqual(
      [killed.state, codesOf(killed), killed.endProven],
      ['incomplete', ['recording-not-closed'], false],
    );
    assert.equal(killed.closed, 1795346524501.732);
  });

  it('classic timing, a typescript alone, compressed ones', async () => {
    const classic = await inspect(pair('classic'));
    assert.deepEqual([classic.state, classic.evidence, classic.events], ['complete', 'E3', 5]);
    const alone = await inspect({ 'classic.log': CLASSIC });
    assert.deepEqual([alone.state, alone.endProven, alone.uid], ['complete', true, classic.uid]);
    const packed = await inspect({
      'classic.log.gz': gzipSync(CLASSIC),
      'classic.timing.gz': gzipSync(fixture('script/classic.timing')),
    });
    assert.deepEqual([packed.state, packed.events, packed.uid], ['complete', 5, classic.uid]);
  });

  it('a typescript and a timing file that share no name, one of each', async () => {
    const strangers = await inspect({
      'x/typescript': CLASSIC,
      'x/times.tm': fixture('script/classic.timing'),
    });
    assert.deepEqual([strangers.state, strangers.events], ['complete', 5]);
  });

  it('input kept apart belongs to the same recording', async () => {
    const files = {
      's3.log': fixture('script/s3.log'),
      's3.in': fixture('script/s3.in'),
      's3.timing': fixture('script/s3.timing'),
    };
    const apart = await inspect(files);
    assert.deepEqual([apart.state, apart.evidence, apart.problems], ['complete', 'E4', []]);
    const { 's3.in': _, ...rest } = files;
    assert.deepEqual(detailsOf(await inspect(rest)), ['timing counts 13 bytes of input and s3.in is absent']);
    const short = await inspect({
      ...files,
      's3.in': fixture('script/s3.in').toString().replace('echo hi\n', 'echo\n'),
    });
    assert.deepEqual(detailsOf(short), ['timing says 13 bytes of input and s3.in has 10']);
  });

  it('without terminal', async () => {
    const recording = await inspect(pair('no-terminal'));
    assert.deepEqual(
      [recording.state, recording.terminal, recording.ids.tty],
      ['complete', false, undefined],
    );
  });

  it('sessions appended by -a are recordings of their own; the timing belongs to the last', async () => {
    const found = await inspectAll(script, place(temporaryFolder(), pair('appended')));
    assert.deepEqual(
      found.map((one) => [one.state, one.events, one.ref.record, one.opened]),
      [
        ['complete', 0, 'byte 0', 1795540866000],
        ['complete', 8, 'byte 267', 1795540867000],
      ],
    );
    assert.notEqual(found[0]?.uid, found[1]?.uid);
  });
});

describe('script: what is missing or wrong', () => {
  it('a footer missing on one side only was cut off', async () => {
    assert.deepEqual(detailsOf(await inspect(set(UNCLOSED_LOG))), [
      'the timing was closed and the typescript has no footer',
    ]);
    assert.deepEqual(detailsOf(await inspect(set(LOG, UNCLOSED_TIMING))), [
      'the typescript has its footer and the timing has no end',
    ]);
    assert.deepEqual(codesOf(await inspect(set(UNCLOSED_LOG, UNCLOSED_TIMING))), ['recording-not-closed']);
    assert.deepEqual(codesOf(await inspect({ 'x.log': UNCLOSED_LOG })), ['recording-not-closed']);
  });

  it('bytes that timing counts and the typescript lacks are truncation, others alteration', async () => {
    const shorter = await inspect(set(LOG.replace('echo done', 'echo')));
    assert.deepEqual(
      [shorter.state, shorter.problems],
      [
        'incomplete',
        [{ code: 'recording-truncated', detail: 'timing says 285 bytes and the typescript has 280' }],
      ],
    );
    const longer = await inspect(set(LOG.replace('echo done', 'echo DONE!')));
    assert.deepEqual(
      [longer.state, detailsOf(longer)],
      ['altered', ['timing says 285 bytes and the typescript has 286']],
    );
  });

  it('while neither is closed more bytes than counted are no fault', async () => {
    const buffered = await inspect(set(`${UNCLOSED_LOG}more`, UNCLOSED_TIMING));
    assert.deepEqual(codesOf(buffered), ['recording-not-closed']);
  });

  it('a footer that the session itself printed ends nothing', async () => {
    const printed = '\nScript done on 2026-11-22 11:22:02+00:00 [COMMAND_EXIT_CODE="0"]\n';
    const timing = `${UNCLOSED_TIMING}O 0.1 ${printed.length}\n`;
    assert.deepEqual(codesOf(await inspect(set(UNCLOSED_LOG + printed, timing))), ['recording-not-closed']);
  });

  it('a session that prints a footer and a header is one session: the timing knows', async () => {
    const printed = '\nScript done on x\nScript started on y\n';
    const timing = TIMING.replace('H 0.000000 DURATION', `O 0.1 ${printed.length}\nH 0.000000 DURATION`);
    const found = await inspectAll(
      script,
      place(temporaryFolder(), set(LOG.replace('\nScript done on', `${printed}\nScript done on`), timing)),
    );
    assert.deepEqual(
      found.map((one) => [one.state, one.opened]),
      [['complete', 1795346520000]],
    );
  });

  it('script stopped at its size limit', async () => {
    const limited = await inspect(pair('limit'));
    assert.deepEqual(
      [limited.state, detailsOf(limited)],
      ['incomplete', ['script stopped at its maximal output size']],
    );
  });

  it('a timing whose typescript is gone is a gap; an emptied one is empty', async () => {
    const gone = await inspect({ [`${NAME}.timing`]: TIMING, [`${NAME}.meta.json`]: META });
    assert.deepEqual(
      [gone.state, gone.problems],
      [
        'incomplete',
        [{ code: 'recording-gap', detail: 'timing counts 285 bytes and the typescript is absent' }],
      ],
    );
    assert.deepEqual([gone.account, gone.opened, gone.origin?.port], ['labalice', 1795346520000, 46027]);
    const emptied = await inspect(set(''));
    assert.equal(emptied.state, 'empty');
    assert.deepEqual(codesOf(emptied), ['recording-truncated', 'recording-truncated', 'recording-empty']);
  });

  it('nothing between the ends is empty unless the timing proves it', async () => {
    const alone = await inspect({ 'x.log': fixture('script/nothing-shown.log') });
    assert.deepEqual([alone.state, codesOf(alone), alone.evidence], ['empty', ['recording-empty'], 'E1']);
    const closed =
      'H 0.000000 START_TIME 2026-11-24 16:31:51+00:00\nH 0.000000 DURATION 0.1\nH 0.000000 EXIT_CODE 0\n';
    const proven = await inspect({ 'x.log': fixture('script/nothing-shown.log'), 'x.timing': closed });
    assert.deepEqual([proven.state, proven.problems], ['complete', []]);
  });

  it('only input kept is no content', async () => {
    const log = fixture('script/s3.in');
    const timing = fixture('script/s3.timing')
      .toString()
      .replace(/^O .*\n/gm, '')
      .replace('OUTPUT_LOG s3.log\nH 0.000000 ', '');
    const typed = await inspect({ 'y.log': log, 'y.timing': timing });
    assert.deepEqual(
      [typed.state, codesOf(typed), typed.evidence],
      ['no-content', ['recording-empty'], 'E2'],
    );
  });

  it('a typescript that lost its header', async () => {
    const damaged = await inspect(set(LOG.replace('Script started', 'script started')));
    assert.ok(codesOf(damaged).includes('recording-altered'));
    const alone = await inspect({ 'script/x.log': LOG.replace('Script started', 'script started') });
    assert.deepEqual([alone.state, codesOf(alone)], ['corrupt', ['recording-altered']]);
  });

  it('a timing that breaks off or holds other lines', async () => {
    const cut = await inspect(set(LOG, TIMING.slice(0, -3)));
    assert.deepEqual(detailsOf(cut), ['the timing breaks off in a line']);
    const odd = await inspect(set(LOG, TIMING.replace('O 0.000097 2', 'O 0.000097 2\nwhat is this')));
    assert.deepEqual(detailsOf(odd), ['the timing has 1 line in no known form']);
    const signal = await inspect(
      set(LOG, TIMING.replace('H 0.000000 DURATION', 'S 0.1 SIGWINCH ROWS=24 COLS=80\nH 0.000000 DURATION')),
    );
    assert.deepEqual(signal.problems, []);
  });

  it('pins of every file of the unit', async () => {
    const wrong = { size: 10, sha256: '0'.repeat(64), mtimeMs: 0 };
    for (const suffix of ['.log', '.timing', '.meta.json']) {
      const change = (name: string) => (name.endsWith(suffix) ? { pinned: wrong } : {});
      assert.deepEqual(codesOf(await inspect(set(LOG), { change })), ['recording-altered'], suffix);
    }
    const change = (name: string) => (name.endsWith('.log') ? { pinned: pinOf(LOG) } : {});
    assert.deepEqual((await inspect(set(LOG), { change })).problems, []);
  });

  it('a sidecar that contradicts the typescript is named', async () => {
    const odd = await inspect({
      ...set(LOG),
      [`${NAME}.meta.json`]: META.replace('/dev/pts/0', '/dev/pts/9'),
    });
    assert.deepEqual(odd.problems, [
      {
        code: 'recording-metadata-incomplete',
        detail: `the recording says tty pts/0 and ${NAME}.meta.json says pts/9`,
      },
    ]);
    const broken = await inspect({ ...set(LOG), [`${NAME}.meta.json`]: '{' });
    assert.deepEqual(detailsOf(broken), [`${NAME}.meta.json is not a JSON object`]);
  });
});

describe('script: dates of every release', () => {
  const at = Date.parse('2026-11-22T11:22:00Z');

  it('ISO with offset, C locale, day first, twelve hours', () => {
    const parsed = (text: string, zone = 'UTC') => parseScriptDate(text, zone);
    assert.deepEqual(parsed('2026-11-22 11:22:00+00:00', 'America/New_York'), { time: at, assumed: false });
    assert.deepEqual(parsed('2026-11-22 06:22:00-0500'), { time: at, assumed: false });
    assert.deepEqual(parsed('Sun Nov 22 06:22:00 2026', 'America/New_York'), { time: at, assumed: true });
    assert.deepEqual(parsed('Sun 22 Nov 2026 11:22:00 AM UTC', 'America/New_York'), {
      time: at,
      assumed: false,
    });
    assert.deepEqual(parsed('Sun 22 Nov 2026 12:22:00 PM CET', 'Europe/Berlin'), { time: at, assumed: true });
    assert.deepEqual(parsed('Sun 22 Nov 2026 12:00:00 AM UTC')?.time, Date.parse('2026-11-22T00:00:00Z'));
  });

  it('nothing else', () => {
    for (const text of [
      '',
      'now',
      'Sun Xyz 22 11:22:00 2026',
      '2026-13-22 11:22:00+00:00',
      'x'.repeat(10_000),
    ])
      assert.equal(parseScriptDate(text, 'UTC'), null, text.slice(0, 40));
  });

  it('a start without zone is marked', async () => {
    const old = LOG.replace('2026-11-22 11:22:00+00:00', 'Sun Nov 22 11:22:00 2026');
    const recording = await inspect({ 'x.log': old }, { context: { zone: 'Europe/Berlin' } });
    assert.deepEqual([recording.opened, recording.assumed], [at - 3_600_000, ['zone']]);
  });
});

describe('script: sections are found in any chunks', () => {
  const appended = fixture('script/appended.log');

  it('byte by byte as at once', () => {
    const whole = createTypescript();
    whole.push(appended);
    const pieces = createTypescript();
    for (const byte of appended) pieces.push(Uint8Array.of(byte));
    const sections = whole.finish();
    assert.deepEqual(pieces.finish(), sections);
    assert.deepEqual(
      sections.map(({ start, end }) => [start, end]),
      [
        [0, 267],
        [267, 534],
      ],
    );
  });
});

describe('script: recognition', () => {
  const [file] = place(temporaryFolder(), { x: '' });
  const score = (name: string, head: string) =>
    script.recognise(entryOf(file?.path ?? '', name), Buffer.from(head));

  it('typescripts, timing files, and nothing else', () => {
    assert.ok(score('x', LOG) > 0.9);
    assert.ok(score('x', TIMING) > 0.8);
    assert.ok(score('x.timing', '0.009480 18\n') > 0.5);
    assert.equal(score('x.log', '0.009480 18\n'), 0);
    assert.equal(score('x.timing', 'hello'), 0);
    assert.equal(score('scripts/deploy.log', 'hello'), 0);
  });
});
