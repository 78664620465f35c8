import { baseNameOf, castOf, keepScript, sshLogin, tlogLines, ttyrecOf } from './programs.ts';
import { holdScene } from './hold.ts';
import { World } from './world.ts';

const RECORDED = { user: 'labrec', port: 46_030, at: 10, until: 40, pid: 25_000, ses: 300 };
const TLOG = { user: 'labrec', ses: 300, pid: 25_007, messages: [10.1, 20, 30, 39.8] };
const FORCED = (wrapper: string) => [
  { at: 10.06, what: `forced-command (config) '/usr/local/bin/${wrapper}' on pts/0` },
];
const lines = (bytes: Buffer) => bytes.toString().split('\n').slice(0, -1);
const joined = (text: readonly string[]) => text.map((line) => `${line}\n`).join('');

function tlogWith(change: (bytes: Buffer) => Buffer | string | null): () => World {
  return () => {
    const world = new World();
    sshLogin(world, RECORDED);
    world.keep('web01', 'tlog/rec.log', tlogLines(world, TLOG));
    world.damage('web01', 'tlog/rec.log', change);
    return world;
  };
}

const tlogCases: readonly [string, (bytes: Buffer) => Buffer | string | null, string, string?][] = [
  ['untouched', (bytes) => bytes, 'recorded', 'recorded'],
  [
    'a message taken out',
    (bytes) => joined(lines(bytes).toSpliced(1, 1)),
    'inadequate recording-gap',
    'inadequate recording-gap',
  ],
  [
    'the first message taken out',
    (bytes) => joined(lines(bytes).slice(1)),
    'inadequate recording-gap',
    'inadequate recording-gap',
  ],
  [
    'the last messages taken out',
    (bytes) => joined(lines(bytes).slice(0, -2)),
    'inadequate recording-truncated',
    'recorded',
  ],
  [
    'cut in mid-line',
    (bytes) => bytes.subarray(0, -40),
    'inadequate recording-truncated',
    'inadequate recording-truncated',
  ],
  [
    'altered',
    (bytes) => bytes.toString().replace('step 2', 'stop 2'),
    'inadequate recording-altered',
    'recorded',
  ],
  ['emptied', () => '', 'inadequate recording-empty'],
  ['deleted', () => null, 'unrecorded recording-deleted-early', 'unrecorded no-recording'],
];

for (const [name, change, pinned, unpinned] of tlogCases) {
  holdScene({
    name: `tlog: ${name}`,
    build: tlogWith(change),
    expected: [`web01 labrec:46030 ssh-shell ${pinned}`],
    ...(unpinned === undefined ? {} : { withoutManifest: [`web01 labrec:46030 ssh-shell ${unpinned}`] }),
  });
}

const ONE = { user: 'labalice', port: 46_031, at: 10.08, outputs: [0.02, 10, 29.8], pid: 25_108, ses: 301 };

function castWith(change: (bytes: Buffer) => Buffer | string | null): () => World {
  return () => {
    const world = new World();
    sshLogin(world, {
      user: 'labalice',
      port: 46_031,
      at: 10,
      until: 40,
      pid: 25_100,
      ses: 301,
      channels: FORCED('rec-asciinema'),
    });
    const path = `asciinema/${baseNameOf(world, ONE)}.cast`;
    world.keep('web01', path, castOf(world, ONE));
    world.damage('web01', path, change);
    return world;
  };
}

const castCases: readonly [string, (bytes: Buffer) => Buffer | string | null, string, string?][] = [
  ['untouched', (bytes) => bytes, 'recorded', 'recorded'],
  [
    'cut in mid-line',
    (bytes) => bytes.subarray(0, -12),
    'inadequate recording-truncated',
    'inadequate recording-truncated',
  ],
  ['the last line taken out', (bytes) => joined(lines(bytes).slice(0, -1)), 'inadequate recording-truncated'],
  ['only its header left', (bytes) => joined(lines(bytes).slice(0, 1)), 'inadequate'],
  ['emptied', () => '', 'inadequate recording-empty'],
  ['deleted', () => null, 'unrecorded recording-deleted-early', 'unrecorded no-recording'],
  [
    'altered',
    (bytes) => bytes.toString().replace('step 1', 'stop 1'),
    'inadequate recording-altered',
    'recorded',
  ],
];

for (const [name, change, pinned, unpinned] of castCases) {
  holdScene({
    name: `asciinema as forced command: ${name}`,
    build: castWith(change),
    expected: [`web01 labalice:46031 ssh ${pinned}`],
    ...(unpinned === undefined ? {} : { withoutManifest: [`web01 labalice:46031 ssh ${unpinned}`] }),
  });
}

