import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseKnownHosts, pinnedTypes, verifyHostKey } from '../../src/ssh/known-hosts.ts';
import { matchesWildcard } from '../../src/ssh/wildcard.ts';

/** A key of a type: its name with its length, and bytes that tell it from others. */
function keyOf(type: string, seed: number): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(type.length);
  return Buffer.concat([length, Buffer.from(type), Buffer.alloc(32, seed)]);
}

const ED = 'ssh-ed25519';
const RSA = 'ssh-rsa';
const line = (names: string, seed = 1, type = ED) =>
  `${names} ${type} ${keyOf(type, seed).toString('base64')}`;
const verdict = (text: string, host: string, port = 22, seed = 1, type = ED) =>
  verifyHostKey(parseKnownHosts('kh', text).entries, host, port, keyOf(type, seed));

test('names, ports and patterns', () => {
  assert.equal(verdict(line('web01,10.0.0.5'), '10.0.0.5'), 'known');
  assert.equal(verdict(line('web01'), 'WEB01'), 'known');
  assert.equal(verdict(line('[web01]:2222'), 'web01', 2222), 'known');
  assert.equal(verdict(line('web01'), 'web01', 2222), 'unknown');
  assert.equal(verdict(line('[web01]:2222'), 'web01'), 'unknown');
  assert.equal(verdict(line('*.example,!bad.example'), 'web.example'), 'known');
  assert.equal(verdict(line('*.example,!bad.example'), 'bad.example'), 'unknown');
  assert.equal(verdict(line('web0?'), 'web012'), 'unknown');
});

test('hashed names', () => {
  const salt = Buffer.alloc(20, 7);
  const hash = createHmac('sha1', salt).update('web01').digest('base64');
  const text = line(`|1|${salt.toString('base64')}|${hash}`);
  assert.equal(verdict(text, 'web01'), 'known');
  assert.equal(verdict(text, 'web02'), 'unknown');
});

test('another key of the same type is a change, of another type it is unknown', () => {
  assert.equal(verdict(line('web01'), 'web01', 22, 2), 'changed');
  assert.equal(verdict(line('web01'), 'web01', 22, 2, RSA), 'unknown');
  assert.equal(verdict(`${line('web01')}\n${line('web01', 2)}`, 'web01', 22, 2), 'known');
});

test('a revoked key is refused though it is pinned, and an authority pins nothing', () => {
  assert.equal(verdict(`${line('web01')}\n@revoked ${line('*')}`, 'web01'), 'revoked');
  assert.equal(verdict(`${line('web01')}\n@revoked ${line('*', 2)}`, 'web01'), 'known');
  assert.equal(verdict(`@cert-authority ${line('*')}`, 'web01'), 'unknown');
  assert.deepEqual(pinnedTypes(parseKnownHosts('kh', `@revoked ${line('web01')}`).entries, 'web01', 22), []);
});

test('what cannot be used is told with its line', () => {
  const text = [
    '# comment',
    '',
    line('web01'),
    'web01 ssh-ed25519',
    '@other x y z',
    'web01 ssh-rsa AAAA',
    '|1|x|y a b',
  ];
  const { entries, problems } = parseKnownHosts('kh', text.join('\n'));
  assert.equal(entries.length, 1);
  assert.deepEqual(
    problems.map((one) => one.split(':')[1]),
    ['4', '5', '6', '7'],
  );
});

test('any text gives entries and problems, and never throws', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string(), (text, host) => {
      const { entries } = parseKnownHosts('kh', text);
      assert.equal(verifyHostKey(entries, host, 22, keyOf(ED, 1)), 'unknown');
    }),
  );
});

test('a pattern of stars alone matches everything, and a text without wildcards itself alone', () => {
  fc.assert(fc.property(fc.string(), (text) => matchesWildcard('**', text)));
  const plain = fc.stringMatching(/^[a-z]{0,8}$/);
  fc.assert(fc.property(plain, plain, (a, b) => matchesWildcard(a, b) === (a === b)));
});
