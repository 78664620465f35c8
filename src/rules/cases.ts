import { isMap, isSeq, type Document, type Node } from 'yaml';
import { type Keys, readFlag, readMap, readText, reportUnknown, requireKey, valueOf } from './keys.ts';
import type { LogSource } from './log-source.ts';
import { fieldProblem, type Service } from './record.ts';
import type { RuleTest } from './rule.ts';
import { placeOf, report } from './sigma/reading.ts';

/** What is wrong with the record of a case. */
export type RecordCheck = (record: unknown) => readonly string[];

/** Reads `tests`: at least one case that matches and one that does not, with records that could exist. */
export function readTests(keys: Keys, document: Document, problemsOf: RecordCheck): readonly RuleTest[] {
  const { reading, node } = keys;
  const list = valueOf(keys, 'tests');
  if (!isSeq(list)) {
    report(reading, list ?? node, '`tests` must be a list with a case that matches and one that does not');
    return [];
  }
  const tests = (list.items as Node[]).map((item) => readTest(item, keys, document, problemsOf));
  const matching = tests.filter((test) => test?.match === true).length;
  const silent = tests.filter((test) => test?.match === false).length;
  if (!tests.includes(null) && (matching === 0 || silent === 0)) {
    report(reading, list, '`tests` needs a case that matches and one that does not');
  }
  return tests.filter((test) => test !== null);
}

function readTest(
  node: Node,
  { reading }: Keys,
  document: Document,
  problemsOf: RecordCheck,
): RuleTest | null {
  if (!isMap(node)) {
    report(reading, node, 'a test must be a map of `name`, `record` and `match`');
    return null;
  }
  const keys: Keys = { reading, node };
  reportUnknown(keys, ['name', 'record', 'match']);
  for (const key of ['name', 'record', 'match']) requireKey(keys, key);
  const name = readText(keys, 'name', { longest: 256 });
  const match = readFlag(keys, 'match');
  const source = readMap(keys, 'record');
  const record: unknown = source?.node.toJS(document) ?? null;
  for (const problem of source === null ? [] : problemsOf(record)) {
    report(reading, source?.node, problem);
  }
  if (name === null || match === null || record === null) return null;
  return { name, match, record, place: placeOf(reading, node.range?.[0] ?? 0) };
}

/**
 * A mistyped field in a test would prove nothing, so records of offrecord's own are held to the same fields as
 * conditions. What fields another product's records have is that product's affair.
 */
export function toRecordCheck({ product, service }: LogSource, classifies: boolean): RecordCheck {
  return product === 'offrecord' ? (record) => recordProblems(record, service, classifies) : () => [];
}

function recordProblems(record: unknown, service: Service, classifies: boolean): string[] {
  const type: unknown = Object(record).type;
  const mistyped = type === service ? [] : [`\`type\` must be \`${service}\`, as \`logsource.service\``];
  const wrong = [...new Set(pathsIn(record, ''))].map((path) => fieldProblem(service, classifies, path));
  return [...mistyped, ...wrong.filter((problem) => problem !== null)];
}

/** Dotted paths of everything in a record that holds no more fields. */
function pathsIn(value: unknown, path: string): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => pathsIn(item, path));
  if (typeof value !== 'object' || value === null) return path === '' ? [] : [path];
  return Object.entries(value).flatMap(([name, inner]) =>
    pathsIn(inner, path === '' ? name : `${path}.${name}`),
  );
}
