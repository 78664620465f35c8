import { readFileSync } from 'node:fs';
import { loadConfig } from '../../src/config/load.ts';
import { Daemon } from '../../src/daemon/daemon.ts';
import { createLogger } from '../../src/telemetry/logger.ts';

/** One pass of the daemon in a process of its own that a test kills. Arguments: configuration, time to judge by. */
const [file = '', now = '0'] = process.argv.slice(2);
const loaded = loadConfig({
  file,
  text: readFileSync(file, 'utf8'),
  env: process.env,
  readSecret: (path) => readFileSync(path, 'utf8'),
});
if (!('config' in loaded)) throw new Error(JSON.stringify(loaded.problems));
const { config } = loaded;
process.send?.('begins');
const daemon = await Daemon.start({
  file,
  config,
  reread: async () => ({ config }),
  logger: createLogger({ level: 'fatal' }),
  clock: () => Number(now),
  signal: new AbortController().signal,
});
if ('problems' in daemon) throw new Error(JSON.stringify(daemon.problems));
await daemon.pass();
await daemon.close();
process.send?.('done');
