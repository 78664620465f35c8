import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { loadRules } from '../../src/rules/load.ts';
import { listRules, testRules } from '../../src/rules/report.ts';
import { loadOne, problemsOf, ruleText } from './support.ts';

const ID = '6f4b1f0e-9f0c-4d57-8a51-8a6f5a2f7c11';

test('a rule file gives a rule with all it states', () => {
  const rule = loadOne(
    ruleText({
      tags: 'tags: [attack.t1078, nist_csf.de.cm-03]',
      falsepositives: 'falsepositives: [A drill]',
    }),
  );
  assert.ok(rule.kind === 'finding');
  const { matches, summary, tests, required, ...stated } = rule;
  assert.deepEqual(stated, {
    kind: 'finding',
    id: ID,
    title: 'Root without a recording',
    status: 'test',
    description: 'A rule for tests',
    author: 'offrecord',
    date: '2026-11-22',
    references: [],
    tags: ['attack.t1078', 'nist_csf.de.cm-03'],
    falsepositives: ['A drill'],
    product: 'offrecord',
    service: 'access',
    check: 'no-recording',
    level: 'high',
    runbook: 'Ask the person',
    enabled: true,
    file: 'r.yaml',
    overrides: null,
    switchedOffBy: null,
  });
  assert.equal(summary.text, '{account} on {target.id}');
  assert.equal(matches({ verdict: 'unrecorded' }), true);
  assert.equal(required.size, 0);
  assert.deepEqual(tests[0], {
    name: 'a',
    match: true,
    record: { type: 'access', verdict: 'unrecorded' },
    place: 'r.yaml:13:9',
  });
});

/** Lines of a rule file that are wrong, and what is said of them. */
const WRONG: readonly (readonly [Record<string, string>, RegExp])[] = [
  [{ title: '' }, /^r\.yaml:1:1 `title` is missing$/],
  [{ title: 'titel: x' }, /^r\.yaml:1:1 (?:unknown key `titel`, did you mean `title`\?|`title` is missing)$/],
  [{ severity: 'severity: high' }, /^r\.yaml:14:1 unknown key `severity`, (?:did|known are)/],
  [{ title: `title: ${'x'.repeat(257)}` }, /^r\.yaml:1:264 `title` is longer than 256/],
  [{ id: 'id: 17' }, /^r\.yaml:2:5 `id` must be a text/],
  [{ id: 'id: no-recording' }, /^r\.yaml:2:5 `id` must be a UUID/],
  [{ status: 'status: stabel' }, /^r\.yaml:3:9 `status` cannot be `stabel`, did you mean `stable`/],
  [{ date: 'date: 22.11.2026' }, /^r\.yaml:6:7 `date` must be a date such as/],
  [{ date: 'date: 2026-02-30' }, /^r\.yaml:6:7 `date` is no day of the calendar/],
  [{ modified: 'modified: soon' }, /^r\.yaml:14:11 `modified` must be a date/],
  [{ tags: 'tags: attack.t1078' }, /^r\.yaml:14:7 `tags` must be a list/],
  [{ tags: 'tags: [Attack T1078]' }, /^r\.yaml:14:8 an item of `tags` must be a namespace/],
  [{ level: 'level: hihg' }, /^r\.yaml:9:8 `level` cannot be `hihg`, did you mean `high`/],
  [{ level: '' }, /`level` is missing/],
  [{ summary: '' }, /`summary` is missing/],
  [{ runbook: '' }, /`runbook` is missing/],
  [{ runbook: "runbook: ' '" }, /^r\.yaml:12:10 `runbook` must be a text/],
  [
    { check: 'check: no-recordings' },
    /^r\.yaml:8:8 `check` cannot be `no-recordings`, did you mean `no-recording`/,
  ],
  [{ check: '' }, /either `check` or `classify`/],
  [{ classify: 'classify: privileged' }, /either `check` or `classify`/],
  [
    { logsource: 'logsource: {product: linux, service: access}' },
    /^r\.yaml:7:22 `product` cannot be `linux`, one of offrecord/,
  ],
  [{ logsource: 'logsource: {product: offrecord, service: acess}' }, /^r\.yaml:7:42 .*did you mean `access`/],
  [
    { logsource: 'logsource: {product: offrecord, category: x, service: access}' },
    /^r\.yaml:7:33 unknown key `category`/,
  ],
  [
    { detection: 'detection: {s: {verdit: x}, condition: s}' },
    /^r\.yaml:10:17 access records have no field `verdit`, did you mean `verdict`/,
  ],
  [{ detection: '' }, /`detection` is missing|must be a map of selections/],
  [{ summary: "summary: 'on {target.id'" }, /^r\.yaml:11:14 a `\{` needs a dotted path/],
  [
    { summary: "summary: 'on {target.it}'" },
    /^r\.yaml:11:10 access records have no field `target.it`, did you mean `target.id`/,
  ],
  [{ enabled: 'enabled: nope' }, /^r\.yaml:14:10 `enabled` must be true or false/],
  [{ tests: '' }, /`tests` must be a list/],
  [{ tests: 'tests: []' }, /^r\.yaml:13:8 `tests` needs a case that matches and one that does not/],
  [
    { tests: 'tests: [{name: a, match: true, record: {type: access}}]' },
    /^r\.yaml:13:8 `tests` needs a case/,
  ],
  [
    {
      tests:
        'tests: [{name: a, match: true, record: {type: access}}, {name: b, match: false, record: {type: acess}}]',
    },
    /^r\.yaml:13:89 `type` must be `access`/,
  ],
  [
    {
      tests:
        'tests: [{name: a, match: true, record: {type: access}}, {name: b, match: false, record: {type: access, target: {it: x}}}]',
    },
    /^r\.yaml:13:89 .*did you mean `target.id`/,
  ],
  [{ tests: 'tests: [{name: a, match: maybe, record: {type: access}}]' }, /`match` must be true or false/],
  [
    { tests: 'tests: [{name: a, expect: true, record: {type: access}}]' },
    /unknown key `expect`|`match` is missing/,
  ],
];

