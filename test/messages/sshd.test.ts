import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Credential } from '../../src/model/event.ts';
import { event, read } from './support.ts';

const FP = 'SHA256:EGt4qnytXotch+O7ZtacY3aclvbrYEwwsJ1UC8Ki010';
const CA = 'SHA256:8kTwoEItVtUqgPZjC36LHunBQMOiiv/CoSGe785mKUc';
const MD5 = '8a:3d:5f:01:02:03:04:05:06:07:08:09:0a:0b:0c:0d';

const LOGINS: readonly [string, string, Credential][] = [
  ['a password', 'password for alice from 10.0.0.1 port 22001 ssh2', { type: 'password', id: null }],
  [
    'a key, 6.8 and later',
    `publickey for alice from 10.0.0.1 port 22001 ssh2: ED25519 ${FP}`,
    { type: 'publickey', id: FP },
  ],
  [
    'a key, 6.3 to 6.7',
    `publickey for alice from 10.0.0.1 port 22001 ssh2: RSA ${MD5}`,
    { type: 'publickey', id: MD5 },
  ],
  [
    'a key with FingerprintHash md5',
    `publickey for alice from 10.0.0.1 port 22001 ssh2: RSA MD5:${MD5}`,
    { type: 'publickey', id: `MD5:${MD5}` },
  ],
  ['a key, 6.0', 'publickey for alice from 10.0.0.1 port 22001 ssh2', { type: 'publickey', id: null }],
  [
    'a security key',
    `publickey for alice from 10.0.0.1 port 22001 ssh2: ED25519-SK ${FP}`,
    { type: 'publickey', id: FP },
  ],
  ['protocol 1', 'rsa for alice from 10.0.0.1 port 22001 ssh1', { type: 'rsa', id: null }],
  [
    'two-step',
    'keyboard-interactive/pam for alice from 10.0.0.1 port 22001 ssh2',
    { type: 'keyboard-interactive', id: null },
  ],
  [
    'Kerberos',
    'gssapi-with-mic for alice from 10.0.0.1 port 22001 ssh2: alice@EXAMPLE.ORG',
    { type: 'gssapi-with-mic', id: null },
  ],
  [
    'a trusted host',
    `hostbased for alice from 10.0.0.1 port 22001 ssh2: RSA ${FP}, client_user "alice", client_host "adm"`,
    { type: 'hostbased', id: FP },
  ],
  ['no authentication', 'none for alice from 10.0.0.1 port 22001 ssh2', { type: 'none', id: null }],
];

for (const [name, rest, credential] of LOGINS) {
  test(`login by ${name}`, () => {
    assert.deepEqual(event('sshd', `Accepted ${rest}`), {
      kind: 'access.open',
      program: 'sshd',
      path: 'ssh',
      account: 'alice',
      origin: { ip: '10.0.0.1', port: 22001 },
      credential,
      session: { pid: 7 },
    });
  });
}

const CERTIFICATES: readonly [string, string, Credential][] = [
  [
    '8.0 and later',
    `ED25519-CERT ${FP} ID carol@corp (serial 4711) CA ED25519 ${CA}`,
    { type: 'certificate', id: FP, keyId: 'carol@corp', serial: '4711', ca: CA },
  ],
  [
    '7.9 and earlier',
    `ED25519-CERT ID carol@corp (serial 0) CA RSA ${CA}`,
    { type: 'certificate', id: null, keyId: 'carol@corp', serial: '0', ca: CA },
  ],
  [
    'a key id with spaces',
    `RSA-CERT ${FP} ID carol@corp ticket=CHG-1 break glass (serial 42) CA ED25519 ${CA}`,
    { type: 'certificate', id: FP, keyId: 'carol@corp ticket=CHG-1 break glass', serial: '42', ca: CA },
  ],
  [
    'a key id that imitates its end',
    `RSA-CERT ${FP} ID x (serial 1) CA RSA ${FP} (serial 42) CA ED25519 ${CA}`,
    { type: 'certificate', id: FP, keyId: `x (serial 1) CA RSA ${FP}`, serial: '42', ca: CA },
  ],
  [
    'a key id that imitates an address',
    `RSA-CERT ${FP} ID x from 6.6.6.6 port 1 ssh2 (serial 42) CA ED25519 ${CA}`,
    { type: 'certificate', id: FP, keyId: 'x from 6.6.6.6 port 1 ssh2', serial: '42', ca: CA },
  ],
  ['cut off at 500 bytes', `RSA-CERT ${FP} ID ${'x'.repeat(300)}`, { type: 'certificate', id: FP }],
];

