import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Envelope, fieldText, parseEnvelope, parseJournalExport } from '../../src/envelope/envelope.ts';

const FIXTURE = new URL('../fixtures/sources/journald/openssh-9.2.jsonl', import.meta.url);
const LINES = readFileSync(FIXTURE, 'utf8').trim().split('\n');

function read(line: string): Envelope {
  const result = parseEnvelope(line, { zone: 'UTC', reference: 0 });
  assert.ok(result.ok, result.ok ? '' : result.detail);
  return result.envelope;
}

const record = (fields: Readonly<Record<string, unknown>>): string =>
  JSON.stringify({ __REALTIME_TIMESTAMP: '1795343464802745', MESSAGE: 'x', ...fields });

test('every captured record is read, with the fields that the kernel vouches for', () => {
  const envelopes = LINES.map(read);
  assert.ok(
    envelopes.every((one) => one.host === 'db01' && one.bootId === 'a52e6adcf47d409794d21ef8dced47d8'),
  );
  const last = envelopes.findLast((one) => one.message.startsWith('Disconnected from user labalice'));
  assert.equal(last?.auditSession, 111);
  assert.equal(last?.uid, 1001);
  assert.equal(last?.comm, 'sshd');
});

test('the time of the writer is better than that of arrival', () => {
  assert.equal(read(record({})).time, 1795343464802.745);
  assert.equal(read(record({ _SOURCE_REALTIME_TIMESTAMP: '1795343464801963' })).time, 1795343464801.963);
});

test('the kernel knows the process id, the writer only claims one', () => {
  assert.equal(read(record({ SYSLOG_PID: '1', _PID: '15660' })).pid, 15660);
  assert.equal(read(record({ SYSLOG_PID: '1' })).pid, 1);
});

test('a message may be text, bytes, several values or nothing', () => {
  const message = (value: unknown): string => read(record({ MESSAGE: value })).message;
  assert.equal(message([72, 255, 105]), 'H\uFFFDi');
  assert.equal(message(['first', 'second']), 'first');
  assert.equal(message([[72, 105], [72]]), 'Hi');
  assert.equal(message(null), '');
});

test('an unset audit session is none', () => {
  assert.equal(read(record({ _AUDIT_SESSION: '4294967295' })).auditSession, undefined);
  assert.equal(read(record({ _AUDIT_SESSION: '0' })).auditSession, 0);
});

function exported(fields: readonly (readonly [string, string | Uint8Array])[]): Uint8Array {
  const parts = fields.map(([name, value]) => {
    if (typeof value === 'string') return Buffer.from(`${name}=${value}\n`);
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(value.length));
    return Buffer.concat([Buffer.from(`${name}\n`), length, value, Buffer.from('\n')]);
  });
  return Buffer.concat(parts);
}

test('an export entry gives what the JSON form gives, binary fields included', () => {
  const entry = exported([
    ['__REALTIME_TIMESTAMP', '1795343464802745'],
    ['_HOSTNAME', 'db01'],
    ['SYSLOG_IDENTIFIER', 'sshd'],
    ['_PID', '15660'],
    ['MESSAGE', Buffer.from('two\nlines = one message')],
    ['SESSION_ID', '5'],
  ]);
  const result = parseJournalExport(entry);
  assert.ok(result.ok);
  const { time, host, ident, pid, message, fields = {} } = result.envelope;
  assert.deepEqual(
    [time, host, ident, pid, message],
    [1795343464802.745, 'db01', 'sshd', 15660, 'two\nlines = one message'],
  );
  assert.equal(fieldText(fields, 'SESSION_ID'), '5');
});

test('an export entry that ends inside a field is cut off', () => {
  const entry = exported([
    ['__REALTIME_TIMESTAMP', '1795343464802745'],
    ['MESSAGE', Buffer.from('text')],
  ]);
  const result = parseJournalExport(entry.subarray(0, -4));
  assert.equal(result.ok ? 'ok' : result.code, 'cut-off');
});

test('an export entry may hold any bytes', () => {
  const start = fc.constantFrom('', '__REALTIME_TIMESTAMP=1795343464802745\n', 'MESSAGE\n', '__proto__=x\n');
  fc.assert(
    fc.property(start, fc.uint8Array({ maxLength: 64 }), (text, bytes) => {
      const result = parseJournalExport(Buffer.concat([Buffer.from(text), bytes]));
      assert.equal(typeof result.ok, 'boolean');
    }),
  );
});
