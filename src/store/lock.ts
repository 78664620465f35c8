import { closeSync, fchmodSync, fstatSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { StoreError } from './error.ts';

/** Held while a process owns a store. */
export interface StoreLock {
  release(): void;
}

/**
 * Ms that the statements below may wait for one another. Only two processes that start in the same moment ever
 * wait, and only for the other's single-row commit.
 */
const WAIT_MS = 250;

/**
 * Makes this process the only owner of a store, or throws `locked` and names the holder.
 *
 * The lock is a write transaction on a database of its own that stays open as long as the process: the operating
 * system drops it however the process dies, and a process id that was given to another process means nothing.
 * The holder's id is committed just before, where everybody can still read it. Whoever loses in between gives up,
 * so two starts at once leave exactly one owner.
 */
export function acquireLock(path: string): StoreLock {
  const db = openLockFile(path);
  try {
    db.exec('BEGIN IMMEDIATE');
    db.exec('CREATE TABLE IF NOT EXISTS holder (one INTEGER PRIMARY KEY, pid INTEGER NOT NULL)');
    db.prepare('INSERT INTO holder VALUES (1, ?) ON CONFLICT (one) DO UPDATE SET pid = excluded.pid').run(
      process.pid,
    );
    db.exec('COMMIT');
    db.exec('BEGIN IMMEDIATE');
  } catch (error) {
    const holder = holderOf(db);
    db.close();
    throw new StoreError('locked', `the store is in use by ${holder}: ${path}`, error);
  }
  return { release: () => db.close() };
}

function openLockFile(path: string): DatabaseSync {
  try {
    createPrivateFile(path);
    return new DatabaseSync(path, { timeout: WAIT_MS });
  } catch (error) {
    throw new StoreError('unusable', `the lock of the store cannot be opened: ${path}`, error);
  }
}

function holderOf(db: DatabaseSync): string {
  try {
    const row = db.prepare('SELECT pid FROM holder').get();
    return typeof row?.['pid'] === 'number' ? `process ${row['pid']}` : 'another process';
  } catch {
    return 'another process';
  }
}

/** Creates the file where it is missing and takes every right from group and others: it names hosts and people. */
export function createPrivateFile(path: string): void {
  const file = openSync(path, 'a', 0o600);
  try {
    if ((fstatSync(file).mode & 0o077) !== 0) fchmodSync(file, 0o600);
  } finally {
    closeSync(file);
  }
}
