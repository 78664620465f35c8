import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { isMap, isScalar, parseDocument } from 'yaml';
import { LEVELS } from '../../src/model/finding.ts';
import { PATHS } from '../../src/model/path.ts';
import {
  classify,
  evaluateRules,
  findMatchedRules,
  toControlFinding,
  toFinding,
} from '../../src/rules/evaluate.ts';
import { FOREIGN_CHECK } from '../../src/rules/checks.ts';
import { FOREIGN_DEFAULTS } from '../../src/rules/foreign.ts';
import { loadRules } from '../../src/rules/load.ts';
import type { RuleRecord } from '../../src/rules/record.ts';
import type { AccessRecord } from '../../src/rules/records/access.ts';
import { testRules } from '../../src/rules/report.ts';
import type { Rule } from '../../src/rules/rule.ts';
import { toScreen } from '../../src/rules/screen.ts';
import { renderSummary } from '../../src/rules/summary.ts';

const FOLDER = fileURLToPath(new URL('../../rules/', import.meta.url));
const FILES = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.yaml'))
  .sort()
  .map((name) => ({ file: `rules/${name}`, text: readFileSync(join(FOLDER, name), 'utf8') }));
const { rules, problems } = loadRules(FILES);

const CLOUDTRAIL = { product: 'aws', service: 'cloudtrail' };

const CONTEXT = {
  subject: { type: 'access', uid: 'acc_1' },
  target: null,
  account: null,
  time: 0,
  evidence: [],
  refs: [],
} as const;

test('every shipped rule loads', () => {
  assert.deepEqual(problems, []);
  assert.equal(rules.length, FILES.length);
  assert.ok(rules.length > 50);
});

for (const rule of rules) {
  test(`${rule.file}: its own tests pass, with matches and near misses`, () => {
    const results = testRules([rule]);
    assert.deepEqual(
      results.filter((result) => !result.ok),
      [],
    );
    assert.ok(results.some((result) => result.expected) && results.some((result) => !result.expected));
  });

  test(`${rule.file}: states why it matters and what it may get wrong`, () => {
    assert.ok(rule.tags.length > 0 && rule.references.length > 0 && rule.falsepositives.length > 0);
    if (rule.kind === 'finding')
      assert.ok(basename(rule.file).startsWith(rule.check), 'named after its check');
  });

  test(`${rule.file}: editing the file alone changes what is reported`, () => {
    const negated = edited(rule, negateCondition);
    const changed = rule.kind === 'finding' ? edited(rule, changeWords(rule.level)) : null;
    for (const { record } of rule.tests.filter((each) => each.match)) {
      assert.notDeepEqual(reported(rule, record), reported(negated, record), 'condition');
      if (changed?.kind !== 'finding') continue;
      const { title, level, runbook } = changed;
      const expected = { ...finding(rule, record), title, level, runbook, evidence: ['Another sentence'] };
      assert.deepEqual(reported(changed, record), [expected]);
      assert.deepEqual([title, runbook], ['Another title', 'Do something else']);
    }
  });
}

/** What one rule alone reports of a record: its findings, or the classes it gives. */
function reported(rule: Rule, record: unknown): unknown {
  const typed = record as RuleRecord;
  if (rule.kind === 'classification') return classify([rule], record as AccessRecord);
  if (rule.product === 'aws') {
    return findMatchedRules([rule], toScreen([rule])(CLOUDTRAIL, record)).map((match) =>
      toControlFinding(match.rule, match.summary, CONTEXT),
    );
  }
  return evaluateRules([rule], typed).map((match) => toFinding(match, typed, CONTEXT));
}

function finding(rule: Rule, record: unknown): object {
  assert.ok(rule.kind === 'finding');
  if (rule.product === 'aws') return toControlFinding(rule, renderSummary(rule.summary, record), CONTEXT);
  return toFinding(rule, record as RuleRecord, CONTEXT);
}

/** The rule that loads from its own file after an edit of the text. */
function edited(rule: Rule, edit: (text: string) => string): Rule {
  const source = FILES.find((file) => file.file === rule.file);
  assert.ok(source !== undefined);
  const loaded = loadRules([{ file: source.file, text: edit(source.text) }]);
  assert.deepEqual(loaded.problems, []);
  const [changed] = loaded.rules;
  assert.ok(changed !== undefined);
  return changed;
}

/** Title, level, summary and runbook at once. */
function changeWords(level: string): (text: string) => string {
  return (text) => {
    const document = parseDocument(text);
    document.set('title', 'Another title');
    document.set('level', LEVELS.find((each) => each !== level) ?? '');
    document.set('summary', 'Another sentence');
    document.set('runbook', 'Do something else');
    return document.toString();
  };
}

