import { valueAt } from './json-fields.ts';

/** The elements of an array; none where there is no array. */
export function listAt(value: unknown, ...path: readonly string[]): readonly unknown[] {
  const found = valueAt(value, ...path);
  return Array.isArray(found) ? found : [];
}

/** A whole number, also one that is written as text; null where there is none. */
export function integerAt(value: unknown, ...path: readonly string[]): number | null {
  const found = valueAt(value, ...path);
  if (typeof found === 'number') return Number.isSafeInteger(found) ? found : null;
  return typeof found === 'string' && /^-?\d{1,15}$/.test(found) ? Number(found) : null;
}
