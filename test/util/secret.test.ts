import assert from 'node:assert/strict';
import { test } from 'node:test';
import { format, inspect } from 'node:util';
import { Secret } from '../../src/util/secret.ts';

test('a secret gives its value only to whoever asks for it', () => {
  const secret = new Secret('hunter2');
  assert.equal(secret.reveal(), 'hunter2');
});

test('no way of printing shows a secret', () => {
  const secret = new Secret('hunter2');
  const holder = { deep: { secret }, list: [secret] };
  const printed = [
    String(secret),
    `${secret}`,
    JSON.stringify(holder),
    inspect(holder, { depth: 9, showHidden: true }),
    format('%s %j %o %O', secret, secret, secret, secret),
    Object.values(secret).join(),
    Object.getOwnPropertyNames(secret).join(),
    JSON.stringify({ ...secret }),
  ];
  for (const text of printed) assert.ok(!text.includes('hunter2'), text);
  assert.equal(JSON.stringify({ secret }), '{"secret":"[secret]"}');
});

test('a comparison that fails does not show it either', () => {
  try {
    assert.deepEqual({ secret: new Secret('hunter2') }, { secret: 1 });
  } catch (error) {
    assert.ok(!inspect(error).includes('hunter2'));
    return;
  }
  assert.fail('the comparison should have failed');
});
