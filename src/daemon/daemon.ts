import { createHash } from 'node:crypto';
import cron, { type ScheduledTask } from 'node-cron';
import { awsWarnings } from '../aws/connect.ts';
import type { Config } from '../config/schema.ts';
import { renderAlert } from '../dispatch/render.ts';
import type { Notifier } from '../notify/notifier.ts';
import { createNotifier } from '../notify/registry.ts';
import { openStore } from '../store/open.ts';
import type { Store } from '../store/store.ts';
import type { Logger } from '../telemetry/logger.ts';
import { AwsAccounts } from './aws/accounts.ts';
import { KnownKinds } from './collect/known-kinds.ts';
import { noteDirty } from './dirty.ts';
import { HostStates } from './hosts/states.ts';
import { type LoadedSettings, loadSettings, type SettingsProblems } from './loaded-settings.ts';
import { deliver, type PassContext, type PassResult, runPass } from './pass.ts';
import { Listeners } from './receive/listeners.ts';
import { settingsSignature } from './watch-settings.ts';

export interface DaemonOptions {
  /** Configuration file, for noticing changes. */
  readonly file: string;
  readonly config: Config;
  /** Reads the configuration again; problems where it cannot be used. */
  readonly reread: () => Promise<{ readonly config: Config } | { readonly problems: SettingsProblems }>;
  readonly logger: Logger;
  readonly clock: () => number;
  readonly signal: AbortSignal;
  /** Told of every pass; the first one is what a person waits for. */
  readonly onPass?: (result: PassResult, number: number) => Promise<void>;
}

const PURGED_AT = 'purged_at';
const SETTINGS = 'settings_digest';
const DAY_MS = 86_400_000;

/**
 * The daemon: passes on a schedule until it is told to stop. A pass works from cursors, so a tick that comes late, or
 * not at all, changes nothing but the delay.
 */
export class Daemon {
  readonly #options: DaemonOptions;
  readonly #store: Store;
  readonly #kinds = new KnownKinds();
  readonly #listeners: Listeners;
  readonly #aws = new AwsAccounts();
  readonly #hosts = new HostStates();
  #settings: LoadedSettings;
  #notifiers: ReadonlyMap<string, Notifier>;
  #signature = '';
  #passes = 0;
  #reloadAsked = false;
  #running: Promise<void> | null = null;
  #delivering: Promise<void> | null = null;

  private constructor(
    options: DaemonOptions,
    store: Store,
    settings: LoadedSettings,
    notifiers: ReadonlyMap<string, Notifier>,
  ) {
    this.#options = options;
    this.#listeners = new Listeners(options.logger);
    this.#store = store;
    this.#settings = settings;
    this.#notifiers = notifiers;
  }

  /** Takes the store's lock and loads everything; throws a StoreError, or gives the problems of the settings. */
  static async start(options: DaemonOptions): Promise<Daemon | { problems: SettingsProblems }> {
    const loaded = await loadSettings(options.config);
    if ('problems' in loaded) return loaded;
    const store = await openStore(options.config.store.path, 'owner');
    try {
      const aborted = await store.abortUnfinishedRuns(options.clock());
      if (aborted.length > 0)
        options.logger.warn({ runs: aborted }, 'a pass was interrupted; its work is repeated');
      const notifiers = await createNotifiers(options.config, options.clock);
      const daemon = new Daemon(options, store, loaded.settings, notifiers);
      const deaf = await daemon.#listeners.apply(options.config.receive);
      if (deaf.length > 0) {
        await daemon.close();
        return { problems: deaf.map(({ id, message }) => ({ place: `receive: ${id}`, message })) };
      }
      await daemon.#noteSettings();
      daemon.#signature = await settingsSignature(options.file, options.config);
      warnOfAws(options);
      return daemon;
    } catch (error) {
      await store.close();
      throw error;
    }
  }

  /** Runs passes until the signal ends; the pass under way is finished first. */
  async run(): Promise<void> {
    const { signal } = this.#options;
    await this.pass();
    while (!signal.aborted) await this.#runSchedule();
    await this.#running;
  }

