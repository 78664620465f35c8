import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../../src/config/load.ts';
import type { Config } from '../../../src/config/schema.ts';
import { AwsAccounts } from '../../../src/daemon/aws/accounts.ts';
import { KnownKinds } from '../../../src/daemon/collect/known-kinds.ts';
import { HostStates } from '../../../src/daemon/hosts/states.ts';
import { loadSettings } from '../../../src/daemon/loaded-settings.ts';
import { runPass } from '../../../src/daemon/pass.ts';
import type { JudgedAccess } from '../../../src/model/access.ts';
import type { Event } from '../../../src/model/event.ts';
import type { Finding } from '../../../src/model/finding.ts';
import type { SourceReport } from '../../../src/model/source-report.ts';
import { openStore } from '../../../src/store/open.ts';
import type { Store } from '../../../src/store/store.ts';
import { createLogger } from '../../../src/telemetry/logger.ts';
import type { Host } from '../../support/ssh/host.ts';

const MINUTE_MS = 60_000;

/** Configuration of a host as a test started it. */
export function blockOf(host: Host, more: string): string {
  const { address, port, user } = host.target;
  const keys = `key: ${host.at('user')}, known_hosts: ${host.at('known_hosts')}`;
  return `  - {id: ${host.name}, address: ${address}, port: ${port}, user: ${user}, ${keys}, ${more}}`;
}

/** The usual block: one log by SFTP. */
export function logOf(host: Host, more = ''): string {
  return blockOf(host, `files: [${host.at('log/auth.log')}]${more}`);
}

/** Passes over hosts with a store; every pass finds each host due again. */
export class Fleet {
  readonly folder = mkdtempSync(join(tmpdir(), 'offrecord-hosts-'));
  readonly config: Config;
  readonly #hosts = new HostStates();
  readonly #kinds = new KnownKinds();
  #now: number;
  #store: Store | null = null;

  constructor(
    blocks: readonly string[],
    { ssh = 'timeout: 5s', more = '', now = '2026-11-22T12:00:00Z' } = {},
  ) {
    this.#now = Date.parse(now);
    const file = join(this.folder, 'config.yaml');
    const head = `store: {path: ./state.db}\ntimezone: UTC\nssh: {${ssh}}\n`;
    writeFileSync(file, `${head}${more}hosts:\n${blocks.join('\n')}\n`);
    const loaded = loadConfig({
      file,
      text: readFileSync(file, 'utf8'),
      env: {},
      readSecret: (path) => readFileSync(path, 'utf8'),
    });
    if (!('config' in loaded)) throw new Error(JSON.stringify(loaded.problems));
    this.config = loaded.config;
  }

  async pass(signal = new AbortController().signal): Promise<boolean> {
    const loaded = await loadSettings(this.config);
    if ('problems' in loaded) throw new Error(JSON.stringify(loaded.problems));
    this.#now += 11 * MINUTE_MS;
    const result = await runPass({
      store: await this.store(),
      settings: loaded.settings,
      senders: new Map(),
      logger: createLogger({ level: 'error', destination: { write: () => undefined } }),
      kinds: this.#kinds,
      aws: new AwsAccounts(),
      hosts: this.#hosts,
      clock: () => this.#now,
      jitter: () => 0,
      signal,
    });
    return result !== null;
  }

  async store(): Promise<Store> {
    this.#store ??= await openStore(this.config.store.path, 'owner');
    return this.#store;
  }

  async events(): Promise<Event[]> {
    const found: Event[] = [];
    const range = { from: 0, to: Number.MAX_SAFE_INTEGER };
    for await (const event of (await this.store()).events(range)) found.push(event);
    return found;
  }

  /** Ports that logins came from, in order of time: each names one line of a test's log. */
  async ports(target: string): Promise<(number | null | undefined)[]> {
    const events = (await this.events()).filter((one) => one.target === target);
    return events.map((event) => event.origin?.port);
  }

  async accesses(): Promise<JudgedAccess[]> {
    const found: JudgedAccess[] = [];
    const range = { from: 0, to: Number.MAX_SAFE_INTEGER };
    for await (const { access } of (await this.store()).accesses(range)) found.push(access);
    return found;
  }

  /** Open findings of one check. */
  async findings(check: string): Promise<Finding[]> {
    const found: Finding[] = [];
    for await (const { finding } of (await this.store()).findings({ statuses: ['open'] }))
      if (finding.check === check) found.push(finding);
    return found;
  }

  async report(id: string): Promise<SourceReport | undefined> {
    return (await (await this.store()).sourceReports()).find((one) => one.id === id);
  }

  async remove(): Promise<void> {
    await this.#store?.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A line of a log that tells of a login from a port; `at` counts minutes after eleven. */
export function loginLine(port: number, at = port % 60, host = 'web'): string {
  const minute = String(at).padStart(2, '0');
  return `2026-11-22T11:${minute}:00.000000+00:00 ${host} sshd[${port}]: Accepted publickey for alice from 10.9.9.9 port ${port} ssh2: ED25519 SHA256:pZqX0fEsL0XH4kYQJmRz7yq6H2aWf7vJ1uS3mC8dT5E\n`;
}
