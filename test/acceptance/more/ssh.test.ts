import { sshLogin, tlogLines } from './programs.ts';
import { holdScene } from './hold.ts';
import { World } from './world.ts';

function keepTlog(world: World, ses: number, pid: number, messages: readonly number[], host = 'web01'): void {
  world.keep(host, 'tlog/rec.log', tlogLines(world, { host, user: 'labrec', ses, pid, messages }));
}

holdScene({
  name: 'kill -9 of the monitor: no end line, a recording is there',
  build: () => {
    const world = new World();
    sshLogin(world, { user: 'labrec', port: 46_050, at: 10, until: null, pid: 26_000, ses: 310 });
    keepTlog(world, 310, 26_007, [10.1, 15, 19.8]);
    return world;
  },
  expected: ['web01 labrec:46050 ssh-shell recorded'],
});

holdScene({
  name: 'kill -9 of the monitor of an unrecorded login',
  build: () => {
    const world = new World();
    sshLogin(world, { user: 'labalice', port: 46_051, at: 10, until: null, pid: 26_020, ses: 311 });
    return world;
  },
  expected: ['web01 labalice:46051 ssh-shell unrecorded no-recording'],
});

holdScene({
  name: 'the same monitor and child pids twice, three seconds apart; the first is recorded',
  build: () => {
    const world = new World();
    sshLogin(world, { user: 'labrec', port: 46_052, at: 10, until: 12, pid: 26_100, ses: 312 });
    sshLogin(world, {
      user: 'labrec',
      port: 46_053,
      at: 13,
      until: 14.5,
      pid: 26_100,
      ses: 313,
      channels: [{ at: 13.06, what: "subsystem 'sftp'" }],
    });
    keepTlog(world, 312, 26_107, [10.1, 11.9]);
    return world;
  },
  expected: ['web01 labrec:46052 ssh-shell recorded', 'web01 labrec:46053 ssh-sftp unrecorded no-recording'],
});

holdScene({
  name: 'the same pids twice, three seconds apart, two accounts; the second is recorded',
  build: () => {
    const world = new World();
    sshLogin(world, { user: 'labalice', port: 46_054, at: 10, until: 12, pid: 26_100, ses: 314 });
    sshLogin(world, { user: 'labrec', port: 46_055, at: 13, until: 20, pid: 26_100, ses: 315 });
    keepTlog(world, 315, 26_107, [13.1, 19.9]);
    return world;
  },
  expected: [
    'web01 labalice:46054 ssh-shell unrecorded no-recording',
    'web01 labrec:46055 ssh-shell recorded',
  ],
});

holdScene({
  name: 'pids reused where the first login never logged its end',
  build: () => {
    const world = new World();
    sshLogin(world, { user: 'labrec', port: 46_056, at: 10, until: null, pid: 26_100, ses: 316 });
    sshLogin(world, { user: 'labrec', port: 46_057, at: 23, until: 30, pid: 26_100, ses: 317 });
    keepTlog(world, 317, 26_107, [23.1, 29.9]);
    return world;
  },
  expected: ['web01 labrec:46056 ssh-shell unrecorded no-recording', 'web01 labrec:46057 ssh-shell recorded'],
});

holdScene({
  name: 'UsePAM no at INFO: opened and closed by sshd alone',
  build: () => {
    const world = new World();
    sshLogin(world, {
      user: 'labrec',
      port: 46_058,
      at: 10,
      until: 20,
      pid: 26_200,
      ses: 318,
      level: 'INFO',
      pam: false,
    });
    sshLogin(world, {
      user: 'labalice',
      port: 46_059,
      at: 12,
      until: 22,
      pid: 26_220,
      ses: 319,
      level: 'INFO',
      pam: false,
    });
    keepTlog(world, 318, 26_207, [10.1, 19.9]);
    return world;
  },
  expected: ['web01 labrec:46058 ssh recorded', 'web01 labalice:46059 ssh unrecorded no-recording'],
});

