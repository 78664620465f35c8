import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import { pathIds } from '../../src/recorders/sudo/directory.ts';
import { parseLog, parseLogJson } from '../../src/recorders/sudo/log.ts';
import { sudo } from '../../src/recorders/sudo/sudo.ts';
import { createTiming } from '../../src/recorders/sudo/timing.ts';
import type { Recording } from '../../src/model/recording.ts';
import type { FileEntry } from '../../src/files/entry.ts';
import {
  codesOf,
  detailsOf,
  entryOf,
  fixtureFolder,
  inspectAll,
  inspectOne,
  pinOf,
  place,
  temporaryFolder,
} from './support.ts';

type Files = Record<string, string | Uint8Array>;

const CLOSED = fixtureFolder('sudo/s15_sudo_iolog_ok');
const KILLED = fixtureFolder('sudo/s17_sudo_killed');

/** Inspects an I/O log; `timing` decides whether it was closed. */
function inspect(
  files: Files,
  options: {
    timing?: number;
    folder?: string;
    change?: (name: string) => Partial<FileEntry>;
    host?: string | null;
  } = {},
): Promise<Recording> {
  const { folder = 'sudo-io/00/00/01', timing = 0o400 } = options;
  const contents = Object.fromEntries(
    Object.entries(files).map(([name, bytes]) => [`${folder}/${name}`, bytes]),
  );
  const change = (name: string): Partial<FileEntry> => ({
    ...(name.endsWith('/timing') ? { mode: timing } : {}),
    ...options.change?.(name.slice(folder.length + 1)),
  });
  const { host = 'web01' } = options;
  return inspectOne(sudo, temporaryFolder(), contents, { change, context: { host } });
}

/** All streams and the timing without compression, as with `!compress_io`. */
function plain(files: Files): Files {
  const unpack = ([name, bytes]: [string, string | Uint8Array]): [string, string | Uint8Array] =>
    name.startsWith('log') ? [name, bytes] : [name, gunzipSync(bytes)];
  return Object.fromEntries(Object.entries(files).map(unpack));
}

function without(files: Files, ...names: string[]): Files {
  return Object.fromEntries(Object.entries(files).filter(([name]) => !names.includes(name)));
}

function changedJson(fields: object, remove: string[] = []): string {
  const json = { ...JSON.parse(CLOSED['log.json']?.toString() ?? ''), ...fields };
  return JSON.stringify(
    Object.fromEntries(Object.entries(json).filter(([key]) => !remove.includes(key))),
    null,
    4,
  );
}

