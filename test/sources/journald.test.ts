import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Event } from '../../src/model/event.ts';
import { journald } from '../../src/sources/journald/journald.ts';
import { counts, type Decoded, decodeAll, decodeText } from './support.ts';

const fixture = (name: string): Buffer =>
  readFileSync(new URL(`../fixtures/sources/journald/${name}`, import.meta.url));

function decode(fields: Readonly<Record<string, unknown>>): Decoded {
  const record = {
    __REALTIME_TIMESTAMP: '1795343464802745',
    _HOSTNAME: 'db01',
    SYSLOG_IDENTIFIER: 'sshd',
    _PID: '7',
    ...fields,
  };
  return decodeText(journald, `${JSON.stringify(record)}\n`);
}

test('the captured journal: two logins with their channels and ends', () => {
  const { events } = decodeAll(journald, fixture('openssh-9.2.jsonl'));
  assert.equal(counts(events)['access.open ssh'], 2);
  assert.equal(counts(events)['session.open sshd'], 2);
  assert.equal(counts(events)['session.close sshd'], 2);
});

test('lines of the user child carry the audit session of the login, and all carry the boot', () => {
  const { events } = decodeAll(journald, fixture('openssh-9.2.jsonl'));
  const child = events.find((event) => event.kind === 'access.close' && event.account === 'labalice');
  assert.equal(typeof child?.session.auditSession, 'number');
  assert.ok(events.every((event) => event.session.bootId === 'a52e6adcf47d409794d21ef8dced47d8'));
});

test('both forms of one journal tell the same', () => {
  const told = (name: string) =>
    decodeAll(journald, fixture(name)).events.map(
      ({ kind, account, origin, session, time, target }: Event) => ({
        kind,
        account,
        origin,
        session,
        time,
        target,
      }),
    );
  assert.deepEqual(told('openssh-9.2.export'), told('openssh-9.2.jsonl'));
});

test('a login session of logind', () => {
  const { events } = decode({
    SYSLOG_IDENTIFIER: 'systemd-logind',
    MESSAGE: 'x',
    MESSAGE_ID: '8d45620c1a4348dbb17410da57c60c66',
    SESSION_ID: '5',
    USER_ID: 'alice',
    LEADER: '4711',
  });
  assert.deepEqual([events[0]?.session, events[0]?.account], [{ pid: 4711, logindSession: '5' }, 'alice']);
});

const CLOSED = 'pam_unix(sshd:session): session closed for user root';

const WRITERS: readonly [string, Record<string, string>, boolean][] = [
  ['sshd itself', { _UID: '0', _COMM: 'sshd' }, true],
  ['the split sshd', { _UID: '1001', _COMM: 'sshd-session', SYSLOG_IDENTIFIER: 'sshd-session' }, true],
  ['a user child', { _UID: '1001', _COMM: 'sshd' }, true],
  ['sudo run by a user', { _UID: '1001', _COMM: 'sudo', SYSLOG_IDENTIFIER: 'sudo' }, true],
  ['a writer that was gone', { _UID: '1001' }, true],
  ['root with another program', { _UID: '0', _COMM: 'logger' }, true],
  ['a user with logger', { _UID: '1001', _COMM: 'logger' }, false],
  [
    'a user with logger in the name of sudo',
    { _UID: '1001', _COMM: 'logger', SYSLOG_IDENTIFIER: 'sudo' },
    false,
  ],
];

for (const [name, fields, believed] of WRITERS) {
  test(`an end told by ${name} is ${believed ? 'believed' : 'rejected'}`, () => {
    const { events, rejects } = decode({ MESSAGE: CLOSED, ...fields });
    assert.deepEqual([events.length, rejects.length], believed ? [1, 0] : [0, 1]);
  });
}

test('what a user logs without claiming an access is nobody’s concern', () => {
  assert.deepEqual(decode({ MESSAGE: 'hello', _UID: '1001', _COMM: 'logger' }).rejects, []);
});

test('a record without a message still moves the watermark', () => {
  const parsed = journald
    .create({ stream: 's', host: null, zone: 'UTC', reference: 0 })
    .decode(Buffer.from('{"__REALTIME_TIMESTAMP":"1795343464802745","_HOSTNAME":"db01","MESSAGE":null}'), {
      content: 'c',
      offset: 0,
      line: 1,
      seq: 0,
      file: 'f',
    });
  assert.deepEqual(
    [parsed.time, parsed.host, parsed.events.length, parsed.rejects.length],
    [1795343464802.745, 'db01', 0, 0],
  );
});
