import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Envelope, parseEnvelope } from '../../src/envelope/envelope.ts';
import { decodeLine } from '../../src/envelope/text.ts';

const OPTIONS = { zone: 'UTC', reference: Date.parse('2026-11-23T00:00:00Z') };

function read(line: string): Envelope {
  const result = parseEnvelope(line, OPTIONS);
  assert.ok(result.ok, result.ok ? '' : result.detail);
  return result.envelope;
}

type Summary = [host: string | null, ident: string | null, pid: number | null, message: string];

function summary(line: string): Summary {
  const { host, ident, pid, message } = read(line);
  return [host, ident, pid, message];
}

const SHAPES: readonly [string, string, Summary][] = [
  ['RFC 3164', 'Nov 22 10:22:53 web01 sshd[21850]: Accepted x', ['web01', 'sshd', 21850, 'Accepted x']],
  [
    'RFC 3164 with priority',
    '<38>Nov 22 10:22:53 web01 sshd[21850]: Accepted x',
    ['web01', 'sshd', 21850, 'Accepted x'],
  ],
  ['one-digit day', 'Nov  2 10:22:53 web01 sudo: alice : TTY', ['web01', 'sudo', null, 'alice : TTY']],
  ['a path as tag', 'Nov 22 10:22:53 web01 /usr/sbin/sshd[7]: x', ['web01', 'sshd', 7, 'x']],
  [
    'leading spaces of the message stay',
    'Nov 22 10:22:53 web01 sudo:   labbob : TTY',
    ['web01', 'sudo', null, '  labbob : TTY'],
  ],
  ['no host', 'Nov 22 10:22:53 sshd[7]: x', [null, 'sshd', 7, 'x']],
  [
    'no tag',
    'Nov 22 10:22:53 web01 last message repeated 2 times',
    ['web01', null, null, 'last message repeated 2 times'],
  ],
  [
    'a module in the tag',
    'Nov 22 10:22:53 web01 su(pam_unix)[5]: session closed for user news',
    ['web01', 'su(pam_unix)', 5, 'session closed for user news'],
  ],
  [
    'Solaris message id',
    'Aug 18 07:30:25 host1 sshd[20247]: [ID 800047 auth.notice] Failed none',
    ['host1', 'sshd', 20247, 'Failed none'],
  ],
  [
    'AIX priority',
    'Aug 18 07:30:25 host1 auth|security:info sshd[20247]: Failed none',
    ['host1', 'sshd', 20247, 'Failed none'],
  ],
  [
    'ISO-8601',
    '2026-11-22T10:22:53.924304+00:00 web01 sshd[21850]: Accepted x',
    ['web01', 'sshd', 21850, 'Accepted x'],
  ],
  ['macOS', '2020-03-23 08:14:02.777660-0700  localhost sshd[8981]: x', ['localhost', 'sshd', 8981, 'x']],
  [
    'journalctl short-iso',
    '2026-11-22T10:22:53+0000 web01 sshd[21850]: Accepted x',
    ['web01', 'sshd', 21850, 'Accepted x'],
  ],
  [
    'RFC 5424',
    '<38>1 2026-11-22T10:22:53.9Z web01 sshd 21850 - - Accepted x',
    ['web01', 'sshd', 21850, 'Accepted x'],
  ],
  [
    'RFC 5424 of rsyslog, two spaces',
    '<38>1 2026-11-22T10:22:53.9Z web01 sshd 21850 - -  Accepted x',
    ['web01', 'sshd', 21850, 'Accepted x'],
  ],
  [
    'RFC 5424 with BOM',
    '<38>1 2026-11-22T10:22:53.9Z web01 sshd - ID47 - \uFEFFAccepted x',
    ['web01', 'sshd', null, 'Accepted x'],
  ],
  [
    'structured data',
    '<38>1 2026-11-22T10:22:53Z web01 sshd 7 - [a@1 b="c \\"d\\] e"][f g="]"] x ] y',
    ['web01', 'sshd', 7, 'x ] y'],
  ],
  ['NIL everywhere', '<38>1 2026-11-22T10:22:53Z - - - - -', [null, null, null, '']],
  [
    'RFC 5424 without its beginning',
    '2022-08-27T14:22:01.888Z h1 NSX 4828 SW [abc@6876 comp="x"] y',
    ['h1', 'NSX', 4828, 'y'],
  ],
  ['CRLF', 'Nov 22 10:22:53 web01 sshd[1]: x\r', ['web01', 'sshd', 1, 'x']],
  [
    'rsyslog JSON',
    '{"ts":"2026-11-22T10:22:53Z","host":"web01","prog":"sshd","pid":"7","msg":" Accepted x"}',
    ['web01', 'sshd', 7, 'Accepted x'],
  ],
  [
    'JSON with a tag',
    '{"timestamp":"2026-11-22T10:22:53Z","hostname":"web01","syslogtag":"sshd[7]:","message":"x"}',
    ['web01', 'sshd', 7, 'x'],
  ],
  [
    'JSON of fluent-bit',
    '{"date":1795343441.5,"host":"web01","ident":"sshd","pid":"7","message":"x"}',
    ['web01', 'sshd', 7, 'x'],
  ],
  [
    'JSON of Elastic',
    '{"@timestamp":"2026-11-22T10:22:53Z","host":{"name":"web01"},"process":{"name":"sshd","pid":7},"message":"x"}',
    ['web01', 'sshd', 7, 'x'],
  ],
  [
    'a syslog line inside JSON',
    '{"@timestamp":"2026-11-22T10:22:53Z","host":{"name":"shipper"},"message":"Nov 22 10:22:53 web01 sshd[7]: x"}',
    ['web01', 'sshd', 7, 'x'],
  ],
];

