import { gzipSync } from 'node:zlib';
import { ioLog, sshLogin, su, sudo, sudoJson, tlogLines } from './programs.ts';
import { holdScene } from './hold.ts';
import { World } from './world.ts';

function shellOf(user: string, port: number, ses: number): World {
  const world = new World();
  sshLogin(world, { user, port, at: 10, until: 40, pid: 24_000, ses });
  return world;
}

const use = { tty: 'pts/0', at: 15.1, until: 20.2, ses: 293, pid: 24_020 };

holdScene({
  name: 'su inside an unrecorded shell is a gap of its own',
  build: () => {
    const world = shellOf('labalice', 46_018, 293);
    su(world, { ...use, actor: 'labalice' });
    return world;
  },
  expected: [
    'web01 labalice:46018 ssh-shell unrecorded no-recording',
    'web01 root<labalice su unrecorded no-recording',
  ],
});

holdScene({
  name: 'JSON sudo: one command kept in a folder of its user, one that policy does not record',
  build: () => {
    const world = shellOf('labcarol', 46_019, 293);
    const first = { ...use, actor: 'labcarol', command: '/usr/bin/id' };
    const second = { ...use, actor: 'labcarol', command: '/usr/bin/cat', at: 25, until: 25.4, pid: 24_030 };
    sudoJson(world, {
      ...first,
      uuid: '912d9ab469-ec5c-408e-f657-aea91b4761',
      iologPath: '/var/log/sudo-io/labcarol/00/00/01',
    });
    sudoJson(world, { ...second, uuid: '9da8b796fd-11db-4faf-aebe-b99aed36cb' });
    ioLog(world, 'sudo-io/labcarol/00/00/01', first);
    return world;
  },
  expected: [
    'web01 labcarol:46019 ssh-shell unrecorded no-recording',
    'web01 root<labcarol sudo recorded',
    'web01 root<labcarol sudo unrecorded recording-disabled',
  ],
});

holdScene({
  name: 'JSON sudo that was not recorded, alone',
  build: () => {
    const world = shellOf('labcarol', 46_020, 293);
    const one = { ...use, actor: 'labcarol', command: '/usr/bin/cat' };
    sudoJson(world, { ...one, uuid: '9da8b796fd-11db-4faf-aebe-b99aed36cb' });
    return world;
  },
  expected: [
    'web01 labcarol:46020 ssh-shell unrecorded no-recording',
    'web01 root<labcarol sudo unrecorded recording-disabled',
  ],
});

holdScene({
  name: 'plain sudo whose policy exempts one command (no TSID beside one with)',
  build: () => {
    const world = shellOf('labalice', 46_021, 293);
    sudo(world, { ...use, actor: 'labalice', tsid: '000001' });
    ioLog(world, 'sudo-io/00/00/01', { ...use, actor: 'labalice' });
    sudo(world, {
      ...use,
      actor: 'labalice',
      at: 25,
      until: 26,
      pid: 24_040,
      command: '/usr/bin/cat /etc/shadow',
      exitLine: true,
    });
    return world;
  },
  expected: [
    'web01 labalice:46021 ssh-shell unrecorded no-recording',
    'web01 root<labalice sudo recorded',
    'web01 root<labalice sudo unrecorded recording-disabled',
  ],
});

for (const keeper of ['web01', 'logs01']) {
  holdScene({
    name: `sudo through a log server whose store lies under ${keeper}: no TSID in the log`,
    build: () => {
      const world = shellOf('labalice', 46_022, 293);
      sudo(world, { ...use, actor: 'labalice', exitLine: true });
      ioLog(world, 'sudo-logsrvd/iolog/labalice/20261122-120015-Ea8sop', {
        ...use,
        actor: 'labalice',
        keeper,
      });
      return world;
    },
    expected: ['web01 labalice:46022 ssh-shell unrecorded no-recording', 'web01 root<labalice sudo recorded'],
  });
}

holdScene({
  name: 'two uses of sudo through a log server, one kept',
  build: () => {
    const world = shellOf('labalice', 46_023, 293);
    const second = { ...use, at: 30, until: 31, pid: 24_050, actor: 'labalice', command: '/usr/bin/id' };
    sudo(world, { ...use, actor: 'labalice', exitLine: true });
    sudo(world, { ...second, exitLine: true });
    ioLog(world, 'sudo-logsrvd/iolog/labalice/20261122-120030-Ea8sop', second);
    return world;
  },
  expected: [
    'web01 labalice:46023 ssh-shell unrecorded no-recording',
    'web01 root<labalice sudo recorded',
    'web01 root<labalice sudo unrecorded no-recording',
  ],
});

