import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  classify,
  evaluateRules,
  type FindingContext,
  findMatchedRules,
  toControlFinding,
  toFinding,
} from '../../src/rules/evaluate.ts';
import { loadRules } from '../../src/rules/load.ts';
import type { RuleRecord } from '../../src/rules/record.ts';
import type { AccessRecord } from '../../src/rules/records/access.ts';
import { toRunRecord } from '../../src/rules/records/run.ts';
import { loadOne, ruleText } from './support.ts';

const RECORD = {
  type: 'access',
  uid: 'acc_1',
  account: 'root',
  target: { id: 'web01', kind: 'host', tier: null },
  verdict: 'unrecorded',
} as AccessRecord;

const CONTEXT: FindingContext = {
  subject: { type: 'access', uid: 'acc_1' },
  target: 'web01',
  account: 'root',
  time: 1_795_346_440_617,
  evidence: ['searched tlog on web01'],
  refs: [{ source: 'web01/auth.log', record: '12' }],
};

const OTHER_ID = '0b8f3f0e-9f0c-4d57-8a51-8a6f5a2f7c22';

function levelsOf(texts: readonly string[], record: RuleRecord = RECORD): string[] {
  const { rules, problems } = loadRules(texts.map((text, index) => ({ file: `${index}.yaml`, text })));
  assert.deepEqual(problems, []);
  return evaluateRules(rules, record).map((rule) => `${rule.check} ${rule.level}`);
}

test('a matched rule makes a finding that says only what rule and record say', () => {
  const rule = loadOne(ruleText());
  assert.ok(rule.kind === 'finding');
  assert.deepEqual(toFinding(rule, RECORD, CONTEXT), {
    uid: toFinding(rule, RECORD, { ...CONTEXT, time: 0, evidence: [] }).uid,
    check: 'no-recording',
    rule: '6f4b1f0e-9f0c-4d57-8a51-8a6f5a2f7c11',
    title: 'Root without a recording',
    level: 'high',
    status: 'open',
    subject: { type: 'access', uid: 'acc_1' },
    target: 'web01',
    account: 'root',
    time: 1_795_346_440_617,
    evidence: ['root on web01', 'searched tlog on web01'],
    runbook: 'Ask the person',
    refs: [{ source: 'web01/auth.log', record: '12' }],
  });
});

test('the uid of a finding changes with its subject and its check, not with its rule', () => {
  const uidOf = (changes: Record<string, string>, uid: string): string => {
    const rule = loadOne(ruleText(changes));
    assert.ok(rule.kind === 'finding');
    return toFinding(rule, RECORD, { ...CONTEXT, subject: { type: 'access', uid } }).uid;
  };
  const uid = uidOf({}, 'acc_1');
  assert.match(uid, /^fnd_[0-9a-f]{20}$/);
  assert.equal(uidOf({ id: `id: ${OTHER_ID}`, level: 'level: low' }, 'acc_1'), uid);
  assert.notEqual(uidOf({}, 'acc_2'), uid);
  assert.notEqual(uidOf({ check: 'check: recording-gap' }, 'acc_1'), uid);
});

test('of several rules with one check the highest level stands, whatever their order', () => {
  const low = ruleText({ id: `id: ${OTHER_ID}`, level: 'level: low' });
  assert.deepEqual(levelsOf([low, ruleText()]), ['no-recording high']);
  assert.deepEqual(levelsOf([ruleText(), low]), ['no-recording high']);
  const other = ruleText({ id: `id: ${OTHER_ID}`, check: 'check: recording-gap' });
  assert.deepEqual(levelsOf([ruleText(), other]), ['no-recording high', 'recording-gap high']);
});

test('a rule that is switched off, or on other records, is silent', () => {
  assert.deepEqual(levelsOf([ruleText()]), ['no-recording high']);
  assert.deepEqual(levelsOf([ruleText({ enabled: 'enabled: false' })]), []);
  const onRuns = ruleText({
    logsource: 'logsource: {product: offrecord, service: run}',
    check: 'check: run-gap',
    detection: "detection: {s: {type: '*'}, condition: s}",
    summary: 'summary: It stood still',
    tests:
      'tests: [{name: a, match: true, record: {type: run}}, {name: b, match: false, record: {type: run}}]',
  });
  assert.deepEqual(levelsOf([onRuns]), []);
  assert.deepEqual(levelsOf([onRuns], toRunRecord('run-gap', 'x')), ['run-gap high']);
});