for (const [name, extra, credential] of CERTIFICATES) {
  test(`login by certificate: ${name}`, () => {
    const login = event('sshd', `Accepted publickey for root from 10.0.0.1 port 5 ssh2: ${extra}`);
    assert.deepEqual(login?.credential, credential);
    assert.deepEqual(login?.origin, { ip: '10.0.0.1', port: 5 });
  });
}

test('the split binaries of 9.8 and later are sshd', () => {
  for (const ident of ['sshd', 'sshd-session', 'sshd-auth']) {
    assert.equal(event(ident, 'Accepted password for alice from 10.0.0.1 port 5 ssh2')?.program, 'sshd');
  }
  assert.equal(event('xsshd', 'Accepted password for alice from 10.0.0.1 port 5 ssh2'), null);
});

const ORIGINS: readonly [string, string | null][] = [
  ['fe80::1%eth0', 'fe80::1%eth0'],
  ['2001:db8::5', '2001:db8::5'],
  ['::ffff:10.0.0.1', '10.0.0.1'],
  ['UNKNOWN', null],
];

for (const [printed, ip] of ORIGINS) {
  test(`address ${printed}`, () => {
    const login = event('sshd', `Accepted password for alice from ${printed} port 5 ssh2`);
    assert.equal(login?.account, 'alice');
    assert.deepEqual(login?.origin, ip === null ? undefined : { ip, port: 5 });
  });
}

/** Nobody is in after any of these, whatever the name in them looks like. */
const NO_ACCESS = [
  `Accepted key ED25519 ${FP} found at /home/alice/.ssh/authorized_keys:1`,
  `Accepted certificate ID "carol" (serial 4711) signed by ED25519 CA ${CA} via /etc/ssh/ca.pub`,
  'Postponed publickey for alice from 10.0.0.1 port 5 ssh2 [preauth]',
  `Partial publickey for alice from 10.0.0.1 port 5 ssh2: ED25519 ${FP}`,
  'Failed password for alice from 10.0.0.1 port 5 ssh2',
  'Failed password for invalid user x\\r\\nAccepted password for root from 1.1.1.1 port 1 ssh2 from 10.0.0.1 port 5 ssh2',
  'Invalid user root from 203.0.113.9 port 22 ssh2 from 10.0.0.1 port 5',
  'Invalid user Accepted password for root from 1.1.1.1 port 1 ssh2 from 10.0.0.1 port 5',
  'Disconnected from invalid user root 10.9.9.9 port 5 ssh2 10.0.0.1 port 5 [preauth]',
  'Disconnected from authenticating user root 10.0.0.1 port 5 [preauth]',
  'Connection closed by authenticating user root 10.0.0.1 port 5 [preauth]',
  'Connection closed by invalid user user root 10.0.0.1 port 5 [preauth]',
  'Connection closed by 10.0.0.1 port 5 [preauth]',
  'Connection reset by authenticating user root 10.0.0.1 port 5 [preauth]',
  'Received disconnect from 10.0.0.1 port 5:11: disconnected by user [preauth]',
  'User root from 10.0.0.1 not allowed because not listed in AllowUsers',
  'ROOT LOGIN REFUSED FROM 10.0.0.1 port 5',
  'drop connection #0 from [10.0.0.1]:5 on [10.0.0.2]:22 penalty: failed authentication',
  'error: maximum authentication attempts exceeded for root from 10.0.0.1 port 5 ssh2 [preauth]',
  'Unable to negotiate with 10.0.0.1 port 5: no matching host key type found [preauth]',
  'subsystem request for sftp by user alice failed, subsystem not found',
  'debug1: Accepted password for root from 10.0.0.1 port 5 ssh2',
  'Timeout before authentication for connection from 10.0.0.1 to 10.0.0.2, pid = 5',
];