function negateCondition(text: string): string {
  const document = parseDocument(text);
  const condition = document.getIn(['detection', 'condition'], true);
  assert.ok(isMap(document.contents) && isScalar(condition));
  condition.value = `not (${String(condition.value)})`;
  return document.toString();
}

test('there is one rule for a check on a kind of record of our own, but where one check has two meanings', () => {
  const seen = new Map<string, string[]>();
  for (const rule of rules) {
    if (rule.kind !== 'finding' || rule.product !== 'offrecord') continue;
    const key = `${rule.service} ${rule.check}`;
    seen.set(key, [...(seen.get(key) ?? []), basename(rule.file)]);
  }
  const several = [...seen.values()].filter((files) => files.length > 1);
  assert.deepEqual(several, [
    // A tunnel and its quieter case; records that contradict themselves, and a host that is not the one it was.
    ['tunnel-unrecordable-carried.yaml', 'tunnel-unrecordable.yaml'],
    ['source-tampered-host-key.yaml', 'source-tampered.yaml'],
  ]);
});

/** The records of all matching tests on accesses, as they would look with another verdict or class. */
const FIRING = rules
  .filter(
    (rule) => rule.kind === 'finding' && rule.service === 'access' && rule.check !== 'break-glass-unaccepted',
  )
  .flatMap((rule) => rule.tests.filter((each) => each.match).map((each) => each.record as AccessRecord));

function checksOf(record: AccessRecord): string[] {
  return evaluateRules(rules, record).map((rule) => rule.check);
}

test('an access that is recorded, pending, excepted or not privileged gives no finding', () => {
  for (const record of FIRING) {
    assert.notDeepEqual(checksOf(record), []);
    for (const verdict of ['recorded', 'pending', 'excepted'] as const) {
      assert.deepEqual(checksOf({ ...record, verdict }), [], verdict);
    }
    assert.deepEqual(checksOf({ ...record, privileged: false }), []);
  }
});

test('one fault of an access gives one finding', () => {
  const about = new Set([
    'unregistered-principal',
    'unmanaged-host',
    'shared-account-unattributed',
    'unmanaged-session-document',
  ]);
  for (const record of FIRING) {
    const checks = checksOf(record).filter((check) => !about.has(check));
    assert.equal(checks.length, 1, `${JSON.stringify(record.reasons)}: ${checks.join()}`);
  }
});

test('every unrecorded or inadequate privileged access gives a finding, whatever its reasons', () => {
  const codes = [...new Set(FIRING.flatMap((record) => record.reasons.map((reason) => reason.code)))];
  const base = FIRING[0];
  assert.ok(base !== undefined);
  const reasons = [
    [],
    ...[...codes, 'forced-command', 'a-code-of-tomorrow'].map((code) => [{ code, detail: 'x' }]),
  ];
  for (const verdict of ['unrecorded', 'inadequate'] as const) {
    for (const each of reasons) {
      const plain = { ...base, verdict, reasons: each, accepted_afterwards: null };
      assert.notDeepEqual(checksOf(plain), [], `${verdict} ${JSON.stringify(each)}`);
    }
  }
});

test('an acceptance that came afterwards closes all but tampering', () => {
  for (const record of FIRING) {
    const left = checksOf({ ...record, accepted_afterwards: { id: 'EXC-2026-015' } });
    const tampering = record.reasons
      .map((reason) => reason.code)
      .filter((code) => code === 'recording-altered' || code === 'recording-deleted-early');
    assert.deepEqual(left, tampering);
  }
});

test('a tunnel gives the quieter finding exactly where what it carried is covered', () => {
  const tunnel = FIRING.find((record) => record.reasons[0]?.code === 'tunnel-unrecordable');
  assert.ok(tunnel !== undefined);
  const levels = (
    ['recorded', 'excepted', 'inadequate', 'unrecorded', 'undetermined', 'pending'] as const
  ).map((verdict) =>
    evaluateRules(rules, { ...tunnel, carries: { uid: 'acc_2', verdict } }).map((rule) => rule.level),
  );
  const quiet = ['informational'];
  const loud = ['medium'];
  assert.deepEqual(levels, [quiet, quiet, loud, loud, loud, loud]);
});

