import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { loadConfig } from '../../src/config/load.ts';
import { Daemon } from '../../src/daemon/daemon.ts';
import type { JudgedAccess } from '../../src/model/access.ts';
import type { Finding } from '../../src/model/finding.ts';
import { openStore } from '../../src/store/open.ts';
import { createLogger } from '../../src/telemetry/logger.ts';

/** A folder with logs, recordings and a configuration, and a daemon over it whose clock the test holds. */
export class Site {
  readonly folder = mkdtempSync(join(tmpdir(), 'offrecord-daemon-'));
  readonly logged: Record<string, unknown>[] = [];
  readonly config = join(this.folder, 'config.yaml');
  readonly #env: Readonly<Record<string, string>>;
  readonly #abort = new AbortController();
  #now = Date.parse('2026-11-22T12:00:00Z');
  #daemon: Daemon | null = null;

  constructor(more: string, env: Readonly<Record<string, string>> = {}, { retention = '400d' } = {}) {
    this.#env = env;
    writeFileSync(this.config, `store: {path: ./state.db, retention: ${retention}}\n${BASE}${more}`);
    mkdirSync(join(this.folder, 'hosts', 'web01', 'recordings'), { recursive: true });
  }

  get store(): string {
    return join(this.folder, 'state.db');
  }

  /** Sets the clock, e.g. `2026-11-22T12:00:00Z`. */
  set clock(time: string) {
    this.#now = Date.parse(time);
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  /** Writes a file that has rested for ten minutes. */
  put(name: string, content: string | Uint8Array): void {
    mkdirSync(dirname(this.path(name)), { recursive: true });
    writeFileSync(this.path(name), content, { mode: 0o600 });
    this.#rest(name);
  }

  append(name: string, content: string): void {
    appendFileSync(this.path(name), content);
    this.#rest(name);
  }

  #rest(name: string): void {
    const at = this.#now / 1000 - 600;
    utimesSync(this.path(name), at, at);
  }

  async start(): Promise<Daemon> {
    const read = () => {
      const text = readFileSync(this.config, 'utf8');
      return loadConfig({
        file: this.config,
        text,
        env: this.#env,
        readSecret: (file) => readFileSync(file, 'utf8'),
      });
    };
    const loaded = read();
    if (!('config' in loaded)) throw new Error(JSON.stringify(loaded.problems));
    const destination = { write: (line: string) => void this.logged.push(JSON.parse(line)) };
    const daemon = await Daemon.start({
      file: this.config,
      config: loaded.config,
      reread: async () => {
        const again = read();
        return 'config' in again ? again : { problems: again.problems };
      },
      logger: createLogger({ level: 'debug', destination }),
      clock: () => this.#now,
      signal: this.#abort.signal,
    });
    if ('problems' in daemon) throw new Error(JSON.stringify(daemon.problems));
    this.#daemon = daemon;
    return daemon;
  }

  /** One pass of a daemon that starts for it and stops after it, so that everything it had to send is sent. */
  async pass(time?: string): Promise<void> {
    if (time !== undefined) this.clock = time;
    const daemon = await this.start();
    await daemon.pass();
    await this.stop();
  }

  async stop(): Promise<void> {
    await this.#daemon?.close();
    this.#daemon = null;
  }

  async accesses(): Promise<JudgedAccess[]> {
    const store = await openStore(this.store, 'reader');
    const found: JudgedAccess[] = [];
    for await (const { access } of store.accesses({ from: 0, to: Number.MAX_SAFE_INTEGER }))
      found.push(access);
    await store.close();
    return found;
  }

  async verdicts(): Promise<string[]> {
    return (await this.accesses()).map((one) => one.verdict);
  }

  /** `check status` of every finding, in alphabetical order. */
  async findings(): Promise<string[]> {
    const store = await openStore(this.store, 'reader');
    const found: Finding[] = [];
    for await (const { finding } of store.findings()) found.push(finding);
    await store.close();
    return found.map((one) => `${one.check} ${one.status}`).sort();
  }

  /** The alerts that the file receiver got, in no order. */
  alerts(): string[] {
    try {
      const names = readdirSync(this.path('alerts')).filter((name) => name.endsWith('.txt'));
      return names.map((name) => readFileSync(join(this.path('alerts'), name), 'utf8'));
    } catch {
      return [];
    }
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const BASE = `timezone: UTC
sources: [{id: logs, paths: ["./hosts/*/auth.log"]}]
recorders: [{id: tlog, type: tlog, paths: ["./hosts/*/recordings"]}]
`;

export const FILE_RECEIVER = `receivers: [{id: folder, type: file, path: ./alerts}]
route: {group_wait: 0s, min_level: informational}
`;