holdScene({
  name: 'LogLevel ERROR: PAM lines alone, one login recorded and one not',
  build: () => {
    const world = new World();
    sshLogin(world, {
      user: 'labrec',
      port: 46_060,
      at: 10,
      until: 20,
      pid: 26_230,
      ses: 320,
      level: 'ERROR',
    });
    sshLogin(world, {
      user: 'labalice',
      port: 46_061,
      at: 12,
      until: 22,
      pid: 26_250,
      ses: 321,
      level: 'ERROR',
    });
    keepTlog(world, 320, 26_237, [10.1, 19.9]);
    return world;
  },
  expected: [
    'web01 labrec ssh recorded source-weakened',
    'web01 labalice ssh unrecorded no-recording source-weakened',
  ],
});

holdScene({
  name: 'OpenSSH 10.5 tags its lines sshd-session, root has a child too',
  build: () => {
    const world = new World();
    const tag = 'sshd-session';
    sshLogin(world, {
      user: 'labrec',
      port: 46_062,
      at: 10,
      until: 20,
      pid: 26_300,
      ses: 322,
      tag,
      channels: [{ at: 10.06, until: 19.9, what: 'shell on pts/0' }],
    });
    sshLogin(world, { user: 'root', port: 46_063, at: 12, until: 22, pid: 26_320, ses: 323, tag });
    world.say(
      'web01',
      23,
      'sshd',
      800,
      'drop connection #0 from [10.99.0.10]:46099 on [10.99.0.3]:22 penalty: attempted authentication by invalid user',
    );
    keepTlog(world, 322, 26_307, [10.1, 19.8]);
    return world;
  },
  expected: ['web01 labrec:46062 ssh-shell recorded', 'web01 root:46063 ssh-shell unrecorded no-recording'],
});

const CERT =
  'ED25519-CERT SHA256:36ZATYKozQ13lB4gcNNP3tzs3z4rmhZ6rcJL4STdNJw ID carol@corp ticket=CHG-1042 (serial 4711) CA ED25519 SHA256:8kTwoEItVtUqgPZjC36LHunBQMOiiv/CoSGe785mKUc';

holdScene({
  name: 'one certificate, two logins, one recorded',
  build: () => {
    const world = new World();
    sshLogin(world, {
      user: 'root',
      port: 46_064,
      at: 10,
      until: 20,
      pid: 26_400,
      ses: 324,
      credential: CERT,
    });
    sshLogin(world, {
      user: 'labrec',
      port: 46_065,
      at: 12,
      until: 22,
      pid: 26_420,
      ses: 325,
      credential: CERT,
    });
    keepTlog(world, 325, 26_427, [12.1, 21.9]);
    return world;
  },
  expected: ['web01 root:46064 ssh-shell unrecorded no-recording', 'web01 labrec:46065 ssh-shell recorded'],
});

holdScene({
  name: 'ssh from a shell on the bastion is no tunnel',
  build: () => {
    const world = new World();
    sshLogin(world, {
      host: 'bastion',
      user: 'labalice',
      port: 46_066,
      at: 10,
      until: 40,
      pid: 26_500,
      ses: 326,
    });
    sshLogin(world, {
      user: 'labrec',
      ip: '10.99.0.2',
      port: 52_640,
      at: 15,
      until: 35,
      pid: 26_520,
      ses: 327,
    });
    keepTlog(world, 327, 26_527, [15.1, 34.9]);
    return world;
  },
  expected: [
    'bastion labalice:46066 ssh-shell unrecorded no-recording',
    'web01 labrec:52640 ssh-shell recorded',
  ],
});

holdScene({
  name: 'ProxyJump to an unrecorded target',
  build: () => {
    const world = new World();
    sshLogin(world, {
      host: 'bastion',
      user: 'labalice',
      port: 46_067,
      at: 10,
      until: 40,
      pid: 26_600,
      ses: 328,
      channels: [],
    });
    sshLogin(world, {
      user: 'labbob',
      ip: '10.99.0.2',
      port: 52_642,
      at: 10.3,
      until: 39.9,
      pid: 26_620,
      ses: 329,
    });
    return world;
  },
  expected: [
    'bastion labalice:46067 ssh-forward unrecorded tunnel-unrecordable',
    'web01 labbob:52642 ssh-shell unrecorded no-recording',
  ],
});

