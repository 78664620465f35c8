import { type Finding, LEVELS, type Subject } from '../model/finding.ts';
import { stableId } from '../util/ids.ts';
import type { AccessRecord } from './records/access.ts';
import type { RuleRecord } from './record.ts';
import type { FindingRule, Rule } from './rule.ts';
import { renderSummary } from './summary.ts';

/**
 * The finding rules that a record matches, switched-off ones left out. Where several rules name the same check,
 * the one with the highest level stands for it: one fault is one finding.
 */
export function evaluateRules(rules: readonly Rule[], record: RuleRecord): readonly FindingRule[] {
  const byCheck = new Map<string, FindingRule>();
  for (const rule of rules) {
    if (rule.kind !== 'finding' || !applies(rule, record)) continue;
    const other = byCheck.get(rule.check);
    if (other === undefined || rank(rule) > rank(other)) byCheck.set(rule.check, rule);
  }
  return [...byCheck.values()];
}

/** Where a finding belongs and what supports it; what the rule does not know. */
export interface FindingContext {
  readonly subject: Subject;
  readonly target: string | null;
  readonly account: string | null;
  /** Epoch ms of the thing itself. */
  readonly time: number;
  /** Further sentences after the rule's own summary. Never recorded content. */
  readonly evidence: readonly string[];
  readonly refs: Finding['refs'];
}

/** The finding that a matched rule makes. Its uid depends on check and subject alone, so it is the same next time. */
export function toFinding(rule: FindingRule, record: RuleRecord, context: FindingContext): Finding {
  const { subject, target, account, time, evidence, refs } = context;
  return {
    uid: stableId('fnd', [rule.check, subject.uid]),
    check: rule.check,
    rule: rule.id,
    title: rule.title,
    level: rule.level,
    status: 'open',
    subject,
    target,
    account,
    time,
    evidence: [renderSummary(rule.summary, record), ...evidence],
    runbook: rule.runbook,
    refs,
  };
}

/** What the classification rules say of an access, and by which rules. */
export interface Classification {
  readonly privileged: boolean;
  readonly breakGlass: boolean;
  /** Ids of the rules that matched. */
  readonly by: readonly string[];
}

/** Classifies an access. The record's verdict fields are not looked at: loading refuses rules that would. */
export function classify(rules: readonly Rule[], record: AccessRecord): Classification {
  const matched = rules.filter((rule) => rule.kind === 'classification' && applies(rule, record));
  const isClassed = (name: string): boolean =>
    matched.some((rule) => rule.kind === 'classification' && rule.classify === name);
  return {
    privileged: isClassed('privileged'),
    breakGlass: isClassed('break-glass'),
    by: matched.map((rule) => rule.id),
  };
}

function applies(rule: Rule, record: RuleRecord): boolean {
  return rule.enabled && rule.service === record.type && rule.matches(record);
}

function rank(rule: FindingRule): number {
  return LEVELS.indexOf(rule.level);
}
