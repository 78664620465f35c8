/** A JSON object of a record. */
export type Fields = Readonly<Record<string, unknown>>;

/** Names, addresses and ids are far shorter: what is longer is none of them. */
const LONGEST_TEXT = 1024;

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A text that is not empty; null where there is none. */
export function textOf(fields: Fields, key: string): string | null {
  const value = Object.hasOwn(fields, key) ? fields[key] : undefined;
  return typeof value === 'string' && value !== '' && value.length <= LONGEST_TEXT ? value : null;
}

/** A boolean; undefined where there is none. */
export function flagOf(fields: Fields, key: string): boolean | undefined {
  const value = Object.hasOwn(fields, key) ? fields[key] : undefined;
  return typeof value === 'boolean' ? value : undefined;
}

/** The object behind a key; an empty one where there is none. */
export function fieldsOf(fields: Fields, key: string): Fields {
  const value = Object.hasOwn(fields, key) ? fields[key] : undefined;
  return isFields(value) ? value : {};
}

// Requests that one certificate carries, and names of one user in a cluster: a few.
const TEXTS_KEPT = 32;

/** The texts in an array, 32 at most. */
export function textsOf(fields: Fields, key: string): readonly string[] {
  const value = Object.hasOwn(fields, key) ? fields[key] : undefined;
  if (!Array.isArray(value)) return [];
  return value
    .slice(0, TEXTS_KEPT)
    .filter((one): one is string => typeof one === 'string' && one !== '' && one.length <= LONGEST_TEXT);
}
