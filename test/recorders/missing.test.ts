import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type AbsentPin, missingRecordings, noteAbsentCompanions } from '../../src/recorders/missing.ts';
import { script } from '../../src/recorders/script/script.ts';
import { ssm } from '../../src/recorders/ssm/ssm.ts';
import { sudo } from '../../src/recorders/sudo/sudo.ts';
import { fixture, fixtureFolder, inspectAll, place, temporaryFolder } from './support.ts';

const AT = Date.parse('2026-11-22T11:21:50.701Z');

function pin(name: string, size = 742, mtimeMs = AT): AbsentPin {
  return { name, host: 'web01', pinned: { size, sha256: '0'.repeat(64), mtimeMs } };
}

function present(...names: string[]): { name: string }[] {
  return names.map((name) => ({ name }));
}

const IO = 'recordings/sudo-io/00/00/01';
const TASK = '7d0c5a2e-1f3b-4c6d-8e9f-0a1b2c3d4e5f';
const RUN = '0f1d2c3b-4a59-4687-9a0b-1c2d3e4f5a6b';

describe('recordings that were pinned and are gone', () => {
  it('a single file: who and when from its name, its end from the pin', () => {
    const [gone, ...others] = missingRecordings([
      pin('recordings/asciinema/20261122T112148-labalice-23603.cast'),
    ]);
    assert.deepEqual(others, []);
    const { uid, ...rest } = gone ?? assert.fail();
    assert.match(uid, /^rec_[0-9a-f]{20}$/);
    assert.deepEqual(rest, {
      recorder: 'asciicast',
      ref: { source: 'recordings/asciinema/20261122T112148-labalice-23603.cast', record: '' },
      state: 'missing',
      endProven: false,
      hasEndMarker: false,
      problems: [
        {
          code: 'recording-deleted-early',
          detail: 'pinned on 2026-11-22T11:21:50.701Z with 742 bytes, now absent',
        },
      ],
      opened: Date.parse('2026-11-22T11:21:48Z'),
      closed: AT,
      resolution: 1000,
      durationMs: 2701,
      bytes: 742,
      events: 0,
      sha256: null,
      evidence: 'E0',
      covers: 'session',
      launch: 'unknown',
      target: 'web01',
      reportedHost: null,
      account: 'labalice',
      actor: null,
      origin: null,
      terminal: null,
      command: null,
      ids: { pid: 23603 },
      owner: null,
    });
  });

  it('the recorder is known by extension or folder', () => {
    const names = [
      'a/x.ttyrec',
      'a/x.cast.gz',
      'recordings/tlog/rec.log',
      'recordings/script/x.log',
      'a/typescript.log',
      'ttyrec/x',
    ];
    assert.deepEqual(
      missingRecordings(names.map((name) => pin(name))).map((one) => [one.recorder, one.launch]),
      [
        ['ttyrec', 'unknown'],
        ['asciicast', 'unknown'],
        ['tlog', 'session'],
        ['script', 'unknown'],
        ['ttyrec', 'unknown'],
      ],
    );
  });

  it('companions and counters make none of their own', () => {
    const names = [
      'recordings/script/x.timing',
      'recordings/script/x.meta.json',
      'recordings/sudo-io/seq',
      'auth.log',
    ];
    assert.deepEqual(missingRecordings(names.map((name) => pin(name))), []);
  });

  it('a sudo I/O log is gone when nothing of its folder is left', () => {
    const members = ['log', 'log.json', 'timing', 'ttyout'].map((name, i) =>
      pin(`${IO}/${name}`, 10, AT + i * 1000),
    );
    const [gone, ...others] = missingRecordings(members);
    assert.deepEqual(others, []);
    assert.deepEqual(
      [gone?.recorder, gone?.covers, gone?.ids],
      ['sudo', 'elevation', { iologPath: '00/00/01', tsid: '000001' }],
    );
    assert.deepEqual([gone?.opened, gone?.closed, gone?.bytes], [AT, AT + 3000, 40]);
    assert.match(gone?.problems[0]?.detail ?? '', /with 40 bytes in 4 files, now absent$/);
    assert.deepEqual(missingRecordings(members, present(`${IO}/stderr`)), []);
  });

  it('a transcript of SSM keeps the id of its session', () => {
    const name = 'logs/alice-0f3a9c1be27d4586a.log';
    const [gone, ...others] = missingRecordings([pin(name)]);
    assert.deepEqual(others, []);
    assert.deepEqual(
      [gone?.recorder, gone?.state, gone?.ids, gone?.launch, gone?.opened, gone?.closed, gone?.ref.source],
      ['ssm', 'missing', { cloudSession: 'alice-0f3a9c1be27d4586a' }, 'session', null, AT, name],
    );
    assert.deepEqual(missingRecordings([pin(name)], present(`${name}.gz`)), []);
    // A number that ends a name is no session, nor is a name without an extension.
    assert.deepEqual(
      missingRecordings([pin('app-20261122112200123.log'), pin('alice-0f3a9c1be27d4586a')]),
      [],
    );
  });

  it("a stream's parts and a command's outputs are gone when none of them is left", () => {
    const session = 'alice-0f3a9c1be27d4586a';
    const parts = ['000000.gz', '000001.gz'].map((part) => pin(`${TASK}/${session}/${part}`, 10));
    const outputs = ['stdout', 'stderr'].map((name) => pin(`${RUN}/i-0a52c1fb36de89471/p/${name}`, 10));
    assert.deepEqual(
      missingRecordings([...parts, ...outputs]).map((one) => [one.recorder, one.ids.cloudSession, one.bytes]),
      [
        ['ssm', session, 20],
        ['ssm', `${RUN}/i-0a52c1fb36de89471`, 20],
      ],
    );
    const left = present(`${TASK}/${session}/000002.gz`, `${RUN}/i-0a52c1fb36de89471/p/other/stderr`);
    assert.deepEqual(missingRecordings([...parts, ...outputs], left), []);
  });

  it('a script whose timing is left is found by its recorder', () => {
    const gone = [pin('recordings/script/x.log')];
    assert.equal(missingRecordings(gone, present('recordings/script/x.meta.json')).length, 1);
    assert.deepEqual(missingRecordings(gone, present('recordings/script/x.timing')), []);
  });

  it('what was compressed or rotated is not gone', () => {
    const gone = [pin('a/x.cast'), pin('tlog/rec.log')];
    assert.deepEqual(missingRecordings(gone, present('a/x.cast.gz', 'tlog/rec.log.1')), []);
    assert.equal(missingRecordings(gone, present('a/xx.cast.gz', 'tlog/rec.log1')).length, 2);
  });

  it('a time beyond the calendar does not throw', () => {
    assert.match(
      missingRecordings([pin('a/x.cast', 1, 1e300)])[0]?.problems[0]?.detail ?? '',
      /an unknown day with 1 byte,/,
    );
  });
});