holdScene({
  name: 'log_subcmds lines are no accesses; syslog_pid changes nothing',
  build: () => {
    const world = shellOf('labrec', 46_024, 293);
    sudo(world, {
      ...use,
      actor: 'labrec',
      tsid: '000001',
      showPid: true,
      subcommands: [
        { at: 15.4, command: '/usr/bin/id -u' },
        { at: 16, command: '/usr/bin/cat /etc/shadow' },
      ],
    });
    world.say('web01', 16, 'sudo', use.pid, '  labrec : (command continued) /usr/bin/idle3.10');
    ioLog(world, 'sudo-io/00/00/01', { ...use, actor: 'labrec' });
    const tlog = { user: 'labrec', ses: 293, pid: 24_007, messages: [10.1, 15.2, 39.8] };
    world.keep('web01', 'tlog/rec.log', tlogLines(world, { ...tlog }));
    return world;
  },
  expected: ['web01 labrec:46024 ssh-shell recorded', 'web01 root<labrec sudo recorded'],
});

holdScene({
  name: 'an I/O log whose ttyout was deleted, and one that was altered',
  build: () => {
    const world = shellOf('labalice', 46_025, 293);
    const second = { ...use, actor: 'labalice', at: 25.1, until: 28.2, pid: 24_060 };
    sudo(world, { ...use, actor: 'labalice', tsid: '000001' });
    sudo(world, { ...second, tsid: '000002' });
    ioLog(world, 'sudo-io/00/00/01', { ...use, actor: 'labalice' });
    ioLog(world, 'sudo-io/00/00/02', second);
    world.damage('web01', 'sudo-io/00/00/01/ttyout', () => null);
    world.damage('web01', 'sudo-io/00/00/02/ttyout', () => gzipSync('root@web01:~# ls\r\nuid=0(root)\r\n'));
    return world;
  },
  expected: [
    'web01 labalice:46025 ssh-shell unrecorded no-recording',
    'web01 root<labalice sudo inadequate recording-gap',
    'web01 root<labalice sudo inadequate recording-altered',
  ],
});

holdScene({
  name: 'an I/O log folder that was deleted whole',
  build: () => {
    const world = shellOf('labalice', 46_026, 293);
    sudo(world, { ...use, actor: 'labalice', tsid: '000001' });
    ioLog(world, 'sudo-io/00/00/01', { ...use, actor: 'labalice' });
    for (const name of ['log', 'log.json', 'stdin', 'stdout', 'stderr', 'ttyin', 'ttyout', 'timing']) {
      world.damage('web01', `sudo-io/00/00/01/${name}`, () => null);
    }
    return world;
  },
  expected: [
    'web01 labalice:46026 ssh-shell unrecorded no-recording',
    'web01 root<labalice sudo unrecorded recording-deleted-early',
  ],
  withoutManifest: [
    'web01 labalice:46026 ssh-shell unrecorded no-recording',
    'web01 root<labalice sudo unrecorded no-recording',
  ],
});

holdScene({
  name: 'services that switch accounts by themselves are no access',
  build: () => {
    const world = new World();
    world.say(
      'web01',
      5,
      'CRON',
      900,
      'pam_unix(cron:session): session opened for user root(uid=0) by (uid=0)',
    );
    world.say('web01', 6, 'CRON', 900, 'pam_unix(cron:session): session closed for user root');
    world.say('web01', 7, 'su', 910, '(to postgres) root on none');
    world.say(
      'web01',
      7.1,
      'su',
      910,
      'pam_unix(su-l:session): session opened for user postgres(uid=112) by (uid=0)',
    );
    world.say('web01', 8, 'su', 910, 'pam_unix(su-l:session): session closed for user postgres');
    world.say(
      'web01',
      9,
      'systemd',
      911,
      'pam_unix(systemd-user:session): session opened for user labalice(uid=1001) by (uid=0)',
    );
    sshLogin(world, { user: 'root', port: 46_027, at: 10, until: 12, pid: 24_100, ses: 294 });
    return world;
  },
  expected: ['web01 root:46027 ssh-shell unrecorded no-recording'],
});
