/** A condition on one record. Records are JSON: objects, arrays, texts, numbers, booleans and null. */
export type Predicate = (record: unknown) => boolean;

/**
 * The values at a dotted path. Arrays on the way and at the end are flattened, so `reasons.code` gives the code
 * of every reason. Empty where the path leads nowhere.
 */
export function fieldValues(record: unknown, path: readonly string[]): readonly unknown[] {
  const values = reach(record, path);
  return values.some(Array.isArray) ? values.flat(16) : values;
}

/**
 * The same values, with every object among them replaced by its JSON and by each text inside it: rules written for
 * other programs compare `requestParameters` as if it were one text.
 */
export function fieldTexts(record: unknown, path: readonly string[]): readonly unknown[] {
  return fieldValues(record, path).flatMap((value) =>
    typeof value === 'object' && value !== null ? [...jsonOf(value), ...leafTexts(value)] : [value],
  );
}

/** None for what is nested too deeply: it came from a file that says what it wants, and its texts are still there. */
function jsonOf(value: object): string[] {
  try {
    return [JSON.stringify(value)];
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return [];
  }
}

/** True where the field is there, whatever its value: null and empty lists count. */
export function fieldExists(record: unknown, path: readonly string[]): boolean {
  return reach(record, path).length > 0;
}

/** The text that a value is compared as; null for null, objects and lists. */
export function textOf(value: unknown): string | null {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;
}

/** Every text, number and boolean anywhere in the record, as text: what keywords are searched in. */
export function leafTexts(record: unknown): readonly string[] {
  const texts: string[] = [];
  const open: unknown[] = [record];
  while (open.length > 0) {
    const value = open.pop();
    const text = textOf(value);
    if (text !== null) texts.push(text);
    else for (const inner of Object.values(value ?? {})) open.push(inner);
  }
  return texts;
}

const NOWHERE: readonly unknown[] = [];

/** Most paths lead through objects alone; from the first list on, every branch is followed. */
function reach(record: unknown, path: readonly string[]): readonly unknown[] {
  let value = record;
  for (let at = 0; at < path.length; at += 1) {
    if (typeof value !== 'object' || value === null) return NOWHERE;
    if (Array.isArray(value)) return reachAll(value, path.slice(at));
    const name = path[at] ?? '';
    if (!Object.hasOwn(value, name)) return NOWHERE;
    value = (value as Readonly<Record<string, unknown>>)[name];
  }
  return [value];
}

function reachAll(list: readonly unknown[], path: readonly string[]): readonly unknown[] {
  let values: readonly unknown[] = list;
  for (const name of path) values = values.flat(16).flatMap((value) => ownValue(value, name));
  return values;
}

/** Own properties only: a rule that asks for `constructor` must not find the language's. */
function ownValue(value: unknown, name: string): unknown[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  const own = Object.getOwnPropertyDescriptor(value, name);
  return own === undefined ? [] : [own.value];
}
