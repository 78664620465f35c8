import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import type { ReceiverConfig } from '../../src/config/receivers.ts';
import { configOf, LEAST, load, problemsOf, type Surroundings } from './support.ts';

function webhook(secret: string): string {
  return `${LEAST}receivers:\n  - {id: w, type: webhook, url: "https://example.org/hook", secret: ${secret}}\n`;
}

const KEY = 'whsec_hunter2hunter2hunter2hunter2hunt';

function secretOf(text: string, surroundings: Surroundings): string {
  const [receiver] = configOf(text, surroundings).receivers;
  return revealed(receiver);
}

function revealed(receiver: ReceiverConfig | undefined): string {
  assert.ok(receiver?.type === 'webhook');
  return receiver.secret.reveal();
}

const EXPECTED =
  '3:69 `secret` must be {env: NAME} or {file: path}: a secret is never written into the configuration';

test('a secret comes from the environment or from a file beside the configuration', () => {
  assert.equal(secretOf(webhook('{env: HOOK}'), { env: { HOOK: KEY } }), KEY);
  const files = { '/etc/offrecord/secrets/hook': `${KEY}\n`, '/run/hook': `${KEY}\r\n` };
  assert.equal(secretOf(webhook('{file: secrets/hook}'), { files }), KEY);
  assert.equal(secretOf(webhook('{file: /run/hook}'), { files }), KEY, 'without the line break at its end');
});

test('a secret written into the configuration is refused, and told what to write', () => {
  assert.deepEqual(problemsOf(webhook('hunter2')), [EXPECTED]);
  assert.deepEqual(problemsOf(webhook('{env: A, file: b}'), { env: { A: KEY } }), [EXPECTED]);
  assert.deepEqual(problemsOf(webhook('{env: "not a name"}')), [
    '3:75 `env` must be the name of an environment variable',
  ]);
  assert.deepEqual(problemsOf(webhook('{envv: A}')), [EXPECTED]);
});

test('a secret that is not there or empty is a problem', () => {
  assert.deepEqual(problemsOf(webhook('{env: HOOK}')), [
    '3:69 `secret` names an environment variable that is not set',
  ]);
  assert.deepEqual(problemsOf(webhook('{env: HOOK}'), { env: { HOOK: '' } }), [
    '3:69 `secret` names an environment variable that is empty',
  ]);
  assert.deepEqual(problemsOf(webhook('{env: toString}')), [
    '3:69 `secret` names an environment variable that is not set',
  ]);
  assert.deepEqual(problemsOf(webhook('{file: hook}')), [
    '3:69 `secret` names a file that cannot be read (ENOENT)',
  ]);
  assert.deepEqual(problemsOf(webhook('{file: hook}'), { files: { '/etc/offrecord/hook': '\n' } }), [
    '3:69 `secret` names a file that is empty',
  ]);
});

test('no message and no printing shows a secret, wherever it was written by mistake', () => {
  const mistakes = [
    webhook('hunter2'),
    webhook('{env: hunter2}'),
    webhook('{file: hunter2}'),
    webhook('[hunter2]'),
    webhook('"hunter2'),
    webhook('*hunter2'),
    webhook('!hunter2 x'),
    `${LEAST}receivers:\n  - {id: w, type: webhook, url: "https://u:hunter2@example.org", secret: {env: X}}\n`,
    `${LEAST}receivers:\n  - {id: w, type: hunter2}\n`,
    `${LEAST}log: {level: hunter2}\n`,
    'sources: hunter2\n',
    `${LEAST}hunter2\n`,
  ];
  for (const text of mistakes) {
    const loaded = load(text);
    assert.ok('problems' in loaded && loaded.problems.length > 0, text);
    assert.ok(!inspect(loaded, { depth: 9 }).includes('hunter2'), inspect(loaded, { depth: 9 }));
  }
  const config = configOf(webhook('{env: HOOK}'), { env: { HOOK: KEY } });
  assert.ok(!inspect(config, { depth: 9, showHidden: true }).includes('hunter2'));
  assert.ok(!JSON.stringify(config).includes('hunter2'));
});
