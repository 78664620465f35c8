import type { ScreenMatch } from '../model/event.ts';
import { type Finding, LEVELS, type Subject } from '../model/finding.ts';
import { stableId } from '../util/ids.ts';
import { FOREIGN_CHECK } from './checks.ts';
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
  for (const rule of rulesOn(rules, record.type)) {
    if (rule.kind !== 'finding' || !rule.matches(record)) continue;
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
  return makeFinding(rule, renderSummary(rule.summary, record), context);
}

/**
 * The finding of a rule that matched another product's record when that was read; `summary` is the sentence it gave
 * then. The uid of a rule without a check of its own also depends on the rule.
 */
export function toControlFinding(rule: FindingRule, summary: string, context: FindingContext): Finding {
  return makeFinding(rule, summary, context);
}

/**
 * The rules behind the matches of one record, with the sentence each gave; rules that are gone or off by now are left
 * out. As everywhere, of several rules with one check the one with the highest level stands.
 */
export function findMatchedRules(
  rules: readonly Rule[],
  matches: readonly ScreenMatch[],
): readonly { readonly rule: FindingRule; readonly summary: string }[] {
  const byFault = new Map<string, { rule: FindingRule; summary: string }>();
  for (const { rule: id, summary } of matches) {
    const rule = rules.find((each) => each.id === id);
    if (rule?.kind !== 'finding' || !rule.enabled || rule.product === 'offrecord') continue;
    const other = byFault.get(faultOf(rule));
    if (other === undefined || rank(rule) > rank(other.rule)) byFault.set(faultOf(rule), { rule, summary });
  }
  return [...byFault.values()];
}

/** What makes two findings on one subject the same fault. */
function faultOf(rule: FindingRule): string {
  return rule.check === FOREIGN_CHECK ? `${rule.check}:${rule.id}` : rule.check;
}

function makeFinding(rule: FindingRule, summary: string, context: FindingContext): Finding {
  const { subject, target, account, time, evidence, refs } = context;
  return {
    uid: stableId('fnd', [faultOf(rule), subject.uid]),
    check: rule.check,
    rule: rule.id,
    title: rule.title,
    level: rule.level,
    status: 'open',
    subject,
    target,
    account,
    time,
    evidence: [summary, ...evidence],
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
  const matched = rulesOn(rules, record.type).filter(
    (rule) => rule.kind === 'classification' && rule.matches(record),
  );
  const isClassed = (name: string): boolean =>
    matched.some((rule) => rule.kind === 'classification' && rule.classify === name);
  return {
    privileged: isClassed('privileged'),
    breakGlass: isClassed('break-glass'),
    by: matched.map((rule) => rule.id),
  };
}

/** The rules in force on one kind of record: a judgement asks for them once per access. */
function rulesOn(rules: readonly Rule[], service: RuleRecord['type']): readonly Rule[] {
  const known = inForce.get(rules) ?? new Map<string, readonly Rule[]>();
  inForce.set(rules, known);
  const found =
    known.get(service) ??
    rules.filter((rule) => rule.enabled && rule.product === 'offrecord' && rule.service === service);
  known.set(service, found);
  return found;
}

const inForce = new WeakMap<readonly Rule[], Map<string, readonly Rule[]>>();

function rank(rule: FindingRule): number {
  return LEVELS.indexOf(rule.level);
}
