import assert from 'node:assert/strict';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { it } from 'node:test';
import { loadConfig } from '../../src/config/load.ts';
import { checkFolder } from '../../src/daemon/check-folder.ts';
import { Daemon } from '../../src/daemon/daemon.ts';
import { openStore } from '../../src/store/open.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { filesBelow } from '../support/scenario.ts';
import { writeFleet } from '../support/fleet.ts';

const CONFIG = `store: {path: ./state.db}
timezone: UTC
sources: [{id: logs, paths: ["./live/hosts/*/auth.log"]}]
recorders: [{id: tlog, type: tlog, paths: ["./live/hosts/*/recordings"]}]
`;

/** Verdicts by target and port: comparable across ways of reading. */
type Verdicts = Map<string, string>;

async function oneShot(folder: string, now: number): Promise<Verdicts> {
  const signal = new AbortController().signal;
  const options = {
    config: null,
    zone: 'UTC',
    now,
    from: -Infinity,
    to: Infinity,
    signal,
    progress: () => {},
  };
  const { judgement } = await checkFolder([folder], options);
  return new Map(judgement.accesses.map((one) => [`${one.target} ${one.origin?.port}`, one.verdict]));
}

async function stored(path: string): Promise<Verdicts> {
  const store = await openStore(path, 'reader');
  const verdicts: Verdicts = new Map();
  for await (const { access } of store.accesses({ from: 0, to: Number.MAX_SAFE_INTEGER })) {
    const key = `${access.target} ${access.origin?.port}`;
    assert.ok(!verdicts.has(key), `${key} is stored twice`);
    verdicts.set(key, access.verdict);
  }
  await store.close();
  return verdicts;
}

/** Copies the first `share` of every file, cut wherever the byte falls. */
function copyShare(from: string, to: string, share: number, at: number): void {
  for (const path of filesBelow(from)) {
    const target = join(to, relative(from, path));
    mkdirSync(dirname(target), { recursive: true });
    const bytes = readFileSync(path);
    const cut = bytes.subarray(0, Math.ceil(bytes.length * share));
    // A writer appends to the same file; a new file each time would be another log.
    writeFileSync(target, cut, { flag: 'r+' });
    utimesSync(target, at / 1000, at / 1000);
  }
}

it('passes over growing files end where one look at everything ends', async () => {
  const root = mkdtempSync(join(tmpdir(), 'offrecord-incremental-'));
  try {
    const begin = Date.UTC(2026, 10, 20, 8);
    const whole = join(root, 'whole');
    writeFleet(whole, begin, 3, 40);
    cpSync(whole, join(root, 'live'), { recursive: true });
    for (const path of filesBelow(join(root, 'live'))) writeFileSync(path, '');
    const file = join(root, 'config.yaml');
    writeFileSync(file, CONFIG);
    const loaded = loadConfig({ file, text: CONFIG, env: {}, readSecret: () => new Error('none') });
    assert.ok('config' in loaded);
    const { config } = loaded;
    let now = begin;
    const start = () =>
      Daemon.start({
        file,
        config,
        reread: async () => ({ config }),
        logger: createLogger({ level: 'fatal' }),
        clock: () => now,
        signal: new AbortController().signal,
      });
    for (let step = 1; step <= 12; step++) {
      now = begin + (step / 12) * 45 * 60_000;
      copyShare(whole, join(root, 'live'), step / 12, now);
      const daemon = await start();
      assert.ok(!('problems' in daemon));
      await daemon.pass();
      await daemon.close();
    }
    for (const later of [10 * 60_000, 2 * 86_400_000]) {
      now += later;
      const daemon = await start();
      assert.ok(!('problems' in daemon));
      await daemon.pass();
      await daemon.close();
      assert.deepEqual(sorted(await stored(config.store.path)), sorted(await oneShot(whole, now)));
    }
    assert.ok(statSync(config.store.path).size > 0);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});

function sorted(verdicts: Verdicts): [string, string][] {
  return [...verdicts].sort(([a], [b]) => (a < b ? -1 : 1));
}
