import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseEnvelope } from '../../src/envelope/envelope.ts';
import { findMembers } from '../../src/messages/json-members.ts';
import { read } from './support.ts';

const IDENTS = [
  'sshd',
  'internal-sftp',
  'sudo',
  'su',
  'pkexec',
  'doas',
  'login',
  'systemd-logind',
  'systemd',
  'systemd-journald',
  'rsyslogd',
  'su(pam_unix)',
  'cron',
  '',
];
const ident = fc.constantFrom(...IDENTS);

test('any text of any program is read without throwing', () => {
  const starts = fc.constantFrom(
    '',
    'Accepted ',
    'Starting session: ',
    'pam_unix(sshd:session): ',
    'alice : TTY=',
    '@cee:{',
    '(to root) ',
    'alice ran command ',
    'message repeated 3 times: [ ',
  );
  fc.assert(
    fc.property(ident, starts, fc.string({ unit: 'binary' }), (program, start, rest) => {
      assert.ok(Array.isArray(read(program, start + rest).drafts));
    }),
  );
});

const FOLDER = new URL('../fixtures/sources/captures/ossh10-VERBOSE/', import.meta.url);
const MESSAGES = readdirSync(FOLDER)
  .flatMap((name) => readFileSync(new URL(name, FOLDER), 'utf8').split('\n'))
  .map((line) => parseEnvelope(line, { zone: 'UTC', reference: Date.parse('2026-11-23T00:00:00Z') }))
  .flatMap((result) => (result.ok ? [result.envelope.message] : []));

test('real messages with pieces cut out, doubled and exchanged are read without throwing', () => {
  const cut = fc.tuple(fc.nat(200), fc.nat(60), fc.string({ maxLength: 20 }));
  fc.assert(
    fc.property(ident, fc.constantFrom(...MESSAGES), cut, (program, text, [at, length, inserted]) => {
      const mutated = text.slice(0, at) + inserted + text.slice(at + length);
      assert.ok(Array.isArray(read(program, mutated).drafts));
    }),
    { numRuns: 500 },
  );
});

test('a user name of any text makes no access of a refused login', () => {
  fc.assert(
    fc.property(fc.string(), (name) => {
      for (const text of [
        `Invalid user ${name} from 10.0.0.1 port 5`,
        `Failed password for invalid user ${name} from 10.0.0.1 port 5 ssh2`,
        `Disconnected from invalid user ${name} 10.0.0.1 port 5 [preauth]`,
      ]) {
        assert.deepEqual(read('sshd', text).drafts, []);
      }
    }),
  );
});

/** Inputs on which a careless pattern needs minutes: a test that ends is the proof. */
test('hostile lengths cost no more than their length', () => {
  const parts = [
    ' for ',
    ' from ',
    ' port 1',
    ' as x from ',
    ' ; USER=a',
    ' ; COMMAND=',
    '(serial 1) CA ',
    'session opened for user ',
    ' by ',
    '"',
    '{"a":',
    '[[',
  ];
  const starts = [
    '',
    'Accepted x',
    'Starting session: ',
    "Starting session: forced-command (config) '",
    'pam_unix(su:session): ',
    'a : TTY=x',
    '(to ',
    'a ran command ',
    '{"accept":',
  ];
  for (const program of IDENTS) {
    for (const start of starts) {
      for (const part of parts) {
        const { drafts } = read(program, start + part.repeat(Math.floor(65_000 / part.length)));
        assert.ok(drafts.length <= 1, `${program} ${start}`);
      }
    }
  }
});

test('members of an object are found as a parser finds them, repeated keys included', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.stringMatching(/^[a-z]{1,3}$/), fc.jsonValue())),
      fc.boolean(),
      (pairs, pretty) => {
        const members = pairs.map(
          ([key, value]) => `"${key}": ${JSON.stringify(value, null, pretty ? 2 : 0)}`,
        );
        const found = findMembers(`{${members.join(pretty ? ' ,\n' : ',')}}`);
        assert.deepEqual(
          found?.map(({ key, value }) => [key, JSON.parse(value)]),
          pairs.map(([key, value]) => [key, JSON.parse(JSON.stringify(value))]),
        );
      },
    ),
  );
  for (const text of ['', '[]', '{', '{"a"}', '{"a":1', '{"a":1}x', '{"a":"b}', '{"a":[1}'])
    assert.equal(findMembers(text), null, text);
});