test('what is missing or wrong is refused at its place, with what was meant', () => {
  for (const [change, expected] of WRONG) {
    const problems = problemsOf(ruleText(change));
    assert.notEqual(problems.length, 0, JSON.stringify(change));
    for (const problem of problems) assert.match(problem, expected, JSON.stringify(change));
  }
});

test('a rule that classifies makes no finding and looks at nothing that only the verdict knows', () => {
  const classifying = (changes: Record<string, string>): string =>
    ruleText({
      check: 'classify: privileged',
      level: '',
      summary: '',
      runbook: '',
      detection: 'detection: {s: {account: root}, condition: s}',
      tests:
        'tests: [{name: a, match: true, record: {type: access, account: root}}, ' +
        '{name: b, match: false, record: {type: access, account: bin}}]',
      ...changes,
    });
  assert.equal(loadOne(classifying({})).kind, 'classification');
  const table: readonly (readonly [Record<string, string>, RegExp])[] = [
    [{ level: 'level: high' }, /has no `level`/],
    [{ runbook: 'runbook: x' }, /has no `runbook`/],
    [{ check: 'classify: privilege' }, /did you mean `privileged`/],
    [
      { detection: 'detection: {s: {verdict: recorded}, condition: s}' },
      /`verdict` is not known before the verdict/,
    ],
    [
      { detection: 'detection: {s: {exception|exists: true}, condition: s}' },
      /`exception` is not known before/,
    ],
    [
      { logsource: 'logsource: {product: offrecord, service: run}' },
      /only accesses are classified|`type` must be|not known|no field/,
    ],
  ];
  for (const [change, expected] of table) {
    const problems = problemsOf(classifying(change));
    assert.notEqual(problems.length, 0, JSON.stringify(change));
    for (const problem of problems) assert.match(problem, expected, JSON.stringify(change));
  }
});

test('all problems of all files are reported at once', () => {
  const { rules, problems } = loadRules([
    { file: 'a.yaml', text: ruleText({ level: 'level: x', date: 'date: x' }) },
    { file: 'b.yaml', text: 'title: "unfinished' },
    { file: 'c.yaml', text: ruleText() },
  ]);
  assert.deepEqual(
    rules.map((rule) => rule.file),
    ['c.yaml'],
  );
  assert.deepEqual(
    new Set(problems.map(({ place }) => place)),
    new Set(['a.yaml:6:7', 'a.yaml:9:8', 'b.yaml:1:19']),
  );
});

test('YAML that says something else than it seems is refused', () => {
  assert.match(problemsOf(ruleText({ x: 'title: again' })).join(), /r\.yaml:14:1 Map keys must be unique/);
  assert.match(
    problemsOf(ruleText({ author: 'author: &me x', x: 'license: *me' })).join(),
    /r\.yaml:14:10 aliases/,
  );
  assert.match(problemsOf(`${ruleText()}\n---\n${ruleText()}`).join(), /multiple documents/);
  assert.match(
    problemsOf(`%YAML 1.1\n---\n${ruleText({ enabled: 'enabled: yes' })}`).join(),
    /`enabled` must be true/,
  );
  assert.match(problemsOf(ruleText({ author: 'author: !!binary eA==' })).join(), /Unresolved tag/);
  assert.match(problemsOf('- a').join(), /r\.yaml:1:1 a rule file is a map/);
  assert.match(problemsOf('').join(), /r\.yaml:1:1 a rule file is a map/);
  assert.match(problemsOf(' '.repeat(65_537)).join(), /r\.yaml:1:1 longer than 65536/);
});

