import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseYaml } from '../../src/util/yaml-places.ts';

function problemsOf(text: string): string[] {
  return parseYaml('a.yaml', text).problems.map(({ place, message }) => `${place} ${message}`);
}

test('values of YAML 1.2: yes and dates are text, 012 is twelve', () => {
  const { value, problems } = parseYaml(
    'a.yaml',
    'a: yes\nb: 2026-11-22T10:00:00Z\nc: 012\nd: !!str 7\ne:\n',
  );
  assert.deepEqual(value, { a: 'yes', b: '2026-11-22T10:00:00Z', c: 12, d: '7', e: null });
  assert.deepEqual(problems, []);
});

test('a directive of YAML 1.1 does not change what values mean', () => {
  assert.deepEqual(parseYaml('a.yaml', '%YAML 1.1\n---\na: yes\nb: 1:30\n').value, { a: 'yes', b: '1:30' });
});

test('values and keys know their places', () => {
  const yaml = parseYaml('a.yaml', 'list:\n  - id: x\n    paths: [one, two]\n');
  assert.equal(yaml.placeAt(yaml.offsetOf(['list', 0, 'paths', 1])), 'a.yaml:3:18');
  assert.equal(yaml.placeAt(yaml.offsetOfKey(['list', 0], 'paths')), 'a.yaml:3:5');
  assert.equal(
    yaml.placeAt(yaml.offsetOf(['list', 0, 'missing'])),
    'a.yaml:2:5',
    'else the nearest around it',
  );
});

test('a value behind an alias has the place of its text', () => {
  const yaml = parseYaml('a.yaml', 'a: &x {k: 1}\nb: *x\n');
  assert.deepEqual(yaml.value, { a: { k: 1 }, b: { k: 1 } });
  assert.equal(yaml.placeAt(yaml.offsetOf(['b', 'k'])), 'a.yaml:1:11');
  assert.equal(yaml.placeAt(yaml.offsetOfKey(['b'], 'k')), 'a.yaml:1:8');
  assert.equal(yaml.hasAliases, true);
});

test('a key written twice is a problem at its second place', () => {
  assert.deepEqual(problemsOf('a: 1\nb: 2\na: 3\n'), ['a.yaml:3:1 the key `a` is written twice']);
  assert.deepEqual(problemsOf('a: 1\nb: {a: 3}\n'), []);
});

test('unknown tags are problems, also those that YAML 1.1 knew', () => {
  const message = 'this tag is unknown; tags are not used here';
  assert.deepEqual(problemsOf('a: !env X\nb: !!binary aGk=\nc: !!str 1\n'), [
    `a.yaml:1:4 ${message}`,
    `a.yaml:2:4 ${message}`,
  ]);
});

test('a key that is a list, a mapping, an alias or nothing is a problem', () => {
  for (const text of ['? [a]\n: 1\n', '? {a: 1}\n: 1\n', 'a: &x b\n*x : 1\n', '? \n: 1\n']) {
    assert.match(problemsOf(text).join(), /a key must be plain text/, text);
  }
  assert.deepEqual(parseYaml('a.yaml', '1: a\ntrue: b\n').value, { '1': 'a', true: 'b' });
});

test('__proto__ is a key like any other', () => {
  const { value } = parseYaml('a.yaml', '__proto__: {polluted: 1}\n');
  assert.deepEqual(Object.keys(value as object), ['__proto__']);
  assert.equal((value as { polluted?: number }).polluted, undefined);
});

test('a second document is a problem, not ignored', () => {
  assert.match(problemsOf('a: 1\n---\nb: 2\n').join(), /a\.yaml:2:1 the file holds more than one document/);
});

test('a syntax error gives its place and no value', () => {
  const yaml = parseYaml('a.yaml', 'a: 1\nb: [1, 2\n');
  assert.equal(yaml.value, undefined);
  assert.match(yaml.problems[0]?.place ?? '', /^a\.yaml:3:1$/);
});

test('no message quotes a value', () => {
  const secret = 'hunter2hunter2';
  for (const text of [
    `a: 1\n${secret}\n`,
    `a: "${secret}`,
    `a: *${secret}`,
    `a: !${secret} x`,
    `a: [${secret}`,
  ]) {
    const problems = problemsOf(text);
    assert.ok(problems.length > 0, text);
    assert.ok(!problems.join().includes(secret), problems.join());
  }
});

test('control characters of a key do not reach a terminal', () => {
  assert.deepEqual(problemsOf('"\\e[31ma": 1\n"\\e[31ma": 2\n'), [
    'a.yaml:2:1 the key `?[31ma` is written twice',
  ]);
});

test('a bomb of aliases is refused, a list used twice is not', () => {
  const levels = 'bcdefghij'.split('').map((name, index) => {
    const before = 'abcdefghi'[index];
    return `${name}: &${name} [${Array.from({ length: 9 }, () => `*${before}`).join(', ')}]`;
  });
  const bomb = ['a: &a [x, x, x]', ...levels].join('\n');
  assert.match(problemsOf(bomb).join(), /aliases stand for more than 10,000 values/);
  assert.deepEqual(problemsOf('a: &a [x, y]\nb: *a\nc: *a\n'), []);
});

test('an alias inside its own value, or to nothing, is a problem', () => {
  assert.match(problemsOf('a: &a\n  b: *a\n').join(), /a\.yaml:2:6 the alias stands inside the value/);
  assert.match(problemsOf('a: *nothing\n').join(), /a\.yaml:1:4 the alias names no anchor/);
});

test('deep nesting is refused, however it is written', () => {
  const nests = [
    '['.repeat(5000),
    `${'['.repeat(33)}${']'.repeat(33)}`,
    '? '.repeat(2000),
    '- '.repeat(3000),
  ];
  for (const text of nests)
    assert.match(problemsOf(text).join(), /nested more than 32 deep/, text.slice(0, 20));
  assert.deepEqual(problemsOf(`${'['.repeat(32)}${']'.repeat(32)}`), []);
});

test('a file beyond 1 MiB is refused before it is parsed', () => {
  assert.deepEqual(problemsOf('x'.repeat(1_048_577)), ['a.yaml:1:1 the file is larger than 1 MiB']);
});

test('any text gives a value or problems', () => {
  const soup = fc.array(
    fc.constantFrom(...'[]{}:,-?&*!|>\'"%@`#\n\t \\ab1~.<'.split(''), '---', '\ufeff', '\0'),
  );
  const texts = fc.oneof(
    fc.array(fc.nat(0xffff), { maxLength: 200 }).map((units) => String.fromCharCode(...units)),
    soup.map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(texts, (text) => {
      const yaml = parseYaml('a.yaml', text);
      assert.ok(yaml.value !== undefined || yaml.problems.length > 0);
      for (const { place } of yaml.problems) assert.match(place, /^a\.yaml:[1-9]\d*:[1-9]\d*$/);
    }),
    { numRuns: 200 },
  );
});