test('break-glass without an acceptance alerts whatever the verdict, with one only the verdict counts', () => {
  const rule = rules.find((each) => each.kind === 'finding' && each.check === 'break-glass-unaccepted');
  const record = rule?.tests.find((each) => each.match)?.record as AccessRecord;
  for (const verdict of ['recorded', 'pending', 'unrecorded', 'inadequate', 'undetermined'] as const) {
    assert.ok(checksOf({ ...record, verdict }).includes('break-glass-unaccepted'), verdict);
    assert.ok(
      !checksOf({ ...record, verdict, exception: { id: 'EXC-1' } }).includes('break-glass-unaccepted'),
    );
  }
});

test('every fault that an inspection can name gives a finding on an orphan, and one alone', () => {
  const faults = (
    'truncated gap not-closed empty altered duplicate deleted-early not-retrievable metadata-incomplete ' +
    'failed disabled'
  )
    .split(' ')
    .map((name) => `recording-${name}`);
  const orphan = rules.find((rule) => rule.kind === 'finding' && rule.check === 'recording-orphan');
  const record = orphan?.tests.find((each) => each.match)?.record as RuleRecord;
  for (const code of faults) {
    const faulty = { ...record, problems: [{ code, detail: 'x' }] } as RuleRecord;
    assert.deepEqual(
      evaluateRules(rules, faulty).map((rule) => rule.check),
      [code],
    );
  }
});

test('without configuration every way in is privileged', () => {
  for (const path of PATHS) {
    const record = { type: 'access', path, account: 'guest', target: { id: 'x', kind: 'host', tier: null } };
    assert.equal(classify(rules, record as AccessRecord).privileged, true, path);
  }
});

const CLOUD_RULES = rules.filter((rule) => rule.product === 'aws');

for (const rule of CLOUD_RULES) {
  test(`${rule.file}: states all that is ours, and is silent on a call that failed`, () => {
    assert.ok(rule.kind === 'finding' && rule.check !== FOREIGN_CHECK && rule.author === 'offrecord');
    assert.ok(!Object.values<string>(FOREIGN_DEFAULTS).includes(rule.runbook));
    assert.ok(rule.required.has('eventName') || rule.required.has('eventSource'), 'looked up quickly');
    const matching = rule.tests.filter((each) => each.match);
    assert.ok(matching.length >= 2 && rule.tests.length - matching.length >= 2);
    assert.ok(rule.tests.some(({ match, record }) => !match && Object.hasOwn(Object(record), 'errorCode')));
    for (const { record } of matching) {
      assert.equal(rule.matches({ ...Object(record), errorCode: '' }), true, 'an empty code is no error');
      assert.equal(rule.matches({ ...Object(record), errorCode: 'AccessDenied' }), false);
    }
  });
}

test('a call that weakens names who did it, where and from where, and nothing that was handed over', () => {
  const screen = toScreen(rules);
  const marked = {
    userData: 'S3CRET',
    content: 'S3CRET inputs',
    policyDocument: 'S3CRET Deny s3:Put Deidentify',
  };
  for (const { record } of CLOUD_RULES.flatMap((rule) => rule.tests.filter((each) => each.match))) {
    const { requestParameters, ...rest } = Object(record);
    const call = { ...rest, requestParameters: { ...requestParameters, ...marked } };
    const matches = screen(CLOUDTRAIL, call);
    assert.notDeepEqual(matches, []);
    for (const { summary } of matches) {
      assert.match(summary, /^arn:aws:.*eu-central-1.*111122223333, from 203\.0\.113\.24\)\.$/);
      assert.doesNotMatch(summary, /S3CRET/);
    }
  }
});

test('one call that weakens gives one finding', () => {
  const screen = toScreen(rules);
  for (const { name, record } of CLOUD_RULES.flatMap((rule) => rule.tests.filter((each) => each.match))) {
    const found = findMatchedRules(rules, screen(CLOUDTRAIL, record)).map(({ rule }) => rule.check);
    assert.equal(found.length, 1, `${name}: ${found.join()}`);
  }
});

test('the root user of a cloud account is break-glass, an administrator is not', () => {
  const root = rules.find((rule) => rule.file.endsWith('cloud-root.yaml'));
  const record = root?.tests.find((each) => each.match)?.record as AccessRecord;
  assert.equal(classify(rules, record).breakGlass, true);
  const { cloud } = record;
  assert.ok(cloud !== null);
  assert.equal(
    classify(rules, { ...record, cloud: { ...cloud, identity: 'AssumedRole' } }).breakGlass,
    false,
  );
});

test('the folders group the rules by what they look at', () => {
  const folders = new Set(FILES.map(({ file }) => basename(dirname(file))));
  const groups =
    'access aws break-glass change control exception privileged recorder recording run source trail'.split(
      ' ',
    );
  assert.deepEqual([...folders].sort(), groups);
});
