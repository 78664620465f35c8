import { access, constants } from 'node:fs/promises';
import { dirname } from 'node:path';
import { awsWarnings, checkAws } from '../aws/connect.ts';
import type { Config } from '../config/schema.ts';
import { toConnection } from '../daemon/aws/accounts.ts';
import { findFiles } from '../daemon/collect/paths.ts';
import { checkHosts } from '../daemon/hosts/check-hosts.ts';
import { loadSettings } from '../daemon/loaded-settings.ts';
import { renderAlert } from '../dispatch/render.ts';
import { createNotifier } from '../notify/registry.ts';
import { readConfigFile } from './config-file.ts';
import { EXIT, type ExitCode, type Io } from './io.ts';
import { plural } from './output/text.ts';

export interface ValidateOptions {
  readonly config: string;
  readonly connect?: boolean;
}

/** Checks the configuration and every file it names; with --connect also that everything can be reached. */
export async function validate(options: ValidateOptions, io: Io): Promise<ExitCode> {
  const config = await readConfigFile(options.config, io);
  if (!config) return EXIT.failed;
  const loaded = await loadSettings(config);
  const problems: string[] = [];
  if ('problems' in loaded)
    problems.push(...loaded.problems.map(({ place, message }) => `${place}: ${message}`));
  else {
    const exceptions = loaded.settings.exceptionsAt(io.now());
    problems.push(...exceptions.problems.map(({ place, message }) => `${place}: ${message}`));
  }
  if (options.connect) problems.push(...(await connectAll(config, io)));
  for (const problem of problems) io.err(`${problem}\n`);
  if (problems.length > 0) return EXIT.failed;
  const counts = [
    plural(config.sources.length, 'source'),
    plural(config.recorders.length, 'recorder'),
    ...(config.aws.length === 0 ? [] : [plural(config.aws.length, 'AWS account')]),
    ...(config.hosts.length === 0 ? [] : [plural(config.hosts.length, 'host')]),
    plural(config.receivers.length, 'receiver'),
    plural(config.inventory.targets.length, 'target'),
    plural(config.inventory.principals.length, 'principal'),
  ];
  await io.out(`${options.config}: good (${counts.join(', ')})\n`);
  return EXIT.ok;
}

/** Reaches every source, recorder and receiver; sends nothing. */
async function connectAll(config: Config, io: Io): Promise<string[]> {
  const problems: string[] = [];
  for (const one of [...config.sources, ...config.recorders]) {
    const found = await findFiles(one.paths);
    problems.push(...found.problems.map((problem) => `${one.id}: ${problem}`));
    const readable = await Promise.all(found.files.map((file) => isReadable(file.path)));
    const denied = found.files.filter((_, at) => !readable[at]);
    problems.push(...denied.map((file) => `${one.id}: ${file.path}: reading is not permitted`));
    await io.out(`${one.id}: ${plural(found.files.length, 'file')}\n`);
  }
  for (const account of config.aws) {
    const found = await checkAws(toConnection(account), account, io.signal);
    problems.push(...found.map((problem) => `${account.id}: ${problem}`));
    for (const warning of awsWarnings(account)) io.err(`${account.id}: ${warning}\n`);
    await io.out(
      `${account.id}: ${found.length === 0 ? 'everything can be read' : 'not everything can be read'}\n`,
    );
  }
  problems.push(...(await connectHosts(config, io)));
  for (const receiver of config.receivers) {
    const notifier = await createNotifier(receiver, { render: renderAlert, now: () => io.now() });
    const found = await notifier.check(io.signal);
    await notifier.close();
    problems.push(...found.map((problem) => `${receiver.id}: ${problem}`));
    await io.out(`${receiver.id}: ${found.length === 0 ? 'reachable' : 'not reachable'}\n`);
  }
  return [...problems, ...(await storeProblems(config.store.path))];
}

async function connectHosts(config: Config, io: Io): Promise<string[]> {
  const checked = await checkHosts(config, io.signal);
  for (const { id, problems, files, journal } of checked) {
    const seen = [plural(files, 'file'), ...(journal ? ['its journal'] : [])].join(' and ');
    await io.out(`${id}: ${problems.length === 0 ? seen : 'not everything can be read'}\n`);
  }
  return checked.flatMap(({ id, problems }) => problems.map((problem) => `${id}: ${problem}`));
}

async function isReadable(path: string): Promise<boolean> {
  return access(path, constants.R_OK).then(
    () => true,
    () => false,
  );
}

/** The store's folder is created on start; what can be known before is whether its parent takes it. */
async function storeProblems(path: string): Promise<string[]> {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const exists = await access(folder).then(
      () => true,
      () => false,
    );
    if (!exists && folder !== dirname(folder)) continue;
    const writable = await access(folder, constants.W_OK).then(
      () => true,
      () => false,
    );
    return writable ? [] : [`store: ${folder} cannot be written`];
  }
}