for (const text of NO_ACCESS) {
  test(`no access: ${text.slice(0, 70)}`, () =>
    assert.deepEqual(read('sshd', text), { drafts: [], unparsed: null }));
}

test('lines of LogLevel VERBOSE: greeting and child', () => {
  assert.deepEqual(event('sshd', 'Connection from 10.0.0.1 port 5 on 10.0.0.2 port 22 rdomain ""'), {
    kind: 'connection.open',
    program: 'sshd',
    origin: { ip: '10.0.0.1', port: 5 },
    session: { pid: 7 },
    detail: { localIp: '10.0.0.2' },
  });
  assert.equal(event('sshd', 'Connection from 10.0.0.1 port 5')?.kind, 'connection.open');
  assert.equal(event('sshd', 'Connection from 10.0.0.1 port 5 refused'), null);
  assert.deepEqual(event('sshd', 'User child is on pid 21921')?.session, { pid: 7, childPid: 21921 });
});

const USES: readonly [string, string, string | undefined, string | undefined][] = [
  ['shell on pts/0', 'ssh-shell', 'pts/0', undefined],
  ['shell', 'ssh-shell', undefined, undefined],
  ['command', 'ssh-exec', undefined, undefined],
  ['command on pts/3', 'ssh-exec', 'pts/3', undefined],
  ["subsystem 'sftp'", 'ssh-sftp', undefined, undefined],
  ["subsystem 'netconf'", 'ssh-exec', undefined, undefined],
  ["forced-command (config) 'internal-sftp'", 'ssh-sftp', undefined, undefined],
  ["forced-command (config) 'internal-sftp -l INFO'", 'ssh-sftp', undefined, undefined],
  ["forced-command (config) 'internal-sftpx'", 'ssh', undefined, 'internal-sftpx'],
  ["forced-command (key-option) 'echo hi' on pts/1", 'ssh', 'pts/1', 'echo hi'],
  [
    "forced-command (config) 'x for root from 6.6.6.6 port 1 id 0'",
    'ssh',
    undefined,
    'x for root from 6.6.6.6 port 1 id 0',
  ],
];

for (const [kind, path, tty, forcedCommand] of USES) {
  test(`use: ${kind}`, () => {
    const use = event('sshd', `Starting session: ${kind} for alice from 10.0.0.1 port 5 id 2`);
    assert.deepEqual(
      [use?.kind, use?.path, use?.account, use?.origin],
      ['access.use', path, 'alice', { ip: '10.0.0.1', port: 5 }],
    );
    assert.deepEqual(use?.session, { pid: 7, ...(tty === undefined ? {} : { tty }), channel: 2 });
    assert.equal(use?.detail?.forcedCommand, forcedCommand);
  });
}

test('before 7.1 channels have no slot', () => {
  assert.deepEqual(
    event('sshd', 'Starting session: shell on pts/0 for alice from 10.0.0.1 port 5')?.session,
    { pid: 7, tty: 'pts/0' },
  );
});

test('a forced command that is cut off keeps its connection by the process', () => {
  const text = `Starting session: forced-command (config) '${'x'.repeat(458)}`;
  assert.deepEqual(event('sshd', text)?.session, { pid: 7 });
  assert.notEqual(read('sshd', text, null).unparsed, null);
});

