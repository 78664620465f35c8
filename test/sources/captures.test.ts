import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Event } from '../../src/model/event.ts';
import { sshd } from '../../src/sources/sshd/sshd.ts';
import { counts, decodeAll } from './support.ts';

const FIXTURES = new URL('../fixtures/sources/', import.meta.url);

function read(path: string): readonly Event[] {
  const { events, rejects } = decodeAll(sshd, readFileSync(new URL(path, FIXTURES)));
  assert.deepEqual(rejects, [], path);
  return events;
}

/** What each scenario did: the account that logged in, and the channels that VERBOSE shows. */
const SCENARIOS: Readonly<Record<string, { account: string | null; uses: readonly string[] }>> = {
  '01-password-pty': { account: 'labalice', uses: ['ssh-shell'] },
  '02-publickey-pty': { account: 'labalice', uses: ['ssh-shell'] },
  '02b-publickey-rsa-pty': { account: 'labalice', uses: ['ssh-shell'] },
  '03-cert-pty': { account: 'labcarol', uses: ['ssh-shell'] },
  '03b-cert-as-root': { account: 'root', uses: ['ssh-shell'] },
  '03c-cert-wrong-principal': { account: null, uses: [] },
  '04-root-publickey-pty': { account: 'root', uses: ['ssh-shell'] },
  '04b-root-password-refused': { account: null, uses: [] },
  '05-exec-cmd': { account: 'labalice', uses: ['ssh-exec'] },
  '05b-exec-cmd-with-pty': { account: 'labalice', uses: ['ssh-exec'] },
  '06-T-shell': { account: 'labalice', uses: ['ssh-shell'] },
  '07-sftp': { account: 'labalice', uses: ['ssh-sftp'] },
  '07b-scp-sftpmode': { account: 'labalice', uses: ['ssh-sftp'] },
  '07c-scp-legacy-O': { account: 'labalice', uses: ['ssh-exec'] },
  '08-localforward-N': { account: 'labalice', uses: [] },
  '08b-dynamicforward-N': { account: 'labalice', uses: [] },
  '08c-remoteforward-N': { account: 'labalice', uses: [] },
  '09-controlmaster-3-sessions': {
    account: 'labalice',
    uses: ['ssh-shell', 'ssh-exec', 'ssh-exec', 'ssh-exec', 'ssh-sftp'],
  },
  '11-failed-password': { account: null, uses: [] },
  '11b-failed-publickey': { account: null, uses: [] },
  '11c-invalid-user': { account: null, uses: [] },
  '11d-invalid-user-publickey': { account: null, uses: [] },
  '11e-log-injection-username': { account: null, uses: [] },
  '11f-username-spaces': { account: null, uses: [] },
  '12-too-many-failures': { account: null, uses: [] },
  '13-client-kill9': { account: 'labalice', uses: ['ssh-exec'] },
  '16-scan-no-auth': { account: null, uses: [] },
  '16b-scan-garbage': { account: null, uses: [] },
};

const VARIANTS = ['syslog-INFO', 'syslog-VERBOSE', 'ossh10-INFO', 'ossh10-VERBOSE'];

for (const variant of VARIANTS) {
  test(`${variant}: the table knows every captured scenario`, () => {
    const names = readdirSync(new URL(`captures/${variant}/`, FIXTURES));
    assert.deepEqual(names.map((name) => name.replace('.log', '')).sort(), Object.keys(SCENARIOS).sort());
  });

  for (const [name, { account, uses }] of Object.entries(SCENARIOS)) {
    test(`${variant}/${name}: one access per login and none else`, () => {
      const events = read(`captures/${variant}/${name}.log`);
      const opened = events.filter((event) => event.kind === 'access.open');
      assert.deepEqual(
        opened.map((event) => event.account),
        account === null ? [] : [account],
      );
      const channels = events.filter((event) => event.kind === 'access.use' && event.program === 'sshd');
      assert.deepEqual(
        channels.map((event) => event.path),
        variant.endsWith('VERBOSE') ? uses : [],
      );
      assertClosed(events, account !== null);
    });
  }
}

