import { z } from 'zod';
import { didYouMean } from './nearest.ts';
import { quoteKey, type YamlPath } from './yaml-nodes.ts';
import type { PlacedYaml, YamlProblem } from './yaml-places.ts';

export type Decoded<T> = { readonly value: T } | { readonly problems: readonly YamlProblem[] };

/**
 * Checks a value of a YAML document against a schema: the typed value, or every problem at once with its place.
 * `path` names the value in the document. Messages name keys and what is expected, never the value found: it may
 * be a secret in the wrong place.
 */
export function decodeYaml<T>(yaml: PlacedYaml, schema: z.ZodType<T>, path: YamlPath = []): Decoded<T> {
  const value = valueAt(yaml.value, path);
  const result = schema.safeParse(value, { error: explain });
  if (result.success) return { value: result.data };
  const shape = new LazyShape(schema);
  const problems = result.error.issues
    .slice(0, ISSUES_SHOWN)
    .flatMap((issue) => toProblems(yaml, path, value, issue, shape));
  return { problems };
}

// A file of one kind of mistake repeated says nothing new after these; locating each costs a walk of the file.
const ISSUES_SHOWN = 100;
const KEYS_SHOWN = 20;

/** `; did you mean …?` at the end of a message; empty where no candidate is near. */
export function suggest(word: string, candidates: Iterable<string>): string {
  return didYouMean(word, candidates).replace(/^, /, '; ');
}

/** The value at a path of plain values; undefined where there is none. */
export function valueAt(value: unknown, path: YamlPath): unknown {
  let found: unknown = value;
  for (const step of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, step)) return undefined;
    found = (found as Readonly<Record<string | number, unknown>>)[step];
  }
  return found;
}

function toProblems(
  yaml: PlacedYaml,
  base: YamlPath,
  root: unknown,
  issue: z.core.$ZodIssue,
  shape: LazyShape,
): YamlProblem[] {
  const path = issue.path.filter((step) => typeof step !== 'symbol');
  const full = [...base, ...path];
  const at = (offset: number, message: string): YamlProblem => ({
    offset,
    place: yaml.placeAt(offset),
    message,
  });
  if (issue.code !== 'unrecognized_keys')
    return [at(yaml.offsetOf(full), `${subject(full)} ${issue.message}`)];
  const known = shape.keysAt(path, root);
  const shown = issue.keys.slice(0, KEYS_SHOWN).map((key) => {
    return at(yaml.offsetOfKey(full, key), `unknown key ${quoteKey(key)}${suggest(key, known)}`);
  });
  const more = issue.keys.length - shown.length;
  return more === 0 ? shown : [...shown, at(yaml.offsetOf(full), `and ${more} more unknown keys`)];
}

/** What a problem is about: the last key of the path with the indexes after it, e.g. `paths[1]`. */
function subject(path: YamlPath): string {
  const last = path.findLastIndex((step) => typeof step === 'string');
  const key = last === -1 ? '' : String(path[last]);
  const indexes = path.slice(last + 1).map((index) => `[${index}]`);
  if (key === '') return indexes.length === 0 ? 'the file' : `entry ${indexes.join('')}`;
  return quoteKey(`${key}${indexes.join('')}`);
}

const EXPECTED: Readonly<Record<string, string>> = {
  string: 'must be text (in quotes where it looks like a number)',
  number: 'must be a number',
  int: 'must be a whole number',
  boolean: 'must be true or false',
  array: 'must be a list',
  object: 'must be a mapping of keys to values',
  record: 'must be a mapping of keys to values',
};

/** The predicate of a message; a schema's own `error` goes before it. */
function explain(issue: z.core.$ZodRawIssue): string {
  if (issue.input === undefined) return 'is missing';
  if (issue.code === 'invalid_type') return EXPECTED[issue.expected] ?? 'has the wrong type';
  if (issue.code === 'invalid_value') return `must be ${oneOf(issue.values.map(String), issue.input)}`;
  if (issue.code === 'invalid_union') return explainUnion(issue);
  if (issue.code === 'too_small') return explainBound('at least', issue.origin, issue.minimum);
  if (issue.code === 'too_big') return explainBound('at most', issue.origin, issue.maximum);
  return 'is not valid';
}

function explainUnion(issue: z.core.$ZodRawIssue<z.core.$ZodIssueInvalidUnion>): string {
  const { discriminator, options } = issue as {
    readonly discriminator?: string;
    readonly options?: readonly unknown[];
  };
  if (discriminator === undefined) return 'is not valid';
  const found = valueAt(issue.input, [discriminator]);
  const expected = oneOf((options ?? []).map(String), found);
  return found === undefined ? `is missing; it must be ${expected}` : `must be ${expected}`;
}

function oneOf(options: readonly string[], found: unknown): string {
  const listed = options.length === 1 ? (options[0] ?? '') : `one of ${options.join(', ')}`;
  return `${listed}${typeof found === 'string' ? suggest(found, options) : ''}`;
}

function explainBound(bound: string, origin: string, limit: number | bigint): string {
  if (origin === 'string')
    return limit === 1 ? 'must not be empty' : `must have ${bound} ${limit} characters`;
  if (origin === 'array') return `must list ${bound} ${limit}`;
  return `must be ${bound} ${limit}`;
}

type JsonSchema = Readonly<Record<string, unknown>>;

/** Known keys by path, read from the JSON Schema of a schema, which is made only when a key is unknown. */
class LazyShape {
  readonly #schema: z.ZodType;
  #json: JsonSchema | undefined;

  constructor(schema: z.ZodType) {
    this.#schema = schema;
  }

  keysAt(path: YamlPath, root: unknown): string[] {
    this.#json ??= z.toJSONSchema(this.#schema, { io: 'input', unrepresentable: 'any' });
    let candidates: readonly JsonSchema[] = alternatives(this.#json, root);
    let value = root;
    for (const step of path) {
      value = valueAt(value, [step]);
      candidates = candidates
        .flatMap((schema) => childOf(schema, step))
        .flatMap((schema) => alternatives(schema, value));
    }
    return candidates.flatMap((schema) => Object.keys(asSchema(schema['properties'])));
  }
}

function childOf(schema: JsonSchema, step: string | number): readonly JsonSchema[] {
  const properties = asSchema(schema['properties']);
  const child =
    typeof step === 'number' ? schema['items'] : (properties[step] ?? schema['additionalProperties']);
  return typeof child === 'object' && child !== null ? [asSchema(child)] : [];
}

/** Branches of a union that the value can belong to: those whose constant properties it shares. */
function alternatives(schema: JsonSchema, value: unknown): readonly JsonSchema[] {
  const branches = [schema['oneOf'], schema['anyOf']].flatMap((list) => (Array.isArray(list) ? list : []));
  if (branches.length === 0) return [schema];
  return branches.map(asSchema).filter((branch) => {
    const properties = Object.entries(asSchema(branch['properties']));
    return properties.every(([key, property]) => {
      const constant = asSchema(property)['const'];
      return constant === undefined || constant === valueAt(value, [key]);
    });
  });
}

function asSchema(value: unknown): JsonSchema {
  return typeof value === 'object' && value !== null ? (value as JsonSchema) : {};
}
