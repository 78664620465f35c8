import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RemoteHandle } from '../../src/files/remote.ts';

async function* pieces(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('abc');
  yield Buffer.from('de');
  throw Object.assign(new Error('gone'), { code: 'ECONNRESET' });
}

test('pieces fill a read, and what came before a fault is given before it is told', async () => {
  const handle = new RemoteHandle(pieces);
  const buffer = Buffer.alloc(8, '.');
  assert.equal((await handle.read(buffer, 1, 4, 0)).bytesRead, 4);
  assert.equal(buffer.toString(), '.abcd...');
  assert.equal((await handle.read(buffer, 0, 8, 4)).bytesRead, 1);
  assert.equal(buffer.toString(), 'eabcd...');
  await assert.rejects(handle.read(buffer, 0, 8, 5), { code: 'ECONNRESET' });
  await handle.close();
});

test('going elsewhere forgets a fault', async () => {
  const handle = new RemoteHandle(pieces);
  const buffer = Buffer.alloc(8);
  assert.equal((await handle.read(buffer, 0, 8, 0)).bytesRead, 5);
  assert.equal((await handle.read(buffer, 0, 2, 0)).bytesRead, 2);
});
