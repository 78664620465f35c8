import { isScalar, type Node, type Scalar } from 'yaml';
import { contains, parseCidr, parseIp } from '../../util/ip.ts';
import { encodePattern } from './encode.ts';
import { expandDashes, expandPlaceholders, type Placeholders } from './expand.ts';
import { fieldValues, textOf } from './field.ts';
import type { Comparison, Plan } from './modifiers.ts';
import { type Anchor, anchorPattern, compilePattern, LONGEST_PATTERN, parsePattern } from './pattern.ts';
import { compileRegex } from './regex/machine.ts';
import { PatternError } from './regex/syntax.ts';
import { PART_RANGE, timePart } from './time-part.ts';

/** Test of one written value against all values that a field has in a record. */
export type ValueTest = (values: readonly unknown[], record: unknown) => boolean;

/** A value that cannot be honoured: what is wrong, and the index in its text where that is known. */
export interface ValueError {
  readonly message: string;
  readonly at?: number;
}

export type CompiledValue = { readonly test: ValueTest } | { readonly error: ValueError };

/** Makes the test for one written value as the key before it asks. */
export function compileValue(node: Node | null, plan: Plan, placeholders: Placeholders): CompiledValue {
  if (!isScalar(node)) return wrong('a value must be a text, a number, true, false or null');
  if (typeof node.value === 'bigint' || isLossy(node)) {
    return wrong('a number that cannot be held exactly; put it in quotes');
  }
  switch (plan.kind) {
    case 'text':
      return compileText(node, plan, placeholders);
    case 're':
      return eachText(node, plan, placeholders, (text) => compileExpression(text, plan));
    case 'cidr':
      return eachText(node, plan, placeholders, compileCidr);
    case 'compare':
      return compileNumber(node, (limit) => anyNumber(plan.comparison, limit));
    case 'part':
      return compilePart(node, plan);
    case 'fieldref':
      return compileReference(node, plan);
    case 'exists':
      return wrong('`exists` takes true or false');
  }
}

/** Infinities and not-a-number, and whole numbers beyond 2^53. */
function isLossy(node: Scalar): boolean {
  const { value } = node;
  return typeof value === 'number' && !(Number.isFinite(value) && Math.abs(value) <= Number.MAX_SAFE_INTEGER);
}

function wrong(message: string, at?: number): CompiledValue {
  return { error: { message, ...(at === undefined ? {} : { at }) } };
}

/** True where the key has nothing that only a text could take. */
function isPlain(plan: Plan): boolean {
  return (
    plan.anchor === 'whole' && plan.expansions.length === 0 && plan.encodings.length === 0 && !plan.cased
  );
}

function compileText(node: Scalar, plan: Plan, placeholders: Placeholders): CompiledValue {
  const { value } = node;
  if (isPlain(plan) && value === null) {
    return { test: (values) => values.length === 0 || values.includes(null) };
  }
  if (isPlain(plan) && (typeof value === 'number' || typeof value === 'boolean')) {
    const written = String(value);
    if (typeof value === 'number' && node.source !== written) {
      return wrong(`write the number as ${written}, or put it in quotes to compare its spelling`);
    }
    return {
      test: (values) => values.some((found) => found === value || isSpelling(found, written)),
    };
  }
  return eachText(node, plan, placeholders, (text) => compileWildcards(text, plan));
}

/** Records from other programs may carry numbers and booleans as texts. */
function isSpelling(found: unknown, written: string): boolean {
  return typeof found === 'string' && found.toLowerCase() === written;
}

type TextTest = { readonly tests: readonly ((text: string) => boolean)[] } | { readonly error: ValueError };

/** Applies `expand` and `windash`, makes a test of each resulting text, and joins them with OR. */
function eachText(
  node: Scalar,
  plan: Plan,
  placeholders: Placeholders,
  compile: (text: string) => TextTest,
): CompiledValue {
  const written = typeof node.value === 'number' ? (node.source ?? String(node.value)) : node.value;
  if (typeof written !== 'string') return wrong('this key needs a text as its value');
  if (written.length > LONGEST_PATTERN) return wrong(`longer than ${LONGEST_PATTERN} characters`);
  let texts: readonly string[] = [written];
  for (const expansion of plan.expansions) {
    const grown: string[] = [];
    for (const text of texts) {
      const result = expansion === 'expand' ? expandPlaceholders(text, placeholders) : expandDashes(text);
      if ('error' in result) return wrong(result.error);
      grown.push(...result.texts);
    }
    texts = grown;
  }
  const tests: ((text: string) => boolean)[] = [];
  for (const text of texts) {
    const compiled = compile(text);
    if ('error' in compiled) return compiled;
    tests.push(...compiled.tests);
  }
  return { test: (values) => values.some((found) => anyText(tests, found)) };
}

