import type { Migration } from 'kysely/migration';
import { first } from './migrations/0001-first.ts';
import { readObjects } from './migrations/0002-read-objects.ts';

/**
 * Every change of the schema, oldest first by name. A migration that was ever released is never edited:
 * stores that ran it would differ from stores that run it anew.
 */
export const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '0001-first': first,
  '0002-read-objects': readObjects,
};
