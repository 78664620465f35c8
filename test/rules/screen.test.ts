import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { loadRules } from '../../src/rules/load.ts';
import type { Rule } from '../../src/rules/rule.ts';
import { toScreen } from '../../src/rules/screen.ts';
import { loadOne, ruleText } from './support.ts';

const CLOUDTRAIL = { product: 'aws', service: 'cloudtrail' };

/** A rule on CloudTrail with the given `detection` in one line. */
function cloudRule(detection: string, changes: Readonly<Record<string, string>> = {}): string {
  return ruleText({
    logsource: 'logsource: {product: aws, service: cloudtrail}',
    detection: `detection: ${detection}`,
    summary: "summary: '{eventName|missing} of {eventSource}'",
    tests: '',
    ...changes,
  });
}

/** The same detection many times, each rule with an id and a level of its own. */
function manyRules(detections: readonly string[], level = 'low'): readonly Rule[] {
  const files = detections.map((detection, index) => ({
    file: `${index}.yaml`,
    text: cloudRule(detection, {
      id: `id: 6f4b1f0e-9f0c-4d57-8a51-${String(index).padStart(12, '0')}`,
      level: `level: ${level}`,
    }),
  }));
  const { rules, problems } = loadRules(files);
  assert.deepEqual(problems, []);
  return rules;
}

test('only rules of the log source speak, and of those only finding rules that are on', () => {
  const stop = '{s: {eventName: StopLogging}, condition: s}';
  const record = { eventName: 'StopLogging', eventSource: 'cloudtrail.amazonaws.com', type: 'access' };
  const screen = toScreen([loadOne(cloudRule(stop)), loadOne(ruleText())]);
  assert.deepEqual(screen(CLOUDTRAIL, record), [
    { rule: '6f4b1f0e-9f0c-4d57-8a51-8a6f5a2f7c11', summary: 'StopLogging of cloudtrail.amazonaws.com' },
  ]);
  assert.deepEqual(screen({ product: 'offrecord', service: 'cloudtrail' }, record), []);
  assert.deepEqual(screen({ product: 'aws', service: 'cloudwatch' }, record), []);
  assert.deepEqual(toScreen([loadOne(cloudRule(stop, { x: 'enabled: false' }))])(CLOUDTRAIL, record), []);
});

test('at most 16 matches are kept, the highest levels first', () => {
  const detections = Array.from({ length: 20 }, () => '{s: {eventName: StopLogging}, condition: s}');
  const critical = loadOne(
    cloudRule('{s: {eventSource|contains: trail}, condition: s}', { level: 'level: critical' }),
  );
  const rules = [...manyRules(detections), critical];
  const matches = toScreen(rules)(CLOUDTRAIL, {
    eventName: 'StopLogging',
    eventSource: 'cloudtrail.amazonaws.com',
  });
  assert.equal(matches.length, 16);
  assert.equal(matches[0]?.rule, critical.id);
  assert.equal(matches[1]?.rule, rules[0]?.id);
});

test('what is kept of one record is bounded', () => {
  const places = Array.from({ length: 20 }, () => '{x}').join('');
  const rule = loadOne(cloudRule('{s: {eventName: A}, condition: s}', { summary: `summary: '${places}'` }));
  const [match] = toScreen([rule])(CLOUDTRAIL, { eventName: 'A', x: 'y'.repeat(100_000) });
  assert.equal(match?.summary.length, 2048);
});

/** What is required of a record before it is looked at closely, by detection. */
const REQUIRED: readonly (readonly [string, readonly string[] | null])[] = [
  ['{s: {eventName: StopLogging}, condition: s}', ['stoplogging']],
  [
    '{s: {eventName: [StopLogging, DeleteTrail], eventSource: x}, condition: s}',
    ['stoplogging', 'deletetrail'],
  ],
  ['{s: {eventName|cased: StopLogging}, condition: s}', ['stoplogging']],
  ['{s: {eventName: A}, t: {eventName: B}, condition: s or t}', ['a', 'b']],
  ['{s: {eventName: A}, t: {eventName: B}, condition: 1 of them}', ['a', 'b']],
  ['{s: {eventName: [A, B]}, t: {eventName: B}, condition: s and t}', ['b']],
  ['{s: {eventName: A}, t: {x: 1}, condition: all of them}', ['a']],
  ['{s: [{eventName: A}, {eventName: B}], condition: s}', ['a', 'b']],
  ['{s: {eventName: A}, f: {eventName: B}, condition: s and not f}', ['a']],
  ['{s: {eventName: A}, t: {eventName: B}, condition: [s, t]}', ['a', 'b']],
  ['{s: {eventName: A\\*}, condition: s}', ['a*']],
  ["{s: {eventName: ''}, condition: s}", ['']],
  ['{s: {eventName: A*}, condition: s}', null],
  ['{s: {eventName|startswith: A}, condition: s}', null],
  ['{s: {eventName|re: A}, condition: s}', null],
  ['{s: {eventName|neq: A}, condition: s}', null],
  ['{s: {eventName|base64: A}, condition: s}', null],
  ['{s: {eventName: null}, condition: s}', null],
  ['{s: {eventName: 5}, condition: s}', null],
  ['{s: {eventName: A}, condition: not s}', null],
  ['{s: {eventName: A}, t: {x: 1}, condition: s or t}', null],
  ['{s: [{eventName: A}, {x: 1}], condition: s}', null],
  ['{s: [{eventName: A}, word], condition: s}', null],
  ['{s: [A], condition: s}', null],
  ['{s: {x: 1}, condition: s}', null],
];