test('classification says what and by which rules', () => {
  const classifying = (id: string, name: string, account: string): { file: string; text: string } => ({
    file: `${name}.yaml`,
    text: ruleText({
      id: `id: ${id}`,
      check: `classify: ${name}`,
      level: '',
      summary: '',
      runbook: '',
      detection: `detection: {s: {account: ${account}}, condition: s}`,
      tests:
        `tests: [{name: a, match: true, record: {type: access, account: ${account}}}, ` +
        '{name: b, match: false, record: {type: access}}]',
    }),
  });
  const privileged = '6f4b1f0e-9f0c-4d57-8a51-8a6f5a2f7c11';
  const { rules, problems } = loadRules([
    classifying(privileged, 'privileged', 'root'),
    classifying(OTHER_ID, 'break-glass', 'emergency'),
  ]);
  assert.deepEqual(problems, []);
  assert.deepEqual(classify(rules, RECORD), { privileged: true, breakGlass: false, by: [privileged] });
  assert.deepEqual(classify(rules, { ...RECORD, account: 'emergency' }), {
    privileged: false,
    breakGlass: true,
    by: [OTHER_ID],
  });
  assert.deepEqual(classify(rules, { ...RECORD, account: 'bin' }), {
    privileged: false,
    breakGlass: false,
    by: [],
  });
  assert.deepEqual(evaluateRules(rules, RECORD), []);
});

/** A rule on CloudTrail that would also match the record of an access. */
function cloudRule(
  id: string,
  changes: Readonly<Record<string, string>> = {},
): { file: string; text: string } {
  const text = ruleText({
    id: `id: ${id}`,
    logsource: 'logsource: {product: aws, service: cloudtrail}',
    check: 'check: recording-disabled',
    summary: 'summary: It is off',
    tests: '',
    ...changes,
  });
  return { file: `${id}.yaml`, text };
}

const FIRST = '11111111-9f0c-4d57-8a51-8a6f5a2f7c11';
const SECOND = '22222222-9f0c-4d57-8a51-8a6f5a2f7c11';
const THIRD = '33333333-9f0c-4d57-8a51-8a6f5a2f7c11';

test('a rule on another product speaks of no access and classifies none', () => {
  const { rules, problems } = loadRules([cloudRule(FIRST)]);
  assert.deepEqual(problems, []);
  assert.equal(rules[0]?.matches(RECORD), true);
  assert.deepEqual(evaluateRules(rules, RECORD), []);
  assert.deepEqual(classify(rules, RECORD), { privileged: false, breakGlass: false, by: [] });
});

test('a match of old makes a finding that begins with the sentence it gave then', () => {
  const [rule] = loadRules([cloudRule(FIRST)]).rules;
  assert.ok(rule?.kind === 'finding');
  const finding = toControlFinding(rule, 'alice switched it off', CONTEXT);
  assert.deepEqual(finding.evidence, ['alice switched it off', 'searched tlog on web01']);
  assert.deepEqual(
    [finding.check, finding.rule, finding.level, finding.status, finding.subject.uid],
    ['recording-disabled', FIRST, 'high', 'open', 'acc_1'],
  );
  assert.equal(finding.uid, toControlFinding(rule, 'in other words', { ...CONTEXT, time: 0 }).uid);
});

test('of the rules that matched one record the highest level of a check stands, foreign ones each for itself', () => {
  const { rules, problems } = loadRules([
    cloudRule(FIRST, { level: 'level: low' }),
    cloudRule(SECOND),
    cloudRule(THIRD, { check: '' }),
    cloudRule(OTHER_ID, { check: '', title: 'title: Another' }),
    { file: 'own.yaml', text: ruleText() },
  ]);
  assert.deepEqual(problems, []);
  const ours = '6f4b1f0e-9f0c-4d57-8a51-8a6f5a2f7c11';
  const gone = '99999999-9f0c-4d57-8a51-8a6f5a2f7c11';
  const matches = [FIRST, SECOND, THIRD, OTHER_ID, ours, gone].map((rule) => ({
    rule,
    summary: rule.slice(0, 1),
  }));
  for (const order of [matches, matches.toReversed()]) {
    const found = findMatchedRules(rules, order).map(({ rule, summary }) => `${rule.id} ${summary}`);
    assert.deepEqual(found.sort(), [`${OTHER_ID} 0`, `${SECOND} 2`, `${THIRD} 3`]);
  }
  const uids = findMatchedRules(rules, matches).map(
    ({ rule, summary }) => toControlFinding(rule, summary, CONTEXT).uid,
  );
  assert.equal(new Set(uids).size, 3);
  const off = rules.map((rule) => ({ ...rule, enabled: rule.id !== SECOND }));
  assert.deepEqual(
    findMatchedRules(off, matches.slice(0, 2)).map(({ rule }) => rule.id),
    [FIRST],
  );
});
