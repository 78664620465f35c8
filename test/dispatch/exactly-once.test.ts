import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openStore } from '../../src/store/open.ts';
import { temporaryFolder } from '../store/samples.ts';

const CHILD = fileURLToPath(new URL('./exactly-once-child.ts', import.meta.url));
const KILLS = 5;

interface Arrival {
  readonly id: string;
  readonly status: string;
  readonly uids: readonly string[];
}

test('kill -9 at any moment: each finding arrives under exactly one alert id per status', async (t) => {
  const folder = temporaryFolder(t);
  const [path, log] = [join(folder, 'store.db'), join(folder, 'arrivals.ndjson')];
  for (let kill = 0; kill < KILLS; kill += 1) await runUntilKilled(path, log, kill);
  const arrived = idsByFinding(readFileSync(log, 'utf8'));
  const store = await openStore(path, 'owner');
  const pending = await store.outbox({ states: ['pending'], limit: 100_000 });
  const waiting = new Set(pending.flatMap(({ alert }) => alert.findings.map((each) => each.uid)));
  let told = 0;
  for await (const { finding } of store.findings()) {
    const firing = arrived.get(`firing ${finding.uid}`) ?? new Set();
    const resolved = arrived.get(`resolved ${finding.uid}`) ?? new Set();
    assert.ok(
      firing.size <= 1 && resolved.size <= 1,
      `${finding.uid} arrived as ${[...firing, ...resolved].join()}`,
    );
    // The last pass may have been killed before it delivered; then the alert still waits.
    if (firing.size === 0) assert.ok(waiting.has(finding.uid), `${finding.uid} was lost`);
    told += firing.size;
  }
  await store.close();
  assert.ok(told > KILLS, `${told} findings arrived`);
});

async function runUntilKilled(path: string, log: string, kill: number): Promise<void> {
  const child = spawn(process.execPath, [CHILD, 'child', path, log], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  child.stdout.resume();
  setTimeout(() => child.kill('SIGKILL'), kill * 4.3);
  const [, signal] = await once(child, 'close');
  assert.equal(signal, 'SIGKILL');
}

/** `status uid` → distinct ids of the alerts in which it arrived. */
function idsByFinding(ndjson: string): Map<string, Set<string>> {
  const ids = new Map<string, Set<string>>();
  for (const line of ndjson.trim().split('\n')) {
    const arrival: Arrival = JSON.parse(line);
    for (const uid of arrival.uids) {
      const key = `${arrival.status} ${uid}`;
      ids.set(key, (ids.get(key) ?? new Set()).add(arrival.id));
    }
  }
  return ids;
}
