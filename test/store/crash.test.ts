import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Store } from '../../src/store/store.ts';
import { openStore } from '../../src/store/open.ts';
import { ROUND } from './crash-child.ts';
import { collect, T0, temporaryFolder } from './samples.ts';

const CHILD = fileURLToPath(new URL('./crash-child.ts', import.meta.url));
const KILLS = 10;

test('kill -9 at any moment leaves no half of anything, and loses nothing that was acknowledged', async (t) => {
  const path = join(temporaryFolder(t), 'store.db');
  for (let kill = 0; kill < KILLS; kill += 1) {
    const acknowledged = await runUntilKilled(path, kill);
    // Opening as owner at once also shows that the dead process's lock is gone.
    const store = await openStore(path, 'owner');
    const rounds = await verifyWhole(store);
    assert.ok(rounds >= acknowledged, `${acknowledged} rounds were durable, ${rounds} are there`);
    await store.close();
  }
});

/** Kills after some rounds and a delay that differs each time; returns the last round that the child called durable. */
async function runUntilKilled(path: string, kill: number): Promise<number> {
  const child = spawn(process.execPath, [CHILD, 'child', path], { stdio: ['ignore', 'pipe', 'inherit'] });
  let acknowledged = 0;
  let seen = 0;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const lines = text.trim().split('\n');
    acknowledged = Number(lines.at(-1));
    if (seen === 0) setTimeout(() => child.kill('SIGKILL'), kill * 4.3);
    seen += lines.length;
  });
  const [, signal] = await once(child, 'close');
  assert.equal(signal, 'SIGKILL');
  return acknowledged;
}

/** Every round is there as a whole: its events with its cursor, its access with its finding and its one alert. */
async function verifyWhole(store: Store): Promise<number> {
  assert.deepEqual(await store.verifyIntegrity(), []);
  const cursor = Number(await store.cursor('log'));
  const events = await collect(store.events({ from: T0, to: Infinity }));
  assert.equal(events.length, cursor * ROUND);
  const judged = (await collect(store.accesses({ from: 0, to: Infinity }))).length;
  const candidates = await store.dispatchable(1_000_000);
  const alerts = await store.outbox({ limit: 1_000_000 });
  assert.equal(candidates.length, judged);
  assert.equal(alerts.length, judged);
  for (const { tracked, notices } of candidates) {
    assert.deepEqual(
      notices.map((each) => each.alert),
      [tracked.finding.uid.replace('fnd', 'alr')],
    );
  }
  const waiting = (await store.dirtyTargets()).length;
  assert.equal(waiting, cursor - judged, 'a batch that was not judged is marked');
  return judged;
}
