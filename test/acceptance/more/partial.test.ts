import { baseNameOf, castOf, ioLog, keepScript, sshLogin, su, sudo, tlogLines } from './programs.ts';
import { holdScene } from './hold.ts';
import { World } from './world.ts';

/** A plain shell of a minute, and what was started by hand inside it. */
function plainShell(level: 'VERBOSE' | 'INFO' = 'VERBOSE'): World {
  const world = new World();
  sshLogin(world, { user: 'labalice', port: 46_100, at: 10, until: 70, pid: 30_000, ses: 370, level });
  return world;
}

function keepCast(world: World, at: number, outputs: readonly number[], pid: number): void {
  const cast = { user: 'labalice', port: 46_100, at, outputs, pid };
  world.keep('web01', `asciinema/${baseNameOf(world, cast)}.cast`, castOf(world, cast));
}

holdScene({
  name: 'asciinema by hand, begun 5 s late and kept up to the end',
  build: () => {
    const world = plainShell();
    keepCast(world, 15.2, [0.02, 20, 54.7], 30_020);
    return world;
  },
  expected: ['web01 labalice:46100 ssh-shell inadequate recording-truncated'],
});

holdScene({
  name: 'asciinema by hand at INFO, begun 5 s late and ended early',
  build: () => {
    const world = plainShell('INFO');
    keepCast(world, 15.2, [0.02, 20], 30_020);
    return world;
  },
  expected: ['web01 labalice:46100 ssh inadequate recording-truncated'],
});

holdScene({
  name: 'two casts by hand with a hole between',
  build: () => {
    const world = plainShell();
    keepCast(world, 10.3, [0.02, 10, 20], 30_020);
    keepCast(world, 50.3, [0.02, 10, 19.5], 30_040);
    return world;
  },
  expected: ['web01 labalice:46100 ssh-shell inadequate recording-truncated'],
});

holdScene({
  name: 'two casts by hand, the second begun as the first ended',
  build: () => {
    const world = plainShell();
    keepCast(world, 10.3, [0.02, 10, 20.5], 30_020);
    keepCast(world, 31.1, [0.02, 10, 38.5], 30_040);
    return world;
  },
  expected: ['web01 labalice:46100 ssh-shell recorded'],
});

holdScene({
  name: 'script by hand, begun 5 s late and ended early; su before and within',
  build: () => {
    const world = plainShell();
    su(world, { actor: 'labalice', tty: 'pts/0', at: 12, until: 14, ses: 370, pid: 30_012 });
    su(world, { actor: 'labalice', tty: 'pts/1', at: 30, until: 34, ses: 370, pid: 30_030 });
    keepScript(world, {
      user: 'labalice',
      port: 46_100,
      at: 15.2,
      outputs: [0.02, 15, 40],
      pid: 30_020,
      ses: 370,
    });
    return world;
  },
  expected: [
    'web01 labalice:46100 ssh-shell inadequate recording-truncated',
    'web01 root<labalice su unrecorded no-recording',
    'web01 root<labalice su recorded join=nested',
  ],
});

holdScene({
  name: 'sudo with an I/O log inside a recorded shell keeps its own; a damaged one is damage',
  build: () => {
    const world = new World();
    sshLogin(world, { user: 'labrec', port: 46_101, at: 10, until: 70, pid: 30_100, ses: 371 });
    const first = { actor: 'labrec', tty: 'pts/1', at: 15.1, until: 20.2, ses: 371, pid: 30_120 };
    const second = { ...first, at: 30.1, until: 33.2, pid: 30_130 };
    sudo(world, { ...first, tsid: '000001' });
    sudo(world, { ...second, tsid: '000002' });
    ioLog(world, 'sudo-io/00/00/01', first);
    ioLog(world, 'sudo-io/00/00/02', second);
    world.damage('web01', 'sudo-io/00/00/02/ttyout', (bytes) => bytes.subarray(0, 20));
    const tlog = { user: 'labrec', ses: 371, pid: 30_107, messages: [10.1, 15.2, 69.8] };
    world.keep('web01', 'tlog/rec.log', tlogLines(world, tlog));
    return world;
  },
  expected: [
    'web01 labrec:46101 ssh-shell recorded',
    'web01 root<labrec sudo recorded',
    'web01 root<labrec sudo inadequate',
  ],
});

holdScene({
  name: 'su and sudo inside a tlog session whose tail was cut',
  build: () => {
    const world = new World();
    sshLogin(world, { user: 'labrec', port: 46_102, at: 10, until: 70, pid: 30_200, ses: 372 });
    su(world, { actor: 'labrec', tty: 'pts/1', at: 20, until: 25, ses: 372, pid: 30_220 });
    const tlog = { user: 'labrec', ses: 372, pid: 30_207, messages: [10.1, 20.2, 50, 69.8] };
    world.keep('web01', 'tlog/rec.log', tlogLines(world, tlog));
    world.damage('web01', 'tlog/rec.log', (bytes) => bytes.subarray(0, -50));
    return world;
  },
  expected: [
    'web01 labrec:46102 ssh-shell inadequate recording-truncated',
    'web01 root<labrec su inadequate recording-truncated',
  ],
});

holdScene({
  name: 'two recorded tlog sessions in one file, a message of the second taken out',
  build: () => {
    const world = new World();
    sshLogin(world, { user: 'labrec', port: 46_103, at: 10, until: 30, pid: 30_300, ses: 373 });
    sshLogin(world, { user: 'labrec', port: 46_104, at: 40, until: 60, pid: 30_320, ses: 374 });
    const first = tlogLines(world, { user: 'labrec', ses: 373, pid: 30_307, messages: [10.1, 20, 29.8] });
    const second = tlogLines(world, { user: 'labrec', ses: 374, pid: 30_327, messages: [40.1, 50, 59.8] });
    world.keep('web01', 'tlog/rec.log', first + second);
    world.damage('web01', 'tlog/rec.log', (bytes) => bytes.toString().split('\n').toSpliced(4, 1).join('\n'));
    return world;
  },
  // One digest pins the whole file: it cannot say that the first session is as it was.
  expected: [
    'web01 labrec:46103 ssh-shell inadequate recording-truncated',
    'web01 labrec:46104 ssh-shell inadequate recording-gap',
  ],
  withoutManifest: [
    'web01 labrec:46103 ssh-shell recorded',
    'web01 labrec:46104 ssh-shell inadequate recording-gap',
  ],
});

holdScene({
  name: 'a recorded and an unrecorded login of one account; the only file was deleted',
  build: () => {
    const world = new World();
    sshLogin(world, { user: 'labrec', port: 46_105, at: 10, until: 30, pid: 30_400, ses: 375 });
    sshLogin(world, { user: 'labbob', port: 46_106, at: 12, until: 20, pid: 30_420, ses: 376 });
    const tlog = { user: 'labrec', ses: 375, pid: 30_407, messages: [10.1, 20, 29.8] };
    world.keep('web01', 'tlog/rec.log', tlogLines(world, tlog));
    world.damage('web01', 'tlog/rec.log', () => null);
    return world;
  },
  expected: [
    'web01 labrec:46105 ssh-shell unrecorded recording-deleted-early',
    'web01 labbob:46106 ssh-shell unrecorded no-recording',
  ],
  withoutManifest: [
    'web01 labrec:46105 ssh-shell unrecorded no-recording',
    'web01 labbob:46106 ssh-shell unrecorded no-recording',
  ],
});
