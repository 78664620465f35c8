import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Tables of the first release. Columns are described in schema.ts, which always shows the latest state. */
export const first: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await createStreams(db);
    await createRecordings(db);
    await createJudgements(db);
    await createDispatch(db);
    await createLedger(db);
  },
};

async function createStreams(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('cursors')
    .addColumn('stream', 'text', (c) => c.primaryKey())
    .addColumn('cursor', 'text', (c) => c.notNull())
    .addColumn('saved_at', 'double precision', (c) => c.notNull())
    .execute();
  await db.schema
    .createTable('source_reports')
    .addColumn('stream', 'text', (c) => c.primaryKey())
    .addColumn('report', 'text', (c) => c.notNull())
    .addColumn('saved_at', 'double precision', (c) => c.notNull())
    .execute();
  await db.schema
    .createTable('events')
    .addColumn('uid', 'text', (c) => c.primaryKey())
    .addColumn('target', 'text', (c) => c.notNull())
    .addColumn('time', 'double precision', (c) => c.notNull())
    .addColumn('account', 'text')
    .addColumn('stream', 'text', (c) => c.notNull())
    .addColumn('event', 'text', (c) => c.notNull())
    .execute();
  await db.schema.createIndex('events_target_time').on('events').columns(['target', 'time', 'uid']).execute();
  await db.schema.createIndex('events_time').on('events').columns(['time', 'uid']).execute();
  await db.schema
    .createTable('dirty_targets')
    .addColumn('target', 'text', (c) => c.primaryKey())
    .addColumn('version', 'integer', (c) => c.notNull())
    .addColumn('since', 'double precision', (c) => c.notNull())
    .execute();
}