for (const [name, line, expected] of SHAPES) {
  test(`shape: ${name}`, () => assert.deepEqual(summary(line), expected));
}

const REJECTED: readonly [string, string, string][] = [
  ['no time', 'Accepted publickey for root from 10.0.0.1 port 22 ssh2', 'unknown-shape'],
  ['a day that is in no calendar', 'Feb 30 10:22:53 web01 sshd[1]: x', 'bad-time'],
  ['RFC 5424 without time', '<38>1 - web01 sshd 7 - - x', 'no-time'],
  [
    'structured data that does not end',
    '<38>1 2026-11-22T10:22:53Z web01 sshd 7 - [a b="c] x',
    'unknown-shape',
  ],
  ['broken JSON', '{"ts":', 'bad-json'],
  ['JSON without time', '{"host":"web01","prog":"sshd","msg":"x"}', 'no-time'],
  ['JSON with a time that is none', '{"ts":"yesterday","host":"web01","prog":"sshd","msg":"x"}', 'bad-time'],
  ['JSON without message', '{"ts":"2026-11-22T10:22:53Z","host":"web01"}', 'unknown-shape'],
  ['a journal record without time', '{"__REALTIME_TIMESTAMP":"soon","MESSAGE":"x"}', 'bad-time'],
  ['a line above the limit', `Nov 22 10:22:53 web01 sshd[1]: ${'x'.repeat(65_536)}`, 'too-long'],
  ['JSON above the limit', `{"ts":"2026-11-22T10:22:53Z","msg":"${'x'.repeat(1 << 20)}"}`, 'too-long'],
];

for (const [name, line, code] of REJECTED) {
  test(`rejected: ${name}`, () => {
    const result = parseEnvelope(line, OPTIONS);
    assert.equal(result.ok ? 'ok' : result.code, code);
  });
}

test('lines just below the limits are read', () => {
  assert.ok(parseEnvelope(`Nov 22 10:22:53 web01 sshd[1]: ${'x'.repeat(65_000)}`, OPTIONS).ok);
  assert.ok(parseEnvelope(`{"ts":"2026-11-22T10:22:53Z","msg":"${'x'.repeat(1_000_000)}"}`, OPTIONS).ok);
});

test('a reject never quotes the line', () => {
  for (const [, line] of REJECTED) {
    const result = parseEnvelope(line.replace('x', 'hunter2'), OPTIONS);
    assert.ok(!result.ok && !result.detail.includes('hunter2'));
  }
});

test('bytes that are no UTF-8 hide nothing, NULs at the ends are padding, NULs inside are no text', () => {
  const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1');
  assert.deepEqual(decodeLine(bytes('a\xffb')), { ok: true, text: 'a\uFFFDb' });
  assert.deepEqual(decodeLine(bytes('\0\0\0Nov 22')), { ok: true, text: 'Nov 22' });
  const inside = decodeLine(bytes('a\0b'));
  assert.equal(inside.ok ? 'ok' : inside.code, 'not-text');
});

test('any text is read or rejected, never thrown at', () => {
  const prefix = fc.constantFrom(
    '',
    '<38>1 ',
    'Nov 22 10:22:53 ',
    '2026-11-22T10:22:53Z ',
    '{"ts":',
    '{"__REALTIME_TIMESTAMP":"1795343441638790","MESSAGE":',
  );
  fc.assert(
    fc.property(prefix, fc.string({ unit: 'binary' }), (start, rest) => {
      const result = parseEnvelope(start + rest, OPTIONS);
      if (result.ok) assert.ok(Number.isFinite(result.envelope.time));
    }),
  );
});

test('any JSON object is read or rejected, never thrown at', () => {
  const keys = fc.constantFrom(
    'ts',
    'time',
    'date',
    'host',
    'prog',
    'pid',
    'process',
    'msg',
    'message',
    '__REALTIME_TIMESTAMP',
    'MESSAGE',
    '_PID',
    '__proto__',
  );
  fc.assert(
    fc.property(fc.dictionary(keys, fc.jsonValue()), (record) => {
      const result = parseEnvelope(JSON.stringify(record), OPTIONS);
      if (result.ok) assert.ok(Number.isFinite(result.envelope.time));
    }),
  );
});
