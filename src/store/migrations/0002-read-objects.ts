import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Which objects of a source (files that are complete when they appear) have been read. */
export const readObjects: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable('read_objects')
      .addColumn('stream', 'text', (c) => c.notNull())
      .addColumn('name', 'text', (c) => c.notNull())
      .addColumn('size', 'double precision', (c) => c.notNull())
      .addColumn('mtime', 'double precision', (c) => c.notNull())
      .addColumn('sha256', 'text', (c) => c.notNull())
      .addPrimaryKeyConstraint('read_objects_key', ['stream', 'name'])
      .execute();
    await db.schema.createIndex('read_objects_mtime').on('read_objects').column('mtime').execute();
  },
};
