import { isMap, isScalar, isSeq, type Node, type Pair } from 'yaml';
import type { Placeholders } from './expand.ts';
import { fieldExists, fieldTexts, fieldValues, leafTexts, type Predicate } from './field.ts';
import { type Plan, parseKey } from './modifiers.ts';
import { offsetWithin, type Reading, report } from './reading.ts';
import { compileValue, type ValueTest } from './value.ts';

export interface DetectionOptions {
  /** Values for `%name%` under `expand`; a placeholder without values is a problem. */
  readonly placeholders?: Placeholders;
  /** Says what is wrong with a field's dotted path; null where the records have it. */
  readonly fieldProblem?: (path: string) => string | null;
  /** True where a field that holds an object is compared as text (`fieldTexts`). */
  readonly objectsAsText?: boolean;
}

/** What reading selections needs besides the nodes. */
export interface SelectionContext extends DetectionOptions {
  readonly reading: Reading;
}

const NO_PLACEHOLDERS: Placeholders = new Map();

/**
 * Makes the predicate of one search identifier: a map is AND, a list is OR over maps and keywords, a single value
 * is a keyword. Null, with problems reported, where any part of it cannot be honoured.
 */
export function compileSelection(node: Node | null, context: SelectionContext): Predicate | null {
  if (isMap(node)) return compileMap(node.items as Pair<Node, Node | null>[], node, context);
  if (isSeq(node)) return compileList(node.items as Node[], node, context);
  return compileKeyword(node, context);
}

function compileMap(
  pairs: readonly Pair<Node, Node | null>[],
  node: Node,
  context: SelectionContext,
): Predicate | null {
  if (pairs.length === 0) report(context.reading, node, 'an empty selection would match everything');
  const items = pairs.map((pair) => compileItem(pair, context));
  const predicates = items.filter((item) => item !== null);
  if (predicates.length < items.length || items.length === 0) return null;
  return (record) => predicates.every((holds) => holds(record));
}

function compileList(nodes: readonly Node[], node: Node, context: SelectionContext): Predicate | null {
  if (nodes.length === 0) report(context.reading, node, 'an empty list would match nothing');
  const items = nodes.map((item) =>
    isMap(item) ? compileSelection(item, context) : compileKeyword(item, context),
  );
  const predicates = items.filter((item) => item !== null);
  if (predicates.length < items.length || items.length === 0) return null;
  return (record) => predicates.some((holds) => holds(record));
}

/** A keyword is searched in every text of the record. */
function compileKeyword(node: Node | null, context: SelectionContext): Predicate | null {
  const { plan } = parseKey('|contains');
  const test = isKeywordValue(node) ? compileOne(node, plan, context) : null;
  if (!isKeywordValue(node)) {
    report(context.reading, node, 'a selection is a map, a list of maps, or keywords that are not empty');
  }
  return test === null ? null : (record) => test(leafTexts(record), record);
}

function isKeywordValue(node: Node | null): boolean {
  return isScalar(node) && node.value !== null && node.value !== '';
}

function compileItem(pair: Pair<Node, Node | null>, context: SelectionContext): Predicate | null {
  const plan = readKey(pair.key, context);
  const values = readValues(pair, context);
  if (plan === null || values === null) return null;
  if (plan.kind === 'exists') return compileExists(plan, values, pair.key, context);
  if (plan.all && values.length < 2) {
    report(context.reading, pair.key, '`all` needs a list of at least two values');
    return null;
  }
  const tests = values.map((value) => compileOne(value, plan, context));
  const ready = tests.filter((test) => test !== null);
  return ready.length < tests.length ? null : joinTests(plan, ready, context.objectsAsText === true);
}

function joinTests(plan: Plan, tests: readonly ValueTest[], objectsAsText: boolean): Predicate {
  const path = plan.field.split('.');
  const reach = objectsAsText ? fieldTexts : fieldValues;
  const read = plan.field === '' ? leafTexts : (record: unknown) => reach(record, path);
  if (plan.neq) return (record) => !holdsAny(tests, read(record), record);
  if (!plan.all) return (record) => holdsAny(tests, read(record), record);
  return (record) => {
    const values = read(record);
    return tests.every((test) => test(values, record));
  };
}

function holdsAny(tests: readonly ValueTest[], values: readonly unknown[], record: unknown): boolean {
  return tests.some((test) => test(values, record));
}

function readKey(node: Node, context: SelectionContext): Plan | null {
  if (!isScalar(node) || typeof node.value !== 'string') {
    report(context.reading, node, 'the name of a field must be a text');
    return null;
  }
  const { plan, errors } = parseKey(node.value);
  const problems = [...errors, ...(errors.length > 0 ? [] : fieldErrors(plan, context))];
  for (const problem of problems) report(context.reading, node, problem);
  if (problems.length > 0) return null;
  const searched = plan.field === '' && plan.kind === 'text' && plan.anchor === 'whole';
  return searched ? { ...plan, anchor: 'contains' } : plan;
}

function fieldErrors(plan: Plan, context: SelectionContext): string[] {
  if (plan.field !== '') return pathErrors(plan.field, context);
  const searchable = plan.kind === 're' || (plan.kind === 'text' && /^(?:whole|contains)$/.test(plan.anchor));
  return searchable ? [] : ['keywords are searched in the whole record and take no such modifier'];
}

function pathErrors(path: string, context: SelectionContext): string[] {
  if (path.split('.').includes('')) return [`\`${path}\` is not a dotted path`];
  const problem = context.fieldProblem?.(path) ?? null;
  return problem === null ? [] : [problem];
}

function readValues(pair: Pair<Node, Node | null>, context: SelectionContext): (Node | null)[] | null {
  const { value } = pair;
  if (!isSeq(value)) return [value];
  if (value.items.length > 0) return value.items as Node[];
  report(context.reading, value, 'an empty list of values would match nothing');
  return null;
}

function compileExists(
  plan: Plan,
  values: readonly (Node | null)[],
  key: Node,
  context: SelectionContext,
): Predicate | null {
  const [value = null, ...more] = values;
  if (!isScalar(value) || typeof value.value !== 'boolean' || more.length > 0) {
    report(context.reading, value ?? key, '`exists` takes true or false');
    return null;
  }
  const path = plan.field.split('.');
  const wanted = value.value;
  return (record) => fieldExists(record, path) === wanted;
}

function compileOne(node: Node | null, plan: Plan, context: SelectionContext): ValueTest | null {
  const compiled = compileValue(node, plan, context.placeholders ?? NO_PLACEHOLDERS);
  const problems = 'error' in compiled ? [compiled.error] : referenceErrors(node, plan, context);
  for (const { message, at } of problems) {
    report(context.reading, at !== undefined && isScalar(node) ? offsetWithin(node, at) : node, message);
  }
  return 'test' in compiled && problems.length === 0 ? compiled.test : null;
}

/** The field that `fieldref` names must exist just as the one before it. */
function referenceErrors(
  node: Node | null,
  plan: Plan,
  context: SelectionContext,
): { message: string; at?: number }[] {
  if (plan.kind !== 'fieldref' || !isScalar(node)) return [];
  return pathErrors(String(node.value), context).map((message) => ({ message }));
}
