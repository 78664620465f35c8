import type { ScreenMatch } from '../model/event.ts';
import { LEVELS } from '../model/finding.ts';
import type { FindingRule, Rule } from './rule.ts';
import { fieldTexts, textOf } from './sigma/field.ts';
import { renderSummary } from './summary.ts';

/**
 * Rules that match a record of another product as it was read, each with its summary filled in; the highest level
 * first. Total: any record gives a list.
 */
export type Screen = (
  source: { readonly product: string; readonly service: string },
  record: unknown,
) => readonly ScreenMatch[];

/**
 * Matches kept of one record, and characters of the sentence each gives: 16 × 2,048 = 32 KiB at most, an eighth of
 * what CloudTrail lets a record have. More than 16 rules on one call say nothing new.
 */
const MOST_MATCHES = 16;
const LONGEST_SENTENCE = 2048;

/** Fields that nearly every rule on CloudTrail asks for; rules are looked up by the first that one needs. */
export const INDEXED_FIELDS: readonly string[] = ['eventName', 'eventSource'];

/** Makes the screen of all finding rules that are switched on. */
export function toScreen(rules: readonly Rule[]): Screen {
  const finding = rules.filter((rule) => rule.kind === 'finding').filter((rule) => rule.enabled);
  const ranked = finding.sort((a, b) => LEVELS.indexOf(b.level) - LEVELS.indexOf(a.level));
  const indexes = new Map<string, Index>();
  for (const [key, group] of Map.groupBy(ranked, keyOf)) indexes.set(key, toIndex(group));
  return (source, record) => {
    const index = indexes.get(keyOf(source));
    return index === undefined ? [] : screenRecord(index, record);
  };
}

/** Rules of one log source, the highest level first. */
interface Index {
  /** Position of each rule by level. */
  readonly order: ReadonlyMap<FindingRule, number>;
  /** By field, by lower-case text in it: the rules that need it. */
  readonly byField: ReadonlyMap<string, ReadonlyMap<string, readonly FindingRule[]>>;
  /** Rules that may match any record. */
  readonly rest: readonly FindingRule[];
}

function keyOf({ product, service }: { readonly product: string; readonly service: string }): string {
  return `${product}/${service}`;
}

function toIndex(rules: readonly FindingRule[]): Index {
  const byField = new Map<string, Map<string, FindingRule[]>>(
    INDEXED_FIELDS.map((field) => [field, new Map()]),
  );
  const rest: FindingRule[] = [];
  for (const rule of rules) {
    const field = INDEXED_FIELDS.find((name) => rule.required.has(name));
    if (field === undefined) rest.push(rule);
    const byText = byField.get(field ?? '');
    for (const text of rule.required.get(field ?? '') ?? []) {
      byText?.set(text, [...(byText.get(text) ?? []), rule]);
    }
  }
  return { order: new Map(rules.map((rule, position) => [rule, position])), byField, rest };
}

function screenRecord({ order, byField, rest }: Index, record: unknown): ScreenMatch[] {
  const candidates = new Set(rest);
  for (const [field, byText] of byField) {
    for (const value of fieldTexts(record, [field])) {
      for (const rule of byText.get(textOf(value)?.toLowerCase() ?? '') ?? []) candidates.add(rule);
    }
  }
  return [...candidates]
    .filter((rule) => rule.matches(record))
    .sort((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0))
    .slice(0, MOST_MATCHES)
    .map((rule) => ({
      rule: rule.id,
      summary: renderSummary(rule.summary, record).slice(0, LONGEST_SENTENCE),
    }));
}
