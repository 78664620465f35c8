import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LINE_LIMIT } from '../../src/files/frame-lines.ts';
import { ENTRY_LIMIT } from '../../src/files/frame-journal-export.ts';
import { VALUE_LIMIT } from '../../src/files/frame-json-values.ts';
import { createFramer, type FramedRecord, type Framing } from '../../src/files/framing.ts';

const FRAMINGS: readonly Framing[] = [
  'lines',
  'journal-export',
  'json-values',
  'json-members',
  'json-records',
];

interface Framed {
  readonly records: readonly FramedRecord[];
  readonly rest: FramedRecord | null;
  readonly at: { readonly offset: number; readonly line: number };
}

function frame(framing: Framing, chunks: readonly Uint8Array[], offset = 0, line = 1): Framed {
  const framer = createFramer(framing, offset, line);
  // Copies, as records may be views of chunks.
  const records = chunks.flatMap((chunk) =>
    framer.push(chunk).map((record) => ({ ...record, bytes: Uint8Array.from(record.bytes) })),
  );
  const { rest } = framer.end();
  return {
    records,
    rest: rest === null ? null : { ...rest, bytes: Uint8Array.from(rest.bytes) },
    at: { ...framer.at },
  };
}

function texts(framed: Framed): string[] {
  return framed.records.map(({ bytes }) => Buffer.from(bytes).toString('latin1'));
}

function restText({ rest }: Framed): string | null {
  return rest === null ? null : Buffer.from(rest.bytes).toString('latin1');
}

function lineAt(bytes: Uint8Array, offset: number): number {
  return 1 + bytes.subarray(0, offset).filter((byte) => byte === 10).length;
}

function binaryField(name: string, value: Uint8Array): Uint8Array {
  const size = new Uint8Array(8);
  new DataView(size.buffer).setBigUint64(0, BigInt(value.length), true);
  return Buffer.concat([Buffer.from(`${name}\n`), size, value, Buffer.from('\n')]);
}

/** Whether a framer that has read so far, and not a byte more, would go on from there. */
function standsAt(framing: Framing, content: Uint8Array, end: number): boolean {
  return frame(framing, [content.subarray(0, end)]).at.offset === end;
}

/** Bytes in which every character that means something to a framer is frequent. */
const soup = fc
  .array(
    fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(...'\n\r{}[]"\\=, aA\0') },
      {
        weight: 1,
        arbitrary: fc.constantFrom(
          '\n\n',
          '{"a":1}\n',
          '{"Records":[',
          'A=b\n',
          '\x02\0\0\0\0\0\0\0',
          '\xef\xbb\xbf',
        ),
      },
    ),
    { maxLength: 60 },
  )
  .map((parts) => Buffer.from(parts.join(''), 'latin1'));

const entry = fc
  .array(
    fc.oneof(
      fc.string({ maxLength: 6 }).map((value) => Buffer.from(`A=${value.replaceAll('\n', ' ')}\n`)),
      fc.uint8Array({ maxLength: 12 }).map((value) => binaryField('B', value)),
    ),
    { minLength: 1, maxLength: 4 },
  )
  .map((fields) => Buffer.concat(fields));

const WELL_FORMED: Readonly<Record<Framing, fc.Arbitrary<Uint8Array>>> = {
  lines: fc
    .array(fc.string({ maxLength: 12 }))
    .map((lines) => Buffer.from(lines.map((line) => `${line}\r\n`).join(''))),
  'journal-export': fc
    .array(entry, { maxLength: 5 })
    .map((entries) => Buffer.concat(entries.flatMap((one) => [one, Buffer.from('\n')]))),
  'json-values': fc
    .array(fc.object({ maxDepth: 2 }), { maxLength: 5 })
    .map((values) =>
      Buffer.from(values.map((value, index) => JSON.stringify(value, null, index % 3)).join('\n')),
    ),
  'json-members': fc
    .array(fc.object({ maxDepth: 2 }), { maxLength: 5 })
    .map((values) =>
      Buffer.from(values.map((value, index) => JSON.stringify(value, null, index % 3)).join('\n')),
    ),
  'json-records': fc
    .array(
      fc.tuple(fc.constantFrom('Records', 'Events', 'logEvents', 'records', ''), fc.array(fc.object())),
      {
        maxLength: 4,
      },
    )
    .map((files) =>
      Buffer.from(
        files
          .map(([key, records], index) => {
            const holder = { before: 1, [key]: records, after: ['x'] };
            return JSON.stringify(key === '' ? records : holder, null, index % 3);
          })
          .join('\n'),
      ),
    ),
};

