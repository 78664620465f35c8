import { isMap, isScalar, isSeq, type Node, type Pair, type Scalar } from 'yaml';
import { type Condition, parseCondition } from './condition.ts';
import { parseKey } from './modifiers.ts';
import { literalText, parsePattern } from './pattern.ts';

/** For a field, the lower-case texts of which a record must have one there; a field that may hold anything is absent. */
export type Required = ReadonlyMap<string, ReadonlySet<string>>;

/** The texts that a part of a detection needs; null where it can match without any of them. */
type Need = ReadonlySet<string> | null;

/**
 * What a detection that compiled needs of the given top-level fields. It says less than the detection wherever that
 * is not plain (negation, wildcards, other modifiers), so a record without the values surely does not match.
 */
export function requiredValues(detection: Node | null | undefined, fields: readonly string[]): Required {
  if (!isMap(detection)) return new Map();
  const pairs = detection.items as Pair<Scalar, Node | null>[];
  const conditions = conditionsOf(pairs);
  return new Map(
    fields.flatMap((field) => {
      const needs = new Map(
        pairs.map(({ key, value }) => [String(key.value), needOfSelection(value, field)]),
      );
      const need = either(conditions.map((each) => (each === null ? null : needOf(each, needs))));
      return need === null ? [] : [[field, need] as const];
    }),
  );
}

function conditionsOf(pairs: readonly Pair<Scalar, Node | null>[]): (Condition | null)[] {
  const names = pairs.map(({ key }) => String(key.value)).filter((name) => name !== 'condition');
  const value = pairs.find(({ key }) => key.value === 'condition')?.value ?? null;
  const nodes = isSeq(value) ? (value.items as Node[]) : [value];
  return nodes.map((node) => (isScalar(node) ? parseCondition(String(node.value), names).condition : null));
}

function needOf(condition: Condition, needs: ReadonlyMap<string, Need>): Need {
  switch (condition.kind) {
    case 'selection':
      return needs.get(condition.name) ?? null;
    case 'of': {
      const all = condition.names.map((name) => needs.get(name) ?? null);
      return condition.quantifier === '1' ? either(all) : smallest(all);
    }
    case 'not':
      return null;
    default: {
      const all = condition.items.map((item) => needOf(item, needs));
      return condition.kind === 'or' ? either(all) : smallest(all);
    }
  }
}

function needOfSelection(node: Node | null, field: string): Need {
  if (isMap(node))
    return smallest((node.items as Pair<Node, Node | null>[]).map((pair) => needOfItem(pair, field)));
  if (isSeq(node))
    return either((node.items as Node[]).map((item) => (isMap(item) ? needOfSelection(item, field) : null)));
  return null;
}

function needOfItem({ key, value }: Pair<Node, Node | null>, field: string): Need {
  const { plan } = parseKey(isScalar(key) ? String(key.value) : '');
  const plain = plan.kind === 'text' && plan.anchor === 'whole' && !plan.neq;
  if (plan.field !== field || !plain || plan.expansions.length + plan.encodings.length > 0) return null;
  const nodes = isSeq(value) ? (value.items as Node[]) : [value];
  return either(nodes.map(needOfValue));
}

function needOfValue(node: Node | null): Need {
  if (!isScalar(node) || typeof node.value !== 'string') return null;
  const literal = literalText(parsePattern(node.value));
  return literal === null ? null : new Set([literal.toLowerCase()]);
}

function either(needs: readonly Need[]): Need {
  const known = needs.filter((need) => need !== null);
  return known.length < needs.length ? null : new Set(known.flatMap((need) => [...need]));
}

/** Of several that must all hold any one is true to ask for; the smallest says most. */
function smallest(needs: readonly Need[]): Need {
  const known = needs.filter((need) => need !== null);
  return known.sort((a, b) => a.size - b.size)[0] ?? null;
}