describe('sudo: what a whole I/O log gives', () => {
  it('a root shell that was closed', async () => {
    const { uid, sha256, ...rest } = await inspect(CLOSED);
    assert.match(uid, /^rec_[0-9a-f]{20}$/);
    assert.match(sha256 ?? '', /^[0-9a-f]{64}$/);
    assert.deepEqual(rest, {
      recorder: 'sudo',
      ref: { source: 'sudo-io/00/00/01', record: '000001' },
      state: 'complete',
      endProven: true,
      hasEndMarker: true,
      problems: [],
      opened: 1795346492103.122,
      closed: 1795346493294.574,
      resolution: 0.001,
      durationMs: 1191.452,
      bytes: 2952,
      events: 11,
      evidence: 'E4',
      covers: 'elevation',
      launch: 'session',
      target: 'web01',
      reportedHost: 'web01',
      account: 'root',
      actor: 'labalice',
      origin: null,
      terminal: true,
      command: '/bin/bash',
      ids: { iologPath: '00/00/01', tsid: '000001', tty: 'pts/0' },
      owner: { uid: 0, mode: 0o600 },
    });
  });

  it('streams without compression count the same', async () => {
    const recording = await inspect(plain(CLOSED));
    assert.deepEqual([recording.state, recording.problems, recording.evidence], ['complete', [], 'E4']);
  });

  it('a command that printed nothing is complete', async () => {
    const silent = await inspect(fixtureFolder('sudo/no-output'));
    assert.deepEqual([silent.state, silent.problems, silent.evidence], ['complete', [], 'E3']);
  });

  it('the log server notes the exit in log.json: that closes it, whatever its modes', async () => {
    const exited = await inspect(fixtureFolder('sudo/logsrvd-exit'), {
      timing: 0o600,
      folder: 'labalice/20261122-104513-zWwc4X',
    });
    assert.deepEqual([exited.state, exited.endProven, exited.evidence], ['complete', true, 'E3']);
    assert.deepEqual(exited.ids, { iologPath: 'labalice/20261122-104513-zWwc4X', tty: 'pts/0' });
    assert.equal(exited.durationMs, 307.653);
  });

  it('the classic log alone gives whole seconds and the executable without arguments', async () => {
    const old = await inspect({
      ...without(CLOSED, 'log.json'),
      log: '1795346492:labalice:root::/dev/pts/0\n/home\n/bin/cat /etc/shadow\n',
    });
    assert.deepEqual([old.opened, old.resolution, old.command], [1795346492000, 1000, '/bin/cat']);
    assert.deepEqual(
      [old.account, old.actor, old.ids.tty, old.state],
      ['root', 'labalice', 'pts/0', 'complete'],
    );
  });

  it('a recording of the log server belongs to the host that submitted it', async () => {
    assert.equal((await inspect(CLOSED, { host: null })).target, 'web01');
  });

  it('a folder reused by a later command is another recording', async () => {
    const first = await inspect(CLOSED);
    const again = await inspect({
      ...without(CLOSED, 'log.json'),
      log: '1795400000:labalice:root::/dev/pts/0:24:80\n/\n/bin/bash\n',
    });
    assert.notEqual(first.uid, again.uid);
    assert.equal(first.uid, (await inspect(CLOSED, { timing: 0o600 })).uid);
  });
});

describe('sudo: what was never closed', () => {
  it('sudo killed: streams of 0 bytes and a writable timing', async () => {
    const killed = await inspect(KILLED, { timing: 0o600 });
    assert.deepEqual(
      [killed.state, codesOf(killed), killed.evidence],
      ['incomplete', ['recording-not-closed'], 'E2'],
    );
    assert.deepEqual([killed.endProven, killed.hasEndMarker], [false, true]);
    assert.match(detailsOf(killed)[0] ?? '', /0 bytes of content and 0 events/);
  });

  it('the log server killed: what reached the disk counts', async () => {
    const killed = await inspect(fixtureFolder('sudo/logsrvd-killed'), { timing: 0o600 });
    assert.deepEqual(
      [killed.state, codesOf(killed), killed.evidence, killed.events],
      ['incomplete', ['recording-not-closed'], 'E3', 1],
    );
  });

  it('the same folder with a read-only timing is closed', async () => {
    assert.deepEqual(codesOf(await inspect(CLOSED, { timing: 0o600 })), ['recording-not-closed']);
    assert.deepEqual(codesOf(await inspect(CLOSED, { timing: 0o440 })), []);
  });
});

