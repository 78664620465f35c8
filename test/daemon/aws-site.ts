import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { AwsConfig } from '../../src/config/aws.ts';
import type { AwsOptions } from '../../src/aws/clients.ts';
import { loadConfig } from '../../src/config/load.ts';
import type { Config } from '../../src/config/schema.ts';
import { AwsAccounts } from '../../src/daemon/aws/accounts.ts';
import { HostStates } from '../../src/daemon/hosts/states.ts';
import { KnownKinds } from '../../src/daemon/collect/known-kinds.ts';
import { type LoadedSettings, loadSettings } from '../../src/daemon/loaded-settings.ts';
import { runPass } from '../../src/daemon/pass.ts';
import type { JudgedAccess } from '../../src/model/access.ts';
import type { Finding } from '../../src/model/finding.ts';
import type { SourceReport } from '../../src/model/source-report.ts';
import { openStore } from '../../src/store/open.ts';
import type { Store } from '../../src/store/store.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { secretOf } from '../support/aws/aws.ts';

/** Lookups are paced by the loopback's own limit where a test asks for one, and not by the wall. */
const UNPACED = { of: () => ({ take: async (signal?: AbortSignal) => signal?.throwIfAborted() }) };

export interface SiteOptions {
  /** Access key that each configured account's reader has, by the account's id in the configuration. */
  readonly keys?: Readonly<Record<string, string>>;
  readonly clients?: Omit<AwsOptions, 'credentials'>;
}

/** A folder with a configuration and a store, over which passes run whose clock the test holds. */
export class AwsSite {
  readonly folder = mkdtempSync(join(tmpdir(), 'offrecord-aws-'));
  readonly logged: Record<string, unknown>[] = [];
  readonly #options: SiteOptions;
  readonly #config: Config;
  #aws: AwsAccounts;
  readonly #kinds = new KnownKinds();
  #settings: LoadedSettings | null = null;
  #store: Store | null = null;

  constructor(yaml: string, options: SiteOptions = {}) {
    this.#options = options;
    const file = join(this.folder, 'config.yaml');
    writeFileSync(file, `store: {path: ./state.db}\n${yaml}`);
    const text = readFileSync(file, 'utf8');
    const loaded = loadConfig({ file, text, env: {}, readSecret: () => new Error('no secrets here') });
    if (!('config' in loaded)) throw new Error(JSON.stringify(loaded.problems));
    this.#config = loaded.config;
    this.#aws = this.#accounts();
  }

  put(name: string, content: string | Uint8Array, at: string): void {
    const path = join(this.folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content, { mode: 0o600 });
    utimesSync(path, Date.parse(at) / 1000, Date.parse(at) / 1000);
  }

  /** One pass at a time; what was kept in memory of earlier ones stays. False where it was stopped. */
  async pass(time: string | number, signal: AbortSignal = new AbortController().signal): Promise<boolean> {
    const now = typeof time === 'number' ? time : Date.parse(time);
    const destination = { write: (line: string) => void this.logged.push(JSON.parse(line)) };
    const result = await runPass({
      store: await this.store(),
      settings: await this.#loaded(),
      senders: new Map(),
      logger: createLogger({ level: 'debug', destination }),
      kinds: this.#kinds,
      aws: this.#aws,
      hosts: new HostStates(),
      clock: () => now,
      jitter: () => 0,
      signal,
    });
    return result !== null;
  }

  /** Passes on a regular beat, the last one at the end. */
  async passes(from: string, to: string, everyMs: number): Promise<void> {
    for (let at = Date.parse(from); at < Date.parse(to); at += everyMs) await this.pass(at);
    await this.pass(to);
  }

  async store(): Promise<Store> {
    this.#store ??= await openStore(this.#config.store.path, 'owner');
    return this.#store;
  }

  async accesses(): Promise<JudgedAccess[]> {
    const found: JudgedAccess[] = [];
    const store = await this.store();
    for await (const { access } of store.accesses({ from: 0, to: Number.MAX_SAFE_INTEGER }))
      found.push(access);
    return found;
  }

  async findings(): Promise<Finding[]> {
    const found: Finding[] = [];
    for await (const { finding } of (await this.store()).findings()) found.push(finding);
    return found;
  }

  async report(id: string): Promise<SourceReport | undefined> {
    return (await (await this.store()).sourceReports()).find((one) => one.id === id);
  }

  /** `session verdict` of every access, in alphabetical order. */
  async verdicts(): Promise<string[]> {
    const all = await this.accesses();
    return all.map((one) => `${one.session.cloudSession ?? one.path} ${one.verdict}`).toSorted();
  }

  /** What a judgement comes to, the same by whatever way the facts came. */
  async outcome(): Promise<{ accesses: string[]; findings: string[] }> {
    const accesses = (await this.accesses()).map(
      (one) => `${one.uid} ${one.path} ${one.verdict} ${one.reasons.map((reason) => reason.code).join()}`,
    );
    const findings = (await this.findings())
      .filter((one) => one.subject.type === 'access' || one.subject.uid.startsWith('ev_'))
      .map((one) => `${one.check} ${one.status} ${one.subject.uid}`);
    return { accesses: accesses.toSorted(), findings: findings.toSorted() };
  }

  /** Everything that a process holds in memory is gone, as when it is started anew. */
  async restart(): Promise<void> {
    await this.#close();
    this.#aws = this.#accounts();
  }

  async remove(): Promise<void> {
    await this.#close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  async #close(): Promise<void> {
    this.#aws.close();
    await this.#store?.close();
    this.#store = null;
  }

  #accounts(): AwsAccounts {
    const { keys = {}, clients = {} } = this.#options;
    const clientsOf = ({ id }: AwsConfig): AwsOptions => {
      const accessKeyId = keys[id] ?? '';
      const credentials = async () => ({ accessKeyId, secretAccessKey: secretOf(accessKeyId) });
      return { maxAttempts: 1, retryMode: 'standard', ...clients, credentials };
    };
    return new AwsAccounts({ paces: UNPACED, clientsOf });
  }

  async #loaded(): Promise<LoadedSettings> {
    if (this.#settings !== null) return this.#settings;
    const loaded = await loadSettings(this.#config);
    if ('problems' in loaded) throw new Error(JSON.stringify(loaded.problems));
    this.#settings = loaded.settings;
    return loaded.settings;
  }
}

export const codesOf = (access: JudgedAccess | undefined): string[] =>
  (access?.reasons ?? []).map((one) => one.code);