/** Cuts bytes at the given places, taken modulo their length. */
function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const sorted = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
  return [0, ...sorted].map((from, index) => bytes.subarray(from, sorted[index] ?? bytes.length));
}

for (const framing of FRAMINGS) {
  const bytes = fc.oneof(soup, WELL_FORMED[framing]);

  test(`${framing}: any cutting into chunks gives the same records, rest and place`, () => {
    fc.assert(
      fc.property(bytes, fc.array(fc.nat(), { maxLength: 8 }), (content, places) => {
        const whole = frame(framing, [content]);
        assert.deepEqual(frame(framing, cut(content, places)), whole);
        const single = Array.from(content, (byte) => Uint8Array.of(byte));
        assert.deepEqual(frame(framing, single), whole);
      }),
      { numRuns: 300 },
    );
  });

  test(`${framing}: resuming behind any record gives the rest and nothing twice`, () => {
    fc.assert(
      fc.property(bytes, (content) => {
        const whole = frame(framing, [content]);
        for (const [index, { end }] of whole.records.entries()) {
          // Within a value that holds records nobody resumes: `at` is where it began.
          if (framing === 'json-records' && !standsAt(framing, content, end)) continue;
          const resumed = frame(framing, [content.subarray(end)], end, lineAt(content, end));
          assert.deepEqual(resumed.records, whole.records.slice(index + 1));
          assert.deepEqual(resumed.rest, whole.rest);
        }
      }),
      { numRuns: 300 },
    );
  });

  test(`${framing}: resuming where a framer stood gives what a single pass gives`, () => {
    fc.assert(
      fc.property(bytes, fc.nat(), (content, place) => {
        const half = frame(framing, [content.subarray(0, place % (content.length + 1))]);
        const later = frame(framing, [content.subarray(half.at.offset)], half.at.offset, half.at.line);
        // Records of a value that was not complete yet are read again.
        const again = half.records.filter(
          ({ offset }) => offset < half.at.offset || framing !== 'json-records',
        );
        assert.deepEqual([...again, ...later.records], frame(framing, [content]).records);
      }),
      { numRuns: 300 },
    );
  });

  test(`${framing}: places are offsets and lines of the content`, () => {
    fc.assert(
      fc.property(bytes, (content) => {
        let before = 0;
        const { records, rest } = frame(framing, [content]);
        for (const record of rest === null ? records : [...records, rest]) {
          // The rest of a value that holds records is the value's beginning.
          if (framing === 'json-records' && record === rest) before = 0;
          assert.ok(record.offset >= before && record.end > record.offset && record.end <= content.length);
          assert.deepEqual(
            record.bytes,
            Uint8Array.from(content.subarray(record.offset, record.offset + record.bytes.length)),
          );
          assert.equal(record.line, lineAt(content, record.offset));
          before = record.end;
        }
      }),
      { numRuns: 300 },
    );
  });
}

test('lines: LF and CR LF end a line, empty ones are no records, the last is held back', () => {
  const framed = frame('lines', [Buffer.from('one\r\n\n\r\ntwo\nthr')]);
  assert.deepEqual(texts(framed), ['one', 'two']);
  assert.deepEqual(
    framed.records.map(({ line, offset, end }) => [line, offset, end]),
    [
      [1, 0, 5],
      [4, 8, 12],
    ],
  );
  assert.equal(restText(framed), 'thr');
  assert.deepEqual(framed.at, { offset: 12, line: 5 });
});

test('lines: a line of exactly the limit is read, one byte more is told once as too long', () => {
  const fits = Buffer.alloc(LINE_LIMIT, 'a');
  const whole = frame('lines', [fits, Buffer.from('\nnext\n')]);
  assert.deepEqual(
    whole.records.map(({ bytes, tooLong }) => [bytes.length, tooLong]),
    [
      [LINE_LIMIT, false],
      [4, false],
    ],
  );
  for (const chunks of [
    [fits, Buffer.from('a\nnext\n')],
    [Buffer.concat([fits, Buffer.from('a\nnext\n')])],
  ]) {
    const { records } = frame('lines', chunks);
    assert.deepEqual(
      records.map(({ bytes, tooLong, line }) => [bytes.length, tooLong, line]),
      [
        [0, true, 1],
        [4, false, 2],
      ],
    );
    assert.equal(records[0]?.end, LINE_LIMIT + 2);
  }
});