describe('sudo: bytes that timing and streams count differently', () => {
  const streams = plain(CLOSED);

  it('a stream that is shorter is truncated, a longer one altered', async () => {
    const shorter = await inspect({
      ...streams,
      ttyout: Buffer.from(streams['ttyout'] ?? '').subarray(0, 100),
    });
    assert.deepEqual(
      [shorter.state, shorter.problems],
      [
        'incomplete',
        [{ code: 'recording-truncated', detail: 'timing says 120 bytes of ttyout and the file has 100' }],
      ],
    );
    const longer = await inspect({
      ...streams,
      ttyin: Buffer.concat([Buffer.from(streams['ttyin'] ?? ''), Buffer.from('x')]),
    });
    assert.deepEqual(
      [longer.state, longer.problems],
      ['altered', [{ code: 'recording-altered', detail: 'timing says 8 bytes of ttyin and the file has 9' }]],
    );
  });

  it('a stream that timing counts and that is absent is a gap; one it never counts is none', async () => {
    const gap = await inspect(without(CLOSED, 'ttyin'));
    assert.deepEqual(
      [gap.state, gap.problems],
      [
        'incomplete',
        [{ code: 'recording-gap', detail: 'timing counts 8 bytes of ttyin and the file is absent' }],
      ],
    );
    assert.deepEqual((await inspect(without(CLOSED, 'stdin'))).problems, []);
  });

  it('an absent timing is a gap', async () => {
    const gap = await inspect(without(CLOSED, 'timing'));
    assert.deepEqual([gap.state, codesOf(gap)], ['incomplete', ['recording-gap']]);
  });

  it('gzip without its end, damaged or emptied', async () => {
    const ttyout = Buffer.from(CLOSED['ttyout'] ?? '');
    assert.deepEqual(codesOf(await inspect({ ...CLOSED, ttyout: ttyout.subarray(0, -8) })), [
      'recording-truncated',
    ]);
    const damaged = Buffer.from(ttyout);
    damaged[damaged.length - 6] = (damaged[damaged.length - 6] ?? 0) ^ 1;
    const altered = await inspect({ ...CLOSED, ttyout: damaged });
    assert.deepEqual(
      [altered.state, detailsOf(altered)[0]],
      ['altered', 'ttyout: the gzip stream is damaged'],
    );
    assert.deepEqual(codesOf(await inspect({ ...CLOSED, stderr: '' })), ['recording-truncated']);
    assert.deepEqual((await inspect({ ...streams, stderr: '' })).problems, []);
  });

  it('a timing that breaks off or holds other lines', async () => {
    const timing = String(streams['timing']);
    assert.ok(
      codesOf(await inspect({ ...streams, timing: timing.slice(0, -4) })).includes('recording-truncated'),
    );
    const odd = await inspect({ ...streams, timing: `${timing}9 0.1 5\n` });
    assert.deepEqual(detailsOf(odd), ['timing has 1 line in no known form']);
    assert.deepEqual(
      (await inspect({ ...streams, timing: `${timing}5 0.1 24 80\n7 0.2 SIGTSTP\n` })).problems,
      [],
    );
  });
});

describe('sudo: logs', () => {
  it('no file for output means that sudo was told to keep none', async () => {
    const off = await inspect({
      log: CLOSED['log'] ?? '',
      'log.json': CLOSED['log.json'] ?? '',
      timing: gzipSync(''),
      ttyin: gzipSync(''),
    });
    assert.deepEqual([off.state, codesOf(off), off.evidence], ['no-content', ['recording-empty'], 'E2']);
  });

  it('a log.json that cannot be read is corrupt', async () => {
    const json = CLOSED['log.json']?.toString() ?? '';
    const cut = await inspect({ ...CLOSED, 'log.json': json.slice(0, 300) });
    assert.deepEqual([cut.state, codesOf(cut), cut.account], ['corrupt', ['recording-truncated'], 'root']);
    const damaged = await inspect({ ...CLOSED, 'log.json': json.replace(':', ';') });
    assert.deepEqual([damaged.state, codesOf(damaged)], ['corrupt', ['recording-altered']]);
    assert.deepEqual(codesOf(await inspect({ ...CLOSED, 'log.json': '' })), ['recording-truncated']);
  });

  it('two logs that contradict each other are both named', async () => {
    const odd = await inspect({ ...CLOSED, 'log.json': changedJson({ submituser: 'labbob' }) });
    assert.deepEqual(
      [odd.state, odd.problems],
      [
        'complete',
        [
          {
            code: 'recording-metadata-incomplete',
            detail: 'log.json says submituser labbob and log says labalice',
          },
        ],
      ],
    );
  });

  it('without any log nobody is named', async () => {
    const nameless = await inspect(without(CLOSED, 'log', 'log.json'));
    assert.deepEqual([nameless.account, codesOf(nameless)], [null, ['recording-metadata-incomplete']]);
  });

  it('a command without terminal', async () => {
    const batch = await inspect({ ...without(CLOSED, 'log'), 'log.json': changedJson({}, ['ttyname']) });
    assert.deepEqual([batch.terminal, batch.ids.tty], [false, undefined]);
    assert.equal(
      (await inspect({ ...without(CLOSED, 'log.json'), log: '1795346492:a:root::unknown\n/\n/bin/ls\n' }))
        .terminal,
      false,
    );
  });

  it('reads the classic shapes and refuses others', () => {
    assert.equal(parseLog('1795346492:a:b:c:/dev/pts/1:24:80\n/\n/bin/ls -l')?.tty, '/dev/pts/1');
    for (const text of ['', 'x:a:b:c:d\n', '1795346492:a:b\n', '1795346492:a:b:c:d:e\n'])
      assert.equal(parseLog(text), null, text);
    assert.equal(parseLogJson('[]'), null);
    assert.equal(parseLogJson('{"timestamp":{"seconds":"x"}}')?.opened, null);
    assert.equal(parseLogJson('{"signal":"KILL"}')?.exited, true);
  });
});

