import assert from 'node:assert/strict';
import { test } from 'node:test';
import { detect } from '../support.ts';

/** Name, selection, records that match, records that do not. */
type Row = readonly [string, string, readonly unknown[], readonly unknown[]];

const encode = (text: string): string => Buffer.from(text, 'utf8').toString('base64');
const wide = (text: string): string => Buffer.from(text, 'utf16le').toString('base64');

const TABLE: readonly Row[] = [
  [
    'a value is equal, whatever its case',
    'f: Root',
    [{ f: 'root' }, { f: 'ROOT' }],
    [{ f: 'roots' }, { f: null }, {}],
  ],
  ['a list of values is OR', 'f: [a, b]', [{ f: 'a' }, { f: 'b' }], [{ f: 'c' }]],
  ['a map is AND', '{f: a, g: b}', [{ f: 'a', g: 'b' }], [{ f: 'a' }, { g: 'b' }]],
  ['a list of maps is OR', '[{f: a}, {g: b}]', [{ f: 'a' }, { g: 'b' }], [{ f: 'b', g: 'a' }]],
  ['dotted paths go through objects', 'a.b: x', [{ a: { b: 'x' } }], [{ 'a.b': 'x' }, { a: 'x' }]],
  [
    'arrays on the way are flattened',
    'r.code: x',
    [{ r: [{ code: 'y' }, { code: 'x' }] }],
    [{ r: [{ code: 'y' }] }, { r: [] }],
  ],
  ['arrays at the end are flattened', 'r: x', [{ r: ['y', 'x'] }], [{ r: ['y'] }]],
  ['only own properties are fields', 'constructor|exists: true', [{ constructor: 1 }], [{}]],

  ['* is any characters', "f: 'a*c'", [{ f: 'ac' }, { f: 'abbc' }], [{ f: 'acb' }, { f: 'bac' }]],
  ['? is exactly one character', "f: 'a?c'", [{ f: 'abc' }, { f: 'a😀c' }], [{ f: 'ac' }, { f: 'abbc' }]],
  ['* alone is any text', "f: '*'", [{ f: '' }, { f: 'x' }], [{ f: null }, {}]],
  ['several wildcards', "f: '*a*b?'", [{ f: 'abc' }, { f: 'xaxbxbx' }], [{ f: 'ab' }, { f: 'ba?' }]],
  ['an escaped * is a star', "f: 'a\\*c'", [{ f: 'a*c' }], [{ f: 'abc' }, { f: 'a\\*c' }]],
  ['an escaped ? is a question mark', "f: 'a\\?c'", [{ f: 'a?c' }], [{ f: 'abc' }]],
  ['a backslash alone is itself', "f: 'a\\c'", [{ f: 'a\\c' }], [{ f: 'ac' }]],
  ['two backslashes are one', "f: 'a\\\\c'", [{ f: 'a\\c' }], [{ f: 'a\\\\c' }]],
  [
    'an escaped backslash before a wildcard',
    "f: 'a\\\\*'",
    [{ f: 'a\\' }, { f: 'a\\x' }],
    [{ f: 'a*' }, { f: 'ax' }],
  ],
  ['three backslashes and a star', "f: 'a\\\\\\*'", [{ f: 'a\\*' }], [{ f: 'a\\x' }]],
  ['three backslashes are two', "f: 'a\\\\\\c'", [{ f: 'a\\\\c' }], [{ f: 'a\\c' }]],
  ['four backslashes are two', "f: 'a\\\\\\\\c'", [{ f: 'a\\\\c' }], [{ f: 'a\\c' }]],
  ['a backslash at the end', "f: 'a\\'", [{ f: 'a\\' }], [{ f: 'a' }]],

  [
    'a number equals a number or its spelling',
    'f: 22',
    [{ f: 22 }, { f: '22' }],
    [{ f: 220 }, { f: '022' }, { f: true }],
  ],
  ['a text equals a number by its spelling', "f: '22'", [{ f: 22 }, { f: '22' }], [{ f: 23 }]],
  ['a boolean', 'f: true', [{ f: true }, { f: 'True' }], [{ f: false }, { f: 1 }, {}]],
  [
    'null is a field that is null or missing',
    'f: null',
    [{ f: null }, {}, { f: [] }],
    [{ f: '' }, { f: 0 }, { f: false }],
  ],
  ['nothing after the colon is null', 'f:', [{}], [{ f: '' }]],
  ['an empty text is only itself', "f: ''", [{ f: '' }], [{ f: null }, {}, { f: ' ' }]],
  ['null among other values', 'f: [null, a]', [{}, { f: 'a' }], [{ f: 'b' }]],

  ['contains', 'f|contains: b', [{ f: 'aBc' }, { f: 'b' }], [{ f: 'ac' }]],
  ['startswith', 'f|startswith: ab', [{ f: 'ABc' }, { f: 'ab' }], [{ f: 'cab' }]],
  ['endswith', 'f|endswith: bc', [{ f: 'aBC' }, { f: 'bc' }], [{ f: 'bca' }]],
  ['wildcards inside contains', "f|contains: 'a*b'", [{ f: 'xa12bx' }], [{ f: 'xb12ax' }]],
  ['a number under contains', 'f|contains: 22', [{ f: '1221' }, { f: 1221 }], [{ f: 212 }]],
  ['all', 'f|contains|all: [a, b]', [{ f: 'bca' }], [{ f: 'aca' }]],
  ['all over elements', 'f|all: [a, b]', [{ f: ['b', 'a'] }], [{ f: ['a'] }]],
  ['cased', 'f|cased: Root', [{ f: 'Root' }], [{ f: 'root' }]],
  ['cased with contains', 'f|contains|cased: Ab', [{ f: 'xAbx' }], [{ f: 'xabx' }]],
  ['exists', 'f|exists: true', [{ f: 1 }, { f: null }, { f: '' }, { f: [] }], [{}, { g: 1 }]],
  ['exists false', 'f.g|exists: false', [{}, { f: null }, { f: { h: 1 } }], [{ f: { g: null } }]],
  ['neq', 'f|neq: a', [{ f: 'b' }, {}, { f: null }], [{ f: 'A' }, { f: ['b', 'a'] }]],
  ['neq over a list is none of them', 'f|neq: [a, 2]', [{ f: 'b' }, { f: 3 }], [{ f: 'a' }, { f: 2 }]],
  ['neq with contains', 'f|contains|neq: a', [{ f: 'bc' }], [{ f: 'bac' }]],

  [
    'windash',
    "f|windash|contains: ' -enc '",
    [{ f: 'p -enc x' }, { f: 'p /enc x' }, { f: 'p –enc x' }, { f: 'p ―enc x' }],
    [{ f: 'p enc x' }],
  ],
  [
    'windash after contains',
    "f|contains|windash: ' -e -f'",
    [{ f: 'p /e —f' }, { f: 'p -e /f' }],
    [{ f: 'p /e f' }],
  ],
  ['windash leaves dashes inside words', 'f|windash: a-b', [{ f: 'a-b' }], [{ f: 'a/b' }]],

  [
    're is case-sensitive',
    "f|re: 'ro+t$'",
    [{ f: 'root' }, { f: 'the rooot' }],
    [{ f: 'ROOT' }, { f: 'roots' }],
  ],
  ['re with i', "f|re|i: '^ro+t'", [{ f: 'ROOts' }], [{ f: ' root' }]],
  ['re with m', "f|re|m: '^b$'", [{ f: 'a\nb\nc' }], [{ f: 'a b c' }]],
  ['re with s', "f|re|s: 'a.c'", [{ f: 'a\nc' }], [{ f: 'ac' }]],
  ['without s a dot is no line break', "f|re: 'a.c'", [{ f: 'abc' }], [{ f: 'a\nc' }]],
  ['re on a number', "f|re: '^2[0-9]$'", [{ f: 22 }], [{ f: 220 }]],
  ['re with all', "f|re|all: ['a', 'b']", [{ f: 'ba' }], [{ f: 'a' }]],
  ['re with neq', "f|re|neq: 'a'", [{ f: 'b' }, {}], [{ f: 'ba' }]],

  [
    'base64',
    'f|base64|contains: foobar',
    [{ f: `x ${encode('foobar')} y` }],
    [{ f: 'foobar' }, { f: encode('foo') }],
  ],
  ['base64 of characters beyond ASCII', 'f|base64: grün', [{ f: encode('grün') }], [{ f: encode('grun') }]],
  [
    'base64offset',
    "f|base64offset|contains: 'secret command'",
    [
      { f: encode('secret command x') },
      { f: encode('1secret command 23') },
      { f: encode('12secret command') },
    ],
    [{ f: encode('secret commend') }],
  ],
  [
    'wide',
    'f|wide|base64offset|contains: whoami',
    [{ f: wide('xx whoami') }, { f: wide('whoami /all') }],
    [{ f: encode('whoami') }],
  ],
  ['utf16le', 'f|utf16le|base64: ab', [{ f: 'YQBiAA==' }], [{ f: 'AGEAYg==' }]],
  ['utf16be', 'f|utf16be|base64: ab', [{ f: 'AGEAYg==' }], [{ f: 'YQBiAA==' }]],
  ['utf16 has a byte order mark', 'f|utf16|base64: ab', [{ f: '//5hAGIA' }], [{ f: 'YQBiAA==' }]],
  [
    'utf16 without base64 is compared byte by byte',
    'f|utf16le|contains: ab',
    [{ f: 'a\0b\0' }],
    [{ f: 'ab' }],
  ],

  ['lt', 'f|lt: 5', [{ f: 4 }, { f: '4.5' }, { f: -1 }], [{ f: 5 }, { f: 'x' }, { f: null }, {}, { f: '' }]],
  ['lte', 'f|lte: 5', [{ f: 5 }], [{ f: 6 }]],
  ['gt', 'f|gt: 5', [{ f: 6 }], [{ f: 5 }, { f: true }]],
  ['gte', 'f|gte: 5', [{ f: 5 }], [{ f: 4 }]],
  ['a limit with a fraction', 'f|gt: 0.5', [{ f: 0.6 }], [{ f: 0.5 }]],
  ['minute', 'f|minute: 20', [{ f: '2026-11-22T11:20:40.617Z' }], [{ f: '2026-11-22T11:21:40.617Z' }]],
  [
    'hour with a comparison',
    'f|hour|gte: 22',
    [{ f: '2026-11-22T22:00:00Z' }],
    [{ f: '2026-11-22T21:59:59Z' }],
  ],
  [
    'the hour stands as written',
    'f|hour: 1',
    [{ f: '2026-11-22T01:00:00+09:00' }],
    [{ f: '2026-11-22T10:00:00+09:00' }],
  ],
  ['a date has no hour', 'f|hour: 0', [{ f: '2026-11-22 00:30' }], [{ f: '2026-11-22' }]],
  ['day', 'f|day: 22', [{ f: '2026-11-22' }], [{ f: '2026-11-21' }, { f: '2026-02-30' }]],
  ['week', 'f|week: 53', [{ f: '2027-01-03' }, { f: '2026-12-28' }], [{ f: '2027-01-04' }]],
  ['month', 'f|month: 11', [{ f: '2026-11-22' }], [{ f: '2026-12-22' }]],
  ['year', 'f|year: 2026', [{ f: '2026-11-22' }], [{ f: '2025-11-22' }, { f: 2026 }]],
  ['a part of a time with neq', 'f|year|neq: 2026', [{ f: '2025-01-01' }], [{ f: '2026-01-01' }]],
  [
    'cidr',
    'f|cidr: 10.0.0.0/8',
    [{ f: '10.1.2.3' }, { f: '::ffff:10.1.2.3' }],
    [{ f: '11.0.0.1' }, { f: 'x' }, {}],
  ],
  [
    'cidr of version 6',
    "f|cidr: '2001:db8::/32'",
    [{ f: '2001:DB8::1' }],
    [{ f: '2001:db9::1' }, { f: '10.0.0.1' }],
  ],
  ['cidr over a list', "f|cidr: [10.0.0.0/8, '::1']", [{ f: '::1' }], [{ f: '::2' }]],
  ['cidr with neq', 'f|cidr|neq: 10.0.0.0/8', [{ f: '11.0.0.1' }], [{ f: '10.0.0.1' }]],
  [
    'fieldref',
    'f|fieldref: g',
    [
      { f: 'A', g: 'a' },
      { f: 1, g: '1' },
    ],
    [{ f: 'a', g: 'b' }, { f: 'a' }, { f: null, g: null }, {}],
  ],
  [
    'fieldref with neq',
    'f|fieldref|neq: g.h',
    [{ f: 'a', g: { h: 'b' } }, { f: 'a' }],
    [{ f: 'a', g: { h: 'a' } }],
  ],
  ['fieldref with startswith', 'f|fieldref|startswith: g', [{ f: 'abc', g: 'AB' }], [{ f: 'abc', g: 'bc' }]],
  ['fieldref with endswith', 'f|fieldref|endswith: g', [{ f: 'abc', g: 'bc' }], [{ f: 'abc', g: 'ab' }]],
  ['fieldref with contains', 'f|fieldref|contains: g', [{ f: 'abc', g: 'b' }], [{ f: 'abc', g: 'd' }]],
  ['fieldref with cased', 'f|fieldref|cased: g', [{ f: 'a', g: 'a' }], [{ f: 'A', g: 'a' }]],

  [
    'keywords are OR over the whole record',
    "['event::clear', drop]",
    [{ a: { b: ['x EVENT::CLEAR y'] } }, { z: 'dropped' }],
    [{ 'event::clear': 'x' }],
  ],
  ['one keyword without a list', 'drop', [{ z: 'dropped' }], [{ z: 'dr op' }]],
  ['a number as keyword', '[4711]', [{ a: 'id 4711' }, { a: 4711 }], [{ a: 471 }]],
  ['a keyword with a wildcard', "['dr*p']", [{ a: 'x drop y' }], [{ a: 'x dr' }]],
  ['keywords with all', "{'|all': [one, two]}", [{ a: 'one', b: ['two'] }, { a: 'two one' }], [{ a: 'one' }]],
  ['keywords with re', "{'|re': '^o.e$'}", [{ a: ['one'] }], [{ a: 'the one' }]],
  ['keywords with cased', "{'|cased': [One]}", [{ a: 'x One' }], [{ a: 'x one' }]],
  ['keywords and maps in one list', '[drop, {f: a}]', [{ g: 'drop' }, { f: 'a' }], [{ g: 'a' }]],
];