/** PAM opens and closes each login under the same process; nothing else does. */
function assertClosed(events: readonly Event[], loggedIn: boolean): void {
  const pids = (kind: string) =>
    events.filter((event) => event.kind === kind).map((event) => event.session.pid);
  const monitors = pids('access.open');
  assert.deepEqual(pids('session.open'), loggedIn ? monitors : []);
  assert.deepEqual(pids('session.close'), loggedIn ? monitors : []);
}

const SPECIAL: Readonly<Record<string, Record<string, number>>> = {
  '14c-kill9-session-monitor': {
    'connection.open': 1,
    'access.open ssh': 1,
    'session.open sshd': 1,
    'session.link': 1,
    'access.use ssh-exec': 1,
  },
  '18-publickey+password': {
    'connection.open': 1,
    'access.open ssh': 1,
    'session.open sshd': 1,
    'session.link': 1,
    'access.use ssh-exec': 1,
    'access.close connection': 2,
    'session.close sshd': 1,
  },
  '18b-keyboard-interactive': {
    'connection.open': 1,
    'access.open ssh': 1,
    'session.open sshd': 1,
    'session.link': 1,
    'access.use ssh-exec': 1,
    'access.close connection': 2,
    'session.close sshd': 1,
  },
  '19c-force-internal-sftp': {
    'connection.open': 1,
    'access.open ssh': 1,
    'session.open sshd': 1,
    'session.link': 1,
    'access.use ssh-sftp': 1,
    'access.close connection': 2,
    'session.close sshd': 1,
  },
  '20-not-in-AllowUsers': { 'connection.open': 1 },
  '24-su-inside-session': {
    'control.change sshd-stopped': 1,
    'connection.open': 1,
    'access.open ssh': 1,
    'session.open sshd': 1,
    'session.link': 1,
    'access.use ssh-shell': 1,
    'access.open su': 1,
    'session.open su-l': 1,
    'session.close su-l': 1,
    'access.close connection': 2,
    'session.close sshd': 1,
  },
  '26-LogLevel-ERROR': { 'session.open sshd': 1, 'session.close sshd': 1 },
  '27-UsePAM-no-INFO': { 'access.open ssh': 1, 'access.close connection': 2 },
  '31-username-injection-ssh2': { 'connection.open': 9 },
};

for (const [name, expected] of Object.entries(SPECIAL)) {
  test(`special/${name}`, () => assert.deepEqual(counts(read(`special/${name}.log`)), expected));
}

test('two-factor login: the second factor is the one that opens', () => {
  const [login] = read('special/18-publickey+password.log').filter((event) => event.kind === 'access.open');
  assert.deepEqual(login?.credential, { type: 'password', id: null });
});

test('sudo and su of one log: each use once, commands inside a recording not again', () => {
  const events = read('sudo/auth-1.9.13.log');
  assert.deepEqual(counts(events), {
    'access.open sudo': 9,
    'session.open sudo': 9,
    'session.close sudo': 9,
    'access.close elevation': 5,
    'access.open su': 1,
    'session.open su-l': 1,
    'session.close su-l': 1,
  });
  const tsids = events.filter((event) => event.kind === 'access.open').map((event) => event.session.tsid);
  assert.deepEqual(tsids.slice(0, 3), ['02', '03', '000001']);
});

test('the four renderings of one log tell the same', () => {
  const renderings = ['auth.log', 'auth.iso.log', 'auth.5424.log', 'auth.jsonl'].map((name) =>
    read(`syslog/${name}`),
  );
  const told = renderings.map((events) =>
    events.map(({ kind, account, origin, session, detail, target, time }) => ({
      kind,
      account,
      origin,
      session,
      detail,
      target,
      second: Math.floor(time / 1000),
    })),
  );
  assert.ok((told[0]?.length ?? 0) > 5);
  for (const one of told.slice(1)) assert.deepEqual(one, told[0]);
});