describe('companions that were pinned and are gone', () => {
  const name = '20261122T112200-labalice-23698';

  it('the timing of a typescript that is there', async () => {
    const files = place(temporaryFolder(), { [`script/${name}.log`]: fixture(`script/${name}.log`) });
    const recordings = await inspectAll(script, files);
    assert.deepEqual(
      recordings.map((one) => one.state),
      ['complete'],
    );
    const [noted] = noteAbsentCompanions(recordings, [pin(`script/${name}.timing`, 658)]);
    assert.deepEqual(
      [noted?.state, noted?.problems],
      [
        'incomplete',
        [
          {
            code: 'recording-gap',
            detail: `${name}.timing: pinned on 2026-11-22T11:21:50.701Z with 658 bytes, now absent`,
          },
        ],
      ],
    );
    const other = noteAbsentCompanions(recordings, [
      pin('script/other.timing'),
      { ...pin(`script/${name}.timing`), host: 'db01' },
    ]);
    assert.deepEqual(other, recordings);
  });

  it('a sidecar is metadata, not content', async () => {
    const recordings = await inspectAll(
      script,
      place(temporaryFolder(), { [`script/${name}.log`]: fixture(`script/${name}.log`) }),
    );
    const [noted] = noteAbsentCompanions(recordings, [pin(`script/${name}.meta.json`)]);
    assert.deepEqual([noted?.state, noted?.problems[0]?.code], ['complete', 'recording-metadata-incomplete']);
  });

  it("one output of a command, and no other command's", async () => {
    const folder = `${RUN}/i-0a52c1fb36de89471/p`;
    const recordings = await inspectAll(ssm, place(temporaryFolder(), { [`${folder}/stdout`]: 'done' }));
    const [noted] = noteAbsentCompanions(recordings, [pin(`${folder}/stderr`, 25)]);
    assert.deepEqual(
      [noted?.state, noted?.problems.map((problem) => problem.detail)],
      ['incomplete', ['stderr: pinned on 2026-11-22T11:21:50.701Z with 25 bytes, now absent']],
    );
    const other = pin(`${TASK}/i-0a52c1fb36de89471/p/stderr`);
    assert.deepEqual(noteAbsentCompanions(recordings, [other]), recordings);
  });

  it('a stream of a sudo folder, once', async () => {
    const { ttyin: _, stderr: __, ...left } = fixtureFolder('sudo/s15_sudo_iolog_ok');
    const contents = Object.fromEntries(
      Object.entries(left).map(([file, bytes]) => [`${IO}/${file}`, bytes]),
    );
    const recordings = await inspectAll(
      sudo,
      place(temporaryFolder(), contents, (file) => (file.endsWith('timing') ? { mode: 0o400 } : {})),
    );
    const [noted] = noteAbsentCompanions(recordings, [pin(`${IO}/ttyin`, 34), pin(`${IO}/stderr`, 25)]);
    assert.deepEqual(
      noted?.problems.map((problem) => problem.detail),
      [
        'timing counts 8 bytes of ttyin and the file is absent',
        'stderr: pinned on 2026-11-22T11:21:50.701Z with 25 bytes, now absent',
      ],
    );
  });
});
