import { sshLogin, su, sudo, tlogLines } from './programs.ts';
import { holdScene } from './hold.ts';
import { World } from './world.ts';

/** tlog locks the audit session: only one channel of a connection is recorded at a time. */
holdScene({
  name: 'three concurrent channels through tlog: only the first is recorded',
  build: () => {
    const world = new World();
    sshLogin(world, {
      user: 'labrec',
      port: 46_007,
      at: 10,
      until: 20,
      pid: 23_200,
      ses: 282,
      channels: [
        { at: 10.06, until: 19.9, what: 'shell on pts/0' },
        { at: 12, until: 14, what: 'command', slot: 1 },
        { at: 13, until: 15, what: 'shell on pts/2', slot: 2 },
      ],
    });
    const tlog = { user: 'labrec', ses: 282, pid: 23_207, messages: [10.1, 12.5, 19.8] };
    world.keep('web01', 'tlog/rec.log', tlogLines(world, tlog));
    return world;
  },
  expected: [
    'web01 labrec:46007 ssh-shell recorded',
    'web01 labrec:46007 ssh-exec unrecorded no-recording',
    'web01 labrec:46007 ssh-shell unrecorded no-recording',
  ],
});

holdScene({
  name: 'channels one after another through tlog: each is recorded',
  build: () => {
    const world = new World();
    sshLogin(world, {
      user: 'labrec',
      port: 46_008,
      at: 10,
      until: 30,
      pid: 23_220,
      ses: 283,
      channels: [
        { at: 10.06, until: 15, what: 'shell on pts/0' },
        { at: 20, until: 25, what: 'command on pts/0' },
      ],
    });
    const first = tlogLines(world, { user: 'labrec', ses: 283, pid: 23_227, messages: [10.1, 14.9] });
    const second = tlogLines(world, { user: 'labrec', ses: 283, pid: 23_240, messages: [20.1, 24.9] });
    world.keep('web01', 'tlog/rec.log', first + second);
    return world;
  },
  expected: ['web01 labrec:46008 ssh-shell recorded', 'web01 labrec:46008 ssh-exec recorded'],
});

holdScene({
  name: 'three sequential channels of which tlog was bypassed by sftp',
  build: () => {
    const world = new World();
    sshLogin(world, {
      user: 'labrec',
      port: 46_009,
      at: 10,
      until: 30,
      pid: 23_230,
      ses: 284,
      channels: [
        { at: 10.06, until: 15, what: 'shell on pts/0' },
        { at: 16, until: 18, what: "subsystem 'sftp'" },
        { at: 20, until: 25, what: 'shell on pts/0' },
      ],
    });
    const first = tlogLines(world, { user: 'labrec', ses: 284, pid: 23_237, messages: [10.1, 14.9] });
    const second = tlogLines(world, { user: 'labrec', ses: 284, pid: 23_250, messages: [20.1, 24.9] });
    world.keep('web01', 'tlog/rec.log', first + second);
    return world;
  },
  expected: [
    'web01 labrec:46009 ssh-shell recorded',
    'web01 labrec:46009 ssh-sftp unrecorded no-recording',
    'web01 labrec:46009 ssh-shell recorded',
  ],
});

holdScene({
  name: 'at INFO the channels are one access',
  build: () => {
    const world = new World();
    sshLogin(world, {
      user: 'labrec',
      port: 46_010,
      at: 10,
      until: 20,
      pid: 23_260,
      ses: 285,
      level: 'INFO',
    });
    const tlog = { user: 'labrec', ses: 285, pid: 23_267, messages: [10.1, 19.8] };
    world.keep('web01', 'tlog/rec.log', tlogLines(world, tlog));
    sshLogin(world, {
      user: 'labalice',
      port: 46_011,
      at: 11,
      until: 21,
      pid: 23_270,
      ses: 286,
      level: 'INFO',
    });
    return world;
  },
  expected: ['web01 labrec:46010 ssh recorded', 'web01 labalice:46011 ssh unrecorded no-recording'],
});

