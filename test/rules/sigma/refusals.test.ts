import assert from 'node:assert/strict';
import { test } from 'node:test';
import { detect } from '../support.ts';

/** Says that a detection is refused with these problems, each `line:column` and a part of its message. */
function refuses(text: string, ...expected: readonly (readonly [string, RegExp])[]): void {
  const { matches, problems } = detect(text);
  assert.equal(matches, null, text);
  assert.equal(problems.length, expected.length, `${text}\n${JSON.stringify(problems)}`);
  for (const [index, [place, message]] of expected.entries()) {
    assert.equal(problems[index]?.place, `d.yaml:${place}`, text);
    assert.match(problems[index]?.message ?? '', message, text);
  }
}

/** One item of a selection; its key stands at 1:9 and a value without quotes after it. */
const item = (body: string): string => `sel: {  ${body}}\ncondition: sel`;

test('a key that has no meaning is refused at its place', () => {
  const table = [
    ['f|contain: x', /unknown modifier `contain`, did you mean `contains`/],
    ['f|: x', /unknown modifier/],
    ['f|contains|contains: x', /stands twice/],
    ['f|contains|startswith: x', /only one of/],
    ['f|contains|base64: x', /`contains` must stand after `base64`/],
    ['f|base64|utf16le: x', /must stand after/],
    ['f|base64|base64offset: x', /only one of/],
    ['f|wide|utf16be|base64: x', /only one of/],
    ['f|i: x', /`i` needs `re`/],
    ['f|i|re: x', /must stand after/],
    ['f|re|cased: x', /means nothing together with `re`/],
    ['f|re|contains: x', /means nothing together/],
    ['f|cidr|contains: 10.0.0.0/8', /means nothing together with `cidr`/],
    ['f|lt|contains: 1', /means nothing together with `lt`/],
    ['f|lt|gt: 1', /only one of/],
    ['f|lt|neq: 1', /means nothing together/],
    ['f|lt|hour: 1', /must stand after `hour`/],
    ['f|hour|day: 1', /only one of/],
    ['f|exists|neq: true', /means nothing together with `exists`/],
    ['f|re|cidr: x', /means nothing together/],
    ['f|fieldref|base64: g', /means nothing together with `fieldref`/],
    ['f|neq|all: [a, b]', /ambiguous/],
    ['f|all: [a]', /`all` needs a list of at least two/],
    ['f|contains|all: a', /`all` needs a list of at least two/],
    ['a..b: x', /not a dotted path/],
    ["'|startswith': x", /whole record/],
    ["'|cidr': 10.0.0.0/8", /whole record/],
    ["'|exists': true", /whole record/],
    ['? [a]\n : x', /name of a field must be a text/],
    ['22: x', /name of a field must be a text/],
  ] as const;
  for (const [body, message] of table) {
    const { matches, problems } = detect(item(body));
    assert.equal(matches, null, body);
    assert.match(problems.map((each) => each.message).join('; '), message, body);
    assert.match(problems[0]?.place ?? '', /^d\.yaml:1:(?:9|11)$/, body);
  }
});

test('a value that the key cannot take is refused at its place', () => {
  const table = [
    ['f: {a: b}', '1:12', /must be a text, a number/],
    ['f: [[a]]', '1:13', /must be a text, a number/],
    ['f: []', '1:12', /empty list/],
    ['f: .inf', '1:12', /cannot be held exactly/],
    ['f: 12345678901234567890', '1:12', /cannot be held exactly/],
    ['f: 0x10', '1:12', /write the number as 16/],
    ['f: 022', '1:12', /write the number as 22/],
    ['f|contains: null', '1:21', /needs a text/],
    ['f|contains: true', '1:21', /needs a text/],
    ['f|lt: abc', '1:15', /needs a number/],
    ['f|hour: 25', '1:17', /between 0 and 23/],
    ['f|hour: x', '1:17', /needs a number/],
    ['f|cidr: 10.0.0.0/40', '1:17', /IPv4 or IPv6 block/],
    ['f|cidr: 010.0.0.0/8', '1:17', /IPv4 or IPv6 block/],
    ['f|exists: maybe', '1:19', /true or false/],
    ['f|exists: [true]', '1:20', undefined],
    ["f|base64: 'a*'", '1:19', /wildcard cannot be encoded/],
    ['f|fieldref: 5', '1:21', /name of a field/],
    ['f|fieldref: a..b', '1:21', /not a dotted path/],
    ['f|expand: name', '1:19', /without a placeholder/],
    ["f|expand: '%name%'", '1:19', /no values are given for `%name%`/],
    ["f|windash: '-a -b -c -d -e'", '1:20', /more than 1000 texts/],
    [`f: ${'x'.repeat(1025)}`, '1:12', /longer than 1024/],
  ] as const;
  for (const [body, place, message] of table) {
    if (message === undefined) assert.deepEqual(detect(item(body)).problems, [], body);
    else refuses(item(body), [place, message]);
  }
});