describe('sudo: pins, owners, folders', () => {
  it('a pin that fails is named with its file', async () => {
    const pinned = { size: 94, sha256: '0'.repeat(64), mtimeMs: 0 };
    const altered = await inspect(CLOSED, { change: (name) => (name === 'ttyout' ? { pinned } : {}) });
    assert.deepEqual([altered.state, codesOf(altered)], ['altered', ['recording-altered']]);
    assert.match(detailsOf(altered)[0] ?? '', /^ttyout: all 94 bytes have sha256 /);
    const right = pinOf(CLOSED['ttyout'] ?? '');
    assert.deepEqual(
      (await inspect(CLOSED, { change: (name) => (name === 'ttyout' ? { pinned: right } : {}) })).problems,
      [],
    );
  });

  it('the owner is that of the most exposed file', async () => {
    const exposed = await inspect(CLOSED, {
      change: (name) => (name === 'ttyout' ? { uid: 1001, mode: 0o644 } : {}),
    });
    assert.deepEqual(exposed.owner, { uid: 1001, mode: 0o644 });
  });

  it('the sequence file and single files make no recording', async () => {
    const files = place(temporaryFolder(), {
      'sudo-io/seq': '000001\n',
      'other/stdout': 'x',
      'logs/log': 'text',
    });
    assert.deepEqual(await inspectAll(sudo, files), []);
  });

  it('recognises members and nothing else', () => {
    const [file] = place(temporaryFolder(), { x: '' });
    const score = (name: string, head: string) =>
      sudo.recognise(entryOf(file?.path ?? '', name), Buffer.from(head));
    assert.ok(score('a/log', '1795346492:labalice:root::/dev/pts/0:24:80\n') > 0.8);
    assert.ok(score('a/seq', '00000A\n') > 0.4);
    assert.equal(score('a/log', 'Nov 22 10:22:53 web01 sshd[1]: x\n'), 0);
    assert.equal(score('a/timing', 'hello\n'), 0);
    assert.equal(score('a/events.json', '{"accept":{}}'), 0);
  });

  it('ids of a path', () => {
    assert.deepEqual(pathIds('/var/log/sudo-io/00/0A/ZZ'), { iologPath: '00/0A/ZZ', tsid: '000AZZ' });
    assert.deepEqual(pathIds('/srv/iolog/labalice/20261122-104513-2EvwTk'), {
      iologPath: 'labalice/20261122-104513-2EvwTk',
    });
    assert.deepEqual(pathIds('/var/log/00/00/0a').tsid, undefined);
  });

  it('timing lines: types of every release', () => {
    const timing = createTiming();
    timing.push(
      Buffer.from(
        '0 0.5 1\n1 0.25 2\n2 1 3\n3 0.000000001 4\n4 0.5 5\n6 0.5 6\n5 0.5 24 80\n7 0.5 SIGCONT\n',
      ),
    );
    const sums = timing.finish();
    assert.deepEqual(
      [...sums.bytes],
      [
        ['stdin', 1],
        ['stdout', 2],
        ['stderr', 3],
        ['ttyin', 4],
        ['ttyout', 11],
      ],
    );
    assert.deepEqual([sums.events, Math.round(sums.delayMs), sums.unknown, sums.cut], [8, 3750, 0, false]);
  });
});