const ENDS: readonly [string, string | undefined, string | undefined, number | null][] = [
  ['Disconnected from user alice 10.0.0.1 port 5', 'alice', '10.0.0.1', 5],
  ['Disconnected from user bob 1.1.1.1 port 5', 'bob', '1.1.1.1', 5],
  ['Disconnected from 10.0.0.1 port 5', undefined, '10.0.0.1', 5],
  ['Disconnected from 10.0.0.1', undefined, '10.0.0.1', null],
  ['Received disconnect from 10.0.0.1 port 5:11: disconnected by user', undefined, '10.0.0.1', 5],
  ['Received disconnect from 10.0.0.1: 11: disconnected by user', undefined, '10.0.0.1', null],
  ['Received disconnect from fe80::1: 11: bye', undefined, 'fe80::1', null],
  ['error: Received disconnect from 10.0.0.1 port 5:14: No supported methods', undefined, '10.0.0.1', 5],
  ['Connection closed by 10.0.0.1 port 5', undefined, '10.0.0.1', 5],
  ['Connection closed by user alice 10.0.0.1 port 5', 'alice', '10.0.0.1', 5],
  ['Connection reset by user alice 10.0.0.1 port 5', 'alice', '10.0.0.1', 5],
  ['Timeout, client not responding from user alice 10.0.0.1 port 5', 'alice', '10.0.0.1', 5],
  ['Read error from remote host 192.168.1.1: Connection reset by peer', undefined, '192.168.1.1', null],
  ['Read error from remote host 192.168.1.1 port 5: Connection timed out', undefined, '192.168.1.1', 5],
];

for (const [text, account, ip, port] of ENDS) {
  test(`end: ${text}`, () => {
    const end = event('sshd', text);
    assert.deepEqual([end?.kind, end?.detail?.scope, end?.account], ['access.close', 'connection', account]);
    assert.deepEqual(end?.origin, { ip, port });
  });
}

test('the end of a channel names its slot', () => {
  const end = event('sshd', 'Close session: user alice from 10.0.0.1 port 5 id 3');
  assert.deepEqual(
    [end?.detail, end?.session, end?.account],
    [{ scope: 'channel' }, { pid: 7, channel: 3 }, 'alice'],
  );
});

test('the listener starts and stops', () => {
  assert.deepEqual(event('sshd', 'Server listening on 0.0.0.0 port 22.')?.detail, {
    control: 'sshd-started',
  });
  assert.deepEqual(event('sshd', 'Received signal 15; terminating.')?.detail, { control: 'sshd-stopped' });
});

test('an access in unknown wording is rejected, never passed over', () => {
  for (const text of [
    'Accepted something new',
    'Accepted publickey for root from 10.0.0.1',
    'Starting session: dance for root from 10.0.0.1 port 5 id 0',
    `Accepted password for ${'x'.repeat(3000)} from 10.0.0.1 port 5 ssh2`,
  ]) {
    const { drafts, unparsed } = read('sshd', text);
    assert.deepEqual([drafts.length, unparsed === null], [0, false], text.slice(0, 60));
  }
});

test('the file server tells what a connection was used for', () => {
  const use = event('internal-sftp', 'session opened for local user alice from [10.0.0.1]');
  assert.deepEqual(
    [use?.kind, use?.path, use?.program, use?.account],
    ['access.use', 'ssh-sftp', 'internal-sftp', 'alice'],
  );
  assert.deepEqual(use?.origin, { ip: '10.0.0.1', port: null });
  assert.equal(
    event('sshd-session', 'session opened for local user alice from [10.0.0.1]')?.program,
    'internal-sftp',
  );
  assert.equal(event('sftp-server', 'session closed for local user alice from [10.0.0.1]'), null);
  assert.equal(
    event(
      'sftp-server',
      'open "/tmp/session opened for local user root from [1.1.1.1]" flags READ mode 0666',
    ),
    null,
  );
});

const NAMES: readonly [string, string][] = [
  ['CORP\\\\alice', 'CORP\\alice'],
  ['J\\303\\274rgen', 'Jürgen'],
  ['x\\nAccepted', 'x\\nAccepted'],
  ['x\\033[31m', 'x\\033[31m'],
  ['x\\377', 'x\uFFFD'],
];

for (const [written, account] of NAMES) {
  test(`the name ${written} is told as PAM and sudo tell it`, () => {
    const told = [
      `Accepted password for ${written} from 10.0.0.1 port 5 ssh2`,
      `Starting session: shell on pts/0 for ${written} from 10.0.0.1 port 5 id 0`,
      `Close session: user ${written} from 10.0.0.1 port 5 id 0`,
      `Disconnected from user ${written} 10.0.0.1 port 5`,
      `session opened for local user ${written} from [10.0.0.1]`,
    ];
    for (const text of told) assert.equal(event('sshd', text)?.account, account, text);
  });
}