test('lines: an endless line does not grow memory', () => {
  const framer = createFramer('lines');
  const chunk = new Uint8Array(256 * 1024).fill(97);
  const before = process.memoryUsage().arrayBuffers;
  // 512 MiB of one line; holding it would show.
  for (let index = 0; index < 2048; index++) assert.deepEqual(framer.push(chunk), []);
  assert.ok(process.memoryUsage().arrayBuffers - before < 16 * 1024 * 1024);
  assert.deepEqual(
    framer.push(Buffer.from('\nx\n')).map(({ tooLong }) => tooLong),
    [true, false],
  );
});

test('journal-export: binary fields may hold line feeds and empty lines', () => {
  const first = Buffer.concat([Buffer.from('A=1\n'), binaryField('MESSAGE', Buffer.from('a\n\nb=c\n'))]);
  const framed = frame('journal-export', [first, Buffer.from('\n\nA=2\n\nA=3\n')]);
  assert.deepEqual(texts(framed), [first.toString('latin1'), 'A=2\n']);
  assert.equal(restText(framed), 'A=3\n');
});

test('journal-export: what cannot be a length is text, and the next entry is found', () => {
  const framed = frame('journal-export', [Buffer.from('garbage\nA=1\n\nA=2\n\n')]);
  assert.deepEqual(texts(framed), ['garbage\nA=1\n', 'A=2\n']);
});

test('journal-export: an entry beyond the limit is told once, and the next is read', () => {
  const framed = frame('journal-export', [
    binaryField('A', new Uint8Array(ENTRY_LIMIT)),
    Buffer.from('B=1\n\nC=1\n\n'),
  ]);
  assert.deepEqual(
    framed.records.map(({ tooLong }) => tooLong),
    [true, false],
  );
  assert.deepEqual(texts(framed), ['', 'C=1\n']);
});

test('json-values: concatenated and pretty-printed values, braces in strings', () => {
  const values = ['{"a":"}\\"{"}', '[1,[2]]', '{\n  "b": "\\\\"\n}'];
  const framed = frame('json-values', [Buffer.from(`\ufeff${values[0]}${values[1]}\n\x1e${values[2]}{"c"`)]);
  assert.deepEqual(texts(framed), values);
  assert.deepEqual(
    framed.records.map(({ line }) => line),
    [1, 1, 2],
  );
  assert.equal(restText(framed), '{"c"');
});

test('json-values: what is no value is a record to reject, and does not swallow the next', () => {
  const framed = frame('json-values', [Buffer.from('oops 1\n{"a":1}\n{"b":"cut\n{"c":3}\ntrue{"d":4}')]);
  assert.deepEqual(texts(framed), ['oops 1', '{"a":1}', '{"b":"cut', '{"c":3}', 'true', '{"d":4}']);
});

test('json-values: a value beyond the limit is told once, and the next is read', () => {
  const framed = frame('json-values', [
    Buffer.from('{"a":"'),
    Buffer.alloc(VALUE_LIMIT, 'a'),
    Buffer.from('"}{"b":1}'),
  ]);
  assert.deepEqual(
    framed.records.map(({ tooLong }) => tooLong),
    [true, false],
  );
  assert.deepEqual(texts(framed), ['', '{"b":1}']);
});

const trail =
  '{"a":{"Records":[1]},"Records": [{"n":1,"Records":[0]}, [2], "x]",\n3.5, null],"b":"\\"]","Events":[{}]}';
const elements = ['{"n":1,"Records":[0]}', '[2]', '"x]"', '3.5', 'null', '{}'];

test('json-records: elements of the arrays that hold records, at the first level alone', () => {
  const framed = frame('json-records', [Buffer.from(trail)]);
  assert.deepEqual(texts(framed), elements);
  assert.deepEqual(
    framed.records.map(({ line }) => line),
    [1, 1, 1, 2, 2, 2],
  );
  assert.equal(framed.rest, null);
  assert.equal(framed.at.offset, trail.length);
});

test('json-records: lists of every provider are cut into their elements', () => {
  for (const key of ['Records', 'Events', 'logEvents', 'value', 'records', 'entries']) {
    const framed = frame('json-records', [
      Buffer.from(`{"@x":"y","${key}":[{"a":1},{"value":[2]}],"next":"z"}`),
    ]);
    assert.deepEqual(texts(framed), ['{"a":1}', '{"value":[2]}'], key);
    assert.equal(framed.rest, null);
  }
});

test('json-records: other values are records whole, whatever their keys look like', () => {
  const values = [
    '{"recordS":[{"a":1}]}',
    '{"values":[{"a":1}]}',
    '{"value":{"a":[1]}}',
    '{"x":"Records","y":[1]}',
    '{"x":{"Records":[1]}}',
    '{"RecordsAndMore":[1]}',
    '{"Records":{"a":[1]}}',
    '{"\\u0052ecords":[1]}',
    '{"x":"\\"Records\\":[",\n"y":1}',
  ];
  const framed = frame('json-records', [Buffer.from(values.join('\n'))]);
  assert.deepEqual(texts(framed), values);
  assert.equal(framed.rest, null);
});

