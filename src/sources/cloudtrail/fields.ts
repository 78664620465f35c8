/** A JSON object of a record. */
export type Fields = Readonly<Record<string, unknown>>;

export const NO_FIELDS: Fields = {};

/** ARNs end at 2,048 characters and nothing that is read is longer: what is longer is no name. */
const LONGEST_TEXT = 2048;

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The value behind a path of keys; undefined where there is none. Services differ in how they write the first letter
 * (`bucketName`, `BucketName`), and so do records of one service over the years: either spelling is found.
 */
export function valueAt(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, key) => (isFields(inner) ? ownValue(inner, key) : undefined), value);
}

function ownValue(fields: Fields, key: string): unknown {
  if (Object.hasOwn(fields, key)) return fields[key];
  const other = swapCase(key.charAt(0)) + key.slice(1);
  return Object.hasOwn(fields, other) ? fields[other] : undefined;
}

function swapCase(letter: string): string {
  const upper = letter.toUpperCase();
  return letter === upper ? letter.toLowerCase() : upper;
}

/** A text that is not empty; null where there is none. */
export function textAt(value: unknown, ...path: readonly string[]): string | null {
  const found = valueAt(value, ...path);
  return typeof found === 'string' && found !== '' && found.length <= LONGEST_TEXT ? found : null;
}

export function fieldsAt(value: unknown, ...path: readonly string[]): Fields {
  const found = valueAt(value, ...path);
  return isFields(found) ? found : NO_FIELDS;
}

/** The elements of an array; a single object counts as an array of one, as XML turned into JSON leaves it. */
export function listAt(value: unknown, ...path: readonly string[]): readonly unknown[] {
  const found = valueAt(value, ...path);
  if (Array.isArray(found)) return found;
  return isFields(found) ? [found] : [];
}

/** A boolean, also one written as text in whatever case; undefined where there is none. */
export function flagAt(value: unknown, ...path: readonly string[]): boolean | undefined {
  const found = valueAt(value, ...path);
  if (typeof found === 'boolean') return found;
  const word = typeof found === 'string' ? found.toLowerCase() : '';
  return word === 'true' || word === 'false' ? word === 'true' : undefined;
}

/** A TCP port, written as a number or as text. */
export function portOf(value: unknown): number | null {
  const digits = typeof value === 'number' ? String(value) : value;
  if (typeof digits !== 'string' || !/^\d{1,5}$/.test(digits)) return null;
  const port = Number(digits);
  return port >= 1 && port <= 65_535 ? port : null;
}

/** The last segment of an ARN or path: the name in it. */
export function lastSegment(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}

/** The account in an ARN, 12 digits; null where it names none. */
export function accountOfArn(arn: string | null): string | null {
  const account = arn?.startsWith('arn:') === true ? arn.split(':', 5)[4] : undefined;
  return account !== undefined && /^\d{12}$/.test(account) ? account : null;
}
