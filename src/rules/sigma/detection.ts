import { isMap, isScalar, isSeq, type Node, type Pair, type Scalar } from 'yaml';
import { type Condition, isReserved, namesIn, parseCondition } from './condition.ts';
import type { Predicate } from './field.ts';
import { offsetWithin, type Reading, report } from './reading.ts';
import { compileSelection, type DetectionOptions } from './selection.ts';

const NAME = /^[A-Za-z0-9_-]{1,64}$/;

/**
 * Makes the predicate of a Sigma `detection` (specification 2.1): selections and a condition over them.
 * Everything in it is honoured or reported with its place, all problems at once; null where there are any.
 */
export function compileDetection(
  node: Node | null | undefined,
  reading: Reading,
  options: DetectionOptions = {},
): Predicate | null {
  if (!isMap(node)) {
    report(reading, node, '`detection` must be a map of selections with a `condition`');
    return null;
  }
  const before = reading.problems.length;
  const selections = new Map<string, Predicate | null>();
  let conditions: readonly Condition[] = [];
  const pairs = node.items as Pair<Scalar | null, Node | null>[];
  const named = pairs.filter((each) => verifyName(each, reading));
  for (const pair of named) {
    selections.set(String(pair.key?.value), compileSelection(pair.value, { ...options, reading }));
  }
  const condition = pairs.find((pair) => pair.key?.value === 'condition');
  if (condition === undefined) report(reading, node, '`condition` is missing');
  else conditions = readConditions(condition, [...selections.keys()], reading);
  if (conditions.length > 0) reportUnused(named, conditions, reading);
  if (reading.problems.length > before) return null;
  return combine(
    'or',
    conditions.map((each) => toPredicate(each, selections)),
  );
}

/** True for a pair that is a selection with a usable name. */
function verifyName(pair: Pair<Scalar | null, Node | null>, reading: Reading): boolean {
  const name = pair.key?.value;
  if (name === 'condition') return false;
  if (typeof name === 'string' && NAME.test(name) && !isReserved(name) && name !== 'timeframe') return true;
  const message =
    name === 'timeframe'
      ? '`timeframe` is not part of Sigma 2; use a correlation'
      : 'a selection needs a name of letters, digits, `_` and `-` that is no word of conditions';
  report(reading, pair.key, message);
  return false;
}

/** One condition, or a list of them joined by OR. */
function readConditions(
  pair: Pair<Scalar | null, Node | null>,
  names: readonly string[],
  reading: Reading,
): readonly Condition[] {
  const nodes = isSeq(pair.value) ? (pair.value.items as Node[]) : [pair.value];
  if (nodes.length === 0) report(reading, pair.value, '`condition` is empty');
  return nodes.flatMap((node) => {
    if (!isScalar(node) || typeof node.value !== 'string') {
      report(reading, node ?? pair.key, '`condition` must be a text or a list of texts');
      return [];
    }
    const { condition, errors } = parseCondition(node.value, names);
    for (const { at, message } of errors) report(reading, offsetWithin(node, at), message);
    return condition === null ? [] : [condition];
  });
}

/** A selection that no condition looks at is a slip of the pen; an underscore in front says it is meant so. */
function reportUnused(
  pairs: readonly Pair<Scalar | null, Node | null>[],
  conditions: readonly Condition[],
  reading: Reading,
): void {
  const used = new Set(conditions.flatMap(namesIn));
  for (const { key } of pairs) {
    const name = String(key?.value);
    if (!name.startsWith('_') && !used.has(name)) {
      report(reading, key, `the condition never looks at \`${name}\``);
    }
  }
}

function toPredicate(condition: Condition, selections: ReadonlyMap<string, Predicate | null>): Predicate {
  switch (condition.kind) {
    case 'selection':
      return selections.get(condition.name) ?? (() => false);
    case 'of':
      return combine(
        condition.quantifier === '1' ? 'or' : 'and',
        condition.names.map((name) => selections.get(name) ?? (() => false)),
      );
    case 'not': {
      const holds = toPredicate(condition.item, selections);
      return (record) => !holds(record);
    }
    default:
      return combine(
        condition.kind,
        condition.items.map((item) => toPredicate(item, selections)),
      );
  }
}

function combine(kind: 'and' | 'or', predicates: readonly Predicate[]): Predicate {
  return kind === 'and'
    ? (record) => predicates.every((holds) => holds(record))
    : (record) => predicates.some((holds) => holds(record));
}