function scriptWith(end: string, change: (bytes: Buffer) => Buffer | string | null): () => World {
  return () => {
    const world = new World();
    sshLogin(world, {
      user: 'labalice',
      port: 46_031,
      at: 10,
      until: 40,
      pid: 25_100,
      ses: 301,
      channels: FORCED('rec-script'),
    });
    const base = keepScript(world, ONE);
    world.damage('web01', `script/${base}${end}`, change);
    return world;
  };
}

const scriptCases: readonly [string, string, (bytes: Buffer) => Buffer | string | null, string][] = [
  ['untouched', '.log', (bytes) => bytes, 'recorded'],
  ['its typescript cut', '.log', (bytes) => bytes.subarray(0, -70), 'inadequate recording-truncated'],
  [
    'its timing cut',
    '.timing',
    (bytes) => joined(lines(bytes).slice(0, -3)),
    'inadequate recording-truncated',
  ],
  ['its typescript deleted', '.log', () => null, 'inadequate recording-gap'],
  ['its typescript emptied', '.log', () => '', 'inadequate'],
];

for (const [name, end, change, verdict] of scriptCases) {
  holdScene({
    name: `script as forced command: ${name}`,
    build: scriptWith(end, change),
    expected: [`web01 labalice:46031 ssh ${verdict}`],
  });
}

function ttyrecWith(change: (bytes: Buffer) => Buffer | string | null): () => World {
  return () => {
    const world = new World();
    sshLogin(world, {
      user: 'labalice',
      port: 46_031,
      at: 10,
      until: 40,
      pid: 25_100,
      ses: 301,
      channels: FORCED('rec-ttyrec'),
    });
    const path = `ttyrec/${baseNameOf(world, ONE)}.ttyrec`;
    world.keep('web01', path, ttyrecOf(world, ONE));
    world.damage('web01', path, change);
    return world;
  };
}

const ttyrecCases: readonly [string, (bytes: Buffer) => Buffer | string | null, string][] = [
  ['untouched', (bytes) => bytes, 'recorded'],
  ['cut inside a frame', (bytes) => bytes.subarray(0, -4), 'inadequate recording-truncated'],
  ['cut between frames', (bytes) => bytes.subarray(0, -20), 'inadequate recording-truncated'],
  ['emptied', () => '', 'inadequate recording-empty'],
  ['deleted', () => null, 'unrecorded recording-deleted-early'],
];

for (const [name, change, verdict] of ttyrecCases) {
  holdScene({
    name: `ttyrec as forced command: ${name}`,
    build: ttyrecWith(change),
    expected: [`web01 labalice:46031 ssh ${verdict}`],
  });
}

holdScene({
  name: 'two ttyrec logins of one account a few seconds apart, one kept',
  build: () => {
    const world = ttyrecWith((bytes) => bytes)();
    sshLogin(world, {
      user: 'labalice',
      port: 46_032,
      at: 14,
      until: 38,
      pid: 25_130,
      ses: 302,
      channels: [{ at: 14.06, what: 'shell on pts/2' }],
    });
    return world;
  },
  expected: ['web01 labalice:46031 ssh recorded', 'web01 labalice:46032 ssh-shell unrecorded no-recording'],
});

holdScene({
  name: 'asciinema started and ended by hand inside a plain shell covers only its own time',
  build: () => {
    const world = new World();
    sshLogin(world, { user: 'labalice', port: 46_033, at: 10, until: 40, pid: 25_140, ses: 303 });
    const cast = { ...ONE, port: 46_033, at: 15.2, outputs: [0.02, 5, 14], pid: 25_160 };
    world.keep('web01', `asciinema/${baseNameOf(world, cast)}.cast`, castOf(world, cast));
    return world;
  },
  expected: ['web01 labalice:46033 ssh-shell inadequate recording-truncated'],
});

holdScene({
  name: 'script started by hand at once and ended long before the session',
  build: () => {
    const world = new World();
    sshLogin(world, { user: 'labalice', port: 46_034, at: 10, until: 40, pid: 25_170, ses: 304 });
    keepScript(world, { ...ONE, port: 46_034, at: 10.4, outputs: [0.02, 5, 9], pid: 25_180, ses: 304 });
    return world;
  },
  expected: ['web01 labalice:46034 ssh-shell inadequate recording-truncated'],
});
