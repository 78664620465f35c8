import type { Rule, RuleTest } from './rule.ts';
import { renderSummary } from './summary.ts';

/** What became of one test of a rule file. */
export interface RuleTestResult {
  readonly rule: string;
  readonly title: string;
  readonly file: string;
  readonly test: string;
  /** `file:line:column` of the test. */
  readonly place: string;
  readonly expected: boolean;
  readonly matched: boolean;
  readonly ok: boolean;
  /** The sentence that the finding would begin with; null without a match and for classification. */
  readonly summary: string | null;
}

/** Runs the tests that the rule files carry, also those of switched-off rules. */
export function testRules(rules: readonly Rule[]): readonly RuleTestResult[] {
  return rules.flatMap((rule) => rule.tests.map((test) => runTest(rule, test)));
}

function runTest(rule: Rule, test: RuleTest): RuleTestResult {
  const matched = rule.matches(test.record);
  return {
    rule: rule.id,
    title: rule.title,
    file: rule.file,
    test: test.name,
    place: test.place,
    expected: test.match,
    matched,
    ok: matched === test.match,
    summary: matched && rule.kind === 'finding' ? renderSummary(rule.summary, test.record) : null,
  };
}

/** One line of a list of rules. */
export interface RuleRow {
  readonly id: string;
  readonly file: string;
  /** Check id of a finding rule, class of a classification rule. */
  readonly names: string;
  readonly kind: Rule['kind'];
  readonly product: string;
  readonly service: string;
  /** Null for classification rules. */
  readonly level: string | null;
  readonly title: string;
  readonly status: string;
  readonly tests: number;
  readonly enabled: boolean;
  /** What to know about where it comes from, e.g. `replaces rules/access/no-recording.yaml`. */
  readonly note: string | null;
}

/** Rules as a list, in the order they were loaded. */
export function listRules(rules: readonly Rule[]): readonly RuleRow[] {
  return rules.map((rule) => ({
    id: rule.id,
    file: rule.file,
    names: rule.kind === 'finding' ? rule.check : rule.classify,
    kind: rule.kind,
    product: rule.product,
    service: rule.service,
    level: rule.kind === 'finding' ? rule.level : null,
    title: rule.title,
    status: rule.status,
    tests: rule.tests.length,
    enabled: rule.enabled,
    note: noteOf(rule),
  }));
}

function noteOf(rule: Rule): string | null {
  if (rule.switchedOffBy !== null) return `switched off by ${rule.switchedOffBy}`;
  const off = rule.enabled ? '' : ', switched off';
  if (rule.overrides !== null) return `replaces ${rule.overrides}${off}`;
  return rule.enabled ? null : 'switched off';
}