test('a regular expression is refused at the character that is wrong', () => {
  refuses(item('f|re: a(b)\\1'), ['1:19', /refers back/]);
  refuses(item("f|re: 'ab(?=c)'"), ['1:18', /lookaround/]);
  refuses(item("f|re: '(a+)+'"), ['1:20', /unbounded quantifier/]);
  refuses('sel: {f|re: "a\\tb("}\ncondition: sel', ['1:13', /without its/]);
});

test('a selection that says nothing is refused', () => {
  refuses('sel: {}\ncondition: sel', ['1:6', /match everything/]);
  refuses('sel: []\ncondition: sel', ['1:6', /match nothing/]);
  refuses('sel:\ncondition: sel', ['1:5', /not empty/]);
  refuses("sel: ''\ncondition: sel", ['1:6', /not empty/]);
  refuses('sel: [[a]]\ncondition: sel', ['1:7', /a map, a list of maps, or keywords/]);
});

test('names that a condition could not use are refused', () => {
  refuses(
    'not: {f: 1}\ncondition: 1 of them',
    ['1:1', /no word of conditions/],
    ['2:17', /no selection is meant/],
  );
  refuses('a b: {f: 1}\nc: {f: 1}\ncondition: c', ['1:1', /letters, digits/]);
  refuses('sel: {f: 1}\ntimeframe: 5m\ncondition: sel', ['2:1', /correlation/]);
  refuses('sel: {f: 1}\nmore: {f: 2}\ncondition: sel', ['2:1', /never looks at `more`/]);
});

test('a faulty condition is refused at its place', () => {
  const table = [
    ['selectoin', '2:12', /no selection is named `selectoin`, did you mean `selection`/],
    ['selection and', '2:25', /ends where a selection is expected/],
    ['selection selection', '2:22', /unexpected `selection`/],
    ['selection AND selection', '2:22', /unexpected `AND`/],
    ['(selection', '2:12', /without its/],
    ['selection)', '2:21', /unexpected `\)`/],
    ['and selection', '2:12', /a selection expected/],
    ['not', '2:15', /ends where/],
    ['2 of them', '2:12', /only `1 of` and `all of` exist/],
    ['1 of', '2:16', /`them` or a pattern/],
    ['1 of filter_*', '2:17', /no selection is meant by `filter_\*`/],
    ['selection | count() > 5', '2:22', /aggregations/],
  ] as const;
  for (const [condition, place, message] of table) {
    refuses(`selection: {f: 1}\ncondition: ${condition}`, [place, message]);
  }
  refuses('selection: {f: 1}', ['1:1', /`condition` is missing/]);
  refuses('selection: {f: 1}\ncondition: []', ['2:12', /is empty/]);
  refuses('selection: {f: 1}\ncondition: {a: b}', ['2:12', /must be a text/]);
  refuses('selection: {f: 1}\ncondition: 5', ['2:12', /must be a text/]);
  refuses(`selection: {f: 1}\ncondition: ${'('.repeat(65)}selection${')'.repeat(65)}`, [
    '2:76',
    /more than 64 times/,
  ]);
  refuses('- selection', ['1:1', /must be a map/]);
  refuses('', ['1:1', /must be a map/]);
});

test('every problem is reported at once', () => {
  refuses(
    'a:\n  f|lt: x\n  g|contain: y\nb: {h: []}\ncondition: a and b and d and e',
    ['2:9', /needs a number/],
    ['3:3', /unknown modifier/],
    ['4:8', /empty list/],
    ['5:24', /no selection is named `d`/],
    ['5:30', /no selection is named `e`/],
  );
});

test('fields that the records do not have are refused', () => {
  const fieldProblem = (path: string): string | null => (path === 'verdict' ? null : `no field \`${path}\``);
  const { problems } = detect('s: {verdict: a, verdit: b, verdict|fieldref: other}\ncondition: s', {
    fieldProblem,
  });
  assert.deepEqual(problems, [
    { place: 'd.yaml:1:17', message: 'no field `verdit`' },
    { place: 'd.yaml:1:46', message: 'no field `other`' },
  ]);
});
