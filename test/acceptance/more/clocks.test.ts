import { sshLogin, tlogLines } from './programs.ts';
import { holdScene } from './hold.ts';
import { World } from './world.ts';

/** Three recorded logins and one that is not, with the recorder's clock `ahead` seconds off. */
function fleet(zoneMinutes: number, ahead: number, baseS?: number): World {
  const world = new World(baseS);
  world.host('web01', zoneMinutes);
  const recorded = [0, 1, 2].map((at) => {
    const [port, pid, ses] = [46_080 + at, 28_000 + at * 20, 350 + at];
    const opened = 10 + at * 60;
    sshLogin(world, { user: 'labrec', port, at: opened, until: opened + 20, pid, ses });
    const messages = [opened + 0.1 + ahead, opened + 19.9 + ahead];
    return tlogLines(world, { user: 'labrec', ses, pid: pid + 7, messages });
  });
  sshLogin(world, { user: 'labalice', port: 46_083, at: 200, until: 210, pid: 28_080, ses: 353 });
  world.keep('web01', 'tlog/rec.log', recorded.join(''));
  return world;
}

const RIGHT = [
  'web01 labrec:46080 ssh-shell recorded',
  'web01 labrec:46081 ssh-shell recorded',
  'web01 labrec:46082 ssh-shell recorded',
  'web01 labalice:46083 ssh-shell unrecorded no-recording',
];
const UNKNOWN = [
  'web01 labrec:46080 ssh-shell undetermined time-assumed',
  'web01 labrec:46081 ssh-shell undetermined time-assumed',
  'web01 labrec:46082 ssh-shell undetermined time-assumed',
  'web01 labalice:46083 ssh-shell undetermined time-assumed',
];

for (const minutes of [-300, 330]) {
  holdScene({
    name: `a log in a zone ${minutes} minutes from UTC: three exact pairs tell it`,
    build: () => fleet(minutes, 0),
    expected: RIGHT,
    rfc3164WithoutAudit: UNKNOWN,
  });
}

holdScene({
  name: 'a recorder whose clock is 40 s ahead, three exact pairs',
  build: () => fleet(0, 40),
  expected: RIGHT,
  withoutAudit: null,
});

holdScene({
  name: 'a year that ends in mid-session',
  build: () => fleet(0, 0, Date.UTC(2026, 11, 31, 23, 58, 0) / 1000),
  expected: RIGHT,
});

holdScene({
  name: 'a login across midnight of the year',
  build: () => {
    const world = new World(Date.UTC(2026, 11, 31, 23, 59, 0) / 1000);
    sshLogin(world, { user: 'labrec', port: 46_084, at: 30, until: 90, pid: 28_100, ses: 354 });
    sshLogin(world, { user: 'labalice', port: 46_085, at: 40, until: 100, pid: 28_120, ses: 355 });
    const tlog = { user: 'labrec', ses: 354, pid: 28_107, messages: [30.1, 61, 89.9] };
    world.keep('web01', 'tlog/rec.log', tlogLines(world, tlog));
    return world;
  },
  expected: [
    'web01 labrec:46084 ssh-shell recorded',
    'web01 labalice:46085 ssh-shell unrecorded no-recording',
  ],
});

holdScene({
  name: 'a session that is silent for long before its first output teaches no wrong clock',
  build: () => {
    const world = new World();
    const late = [{ at: 10.06, what: 'command' }];
    sshLogin(world, {
      user: 'labrec',
      port: 46_086,
      at: 10,
      until: 60,
      pid: 28_200,
      ses: 356,
      channels: late,
    });
    sshLogin(world, { user: 'labrec', port: 46_087, at: 100, until: 130, pid: 28_220, ses: 357 });
    const first = tlogLines(world, { user: 'labrec', ses: 356, pid: 28_207, messages: [40, 59.9] });
    const second = tlogLines(world, { user: 'labrec', ses: 357, pid: 28_227, messages: [100.1, 129.9] });
    world.keep('web01', 'tlog/rec.log', first + second);
    return world;
  },
  expected: ['web01 labrec:46086 ssh-exec recorded', 'web01 labrec:46087 ssh-shell recorded'],
});