holdScene({
  name: 'two simultaneous logins of one recorded account, one of them recorded',
  build: () => {
    const world = new World();
    sshLogin(world, { user: 'labrec', port: 46_012, at: 10, until: 30, pid: 23_300, ses: 287 });
    const channels = [{ at: 14.06, what: 'command' }];
    sshLogin(world, { user: 'labrec', port: 46_013, at: 14, until: 20, pid: 23_320, ses: 288, channels });
    const tlog = { user: 'labrec', ses: 287, pid: 23_307, messages: [10.1, 16, 29.8] };
    world.keep('web01', 'tlog/rec.log', tlogLines(world, tlog));
    return world;
  },
  expected: ['web01 labrec:46012 ssh-shell recorded', 'web01 labrec:46013 ssh-exec unrecorded no-recording'],
});

holdScene({
  name: 'su and sudo inside a recorded shell inherit its recording; the inner terminal has another number',
  build: () => {
    const world = new World();
    sshLogin(world, { user: 'labrec', port: 46_014, at: 10, until: 40, pid: 23_400, ses: 289 });
    su(world, { actor: 'labrec', tty: 'pts/1', at: 15, until: 18, ses: 289, pid: 23_415 });
    sudo(world, {
      actor: 'labrec',
      tty: 'pts/1',
      at: 22,
      until: 25,
      ses: 289,
      pid: 23_420,
      showPid: true,
    });
    const tlog = { user: 'labrec', ses: 289, pid: 23_407, messages: [10.1, 15.2, 24, 39.8] };
    world.keep('web01', 'tlog/rec.log', tlogLines(world, tlog));
    return world;
  },
  expected: [
    'web01 labrec:46014 ssh-shell recorded',
    'web01 root<labrec su recorded join=nested',
    'web01 root<labrec sudo recorded join=nested',
  ],
});

holdScene({
  name: 'su inside a recorded shell beside an unrecorded one of another account',
  build: () => {
    const world = new World();
    sshLogin(world, { user: 'labrec', port: 46_015, at: 10, until: 40, pid: 23_500, ses: 290 });
    sshLogin(world, {
      user: 'labbob',
      port: 46_016,
      at: 11,
      until: 39,
      pid: 23_520,
      ses: 291,
      channels: [{ at: 11.06, what: 'shell on pts/2' }],
    });
    su(world, { actor: 'labrec', tty: 'pts/1', at: 15, until: 18, ses: 290, pid: 23_535 });
    su(world, { actor: 'labbob', tty: 'pts/2', at: 16, until: 19, ses: 291, pid: 23_536 });
    const tlog = { user: 'labrec', ses: 290, pid: 23_507, messages: [10.1, 15.2, 39.8] };
    world.keep('web01', 'tlog/rec.log', tlogLines(world, tlog));
    return world;
  },
  expected: [
    'web01 labrec:46015 ssh-shell recorded',
    'web01 labbob:46016 ssh-shell unrecorded no-recording',
    'web01 root<labrec su recorded join=nested',
    'web01 root<labbob su unrecorded no-recording',
  ],
});

holdScene({
  name: 'su of another person inside a recorded shell, and sudo inside that su',
  build: () => {
    const world = new World();
    sshLogin(world, { user: 'labrec', port: 46_017, at: 10, until: 40, pid: 23_600, ses: 292 });
    su(world, { actor: 'labrec', account: 'labbob', tty: 'pts/1', at: 15, until: 30, ses: 292, pid: 23_615 });
    sudo(world, { actor: 'labbob', tty: 'pts/1', at: 20, until: 25, ses: 292, pid: 23_620 });
    const tlog = { user: 'labrec', ses: 292, pid: 23_607, messages: [10.1, 15.2, 39.8] };
    world.keep('web01', 'tlog/rec.log', tlogLines(world, tlog));
    return world;
  },
  expected: [
    'web01 labrec:46017 ssh-shell recorded',
    'web01 labbob<labrec su recorded join=nested',
    'web01 root<labbob sudo recorded join=nested',
  ],
});
