import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import type { SqliteDatabase, SqliteStatement } from 'kysely';
import { SqliteAdapter, SqliteDialect } from 'kysely';
import { classify } from './error.ts';

/** Kysely's SQLite dialect over `node:sqlite`. */
export class NodeSqliteDialect extends SqliteDialect {
  constructor(db: DatabaseSync) {
    super({ database: toKyselyDatabase(db) });
  }

  override createAdapter(): SqliteAdapter {
    return new TransactionalAdapter();
  }
}

/** SQLite does roll back DDL: a process killed inside a migration leaves the schema as it was. */
class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

function toKyselyDatabase(db: DatabaseSync): SqliteDatabase {
  return {
    close: () => db.close(),
    prepare: (sql) => classified(() => toStatement(db.prepare(forWriting(sql)))),
  };
}

/**
 * Every transaction of the store writes. A deferred one that read first would fail at its first write, without
 * waiting, if another process had written in between (SQLITE_BUSY_SNAPSHOT); an immediate one waits its turn.
 */
function forWriting(sql: string): string {
  return sql === 'begin' ? 'begin immediate' : sql;
}

function toStatement(statement: StatementSync): SqliteStatement {
  return {
    reader: statement.columns().length > 0,
    all: (parameters) => classified(() => statement.all(...parameters.map(toValue))),
    run: (parameters) => classified(() => statement.run(...parameters.map(toValue))),
    iterate: (parameters) => classified(() => statement.iterate(...parameters.map(toValue))),
  };
}

/** Errors get their code here, at the edge, so that no caller has to know SQLite's. */
function classified<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw classify(error);
  }
}

function toValue(value: unknown): SQLInputValue {
  if (value === null || value instanceof Uint8Array) return value;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint') return value;
  throw new TypeError(`a ${typeof value} cannot be stored`);
}