test('json-records: an array at the top holds records, several values may follow one another', () => {
  const framed = frame('json-records', [
    Buffer.from('\ufeff[{"a":1},{"b":[2]}]{"c":3}\x1e{"Events":[]}[]{"d":4}'),
  ]);
  assert.deepEqual(texts(framed), ['{"a":1}', '{"b":[2]}', '{"c":3}', '{"d":4}']);
  assert.equal(framed.rest, null);
});

test('json-records: wherever a file is cut off, its rest is no JSON, a whole word, or a value of its own', () => {
  for (let length = 1; length < trail.length; length++) {
    const framed = frame('json-records', [Buffer.from(trail.slice(0, length))]);
    const rest = restText(framed);
    assert.notEqual(rest, null, trail.slice(0, length));
    // A number cut short is still a number; no record is one.
    assert.ok(rest?.startsWith('{') !== true || !isJson(rest), `${length}: ${rest}`);
    assert.equal(framed.at.offset, 0);
    assert.deepEqual(texts(framed), elements.slice(0, framed.records.length));
  }
});

test('json-records: what is no JSON is a record to reject, and what follows is found', () => {
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ['oops {"a":1}', ['oops ', '{"a":1}']],
    ['[{"a":1}} {"b":2}', ['{"a":1}', '} ', '{"b":2}']],
    ['{"Records":[{"a":"cut\n{"b":2}', ['{"a":"cut', '{"b":2}']],
    ['{"Records":[{"a":1}],"x":"cut\n{"b":2}', ['{"a":1}', ',"x":"cut', '{"b":2}']],
    ['["a" b,,c{"d":1}]{"e":2}', ['"a"', 'b', 'c', '{"d":1}', '{"e":2}']],
  ];
  for (const [text, expected] of cases)
    assert.deepEqual(texts(frame('json-records', [Buffer.from(text)])), expected);
});

test('json-records: an element beyond the limit is told once, and the next is read', () => {
  const framed = frame('json-records', [
    Buffer.from('{"Records":[{"a":"'),
    Buffer.alloc(VALUE_LIMIT, 'a'),
    Buffer.from('"},{"b":1}]}'),
  ]);
  assert.deepEqual(
    framed.records.map(({ tooLong }) => tooLong),
    [true, false],
  );
  assert.deepEqual(texts(framed), ['', '{"b":1}']);
});

test('json-records: records that together exceed the limit by far are each read', () => {
  const framer = createFramer('json-records');
  framer.push(Buffer.from('{"Records":['));
  const record = Buffer.from(`{"a":"${'x'.repeat(1024 * 1024)}"},`);
  let found = 0;
  for (let index = 0; index < 40; index++)
    found += framer.push(record).filter(({ tooLong }) => !tooLong).length;
  assert.equal(found, 40);
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

test('json-records: a line that a crash cut off does not swallow those behind it', () => {
  const line = '{"a":{"b":[1,{"c":2}],"d":"x"},"e":3}';
  for (let cut = 1; cut < line.length; cut += 1) {
    const text = `${line.slice(0, cut)}\n${line}\n${line}\n`;
    // Behind a colon or in a list an object may begin: there the cut cannot be seen.
    if (/[:[]$/.test(line.slice(0, cut)) || line.slice(0, cut).endsWith('[1,')) continue;
    for (const size of [1, 7, text.length]) {
      const framer = createFramer('json-records');
      const records = Array.from({ length: Math.ceil(text.length / size) }, (_, at) =>
        framer.push(Buffer.from(text.slice(at * size, (at + 1) * size))),
      ).flat();
      const texts = records.map((one) => Buffer.from(one.bytes).toString());
      assert.deepEqual(texts.slice(-2), [line, line], `cut at ${cut}, ${size} bytes at a time`);
    }
  }
});

test('json-records: pretty-printed values whose objects begin lines stay whole', () => {
  const text = '{"a":\n{"b":[\n{"c":1},\n{"c":2}\n]}}\n[\n{"d":1},\n{"d":2}\n]\n';
  const records = createFramer('json-records').push(Buffer.from(text));
  const texts = records.map((one) => Buffer.from(one.bytes).toString().replaceAll('\n', ''));
  assert.deepEqual(texts, ['{"a":{"b":[{"c":1},{"c":2}]}}', '{"d":1}', '{"d":2}']);
});
