import assert from 'node:assert/strict';
import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { StoreError } from '../../src/store/error.ts';
import { openStore } from '../../src/store/open.ts';
import { batch, collect, event, T0, temporaryFolder } from './samples.ts';

const code = (expected: string) => (error: unknown) => error instanceof StoreError && error.code === expected;

test('a new store is private: folder 0700, database, log and lock 0600', async (t) => {
  const path = join(temporaryFolder(t), 'deep', 'var', 'store.db');
  const store = await openStore(path, 'owner');
  await store.setMeta('a', 'b');
  assert.equal(statSync(join(path, '..')).mode & 0o777, 0o700);
  for (const file of [path, `${path}-wal`, `${path}-shm`, `${path}.lock`]) {
    assert.equal(statSync(file).mode & 0o777, 0o600, file);
  }
  await store.close();
});

test('rights that someone widened are taken back', async (t) => {
  const path = join(temporaryFolder(t), 'store.db');
  await (await openStore(path, 'owner')).close();
  chmodSync(path, 0o644);
  await (await openStore(path, 'owner')).close();
  assert.equal(statSync(path).mode & 0o777, 0o600);
});

test('what was saved is there after closing and opening again', async (t) => {
  const path = join(temporaryFolder(t), 'store.db');
  const before = await openStore(path, 'owner');
  await before.saveBatch(batch([event('ev_1')], { cursor: { inode: 12, offset: 900 } }));
  await before.close();
  const after = await openStore(path, 'owner');
  assert.deepEqual(await after.cursor('web01/auth.log'), { inode: 12, offset: 900 });
  assert.deepEqual(await collect(after.events({ from: T0, to: T0 })), [event('ev_1')]);
  assert.deepEqual(await after.verifyIntegrity(), []);
  await after.close();
});

test('a second owner is refused and told who holds the store; after closing it gets in', async (t) => {
  const path = join(temporaryFolder(t), 'store.db');
  const first = await openStore(path, 'owner');
  await assert.rejects(openStore(path, 'owner'), (error) => {
    return code('locked')(error) && String(error).includes(`process ${process.pid}`);
  });
  await first.close();
  await (await openStore(path, 'owner')).close();
});

test('a reader and a writer work beside the owner; the reader cannot write', async (t) => {
  const path = join(temporaryFolder(t), 'store.db');
  const owner = await openStore(path, 'owner');
  const writer = await openStore(path, 'writer');
  const reader = await openStore(path, 'reader');
  await writer.setMeta('by', 'writer');
  assert.equal(await owner.meta('by'), 'writer');
  assert.equal(await reader.meta('by'), 'writer');
  await assert.rejects(reader.setMeta('by', 'reader'), code('read-only'));
  for (const store of [reader, writer, owner]) await store.close();
});

test('a reader of a closed store needs no owner', async (t) => {
  const path = join(temporaryFolder(t), 'store.db');
  const owner = await openStore(path, 'owner');
  await owner.setMeta('a', 'b');
  await owner.close();
  const reader = await openStore(path, 'reader');
  assert.equal(await reader.meta('a'), 'b');
  await reader.close();
});

test('a reader creates nothing', async (t) => {
  const path = join(temporaryFolder(t), 'store.db');
  await assert.rejects(openStore(path, 'reader'), code('missing'));
  await assert.rejects(openStore(path, 'writer'), code('missing'));
  assert.equal(existsSync(path), false);
});

test('a database of a newer schema is refused by name and left as it was', async (t) => {
  const path = join(temporaryFolder(t), 'store.db');
  await (await openStore(path, 'owner')).close();
  execute(path, "INSERT INTO kysely_migration VALUES ('0099-future', '2030-01-01T00:00:00.000Z')");
  for (const access of ['owner', 'writer', 'reader'] as const) {
    await assert.rejects(openStore(path, access), (error) => {
      return code('schema-newer')(error) && String(error).includes('0099-future');
    });
  }
});

test('an older schema is migrated by the owner alone', async (t) => {
  const path = join(temporaryFolder(t), 'store.db');
  writeFileSync(path, '');
  execute(path, 'PRAGMA application_id = 0x4f464652');
  await assert.rejects(openStore(path, 'reader'), code('schema-older'));
  const owner = await openStore(path, 'owner');
  assert.deepEqual(await owner.targets(), []);
  await owner.close();
});

test('a migration that fails half-way leaves nothing behind', async (t) => {
  const path = join(temporaryFolder(t), 'store.db');
  writeFileSync(path, '');
  // The last table of the first migration is in the way: those before it must not stay.
  execute(path, 'PRAGMA application_id = 0x4f464652; CREATE TABLE meta (a)');
  await assert.rejects(openStore(path, 'owner'));
  execute(path, 'CREATE TABLE events (a); DROP TABLE events; DROP TABLE meta');
  await (await openStore(path, 'owner')).close();
});

test('files that are no store are refused and not touched', async (t) => {
  const folder = temporaryFolder(t);
  const foreign = join(folder, 'foreign.db');
  execute(foreign, 'CREATE TABLE theirs (a)');
  const text = join(folder, 'notes.txt');
  writeFileSync(
    text,
    'these are notes, not a database, and long enough to be mistaken for a header\n'.repeat(9),
  );
  for (const path of [foreign, text]) {
    const size = statSync(path).size;
    await assert.rejects(openStore(path, 'owner'), code('not-a-store'));
    assert.equal(statSync(path).size, size);
  }
});

test('a refused store keeps no lock', async (t) => {
  const path = join(temporaryFolder(t), 'store.db');
  writeFileSync(path, 'not a database at all, but longer than one hundred bytes '.repeat(9));
  await assert.rejects(openStore(path, 'owner'), code('not-a-store'));
  await assert.rejects(openStore(path, 'owner'), code('not-a-store'));
});

test('a damaged page is found at opening', async (t) => {
  const path = join(temporaryFolder(t), 'store.db');
  const store = await openStore(path, 'owner');
  await store.saveBatch(batch(Array.from({ length: 300 }, (_, index) => event(`ev_${index}`))));
  await store.close();
  damage(path);
  await assert.rejects(openStore(path, 'owner'), code('corrupt'));
});

function execute(path: string, sql: string): void {
  const db = new DatabaseSync(path);
  db.exec(sql);
  db.close();
}

/** Overwrites the root page of the events with zeros: the page's type becomes one that does not exist. */
function damage(path: string): void {
  const db = new DatabaseSync(path);
  const root = Number(
    db.prepare("SELECT rootpage FROM sqlite_master WHERE name = 'events'").get()?.['rootpage'],
  );
  const size = Number(db.prepare('PRAGMA page_size').get()?.['page_size']);
  db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  db.close();
  const bytes = readFileSync(path);
  bytes.fill(0, (root - 1) * size, root * size);
  writeFileSync(path, bytes);
}
