import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import type { NotifyContext } from '../../src/notify/context.ts';
import { createFile } from '../../src/notify/file/file.ts';
import { temporaryFolder } from '../store/samples.ts';
import { conforms } from './conformance.ts';
import { ALERT_ID, context, never, sample } from './support.ts';

function subject(path: string, given: NotifyContext) {
  return { notifier: createFile({ id: 'file', path }, given), type: 'file' };
}

conforms('file', {
  working: async (t, given) => subject(join(temporaryFolder(t), 'alerts'), given),
  hanging: null,
  absent: async (_, given) => subject('/dev/null/alerts', given),
});

function setUp(t: TestContext) {
  const folder = join(temporaryFolder(t), 'deep', 'alerts');
  return {
    folder,
    path: join(folder, `${ALERT_ID}.txt`),
    notifier: createFile({ id: 'file', path: folder }, context()),
  };
}

test('an alert is one private file with a head and the text', async (t) => {
  const { folder, path, notifier } = setUp(t);
  await notifier.notify(sample(), never());
  assert.deepEqual(readdirSync(folder), [`${ALERT_ID}.txt`]);
  assert.equal(statSync(path).mode & 0o777, 0o600);
  assert.equal(statSync(folder).mode & 0o777, 0o700);
  const text = readFileSync(path, 'utf8');
  const head = `Subject: no-recording on web01
Date: 2026-11-22T10:00:00.000Z
Alert: ${ALERT_ID}
Status: firing
Level: high

1 finding firing; the highest level is high.
`;
  assert.equal(text.slice(0, head.length), head);
});

test('the same alert again leaves the file as it is', async (t) => {
  const { path, notifier } = setUp(t);
  await notifier.notify(sample(), never());
  utimesSync(path, 1, 1);
  assert.deepEqual(await notifier.notify(sample({ title: 'changed' }), never()), { state: 'delivered' });
  assert.equal(statSync(path).mtimeMs, 1000);
});

test('what a killed process left half-written is replaced', async (t) => {
  const { folder, path, notifier } = setUp(t);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `.${ALERT_ID}.tmp`), 'half an al');
  await notifier.notify(sample(), never());
  assert.deepEqual(readdirSync(folder), [`${ALERT_ID}.txt`]);
  assert.match(readFileSync(path, 'utf8'), /^Subject: /);
});

test('an id that is a path is refused', async (t) => {
  const { folder, notifier } = setUp(t);
  for (const id of ['../../evil', 'alr_0123456789abcdef0123/x', 'alr_']) {
    assert.equal((await notifier.notify(sample({ id }), never())).state, 'rejected');
  }
  assert.throws(() => readdirSync(folder));
});
