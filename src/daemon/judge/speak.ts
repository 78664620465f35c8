import type { Finding } from '../../model/finding.ts';
import { evaluateRules, type FindingContext, toFinding } from '../../rules/evaluate.ts';
import type { RuleRecord } from '../../rules/record.ts';
import type { Rule } from '../../rules/rule.ts';

/** What the rules find in one record. */
export function speak(rules: readonly Rule[], record: RuleRecord, context: FindingContext): Finding[] {
  return evaluateRules(rules, record).map((rule) => toFinding(rule, record, context));
}