async function createRecordings(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('units')
    .addColumn('recorder', 'text', (c) => c.notNull())
    .addColumn('unit', 'text', (c) => c.notNull())
    .addColumn('size', 'double precision', (c) => c.notNull())
    .addColumn('mtime', 'double precision', (c) => c.notNull())
    .addColumn('state', 'text')
    .addColumn('first_seen', 'double precision', (c) => c.notNull())
    .addColumn('last_seen', 'double precision', (c) => c.notNull())
    .addColumn('gone_at', 'double precision')
    .addPrimaryKeyConstraint('units_key', ['recorder', 'unit'])
    .execute();
  await db.schema
    .createTable('pinned_files')
    .addColumn('path', 'text', (c) => c.primaryKey())
    .addColumn('recorder', 'text', (c) => c.notNull())
    .addColumn('unit', 'text', (c) => c.notNull())
    .addColumn('size', 'double precision', (c) => c.notNull())
    .addColumn('sha256', 'text', (c) => c.notNull())
    .addColumn('mtime', 'double precision', (c) => c.notNull())
    .addColumn('pinned_at', 'double precision', (c) => c.notNull())
    .addForeignKeyConstraint('pinned_files_unit', ['recorder', 'unit'], 'units', ['recorder', 'unit'], (c) =>
      c.onDelete('cascade'),
    )
    .execute();
  await db.schema.createIndex('pinned_files_unit').on('pinned_files').columns(['recorder', 'unit']).execute();
  await db.schema
    .createTable('recordings')
    .addColumn('uid', 'text', (c) => c.notNull())
    .addColumn('recorder', 'text', (c) => c.notNull())
    .addColumn('unit', 'text', (c) => c.notNull())
    .addColumn('target', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('opened', 'double precision')
    .addColumn('closed', 'double precision')
    .addColumn('recording', 'text', (c) => c.notNull())
    .addColumn('first_seen', 'double precision', (c) => c.notNull())
    .addColumn('last_seen', 'double precision', (c) => c.notNull())
    .addColumn('missing_since', 'double precision')
    .addPrimaryKeyConstraint('recordings_key', ['uid', 'recorder', 'unit'])
    .addForeignKeyConstraint('recordings_unit', ['recorder', 'unit'], 'units', ['recorder', 'unit'], (c) =>
      c.onDelete('cascade'),
    )
    .execute();
  await db.schema.createIndex('recordings_unit').on('recordings').columns(['recorder', 'unit']).execute();
  await db.schema
    .createIndex('recordings_target')
    .on('recordings')
    .columns(['target', 'uid', 'opened'])
    .execute();
}

async function createJudgements(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('accesses')
    .addColumn('uid', 'text', (c) => c.primaryKey())
    .addColumn('target', 'text', (c) => c.notNull())
    .addColumn('opened', 'double precision', (c) => c.notNull())
    .addColumn('closed', 'double precision')
    .addColumn('verdict', 'text', (c) => c.notNull())
    .addColumn('settled', 'integer', (c) => c.notNull())
    .addColumn('access', 'text', (c) => c.notNull())
    .addColumn('judged_at', 'double precision', (c) => c.notNull())
    .execute();
  await db.schema
    .createIndex('accesses_target')
    .on('accesses')
    .columns(['target', 'opened', 'uid'])
    .execute();
  await db.schema.createIndex('accesses_opened').on('accesses').columns(['opened', 'uid']).execute();
  await db.schema.createIndex('accesses_settled').on('accesses').columns(['settled', 'target']).execute();
  await db.schema
    .createTable('findings')
    .addColumn('uid', 'text', (c) => c.primaryKey())
    .addColumn('check_id', 'text', (c) => c.notNull())
    .addColumn('subject', 'text', (c) => c.notNull())
    .addColumn('target', 'text', (c) => c.notNull())
    .addColumn('status', 'text', (c) => c.notNull())
    .addColumn('level', 'text', (c) => c.notNull())
    .addColumn('rank', 'integer', (c) => c.notNull())
    .addColumn('finding', 'text', (c) => c.notNull())
    .addColumn('opened_at', 'double precision', (c) => c.notNull())
    .addColumn('updated_at', 'double precision', (c) => c.notNull())
    .addColumn('resolved_at', 'double precision')
    .addColumn('acknowledged_at', 'double precision')
    .addColumn('acknowledged_by', 'text')
    .addColumn('told', 'integer', (c) => c.notNull().defaultTo(0))
    .execute();
  await db.schema.createIndex('findings_status').on('findings').columns(['status', 'opened_at']).execute();
  await db.schema.createIndex('findings_told').on('findings').column('told').execute();
  await db.schema.createIndex('findings_subject').on('findings').column('subject').execute();
}

async function createDispatch(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('notices')
    .addColumn('finding', 'text', (c) => c.notNull().references('findings.uid').onDelete('cascade'))
    .addColumn('receiver', 'text', (c) => c.notNull())
    .addColumn('sequence', 'integer', (c) => c.notNull())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('alert', 'text')
    .addColumn('at', 'double precision', (c) => c.notNull())
    .addPrimaryKeyConstraint('notices_key', ['finding', 'receiver', 'sequence'])
    .execute();
  await db.schema.createIndex('notices_alert').on('notices').column('alert').execute();
  await db.schema
    .createTable('outbox')
    .addColumn('alert', 'text', (c) => c.primaryKey())
    .addColumn('receiver', 'text', (c) => c.notNull())
    .addColumn('status', 'text', (c) => c.notNull())
    .addColumn('level', 'text', (c) => c.notNull())
    .addColumn('payload', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('attempts', 'integer', (c) => c.notNull())
    .addColumn('next_attempt_at', 'double precision')
    .addColumn('last_reason', 'text')
    .addColumn('created_at', 'double precision', (c) => c.notNull())
    .addColumn('finished_at', 'double precision')
    .execute();
  await db.schema
    .createIndex('outbox_due')
    .on('outbox')
    .columns(['state', 'receiver', 'next_attempt_at'])
    .execute();
}

async function createLedger(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('runs')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('started_at', 'double precision', (c) => c.notNull())
    .addColumn('finished_at', 'double precision')
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('counts', 'text', (c) => c.notNull())
    .addColumn('reason', 'text')
    .execute();
  await db.schema.createIndex('runs_started').on('runs').columns(['started_at', 'id']).execute();
  await db.schema
    .createTable('meta')
    .addColumn('key', 'text', (c) => c.primaryKey())
    .addColumn('value', 'text', (c) => c.notNull())
    .execute();
}
