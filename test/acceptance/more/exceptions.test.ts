import { sshLogin, su, sudo } from './programs.ts';
import { holdScene } from './hold.ts';
import { BASE_S, World } from './world.ts';

const iso = (s: number) => new Date((BASE_S + s) * 1000).toISOString();

interface Written {
  readonly id: string;
  readonly scope: string;
  readonly from?: number;
  readonly to?: number;
  readonly approved?: number;
  readonly kind?: string;
}

/** An exception as a person files it; times in seconds after the base. */
function exception({
  id,
  scope,
  from = -3600,
  to = 7200,
  approved = from - 60,
  kind = 'recording-exception',
}: Written): string {
  return `id: ${id}
kind: ${kind}
title: emergency on web01
scope: ${scope}
reason: identity provider down
risk: {rating: high, statement: actions are not replayable}
compensating_controls: [kernel audit of execve on web01]
owner: labcarol
approved_by: ciso
approved_at: ${iso(approved)}
ticket: INC-77
starts_at: ${iso(from)}
expires_at: ${iso(to)}
review: {by: ciso, due_at: 2026-12-20T00:00:00Z}
`;
}

function rootShell(...exceptions: string[]): World {
  const world = new World();
  sshLogin(world, { user: 'root', port: 46_090, at: 10, until: 40, pid: 29_000, ses: 360 });
  world.exceptions.push(...exceptions);
  return world;
}

const SCOPE = '{targets: [web01], accounts: [root]}';
const shell = (rest: string) => [`web01 root:46090 ssh-shell ${rest}`];

holdScene({
  name: 'an exception in force',
  build: () => rootShell(exception({ id: 'EXC-2026-001', scope: SCOPE })),
  expected: shell('excepted exc=EXC-2026-001'),
});

holdScene({
  name: 'break-glass with an acceptance in force, judged a day after it ran out',
  build: () => rootShell(exception({ id: 'EXC-2026-002', scope: SCOPE, kind: 'break-glass' })),
  expected: shell('excepted exc=EXC-2026-002'),
});

holdScene({
  name: 'an exception that another host, account or origin is the subject of',
  build: () =>
    rootShell(
      exception({ id: 'EXC-2026-003', scope: '{targets: [web02], accounts: [root]}' }),
      exception({ id: 'EXC-2026-004', scope: '{targets: [web01], accounts: [admin]}' }),
      exception({ id: 'EXC-2026-005', scope: '{targets: [web01], origins: [10.99.0.11/32]}' }),
    ),
  expected: shell('unrecorded no-recording'),
});

holdScene({
  name: 'an exception that begins after the login',
  build: () => rootShell(exception({ id: 'EXC-2026-006', scope: SCOPE, from: 60, approved: -600 })),
  expected: shell('unrecorded no-recording'),
});

holdScene({
  name: 'an access that outlives its exception',
  build: () => rootShell(exception({ id: 'EXC-2026-007', scope: SCOPE, to: 25 })),
  expected: shell('unrecorded no-recording exception-outlived'),
});

holdScene({
  name: 'an exception that was approved after the access',
  build: () => rootShell(exception({ id: 'EXC-2026-008', scope: SCOPE, approved: 900 })),
  expected: shell('unrecorded no-recording'),
});

holdScene({
  name: 'a broken exception beside a good one',
  build: () => rootShell('id: EXC-2026-009\nkind: [', exception({ id: 'EXC-2026-010', scope: SCOPE })),
  expected: shell('excepted exc=EXC-2026-010'),
  errors: /e0\.yaml/,
});

holdScene({
  name: 'broken and self-approved exceptions silence nothing',
  build: () =>
    rootShell(
      'id: EXC-2026-011\nkind: [',
      exception({ id: 'EXC-2026-012', scope: SCOPE }).replace('approved_by: ciso', 'approved_by: labcarol'),
      exception({ id: 'EXC-2026-013', scope: SCOPE }).replace(/expires_at.*\n/, ''),
      exception({ id: 'EXC-2026-014', scope: '{}' }),
    ),
  expected: shell('unrecorded no-recording'),
  errors: /e0\.yaml/,
});

holdScene({
  name: 'an exception that covers a tunnel',
  build: () => {
    const world = new World();
    sshLogin(world, { user: 'labrec', port: 46_091, at: 10, until: 40, pid: 29_100, ses: 361, channels: [] });
    world.exceptions.push(
      exception({ id: 'EXC-2026-015', scope: '{targets: [web01], paths: [ssh-forward]}' }),
    );
    return world;
  },
  expected: ['web01 labrec:46091 ssh-forward excepted exc=EXC-2026-015'],
});

holdScene({
  name: 'an exception for sudo covers neither the shell around it nor su',
  build: () => {
    const world = new World();
    sshLogin(world, { user: 'labbob', port: 46_092, at: 10, until: 40, pid: 29_200, ses: 362 });
    sudo(world, { actor: 'labbob', tty: 'pts/0', at: 15, until: 18, ses: 362, pid: 29_220 });
    su(world, { actor: 'labbob', tty: 'pts/0', at: 20, until: 25, ses: 362, pid: 29_230 });
    world.exceptions.push(exception({ id: 'EXC-2026-016', scope: '{targets: [web01], paths: [sudo]}' }));
    return world;
  },
  expected: [
    'web01 labbob:46092 ssh-shell unrecorded no-recording',
    'web01 root<labbob sudo excepted exc=EXC-2026-016',
    'web01 root<labbob su unrecorded no-recording',
  ],
});