test('the same id twice in one layer is a problem, the first stays', () => {
  const { rules, problems } = loadRules([
    { file: 'a.yaml', text: ruleText() },
    { file: 'b.yaml', text: ruleText({ level: 'level: low' }) },
  ]);
  assert.deepEqual(problems, [{ place: 'b.yaml:1:1', message: 'its id is already that of a.yaml' }]);
  assert.deepEqual(
    rules.map((rule) => rule.file),
    ['a.yaml'],
  );
});

test('an own rule replaces the shipped one with its id, whatever the order, and the list says so', () => {
  const shipped = { file: 'rules/a.yaml', text: ruleText() };
  const own = { file: 'own/a.yaml', text: ruleText({ level: 'level: low' }), own: true };
  for (const files of [
    [shipped, own],
    [own, shipped],
  ]) {
    const { rules, problems } = loadRules(files);
    assert.deepEqual(problems, []);
    const [row, ...more] = listRules(rules);
    assert.deepEqual([row?.file, row?.level, row?.note], ['own/a.yaml', 'low', 'replaces rules/a.yaml']);
    assert.deepEqual(more, []);
  }
});

test('id and enabled: false alone switch a shipped rule off; it is listed and tested', () => {
  const shipped = { file: 'rules/a.yaml', text: ruleText() };
  const off = { file: 'own/off.yaml', text: `id: ${ID}\nenabled: false`, own: true };
  const { rules, problems } = loadRules([shipped, off]);
  assert.deepEqual(problems, []);
  assert.deepEqual(
    listRules(rules).map((row) => [row.file, row.enabled, row.note]),
    [['rules/a.yaml', false, 'switched off by own/off.yaml']],
  );
  assert.equal(testRules(rules).length, 2);
  const unknown = loadRules([{ ...off }]);
  assert.deepEqual(unknown.problems, [
    { place: 'own/off.yaml:1:1', message: 'no rule has this id, so there is nothing to switch off' },
  ]);
  assert.match(problemsOf(off.text).join(), /`title` is missing/);
  assert.match(problemsOf(`id: ${ID}\nenabled: true`).join(), /`title` is missing/);
});

test('a test that its rule fails is reported with its place', () => {
  const rule = loadOne(ruleText({ detection: "detection: {s: {verdict: '*recorded'}, condition: s}" }));
  assert.deepEqual(
    testRules([rule]).map(({ ok, expected, matched, place, summary }) => ({
      ok,
      expected,
      matched,
      place,
      summary,
    })),
    [
      { ok: true, expected: true, matched: true, place: 'r.yaml:13:9', summary: '? on ?' },
      { ok: false, expected: false, matched: true, place: 'r.yaml:13:78', summary: '? on ?' },
    ],
  );
});

test('placeholders are given by the caller', () => {
  const file = {
    file: 'r.yaml',
    text: ruleText({
      detection: "detection: {s: {account|expand: '%admins%', verdict: unrecorded}, condition: s}",
    }),
  };
  assert.match(loadRules([file]).problems[0]?.message ?? '', /no values are given for `%admins%`/);
  const { rules, problems } = loadRules([file], { placeholders: new Map([['admins', ['root']]]) });
  assert.deepEqual(problems, []);
  assert.equal(rules[0]?.matches({ account: 'root', verdict: 'unrecorded' }), true);
});

test('any text gives rules or problems with a place, never an exception', () => {
  const noise = fc.string({ unit: fc.constantFrom(...'abt:-[]{}\'"|>&*!%#?,\n  0.~<'), maxLength: 60 });
  const key = fc.constantFrom(
    'title',
    'id',
    'detection',
    'tests',
    'logsource',
    'summary',
    'tags',
    'level',
    'check',
    'date',
    'x',
  );
  const edited = fc.tuple(key, noise).map(([name, text]) => ruleText({ [name]: `${name}: ${text}` }));
  fc.assert(
    fc.property(fc.oneof(fc.string(), noise, edited), (text) => {
      const { rules, problems } = loadRules([{ file: 'f.yaml', text }]);
      assert.equal(rules.length + Math.min(1, problems.length), 1);
      for (const { place } of problems) assert.match(place, /^f\.yaml:[1-9]\d*:[1-9]\d*$/);
      for (const rule of rules) assert.equal(typeof rule.matches({ x: [{ y: 1 }] }), 'boolean');
    }),
    { numRuns: 1000 },
  );
  for (const text of ['['.repeat(5_000), '{a: '.repeat(5_000), '- '.repeat(5_000), '\u0000', '\ufeff']) {
    assert.notEqual(loadRules([{ file: 'f.yaml', text }]).problems.length, 0);
  }
});
