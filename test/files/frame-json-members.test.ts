import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { JsonMembersFramer, MEMBER_LIMIT } from '../../src/files/frame-json-members.ts';
import { type FramedRecord, START } from '../../src/files/framing.ts';

const bytes = (text: string): Uint8Array => Buffer.from(text);
const textOf = (record: FramedRecord | null): string | null => record && Buffer.from(record.bytes).toString();

function texts(text: string, start = START): (string | null)[] {
  return new JsonMembersFramer(start).push(bytes(text)).map(textOf);
}

test('members of one object or of many, pretty-printed or not', () => {
  assert.deepEqual(texts('{\n  "a": {\n "x": "}" },\n "b": [1, {"y": 2}]\n}\n'), [
    '"a": {\n "x": "}" }',
    '"b": [1, {"y": 2}]',
  ]);
  assert.deepEqual(texts('{"a":{"x":1}}\n{"a":{"x":2}}\n'), ['"a":{"x":1}', '"a":{"x":2}']);
  assert.deepEqual(texts('{"a":"text","b":5,"c":null}'), ['"a":"text"', '"b":5', '"c":null']);
  assert.deepEqual(texts('{}[]{ }'), []);
});

test('every event of a log with repeated keys is a record of its own', () => {
  const text = readFileSync(new URL('../fixtures/sources/sudo/logsrvd-events.json', import.meta.url), 'utf8');
  const keys = texts(text).map((record) => record?.slice(0, record.indexOf(':')));
  assert.deepEqual(keys, ['"accept"', '"exit"', '"accept"', '"exit"', '"accept"']);
});

test('an object that grew is read on from its last member', () => {
  const before = '{\n    "accept": {"n": 1}\n}\n';
  const after = '{\n    "accept": {"n": 1},\n    "exit": {"n": 2}\n}\n';
  const framer = new JsonMembersFramer(START);
  assert.equal(framer.push(bytes(before)).length, 1);
  const { offset, line } = framer.at;
  const resumed = new JsonMembersFramer({ offset, line }).push(bytes(after.slice(offset)));
  assert.deepEqual(resumed.map(textOf), ['"exit": {"n": 2}']);
  assert.deepEqual([resumed[0]?.offset, resumed[0]?.line], [after.indexOf('"exit"'), 3]);
});

test('what is no member is a record of its own, and what follows is read', () => {
  assert.deepEqual(texts('{"a":{"x":1}}\ngarbage here\n{"a":{"x":2}}'), [
    '"a":{"x":1}',
    'garbage here',
    '"a":{"x":2}',
  ]);
  assert.deepEqual(texts('{"a":{"x":"cut\n"b":{"y":1}}'), ['"a":{"x":"cut', '"b":{"y":1}']);
});

test('an unfinished member is the rest, and the place to read on from', () => {
  const framer = new JsonMembersFramer(START);
  framer.push(bytes('{"a":{"x":1},"b":{"y'));
  assert.equal(textOf(framer.end().rest), '"b":{"y');
  assert.equal(framer.at.offset, '{"a":{"x":1},'.length);
});

test('a member above the limit is told once and what follows is read', () => {
  const framer = new JsonMembersFramer(START);
  const records = [`{"a":"${'x'.repeat(MEMBER_LIMIT)}`, '","b":{"y":1}}'].flatMap((part) =>
    framer.push(bytes(part)),
  );
  assert.deepEqual(
    records.map((record) => [record.tooLong, record.bytes.length]),
    [
      [true, 0],
      [false, 11],
    ],
  );
});

test('records are the same however the bytes are cut into chunks', () => {
  const piece = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"',
    '\\',
    '\n',
    ' ',
    'a',
    '1',
    '"a":{"x":1}',
    '"b": "t"',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), fc.integer({ min: 1, max: 7 }), (pieces, size) => {
      const all = bytes(pieces.join(''));
      const whole = new JsonMembersFramer(START);
      const cut = new JsonMembersFramer(START);
      const records = whole.push(all);
      const parts = Array.from({ length: Math.ceil(all.length / size) }, (_, at) =>
        all.subarray(at * size, (at + 1) * size),
      );
      assert.deepEqual(
        parts.flatMap((part) => cut.push(part)),
        records,
      );
      assert.deepEqual([cut.at, cut.end()], [whole.at, whole.end()]);
    }),
  );
});
