import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { StoreError } from '../../src/store/error.ts';
import { acquireLock } from '../../src/store/lock.ts';
import { openStore } from '../../src/store/open.ts';
import { temporaryFolder } from './samples.ts';

const CHILD = fileURLToPath(new URL('./crash-child.ts', import.meta.url));

test('a lock held in this process is refused a second time and free after release', (t) => {
  const path = join(temporaryFolder(t), 'store.db.lock');
  const lock = acquireLock(path);
  assert.throws(() => acquireLock(path), StoreError);
  lock.release();
  acquireLock(path).release();
});

test('another process is refused by name while it lives, and its death alone frees the store', async (t) => {
  const path = join(temporaryFolder(t), 'store.db');
  const child = spawn(process.execPath, [CHILD, 'child', path], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  await assert.rejects(openStore(path, 'owner'), (error) => {
    return (
      error instanceof StoreError && error.code === 'locked' && error.message.includes(`process ${child.pid}`)
    );
  });
  child.kill('SIGKILL');
  await once(child, 'close');
  await (await openStore(path, 'owner')).close();
});

test('a folder that cannot be created is an operating error with its path', async () => {
  await assert.rejects(openStore('/dev/null/store.db', 'owner'), (error) => {
    return (
      error instanceof StoreError && error.code === 'unusable' && error.message.includes('/dev/null/store.db')
    );
  });
});
