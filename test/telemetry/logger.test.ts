import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Logger } from '../../src/telemetry/logger.ts';
import { createLogger, toLoggedError } from '../../src/telemetry/logger.ts';
import { Secret } from '../../src/util/secret.ts';

function lines(write: (log: Logger) => void, level: 'info' | 'debug' = 'info'): Record<string, unknown>[] {
  const written: string[] = [];
  write(createLogger({ level, destination: { write: (line) => written.push(line) } }));
  return written.map((line) => JSON.parse(line));
}

test('a line is JSON with level, time, fields and message', () => {
  const [line] = lines((log) =>
    log.warn({ source: 'web01/auth.log', records: 3 }, 'records could not be read'),
  );
  assert.match(String(line?.['time']), /^\d{4}-\d\d-\d\dT.*Z$/);
  delete line?.['time'];
  assert.deepEqual(line, {
    level: 'warn',
    source: 'web01/auth.log',
    records: 3,
    msg: 'records could not be read',
  });
});

test('lines below the level are not written', () => {
  const write = (log: Logger): void => log.debug('a pass began');
  assert.equal(lines(write).length, 0);
  assert.equal(lines(write, 'debug').length, 1);
});

test('secrets do not show at any depth that fields have, nor wrapped in a Secret', () => {
  const fields = {
    password: 'p4ss',
    smtp: { password: 'p4ss', login: { pass: 'p4ss' } },
    wrapped: new Secret('p4ss'),
    record: 'password for root: p4ss',
  };
  const [line] = lines((log) => log.info(fields, 'receiver is configured'));
  assert.ok(!JSON.stringify(line).includes('p4ss'), JSON.stringify(line));
  assert.deepEqual(line?.['smtp'], { password: '[secret]', login: { pass: '[secret]' } });
});

test('fields beside the secret ones stay readable', () => {
  const [line] = lines((log) => log.info({ receiver: 'mail', passes: 3, tokens: 1 }, 'delivered'));
  assert.deepEqual([line?.['receiver'], line?.['passes'], line?.['tokens']], ['mail', 3, 1]);
});

test('an error shows type, code, message, frames and cause, and nothing that a library added', () => {
  const cause = Object.assign(new Error('connect refused'), { code: 'ECONNREFUSED' });
  const error = Object.assign(new Error('mail was not sent', { cause }), {
    response: '535 bad password p4ss',
  });
  const [line] = lines((log) => log.error({ err: error }, 'delivery failed'));
  const logged = line?.['err'];
  assert.ok(!JSON.stringify(logged).includes('p4ss'));
  assert.ok(isRecord(logged) && isRecord(logged['cause']));
  assert.deepEqual([logged['type'], logged['message']], ['Error', 'mail was not sent']);
  assert.deepEqual(
    [logged['cause']['code'], logged['cause']['message']],
    ['ECONNREFUSED', 'connect refused'],
  );
  assert.match(String(logged['stack']), /logger\.test\.ts/);
});

test('an error of JSON.parse does not quote what it could not parse', () => {
  let caught: unknown;
  try {
    JSON.parse('hunter2 was typed here');
  } catch (error) {
    caught = error;
  }
  assert.match(String(caught), /hunter2/);
  const logged = JSON.stringify(toLoggedError(caught));
  assert.doesNotMatch(logged, /hunter2/);
  assert.match(logged, /SyntaxError/);
});

test('causes that go round in a circle end', () => {
  const error = new Error('a');
  error.cause = error;
  assert.ok(JSON.stringify(toLoggedError(error)).length < 20_000);
});

test('what is thrown and is no error shows its type alone', () => {
  assert.deepEqual(toLoggedError('password p4ss'), { type: 'string' });
});

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
