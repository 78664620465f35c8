import assert from 'node:assert/strict';
import { test } from 'node:test';
import { event } from './support.ts';

const OPENED: readonly [string, string, string, Record<string, unknown>][] = [
  [
    'Linux-PAM 1.4 and later',
    'sshd',
    'pam_unix(sshd:session): session opened for user alice(uid=1001) by (uid=0)',
    { service: 'sshd', accountUid: 1001, byUid: 0 },
  ],
  [
    'before 1.4',
    'sshd',
    'pam_unix(sshd:session): session opened for user alice by (uid=0)',
    { service: 'sshd', byUid: 0 },
  ],
  [
    'RHEL',
    'sshd',
    'pam_unix(sshd:session): session opened for user alice(uid=1001) by root(uid=0)',
    { service: 'sshd', accountUid: 1001, by: 'root', byUid: 0 },
  ],
  [
    'the split sshd',
    'sshd-session',
    'pam_unix(sshd:session): session opened for user alice(uid=1001) by (uid=0)',
    { service: 'sshd', accountUid: 1001, byUid: 0 },
  ],
  [
    'sshd with another PAM service',
    'sshd',
    'pam_unix(sshd-internal:session): session opened for user alice by (uid=0)',
    { service: 'sshd', byUid: 0 },
  ],
  [
    'sudo',
    'sudo',
    'pam_unix(sudo:session): session opened for user alice(uid=1001) by bob(uid=1002)',
    { service: 'sudo', accountUid: 1001, by: 'bob', byUid: 1002 },
  ],
  [
    'sudo -i',
    'sudo',
    'pam_unix(sudo-i:session): session opened for user alice by bob(uid=1002)',
    { service: 'sudo-i', by: 'bob', byUid: 1002 },
  ],
  [
    'su -',
    'su',
    'pam_unix(su-l:session): session opened for user alice by bob(uid=1002)',
    { service: 'su-l', by: 'bob', byUid: 1002 },
  ],
  [
    'console',
    'login',
    'pam_unix(login:session): session opened for user alice(uid=1001) by LOGIN(uid=0)',
    { service: 'login', accountUid: 1001, byUid: 0 },
  ],
  [
    'pkexec',
    'pkexec',
    'pam_unix(polkit-1:session): session opened for user alice by (uid=1000)',
    { service: 'polkit-1', byUid: 1000 },
  ],
  ['before 2006', 'su(pam_unix)', 'session opened for user alice by (uid=0)', { service: 'su', byUid: 0 }],
];

for (const [name, ident, text, detail] of OPENED) {
  test(`session opened: ${name}`, () => {
    const opened = event(ident, text);
    assert.deepEqual([opened?.kind, opened?.account, opened?.session], ['session.open', 'alice', { pid: 7 }]);
    assert.deepEqual(opened?.detail, detail);
  });
}

test('session closed', () => {
  const closed = event('sshd', 'pam_unix(sshd:session): session closed for user alice');
  assert.deepEqual(
    [closed?.kind, closed?.account, closed?.detail],
    ['session.close', 'alice', { service: 'sshd' }],
  );
  assert.equal(event('su(pam_unix)', 'session closed for user news')?.kind, 'session.close');
});

const SILENT: readonly [string, string][] = [
  ['CRON', 'pam_unix(cron:session): session opened for user root(uid=0) by (uid=0)'],
  ['crond', 'pam_unix(crond:session): session opened for user root by (uid=0)'],
  ['systemd', 'pam_unix(systemd-user:session): session opened for user alice(uid=1001) by (uid=0)'],
  [
    'gdm-launch-environment]',
    'pam_unix(gdm-launch-environment:session): session opened for user gdm by (uid=0)',
  ],
  ['runuser', 'pam_unix(runuser-l:session): session opened for user postgres by (uid=0)'],
  [
    'sshd',
    'pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=10.0.0.1 user=root',
  ],
  ['sshd', 'pam_systemd(sshd:session): session opened for user root by (uid=0)'],
  ['sshd', 'pam_env(sshd:session): deprecated reading of user environment enabled'],
  ['cron(pam_unix)', 'session opened for user root by (uid=0)'],
];

for (const [ident, text] of SILENT) {
  test(`says nothing: ${ident}: ${text.slice(0, 50)}`, () => assert.equal(event(ident, text), null));
}

test('run0 opens an access in the name of the account, and ends it', () => {
  const opened = event(
    '(bash)',
    'pam_unix(systemd-run0:session): session opened for user root(uid=0) by (uid=0)',
  );
  assert.deepEqual(
    [opened?.kind, opened?.path, opened?.account, opened?.actor],
    ['access.open', 'sudo', 'root', undefined],
  );
  assert.deepEqual(opened?.detail, { service: 'run0', accountUid: 0 });
  const closed = event('(bash)', 'pam_unix(systemd-run0:session): session closed for user root');
  assert.deepEqual([closed?.kind, closed?.detail], ['session.close', { service: 'run0' }]);
});

test('a login session of the service manager is machinectl, of login the console', () => {
  const text = 'pam_unix(login:session): session opened for user root(uid=0) by (uid=0)';
  for (const ident of ['systemd', '(sh)'])
    assert.deepEqual(event(ident, text)?.detail, { service: 'machinectl', accountUid: 0 });
  assert.equal(event('systemd', text)?.path, 'su');
  assert.equal(event('login', text)?.kind, 'session.open');
});
