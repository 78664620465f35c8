import assert from 'node:assert/strict';
import { test } from 'node:test';
import { event, read } from './support.ts';

const ACCEPT = 'alice : TTY=pts/0 ; PWD=/home/alice ; USER=root ; COMMAND=/bin/bash -c secret';

test('an accepted command is an access of the account it runs as, without its arguments', () => {
  assert.deepEqual(event('sudo', `  ${ACCEPT}`, null), {
    kind: 'access.open',
    program: 'sudo',
    path: 'sudo',
    account: 'root',
    actor: 'alice',
    session: { tty: 'pts/0' },
    detail: { service: 'sudo', command: '/bin/bash' },
  });
  assert.ok(!JSON.stringify(read('sudo', ACCEPT)).includes('secret'));
});

const ACCEPTS: readonly [string, string, Record<string, unknown>][] = [
  [
    'recorded, before 1.9.14',
    'alice : TTY=pts/0 ; PWD=/ ; USER=root ; TSID=01 ; COMMAND=/bin/bash',
    { tty: 'pts/0', tsid: '01' },
  ],
  [
    'recorded, with a group',
    'alice : TTY=pts/0 ; PWD=/ ; USER=root ; GROUP=wheel ; TSID=000001 ; COMMAND=/bin/bash',
    { tty: 'pts/0', tsid: '000001' },
  ],
  [
    'recorded to a named directory',
    'alice : TTY=pts/0 ; PWD=/ ; USER=root ; TSID=alice/x1 ; COMMAND=/bin/bash',
    { tty: 'pts/0', tsid: 'alice/x1' },
  ],
  [
    'environment',
    'alice : TTY=pts/0 ; PWD=/ ; USER=root ; ENV=A=b C=d ; COMMAND=/bin/bash',
    { tty: 'pts/0' },
  ],
  ['no terminal', 'alice : TTY=unknown ; PWD=/ ; USER=root ; COMMAND=/bin/bash', {}],
  ['no TTY field', 'alice : PWD=/ ; USER=root ; COMMAND=/bin/bash', {}],
  [
    'host and root directory',
    'alice : HOST=web01 ; TTY=pts/0 ; CHROOT=/x ; PWD=/ ; USER=root ; COMMAND=/bin/bash',
    { tty: 'pts/0' },
  ],
  ['split before the command', 'alice : TTY=pts/0 ; PWD=/ ; USER=root ; ENV=A=bbbbbbbbbb', { tty: 'pts/0' }],
];

for (const [name, text, session] of ACCEPTS) {
  test(`accepted: ${name}`, () => {
    const access = event('sudo', text, null);
    assert.deepEqual([access?.kind, access?.account, access?.actor], ['access.open', 'root', 'alice']);
    assert.deepEqual(access?.session ?? {}, session);
  });
}

const NOTHING = [
  'alice : user NOT in sudoers ; TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/ls',
  'alice : command not allowed ; TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/ls',
  'alice : 3 incorrect password attempts ; TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/ls',
  'alice : a password is required ; TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/ls',
  'alice : unknown user nosuch ; TTY=pts/0 ; PWD=/ ; USER=nosuch ; ',
  'alice : (command continued) ; USER=root ; COMMAND=/bin/ls',
  'alice : TTY=pts/0 ; PWD=/ ; USER=root ; TSID=01@0.72 ; COMMAND=/usr/bin/id',
  'alice : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=list',
  'alice : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=validate',
  'unable to open log file',
];

for (const text of NOTHING) {
  test(`no access: ${text.slice(0, 60)}`, () =>
    assert.deepEqual(read('sudo', text), { drafts: [], unparsed: null }));
}

test('an exit ends the access and carries its ids', () => {
  for (const end of ['EXIT=0', 'SIGNAL=KILL ; EXIT=137', 'SIGNAL=HUP']) {
    const exit = event(
      'sudo',
      `alice : TTY=pts/0 ; PWD=/ ; USER=root ; TSID=000001@1.20 ; COMMAND=/bin/bash ; ${end}`,
      null,
    );
    assert.deepEqual(
      [exit?.kind, exit?.detail?.scope, exit?.account, exit?.actor],
      ['access.close', 'elevation', 'root', 'alice'],
    );
    assert.deepEqual(exit?.session, { tty: 'pts/0', tsid: '000001' });
  }
});

test('a directory that imitates fields neither hides root nor claims a recording', () => {
  const pwd = (value: string): string => `alice : TTY=pts/0 ; PWD=${value} ; USER=root ; COMMAND=/bin/bash`;
  const cases = [
    '/tmp/a ; USER=nobody ; COMMAND=/bin/true',
    '/tmp/a ; USER=nobody ; TSID=000009 ; COMMAND=/bin/true',
    '/tmp/a ; USER=nobody ; TSID=000009@5 ; COMMAND=/bin/true',
    '/tmp/a ; TSID=000009 ; b',
    '/tmp/a ; TSID=000009@5 ; b',
    '/tmp/a ; COMMAND=list ; b',
    '/tmp/a ; USER=nobody ; COMMAND=list',
  ];
  for (const value of cases) {
    const access = event('sudo', pwd(value), null);
    assert.deepEqual(
      [access?.kind, access?.account, access?.session],
      ['access.open', 'root', { tty: 'pts/0' }],
      value,
    );
  }
});