for (const [name, selection, matching, missing] of TABLE) {
  test(name, () => {
    const body = selection.includes('\n') || /^[[{]|^\w+$/.test(selection) ? selection : `{${selection}}`;
    const { matches, problems } = detect(`selection: ${body}\ncondition: selection`);
    assert.deepEqual(problems, []);
    for (const record of matching) assert.equal(matches?.(record), true, JSON.stringify(record));
    for (const record of missing) assert.equal(matches?.(record), false, JSON.stringify(record));
  });
}

test('expand puts in every given value', () => {
  const placeholders = new Map([
    ['Administrators', ['alice', 'b*']],
    ['net', ['10.0.0.0/8', '192.168.0.0/16']],
  ]);
  const cases = [
    ["f|expand: '%Administrators%'", ['alice', 'bob'], ['%Administrators%', 'carol']],
    ["f|expand: '\\%plain%Administrators%x'", ['%plainalicex', '%plainbobx'], ['alicex']],
    ["f|expand|cidr: '%net%'", ['192.168.3.4'], ['11.0.0.1']],
    ["f|contains|expand: '%Administrators%'", ['the alice'], ['the carol']],
  ] as const;
  for (const [item, matching, missing] of cases) {
    const { matches, problems } = detect(`selection: {${item}}\ncondition: selection`, { placeholders });
    assert.deepEqual(problems, []);
    for (const f of matching) assert.equal(matches?.({ f }), true, `${item} ${f}`);
    for (const f of missing) assert.equal(matches?.({ f }), false, `${item} ${f}`);
  }
});

test('without expand a percent sign is itself', () => {
  const { matches } = detect("selection: {f: '%name%'}\ncondition: selection");
  assert.equal(matches?.({ f: '%name%' }), true);
  assert.equal(matches?.({ f: 'name' }), false);
});
