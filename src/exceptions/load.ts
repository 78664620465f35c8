import type { Exception, ExceptionProblem } from '../model/exception.ts';
import { decodeYaml, valueAt } from '../util/decode-yaml.ts';
import { quoteKey, type YamlPath } from '../util/yaml-nodes.ts';
import { type PlacedYaml, parseYaml, type YamlProblem } from '../util/yaml-places.ts';
import { findObjections } from './approval.ts';
import type { ExceptionPolicy } from './policy.ts';
import { recordSchema } from './schema.ts';

export interface ExceptionFile {
  /** Name for a person; places begin with it. */
  readonly file: string;
  readonly text: string;
}

export interface LoadedExceptions {
  /** Valid records, in the order of file names and of the records in a file. */
  readonly exceptions: readonly Exception[];
  readonly problems: readonly ExceptionProblem[];
}

/**
 * Reads exception files of one record or a list each. Total: any text gives records and problems. A broken record
 * is left out, so that it silences nothing, and the good ones beside it stay. Of two records with one id the later
 * one, by file name and place, is left out.
 */
export function loadExceptions(files: readonly ExceptionFile[], policy: ExceptionPolicy): LoadedExceptions {
  const sorted = files.toSorted((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0));
  const read = sorted.map((file) => readFile(file, policy));
  const records = read.flatMap((each) => each.records);
  const problems = read.flatMap((each) => each.problems);
  const decoded = new Map(records.toReversed().map(({ exception }) => [exception.id, exception]));
  const kept = new Map<string, Exception>();
  for (const record of records) {
    const objections = [
      ...findObjections(record.exception, policy),
      ...objectToRelations(record, decoded, kept),
    ];
    const { exception, placeOf } = record;
    for (const { check, key, message } of objections) {
      problems.push({ check, id: exception.id, place: placeOf(key), message });
    }
    if (objections.length === 0) kept.set(exception.id, exception);
  }
  return { exceptions: [...kept.values()], problems };
}

/** A record that is well-formed in itself. */
interface ReadRecord {
  readonly exception: Exception;
  /** Place of the value of a key. */
  readonly placeOf: (key: string) => string;
}

interface ReadFile {
  readonly records: ReadRecord[];
  readonly problems: ExceptionProblem[];
}

function readFile({ file, text }: ExceptionFile, policy: ExceptionPolicy): ReadFile {
  const yaml = parseYaml(file, text);
  const entries = entriesOf(yaml);
  if (entries === null) {
    const problems = [...yaml.problems, ...(yaml.value === undefined ? [] : [shapeProblem(yaml)])];
    return { records: [], problems: problems.map((problem) => toInvalid(problem, null)) };
  }
  // Faulty YAML outside the records, or behind an alias, may be part of any of them.
  const general = yaml.problems.filter(
    (problem) => yaml.hasAliases || !entries.some(isAround(yaml, problem)),
  );
  const results = entries.map((path) => readRecord(yaml, path, general, policy));
  return {
    records: results.flatMap((result) => result.record ?? []),
    problems: [
      ...general.map((problem) => toInvalid(problem, null)),
      ...results.flatMap((result) => result.problems),
    ],
  };
}

/** Paths of the records; null where the file holds no record or list. */
function entriesOf({ value }: PlacedYaml): YamlPath[] | null {
  if (Array.isArray(value)) return value.map((_, index) => [index]);
  return typeof value === 'object' && value !== null ? [[]] : null;
}

function shapeProblem(yaml: PlacedYaml): YamlProblem {
  const message =
    yaml.value === null ? 'the file holds no exception' : 'the file must hold an exception or a list of them';
  return { offset: 0, place: yaml.placeAt(0), message };
}

function isAround(yaml: PlacedYaml, { offset }: YamlProblem) {
  return (path: YamlPath): boolean => {
    const [start, end] = yaml.rangeOf(path);
    return offset >= start && offset < end;
  };
}

function readRecord(
  yaml: PlacedYaml,
  path: YamlPath,
  general: readonly YamlProblem[],
  policy: ExceptionPolicy,
): { readonly record: ReadRecord | null; readonly problems: readonly ExceptionProblem[] } {
  const own = yaml.problems.filter((problem) => !general.includes(problem) && isAround(yaml, problem)(path));
  const decoded = decodeYaml(yaml, recordSchema(policy.checks), path);
  const found = [...own, ...('problems' in decoded ? decoded.problems : [])].toSorted(
    (a, b) => a.offset - b.offset,
  );
  const problems = found.map((problem) => toInvalid(problem, idAt(yaml, path)));
  if (problems.length > 0 || general.length > 0 || !('value' in decoded)) return { record: null, problems };
  const exception = { ...decoded.value, place: yaml.placeAt(yaml.offsetOf(path)) };
  return { record: { exception, placeOf: (key) => yaml.placeAt(yaml.offsetOf([...path, key])) }, problems };
}

/** The id that a broken record gives itself, for a person. */
function idAt(yaml: PlacedYaml, path: YamlPath): string | null {
  const id = valueAt(yaml.value, [...path, 'id']);
  return typeof id === 'string' && id.length <= 100 ? id : null;
}

function toInvalid({ place, message }: YamlProblem, id: string | null): ExceptionProblem {
  return { check: 'exception-invalid', id, place, message };
}

/** What a record may not be to the others: its id is its own, and a continued record exists and was approved before. */
function objectToRelations(
  { exception }: ReadRecord,
  decoded: ReadonlyMap<string, Exception>,
  kept: ReadonlyMap<string, Exception>,
): { readonly check: 'exception-invalid'; readonly key: string; readonly message: string }[] {
  const object = (key: string, message: string) => [{ check: 'exception-invalid' as const, key, message }];
  const earlier = kept.get(exception.id);
  const repeated =
    earlier === undefined
      ? []
      : object('id', `the id ${quoteKey(exception.id)} is already that of ${earlier.place}`);
  if (exception.extends === null) return repeated;
  const continued = decoded.get(exception.extends);
  if (continued === undefined) {
    return [...repeated, ...object('extends', `there is no exception ${quoteKey(exception.extends)}`)];
  }
  if (exception.approvedAt > continued.approvedAt) return repeated;
  const message = `\`approved_at\` must be after that of ${quoteKey(continued.id)}: continuing takes a new approval`;
  return [...repeated, ...object('approved_at', message)];
}
