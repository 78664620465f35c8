import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';
import { createNotifier, NOTIFIERS } from '../../src/notify/registry.ts';
import { context, KEY_SECRET } from './support.ts';

const SOURCE = new URL('../../src/notify/', import.meta.url);

test('every folder has a line in the registry, and a readme', () => {
  const folders = readdirSync(SOURCE, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  assert.deepEqual(folders.map((entry) => entry.name).toSorted(), Object.keys(NOTIFIERS).toSorted());
  for (const { name } of folders)
    assert.ok(existsSync(fileURLToPath(new URL(`${name}/README.md`, SOURCE))), name);
});

test('each type of options gives the notifier of that type', async () => {
  const mail = {
    host: 'localhost',
    port: 25,
    tls: 'none',
    login: null,
    ca: null,
    from: 'a@b.example',
    to: [],
  } as const;
  const all = [
    { id: 'm', type: 'email', ...mail },
    { id: 'w', type: 'webhook', url: 'https://hooks.example.org/', secret: KEY_SECRET, allowPrivate: false },
    { id: 'f', type: 'file', path: '/nowhere' },
  ] as const;
  for (const options of all) assert.equal((await createNotifier(options, context())).type, options.type);
});
