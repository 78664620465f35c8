import { HostStates } from '../../src/daemon/hosts/states.ts';
import { readFileSync } from 'node:fs';
import { loadConfig } from '../../src/config/load.ts';
import { AwsAccounts } from '../../src/daemon/aws/accounts.ts';
import { KnownKinds } from '../../src/daemon/collect/known-kinds.ts';
import { loadSettings } from '../../src/daemon/loaded-settings.ts';
import { deliver, type PassContext, runPass } from '../../src/daemon/pass.ts';
import { renderAlert } from '../../src/dispatch/render.ts';
import { createNotifier } from '../../src/notify/registry.ts';
import { openStore } from '../../src/store/open.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { secretOf } from '../support/aws/aws.ts';

/**
 * One pass over AWS, with what it has to send, in a process of its own that a test kills. Arguments: configuration, time
 * to judge by, access key.
 */
const [file = '', time = '0', accessKeyId = ''] = process.argv.slice(2);
const clock = () => Number(time);
const text = readFileSync(file, 'utf8');
const loaded = loadConfig({
  file,
  text,
  env: process.env,
  readSecret: () => new Error('no secret files here'),
});
if (!('config' in loaded)) throw new Error(JSON.stringify(loaded.problems));
const { config } = loaded;
const settings = await loadSettings(config);
if ('problems' in settings) throw new Error(JSON.stringify(settings.problems));
const notifiers = await Promise.all(
  config.receivers.map((one) => createNotifier(one, { render: renderAlert, now: clock })),
);
const store = await openStore(config.store.path, 'owner');
await store.abortUnfinishedRuns(clock());
const credentials = async () => ({ accessKeyId, secretAccessKey: secretOf(accessKeyId) });
const context: PassContext = {
  store,
  settings: settings.settings,
  senders: new Map(config.receivers.map((one, index) => [one.id, notifiers[index] ?? fail()])),
  logger: createLogger({ level: 'fatal' }),
  kinds: new KnownKinds(),
  // The loopback has no limit, so that a kill falls into the reading and not into a pause.
  hosts: new HostStates(),
  aws: new AwsAccounts({
    paces: { of: () => ({ take: async () => {} }) },
    clientsOf: () => ({ credentials, maxAttempts: 1, retryMode: 'standard' }),
  }),
  clock,
  jitter: () => 0,
  signal: new AbortController().signal,
};
await runPass(context);
await deliver(context);
await Promise.all(notifiers.map((one) => one.close()));
context.aws.close();
await store.close();
process.send?.('done');

function fail(): never {
  throw new Error('a receiver has no notifier');
}
