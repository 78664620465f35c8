import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { applyException, type ExceptionAnswer } from '../../src/exceptions/apply.ts';
import { loadExceptions } from '../../src/exceptions/load.ts';
import { access, KEY, policy } from './support.ts';

/** Root logins by the emergency key that a real sshd logged, and the exception files of that time. */
function answerFor(file: string, opened: string, closed: string, ip: string): ExceptionAnswer {
  const text = readFileSync(new URL(`../fixtures/exceptions/${file}`, import.meta.url), 'utf8');
  const { exceptions, problems } = loadExceptions([{ file, text }], policy({ approvers: ['ciso'] }));
  assert.deepEqual(problems, []);
  const login = access({
    opened: Date.parse(opened),
    closed: Date.parse(closed),
    origin: { ip, port: 46_012 },
    credential: { type: 'publickey', id: KEY },
    principal: 'bob',
  });
  return applyException(login, exceptions, policy(), Date.parse('2026-11-23T11:21:00Z'));
}

test('root by emergency key within an approved exception is excepted', () => {
  const answer = answerFor(
    'EXC-2026-014.yaml',
    '2026-11-22T11:21:00.838Z',
    '2026-11-22T11:21:02.613Z',
    '10.99.0.10',
  );
  assert.equal(answer.state, 'excepted');
});

test('the same key from an address that the exception does not cover is not', () => {
  const answer = answerFor(
    'EXC-2026-014.yaml',
    '2026-11-22T11:21:02.797Z',
    '2026-11-22T11:21:04.137Z',
    '10.99.0.2',
  );
  assert.deepEqual(answer, { state: 'none' });
});

test('an exception that expired an hour ago is named, and accepts nothing', () => {
  const answer = answerFor(
    'EXC-2026-009.yaml',
    '2026-11-22T11:21:05.582Z',
    '2026-11-22T11:21:06.881Z',
    '10.99.0.10',
  );
  assert.ok(answer.state === 'expired');
  assert.deepEqual([answer.exception.id, answer.why], ['EXC-2026-009', 'expired']);
});
