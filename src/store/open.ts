import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Kysely } from 'kysely';
import { Migrator } from 'kysely/migration';
import { classify, StoreError } from './error.ts';
import type { StoreLock } from './lock.ts';
import { acquireLock, createPrivateFile } from './lock.ts';
import { MIGRATIONS } from './migrations.ts';
import type { Schema } from './schema.ts';
import { NodeSqliteDialect } from './sqlite.ts';
import { createStore } from './sqlite-store.ts';
import type { Store } from './store.ts';

/**
 * `owner`: the daemon; takes the lock, creates and migrates. `writer`: a command that changes single rows beside a
 * running daemon. `reader`: a command that looks. The latter two need a store that exists in this schema.
 */
export type StoreAccess = 'owner' | 'writer' | 'reader';

/** Opens a store, or throws a StoreError that says what a person can do. */
export async function openStore(path: string, access: StoreAccess): Promise<Store> {
  const lock = access === 'owner' ? own(path) : undefined;
  try {
    return await openDatabase(path, access, lock);
  } catch (error) {
    lock?.release();
    throw classify(error);
  }
}

function own(path: string): StoreLock {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const lock = acquireLock(`${path}.lock`);
    // Before SQLite opens it: its write-ahead log takes the mode of the database.
    createPrivateFile(path);
    return lock;
  } catch (error) {
    if (error instanceof StoreError) throw error;
    throw new StoreError('unusable', `the store cannot be created: ${path}`, error);
  }
}

async function openDatabase(path: string, access: StoreAccess, lock: StoreLock | undefined): Promise<Store> {
  if (!existsSync(path)) throw new StoreError('missing', `there is no store yet: ${path}`);
  const db = new DatabaseSync(path, { readOnly: access === 'reader', timeout: BUSY_MS });
  try {
    verifyKind(db, path, access);
    configure(db, path, access);
    const kysely = new Kysely<Schema>({ dialect: new NodeSqliteDialect(db) });
    verifySchema(db, path, access);
    if (access === 'owner') await migrate(kysely);
    return createStore(kysely, db, () => lock?.release());
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Ms that a statement waits for another process: a command's single-row write, or one pass's transaction. */
const BUSY_MS = 10_000;

/** "OFFR": tells a store from any other SQLite file before a table is touched. */
const APPLICATION_ID = 0x4f464652;

function verifyKind(db: DatabaseSync, path: string, access: StoreAccess): void {
  const id = pragma(db, 'application_id');
  if (id === APPLICATION_ID) return;
  const isNew = id === 0 && statSync(path).size === 0;
  if (!isNew) throw new StoreError('not-a-store', `the file is not a store of offrecord: ${path}`);
  if (access !== 'owner') throw new StoreError('missing', `the store is empty: ${path}`);
  db.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
}

function configure(db: DatabaseSync, path: string, access: StoreAccess): void {
  db.exec('PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON');
  if (access === 'reader') return;
  // FULL syncs the log at every commit: a cursor must not be durable before what it stands for, nor after.
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 67108864');
  if (pragma(db, 'journal_mode') !== 'wal') {
    throw new StoreError('unusable', `the file system does not support a write-ahead log: ${path}`);
  }
  if (access === 'owner' && pragma(db, 'quick_check(1)') !== 'ok') {
    throw new StoreError('corrupt', `the store is damaged; restore it from a backup: ${path}`);
  }
}

function pragma(db: DatabaseSync, name: string): unknown {
  return Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})[0];
}

/** Refuses a schema that this release does not know; only the owner may bring an older one up to date. */
function verifySchema(db: DatabaseSync, path: string, access: StoreAccess): void {
  const applied = appliedMigrations(db);
  const unknown = applied.filter((name) => !Object.hasOwn(MIGRATIONS, name));
  if (unknown.length > 0) {
    const names = unknown.join(', ');
    throw new StoreError('schema-newer', `the store was written by a newer release (${names}): ${path}`);
  }
  if (access !== 'owner' && applied.length < Object.keys(MIGRATIONS).length) {
    throw new StoreError('schema-older', `the store is of an older release; start the daemon once: ${path}`);
  }
}

function appliedMigrations(db: DatabaseSync): string[] {
  const table = db.prepare("SELECT 1 FROM sqlite_master WHERE name = 'kysely_migration'").get();
  if (table === undefined) return [];
  return db
    .prepare('SELECT name FROM kysely_migration ORDER BY name')
    .all()
    .map((row) => String(row['name']));
}

async function migrate(kysely: Kysely<Schema>): Promise<void> {
  const migrator = new Migrator({ db: kysely, provider: { getMigrations: async () => ({ ...MIGRATIONS }) } });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
}
