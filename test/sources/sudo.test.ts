import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { sudo } from '../../src/sources/sudo/sudo.ts';
import { decodeAll, decodeText } from './support.ts';

const fixture = (name: string): Buffer =>
  readFileSync(new URL(`../fixtures/sources/sudo/${name}`, import.meta.url));

test('a log server’s single object with repeated keys loses no accept', () => {
  const { events, rejects } = decodeAll(sudo, fixture('logsrvd-events.json'), { host: null });
  assert.deepEqual(rejects, []);
  assert.deepEqual(
    events.map((event) => event.kind),
    ['access.open', 'access.close', 'access.open', 'access.close', 'access.open'],
  );
  const [accept, exit] = events;
  assert.deepEqual([accept?.account, accept?.actor, accept?.target], ['root', 'labalice', 'web01']);
  assert.equal(accept?.time, 1795344313749.422);
  assert.equal(accept?.session.uuid, exit?.session.uuid);
  assert.equal(accept?.session.iologPath, exit?.session.iologPath);
  assert.deepEqual(
    events.map((event) => event.ref.record),
    ['2', '44', '66', '110', '132'],
  );
});

test('one object per line: what was recorded and what was not', () => {
  const { events } = decodeAll(sudo, fixture('compact.jsonl'));
  const accepts = events.filter((event) => event.kind === 'access.open');
  assert.deepEqual(
    accepts.map((event) => event.session.tsid),
    ['000001', undefined, '000002'],
  );
  assert.ok(accepts.every((event) => event.detail.json === true));
});

test('no argument and no environment reaches an event', () => {
  const text = JSON.stringify(decodeAll(sudo, fixture('logsrvd-events.json')).events);
  assert.ok(!text.includes('echo') && !text.includes('PATH='));
});

test('an event without a time, and what is no event, are rejected', () => {
  const code = (text: string): string | undefined => decodeText(sudo, text).rejects[0]?.code;
  assert.equal(code('{"accept":{"runuser":"root","submituser":"a"}}'), 'no-time');
  assert.equal(code('{"accept":{"server_time":{"seconds":"soon"},"runuser":"root"}}'), 'no-time');
  assert.equal(code('{"accept":5}'), 'unknown-shape');
  assert.equal(code('{"accept":{"x":'), 'bad-json');
});

test('an event above a megabyte is read', () => {
  const event = {
    server_time: { seconds: 1795344313, nanoseconds: 0 },
    runuser: 'root',
    submituser: 'a',
    command: '/bin/id',
    runargv: ['x'.repeat(1_500_000)],
  };
  assert.equal(decodeText(sudo, JSON.stringify({ accept: event })).events.length, 1);
});