function anyText(tests: readonly ((text: string) => boolean)[], found: unknown): boolean {
  const text = textOf(found);
  return text !== null && tests.some((test) => test(text));
}

function compileWildcards(text: string, plan: Plan): TextTest {
  const patterns = encodePattern(parsePattern(text), plan.encodings);
  if (patterns === null) return { error: { message: 'a wildcard cannot be encoded; escape it with `\\`' } };
  return {
    tests: patterns.map((pattern) => compilePattern(anchorPattern(pattern, plan.anchor), plan.cased)),
  };
}

function compileExpression(text: string, plan: Plan): TextTest {
  try {
    return { tests: [compileRegex(text, plan.flags)] };
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    const { message, at } = error;
    // The place is only known where the expression is the text as written.
    return { error: plan.expansions.length === 0 ? { message, at } : { message } };
  }
}

function compileCidr(text: string): TextTest {
  const block = parseCidr(text);
  if (block === null) return { error: { message: 'not an IPv4 or IPv6 block such as 10.0.0.0/8' } };
  const isInside = (found: string): boolean => {
    const ip = parseIp(found);
    return ip !== null && contains(block, ip);
  };
  return { tests: [isInside] };
}

function compileNumber(node: Scalar, make: (limit: number) => ValueTest): CompiledValue {
  return typeof node.value === 'number' ? { test: make(node.value) } : wrong('this key needs a number');
}

function anyNumber(comparison: Comparison | null, limit: number): ValueTest {
  return (values) => values.some((found) => compares(toNumber(found), comparison, limit));
}

/** Numbers, and texts that are nothing but a decimal number; not-a-number compares false with everything. */
function toNumber(found: unknown): number {
  if (typeof found === 'number') return found;
  return typeof found === 'string' && /^[+-]?\d{1,16}(?:\.\d{1,16})?$/.test(found)
    ? Number(found)
    : Number.NaN;
}

function compares(found: number, comparison: Comparison | null, limit: number): boolean {
  switch (comparison) {
    case 'lt':
      return found < limit;
    case 'lte':
      return found <= limit;
    case 'gt':
      return found > limit;
    case 'gte':
      return found >= limit;
    case null:
      return found === limit;
  }
}

function compilePart(node: Scalar, plan: Plan): CompiledValue {
  const { part } = plan;
  if (part === null) return wrong('no part of a time is named');
  const [least, most] = PART_RANGE[part];
  if (typeof node.value === 'number' && (node.value < least || node.value > most)) {
    return wrong(`\`${part}\` lies between ${least} and ${most}`);
  }
  const partOf = (found: unknown): number =>
    typeof found === 'string' ? (timePart(found, part) ?? Number.NaN) : Number.NaN;
  return compileNumber(node, (limit) => (values) => {
    return values.some((found) => compares(partOf(found), plan.comparison, limit));
  });
}

function compileReference(node: Scalar, plan: Plan): CompiledValue {
  if (typeof node.value !== 'string' || node.value === '')
    return wrong('`fieldref` takes the name of a field');
  const path = node.value.split('.');
  const fold = plan.cased ? (text: string): string => text : (text: string): string => text.toLowerCase();
  return {
    test: (values, record) => {
      const others = textsOf(fieldValues(record, path), fold);
      return textsOf(values, fold).some((text) => others.some((other) => relates(text, other, plan.anchor)));
    },
  };
}

function textsOf(values: readonly unknown[], fold: (text: string) => string): string[] {
  return values.map(textOf).flatMap((text) => (text === null ? [] : [fold(text)]));
}

function relates(text: string, other: string, anchor: Anchor): boolean {
  if (anchor === 'startswith') return text.startsWith(other);
  if (anchor === 'endswith') return text.endsWith(other);
  return anchor === 'contains' ? text.includes(other) : text === other;
}