test('an environment that imitates fields claims no recording', () => {
  const text =
    'alice : TTY=pts/0 ; PWD=/ ; USER=root ; ENV=X=a ; TSID=000009@5 ; COMMAND=list ; COMMAND=/bin/bash';
  assert.deepEqual(event('sudo', text, null)?.session, { tty: 'pts/0' });
});

test('arguments that imitate fields make no other account of it', () => {
  const text = "bob : TTY=pts/0 ; PWD=/ ; USER=www ; COMMAND=/bin/grep 'USER=root'";
  assert.equal(event('sudo', text, null)?.account, 'www');
});

test('a line that shows no account is rejected, not passed over', () => {
  assert.notEqual(read('sudo', `alice : TTY=pts/0 ; PWD=/${'x'.repeat(900)}`).unparsed, null);
  assert.notEqual(read('sudo', 'alice : TTY=pts/0 ; PWD=/ ; COMMAND=/bin/bash').unparsed, null);
});

test('equal lines that rsyslog folded are as many accesses', () => {
  const { drafts } = read('sudo', `message repeated 3 times: [ ${ACCEPT}]`, null);
  assert.deepEqual(
    drafts.map((one) => one.kind),
    ['access.open', 'access.open', 'access.open'],
  );
  assert.equal(read('sudo', `message repeated 999999 times: [ ${ACCEPT}]`, null).drafts.length, 1000);
});

const ACCEPT_JSON = {
  uuid: '912d9ab469',
  iolog_path: '/var/log/sudo-io/00/00/01',
  submituser: 'carol',
  command: '/usr/bin/id',
  runuser: 'root',
  runuid: 0,
  ttyname: '/dev/pts/0',
  runargv: ['id', '--password=hunter2'],
};

test('JSON: accept and exit share their ids', () => {
  const accept = event('sudo', `@cee:${JSON.stringify({ sudo: { accept: ACCEPT_JSON } })}`, null);
  const ids = { uuid: '912d9ab469', iologPath: '/var/log/sudo-io/00/00/01', tsid: '000001' };
  assert.deepEqual([accept?.kind, accept?.account, accept?.actor], ['access.open', 'root', 'carol']);
  assert.deepEqual(accept?.session, { tty: 'pts/0', ...ids });
  assert.deepEqual(accept?.detail, { service: 'sudo', json: true, command: '/usr/bin/id', accountUid: 0 });
  const { uuid, iolog_path } = ACCEPT_JSON;
  const exit = event(
    'sudo',
    `@cee:${JSON.stringify({ sudo: { exit: { uuid, iolog_path, exit_value: 0 } } })}`,
    null,
  );
  assert.deepEqual([exit?.kind, exit?.session], ['access.close', ids]);
});

test('JSON: without an I/O log path, as a plain object, or with several events', () => {
  const { iolog_path: _, ...rest } = ACCEPT_JSON;
  const plain = event('sudo', JSON.stringify({ accept: rest }), null);
  assert.deepEqual(plain?.session, { tty: 'pts/0', uuid: '912d9ab469' });
  const twice = `{"sudo":{"accept":${JSON.stringify(rest)},"exit":{"uuid":"u"},"accept":${JSON.stringify(rest)}}}`;
  assert.deepEqual(
    read('sudo', twice).drafts.map((one) => one.kind),
    ['access.open', 'access.close', 'access.open'],
  );
});

test('JSON: denials, questions and commands inside a recording are no access', () => {
  for (const value of [
    { reject: ACCEPT_JSON },
    { alert: ACCEPT_JSON },
    { accept: { ...ACCEPT_JSON, command: 'list' } },
    { accept: { ...ACCEPT_JSON, iolog_offset: { seconds: 0, nanoseconds: 720000000 } } },
  ]) {
    assert.deepEqual(read('sudo', JSON.stringify({ sudo: value })), { drafts: [], unparsed: null });
  }
});

test('JSON: cut off or without an account it is rejected', () => {
  const text = JSON.stringify({ sudo: { accept: ACCEPT_JSON } });
  for (let length = 1; length < text.length; length += 7) {
    assert.notEqual(read('sudo', text.slice(0, length)).unparsed, null, text.slice(0, length));
  }
  assert.notEqual(read('sudo', '{"sudo":{"accept":{"submituser":"carol"}}}').unparsed, null);
});

test('JSON: no argument reaches an event', () => {
  assert.ok(!JSON.stringify(read('sudo', JSON.stringify({ accept: ACCEPT_JSON }))).includes('hunter2'));
});
