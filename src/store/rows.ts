import { StoreError } from './error.ts';

/**
 * Rows per statement. The widest table has 15 columns: 15 × 500 = 7,500 values, below the 32,766 that SQLite
 * takes by default and the 65,535 of PostgreSQL.
 */
const CHUNK = 500;

/** Rows per page of an iteration: at about 2 KB of JSON each, 2 MB. */
export const PAGE = 1000;

/** Splits rows so that each part fits one statement. */
export function chunks<T>(rows: readonly T[]): T[][] {
  const parts: T[][] = [];
  for (let from = 0; from < rows.length; from += CHUNK) parts.push(rows.slice(from, from + CHUNK));
  return parts;
}

/** The last row of each key: one statement must not touch a row twice (PostgreSQL refuses it). */
export function lastOfEach<T>(rows: readonly T[], key: (row: T) => string): T[] {
  return [...new Map(rows.map((row) => [key(row), row])).values()];
}

/** Follows pages until one is not full. `fetch` is given the last row of the page before. */
export async function* pages<T>(fetch: (after: T | undefined) => Promise<readonly T[]>): AsyncGenerator<T> {
  let after: T | undefined;
  for (;;) {
    const page = await fetch(after);
    yield* page;
    if (page.length < PAGE) return;
    after = page.at(-1);
  }
}

/** JSON that this store wrote. The error of JSON.parse would quote the text, so it is not passed on. */
export function fromJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new StoreError('corrupt', `the store holds ${what} that is not JSON`);
  }
}

/** A target as a column: the empty string where no record names one. */
export function toTargetColumn(target: string | null): string {
  return target ?? '';
}

export function fromTargetColumn(target: string): string | null {
  return target === '' ? null : target;
}