  /** Passes on the schedule in force, until it changes or the signal ends. */
  async #runSchedule(): Promise<void> {
    const { signal } = this.#options;
    const { schedule } = this.#settings.config;
    const task = this.#schedule();
    await new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => resolve(), { once: true });
      task.on('execution:finished', () => {
        if (schedule !== this.#settings.config.schedule) resolve();
      });
    });
    await task.destroy();
  }

  /** One pass; a second call while one is under way waits for that one instead. */
  async pass(): Promise<void> {
    this.#running ??= this.#passOnce().finally(() => {
      this.#running = null;
    });
    await this.#running;
  }

  /** Reads configuration, rules and exceptions anew before the next pass. */
  askReload(): void {
    this.#reloadAsked = true;
  }

  async close(): Promise<void> {
    await this.#listeners.close();
    await this.#running;
    await this.#delivering;
    await Promise.all([...this.#notifiers.values()].map((one) => one.close()));
    this.#aws.close();
    await this.#store.close();
  }

  #schedule(): ScheduledTask {
    const { logger } = this.#options;
    const task = cron.schedule(this.#settings.config.schedule, () => this.pass(), {
      noOverlap: true,
      timezone: 'UTC',
    });
    task.on('execution:missed', () =>
      logger.warn('a pass was not started in time; the next one does its work'),
    );
    return task;
  }

  async #passOnce(): Promise<void> {
    const { logger, clock, signal, onPass } = this.#options;
    try {
      await this.#reloadIfChanged();
      await this.#listen();
      const context: PassContext = {
        store: this.#store,
        settings: this.#settings,
        senders: this.#notifiers,
        kinds: this.#kinds,
        listeners: this.#listeners,
        aws: this.#aws,
        hosts: this.#hosts,
        logger,
        clock,
        jitter: Math.random,
        signal,
      };
      const result = await runPass(context);
      if (result === null) return;
      this.#passes += 1;
      logger.debug(
        { pass: this.#passes, accesses: result.judgement.accesses.length, alerts: result.alerts },
        'pass done',
      );
      await onPass?.(result, this.#passes);
      this.#deliver(context);
      await this.#purge();
    } catch (error) {
      // The next pass starts from the same cursors: nothing is lost but time, and run-gap tells if that goes on.
      logger.error({ err: error }, 'pass failed');
      if (this.#passes === 0) throw error;
    }
  }

  /** What was opened at the start may have changed since, or a certificate been renewed. */
  async #listen(): Promise<void> {
    const problems = await this.#listeners.apply(this.#settings.config.receive);
    for (const { id, message } of problems)
      this.#options.logger.error({ listener: id, problem: message }, 'a listener cannot be opened');
  }

  /** A round of sending, unless one is still under way. */
  #deliver(context: PassContext): void {
    this.#delivering ??= deliver(context)
      .then(() => undefined)
      .catch((error: unknown) => context.logger.error({ err: error }, 'sending alerts failed'))
      .finally(() => {
        this.#delivering = null;
      });
  }

  async #reloadIfChanged(): Promise<void> {
    const { file, reread, logger } = this.#options;
    const signature = await settingsSignature(file, this.#settings.config);
    if (signature === this.#signature && !this.#reloadAsked) return;
    this.#signature = signature;
    this.#reloadAsked = false;
    const read = await reread();
    const loaded = 'config' in read ? await loadSettings(read.config) : read;
    if ('problems' in loaded) {
      logger.error(
        { problems: loaded.problems },
        'the changed settings cannot be used; the former ones stay in force',
      );
      return;
    }
    await this.#replace(loaded.settings);
    logger.info('settings reloaded');
  }

  async #replace(settings: LoadedSettings): Promise<void> {
    await this.#delivering;
    const before = this.#notifiers;
    this.#notifiers = await createNotifiers(settings.config, this.#options.clock);
    this.#settings = settings;
    await Promise.all([...before.values()].map((one) => one.close()));
    await this.#noteSettings();
  }

  /** Other inventory, rules or exceptions mean other verdicts: everything kept is judged anew. */
  async #noteSettings(): Promise<void> {
    const digest = createHash('sha256').update(this.#settings.fingerprint).digest('hex');
    if ((await this.#store.meta(SETTINGS)) === digest) return;
    await this.#store.transaction(async (tx) => {
      await noteDirty(tx, 0);
      await tx.setMeta(SETTINGS, digest);
    });
  }

  async #purge(): Promise<void> {
    const now = this.#options.clock();
    const last = Number((await this.#store.meta(PURGED_AT)) ?? 0);
    if (now - last < DAY_MS) return;
    const before = now - this.#settings.config.store.retentionMs;
    const counts = await this.#store.purge(before);
    await this.#store.setMeta(PURGED_AT, String(now));
    if (Object.values(counts).some((count) => count > 0)) {
      this.#options.logger.info(
        { before: new Date(before).toISOString(), ...counts },
        'purged what is older than retention',
      );
    }
  }
}

/** What works and is likely not meant is said once. */
function warnOfAws({ config, logger }: DaemonOptions): void {
  for (const account of config.aws) {
    for (const warning of awsWarnings(account))
      logger.warn({ account: account.id, warning }, 'an AWS account is not read as it should be');
  }
}

async function createNotifiers(config: Config, clock: () => number): Promise<Map<string, Notifier>> {
  const context = { render: renderAlert, now: clock };
  const created = await Promise.all(config.receivers.map((one) => createNotifier(one, context)));
  return new Map(config.receivers.map((one, at) => [one.id, created[at] as Notifier]));
}