holdScene({
  name: 'log rotated twice with compression, a login in each part and one across two',
  build: () => {
    const world = new World();
    sshLogin(world, { user: 'labrec', port: 46_068, at: 10, until: 20, pid: 26_700, ses: 330 });
    sshLogin(world, { user: 'labrec', port: 46_069, at: 40, until: 60, pid: 26_720, ses: 331 });
    sshLogin(world, { user: 'labalice', port: 46_070, at: 80, until: 90, pid: 26_740, ses: 332 });
    world.host('web01').rotations = [30, 50];
    const first = tlogLines(world, { user: 'labrec', ses: 330, pid: 26_707, messages: [10.1, 19.9] });
    const second = tlogLines(world, { user: 'labrec', ses: 331, pid: 26_727, messages: [40.1, 59.9] });
    world.keep('web01', 'tlog/rec.log', first + second);
    return world;
  },
  expected: [
    'web01 labrec:46068 ssh-shell recorded',
    'web01 labrec:46069 ssh-shell recorded',
    'web01 labalice:46070 ssh-shell unrecorded no-recording',
  ],
});

holdScene({
  name: 'every line twice, and scans between',
  build: () => {
    const world = new World();
    sshLogin(world, { user: 'labrec', port: 46_071, at: 10, until: 20, pid: 26_800, ses: 333 });
    world.say(
      'web01',
      12,
      'sshd',
      26_811,
      'Connection from 203.0.113.9 port 50000 on 10.99.0.3 port 22 rdomain ""',
    );
    world.say('web01', 12.1, 'sshd', 26_811, 'Invalid user admin from 203.0.113.9 port 50000');
    world.say(
      'web01',
      12.2,
      'sshd',
      26_811,
      'Connection closed by invalid user admin 203.0.113.9 port 50000 [preauth]',
    );
    sshLogin(world, { user: 'labalice', port: 46_072, at: 13, until: 18, pid: 26_820, ses: 334 });
    const log = world.host('web01').lines;
    log.splice(0, log.length, ...log.flatMap((line) => [line, line]));
    keepTlog(world, 333, 26_807, [10.1, 19.9]);
    return world;
  },
  expected: [
    'web01 labrec:46071 ssh-shell recorded',
    'web01 labalice:46072 ssh-shell unrecorded no-recording',
  ],
});

holdScene({
  name: 'lines that arrive in another order',
  build: () => {
    const world = new World();
    sshLogin(world, { user: 'labrec', port: 46_073, at: 10, until: 20, pid: 26_900, ses: 335 });
    sshLogin(world, { user: 'labalice', port: 46_074, at: 13, until: 18, pid: 26_920, ses: 336 });
    const log = world.host('web01').lines;
    log.splice(0, log.length, ...log.toReversed());
    keepTlog(world, 335, 26_907, [10.1, 19.9]);
    return world;
  },
  expected: [
    'web01 labrec:46073 ssh-shell recorded',
    'web01 labalice:46074 ssh-shell unrecorded no-recording',
  ],
});

holdScene({
  name: 'two hosts with the same pids, sessions and accounts in one audit trail',
  build: () => {
    const world = new World();
    sshLogin(world, { user: 'labrec', port: 46_075, at: 10, until: 20, pid: 27_000, ses: 337 });
    sshLogin(world, {
      host: 'app01',
      user: 'labrec',
      port: 46_076,
      at: 40,
      until: 50,
      pid: 27_000,
      ses: 338,
    });
    keepTlog(world, 337, 27_007, [10.1, 19.9]);
    return world;
  },
  expected: ['web01 labrec:46075 ssh-shell recorded', 'app01 labrec:46076 ssh-shell unrecorded no-recording'],
});

holdScene({
  name: 'two hosts, the same account at the same moment, recorded on the other one',
  build: () => {
    const world = new World();
    sshLogin(world, { user: 'labrec', port: 46_077, at: 10, until: 20, pid: 27_100, ses: 339 });
    sshLogin(world, {
      host: 'app01',
      user: 'labrec',
      port: 46_078,
      at: 10.2,
      until: 20.1,
      pid: 27_120,
      ses: 340,
    });
    keepTlog(world, 340, 27_127, [10.3, 19.9], 'app01');
    return world;
  },
  expected: ['web01 labrec:46077 ssh-shell unrecorded no-recording', 'app01 labrec:46078 ssh-shell recorded'],
});
