import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Event } from '../../src/model/event.ts';
import { auditd } from '../../src/sources/auditd/auditd.ts';
import { counts, decodeAll, decodeText } from './support.ts';

const HEAD = 'msg=audit(1795344399.416:7):';

function one(line: string): Event | undefined {
  const { events, rejects } = decodeText(auditd, `${line}\n`, { host: null });
  assert.deepEqual(rejects, []);
  assert.ok(events.length <= 1);
  return events[0];
}

test('the captured log: links of logins and of sudo, their ends, and nothing else', () => {
  const bytes = readFileSync(new URL('../fixtures/sources/auditd/enriched.log', import.meta.url));
  const { events } = decodeAll(auditd, bytes);
  assert.deepEqual(counts(events), {
    'session.link': 3,
    'session.link sshd': 11,
    'session.link sudo': 2,
    'session.close sshd': 3,
    'session.close sudo': 1,
  });
  const sessions = new Set(events.flatMap((event) => event.session.auditSession ?? []));
  assert.deepEqual([...sessions].sort(), [137, 138, 139]);
});

test('LOGIN ties the process to its new audit session', () => {
  const link = one(
    `type=LOGIN ${HEAD} pid=14312 uid=0 old-auid=4294967295 auid=1001 tty=(none) old-ses=4294967295 ses=137 res=1\x1dUID="root" OLD-AUID="unset" AUID="labalice"`,
  );
  assert.deepEqual([link?.kind, link?.time, link?.resolution], ['session.link', 1795344399416, 1]);
  assert.deepEqual(
    [link?.session, link?.account, link?.detail],
    [{ pid: 14312, auditSession: 137 }, 'labalice', { accountUid: 1001 }],
  );
  assert.deepEqual([link?.target, link?.program], [null, 'auditd']);
});

test('USER_START and USER_LOGIN name account, address and terminal', () => {
  const start = one(
    `type=USER_START ${HEAD} pid=14312 uid=0 auid=1001 ses=137 msg='op=PAM:session_open grantors=pam_unix acct="labalice" exe="/usr/sbin/sshd" hostname=10.99.0.10 addr=10.99.0.10 terminal=ssh res=success'`,
  );
  assert.deepEqual([start?.account, start?.origin], ['labalice', { ip: '10.99.0.10', port: null }]);
  assert.deepEqual([start?.session, start?.detail], [{ pid: 14312, auditSession: 137 }, { service: 'sshd' }]);
  const login = one(
    `type=USER_LOGIN ${HEAD} pid=14312 uid=0 auid=1001 ses=137 msg='op=login id=1001 exe="/usr/libexec/openssh/sshd-session" hostname=? addr=? terminal=/dev/pts/0 res=success'\x1dID="labalice"`,
  );
  assert.deepEqual(
    [login?.account, login?.origin, login?.session.tty, login?.detail],
    ['labalice', null, 'pts/0', { service: 'sshd', accountUid: 1001 }],
  );
});

test('sudo: USER_CMD, its session and its end', () => {
  const command = one(
    `type=USER_CMD ${HEAD} pid=9 uid=1001 auid=1001 ses=137 msg='cwd="/home/a" cmd=2F62696E2F6361742068756E74657232 exe="/usr/bin/sudo" terminal=pts/0 res=success'`,
  );
  assert.deepEqual(
    [command?.detail, command?.session],
    [
      { service: 'sudo', command: '/bin/cat' },
      { pid: 9, auditSession: 137, tty: 'pts/0' },
    ],
  );
  assert.ok(!JSON.stringify(command).includes('hunter2'));
  const end = one(
    `type=USER_END ${HEAD} pid=9 uid=1001 auid=1001 ses=137 msg='op=PAM:session_close acct="root" exe="/usr/bin/sudo" hostname=? addr=? terminal=/dev/pts/0 res=success'`,
  );
  assert.deepEqual([end?.kind, end?.account, end?.detail], ['session.close', 'root', { service: 'sudo' }]);
});

test('an account with a space is hexadecimal, an unset session is left out, node= names the host', () => {
  const link = one(
    `node=web07 type=CRED_ACQ ${HEAD} pid=5 uid=0 auid=4294967295 ses=4294967295 msg='op=PAM:setcred acct=6A6F686E20736D697468 exe="/usr/sbin/sshd" hostname=? addr=10.0.0.1 terminal=ssh res=success'`,
  );
  assert.deepEqual([link?.account, link?.session, link?.target], ['john smith', { pid: 5 }, 'web07']);
});

const SILENT = [
  `type=USER_LOGIN ${HEAD} pid=5 uid=0 auid=4294967295 ses=4294967295 msg='op=login acct="root" exe="/usr/sbin/sshd" hostname=? addr=10.0.0.1 terminal=sshd res=failed'`,
  `type=USER_START ${HEAD} pid=5 uid=0 auid=0 ses=7 msg='op=PAM:session_open acct="root" exe="/usr/sbin/cron" hostname=? addr=? terminal=cron res=success'`,
  `type=CRED_ACQ ${HEAD} pid=5 uid=0 auid=0 ses=7 msg='op=PAM:setcred acct="root" exe="/usr/bin/sudo" hostname=? addr=? terminal=/dev/pts/0 res=success'`,
  `type=USER_CMD ${HEAD} pid=9 uid=1001 auid=1001 ses=137 msg='cwd="/" cmd="id" exe="/usr/bin/sudo" terminal=pts/0 res=failed'`,
  `type=SYSCALL ${HEAD} arch=c000003e syscall=59 success=yes exit=0 pid=14314 auid=1001 ses=137 comm="sh" exe="/usr/sbin/sshd" key="exec"`,
  `type=CONFIG_CHANGE ${HEAD} op=set audit_enabled=1 old=0 auid=0 ses=1 res=1`,
  `type=CONFIG_CHANGE ${HEAD} op=set audit_enabled=0 old=1 auid=0 ses=1 res=0`,
];

for (const line of SILENT)
  test(`says nothing: ${line.slice(0, 14)} ${line.slice(-40)}`, () => assert.equal(one(line), undefined));

test('auditing that stops is a change of control', () => {
  const control = (line: string): string | undefined => one(line)?.detail.control;
  assert.equal(
    control(
      `type=CONFIG_CHANGE ${HEAD} op=set audit_enabled=0 old=1 auid=4294967295 ses=4294967295 comm="systemd-journal" res=1`,
    ),
    'audit-disabled',
  );
  assert.equal(
    control(`type=DAEMON_END ${HEAD} auditd normal halt, sending auid=0 pid=1 subj= res=success`),
    'auditd-stopped',
  );
  assert.equal(
    control(`type=DAEMON_ABORT ${HEAD} auditd error halt, auid=4294967295 pid=3095 res=failed`),
    'auditd-aborted',
  );
});

test('a line of another shape is rejected', () => {
  const { rejects } = decodeText(auditd, 'type=USER_START msg=audit(yesterday): pid=1\n');
  assert.equal(rejects[0]?.code, 'unknown-shape');
});