test('the values that a rule needs are read from plain parts of its detection alone', () => {
  for (const [detection, expected] of REQUIRED) {
    const { required } = loadOne(cloudRule(detection));
    assert.deepEqual(
      required.get('eventName') ?? null,
      expected === null ? null : new Set(expected),
      detection,
    );
  }
});

const NAMES = ['A', 'B', 'a', 'AB', 'B*', '*', '', '5', 'true'];
const value = fc.constantFrom(...NAMES.map((name) => `'${name}'`), 'null', '5', 'true');
const values = fc.oneof(
  value,
  fc.array(value, { minLength: 2, maxLength: 3 }).map((list) => `[${list.join(', ')}]`),
);
const key = fc.constantFrom(
  'eventName',
  'eventSource',
  'eventName|contains',
  'eventName|startswith',
  'eventName|cased',
  'eventSource|cased|contains',
  'other',
);
const map = fc
  .uniqueArray(fc.tuple(key, values), { minLength: 1, maxLength: 3, selector: ([name]) => name })
  .map((pairs) => `{${pairs.map(([name, text]) => `${name}: ${text}`).join(', ')}}`);
const selection = fc.oneof(
  map,
  fc
    .array(fc.oneof(map, fc.constantFrom('A', 'B')), { minLength: 1, maxLength: 3 })
    .map((all) => `[${all.join(', ')}]`),
);
const condition = fc.constantFrom(
  's and t and u',
  's or t and u',
  's and not (t or u)',
  'not s or (t and u)',
  '1 of them',
  'all of them',
  'not 1 of them',
  '1 of s and not 1 of t and u',
);
const detection = fc
  .tuple(selection, selection, selection, condition)
  .map(([s, t, u, text]) => `{s: ${s}, t: ${t}, u: ${u}, condition: ${text}}`);
const field = fc.oneof(
  fc.constantFrom(...NAMES, null, undefined, 5, true),
  fc.constantFrom([], ['A', 'B'], [['b']], { x: 'A' }, [{ x: ['B'] }], {}),
);
const record = fc.oneof(
  fc.record({ eventName: field, eventSource: field, other: field }, { requiredKeys: [] }),
  fc.array(fc.record({ eventName: field, eventSource: field }, { requiredKeys: [] }), { maxLength: 2 }),
  fc.constantFrom(null, 'A', 5),
);

test('looking rules up never changes what matches', () => {
  fc.assert(
    fc.property(
      fc.array(detection, { minLength: 1, maxLength: 4 }),
      fc.array(record, { maxLength: 8 }),
      (all, records) => {
        const files = all.map((text, index) => ({
          file: `${index}.yaml`,
          text: cloudRule(text, { id: `id: 6f4b1f0e-9f0c-4d57-8a51-${String(index).padStart(12, '0')}` }),
        }));
        // A detection may be refused, for instance for a number under `contains`.
        const { rules } = loadRules(files);
        const screen = toScreen(rules);
        for (const each of records) {
          assert.deepEqual(
            screen(CLOUDTRAIL, each).map((match) => match.rule),
            rules.filter((rule) => rule.matches(each)).map((rule) => rule.id),
          );
        }
      },
    ),
    { numRuns: 300 },
  );
});

test('any record gives a list, however deep it is nested', () => {
  const rules = manyRules(['{s: {requestParameters|contains: A}, condition: s}']);
  const deep: unknown = JSON.parse(`${'{"a":'.repeat(20_000)}"xAx"${'}'.repeat(20_000)}`);
  const screen = toScreen(rules);
  assert.equal(screen(CLOUDTRAIL, { requestParameters: deep }).length, 1);
  fc.assert(fc.property(fc.anything(), (each) => Array.isArray(screen(CLOUDTRAIL, each))));
});
