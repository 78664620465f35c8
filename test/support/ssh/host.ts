import { type ChildProcess, spawn } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { SshTarget } from '../../../src/ssh/connect.ts';
import { findProgram } from '../real/parts.ts';
import { collect, mustRun, stop, until } from '../real/process.ts';
import { freePort } from '../real/relay.ts';
import { type Ground, sharedGround } from './account.ts';

const PULL = resolve(import.meta.dirname, '../../../contrib/offrecord-pull');

export interface HostOptions {
  /** Options before the key in authorized_keys; `forced` puts the pull command there. */
  readonly keyOptions?: string;
  readonly forced?: boolean;
  /** What stands for journalctl. */
  readonly journalctl?: string;
  /** Further lines of sshd's configuration. */
  readonly config?: string;
  readonly address?: string;
}

/** A real sshd with a folder of logs. Several of them are several hosts: each has its own address, port and key. */
export class Host {
  readonly name: string;
  readonly folder: string;
  readonly user: string;
  readonly address: string;
  readonly port: number;
  readonly #options: HostOptions;
  #child: ChildProcess | null = null;
  #said = () => '';

  private constructor(name: string, ground: Ground, port: number, options: HostOptions) {
    this.name = name;
    this.folder = join(ground.folder, name);
    this.user = ground.user;
    this.address = options.address ?? '127.0.0.1';
    this.port = port;
    this.#options = options;
  }

  static async start(name: string, options: HostOptions = {}): Promise<Host> {
    const host = new Host(name, await sharedGround(), await freePort(), options);
    for (const folder of ['log', 'bin']) mkdirSync(host.at(folder), { recursive: true });
    await Promise.all([host.newKey(), generate(host.at('user')), generate(host.at('stranger'))]);
    host.#authorize();
    await host.up();
    return host;
  }

  at(name: string): string {
    return join(this.folder, name);
  }

  /** The sshd's own account of what happened. */
  get said(): string {
    return this.#said();
  }

  get target(): SshTarget {
    const { address, port, user } = this;
    return {
      address,
      port,
      user,
      key: this.at('user'),
      passphrase: null,
      agent: null,
      knownHosts: this.at('known_hosts'),
    };
  }

  /** Gives the host a key, and pins it. */
  async newKey(): Promise<void> {
    for (const name of ['host', 'host.pub']) rmSync(this.at(name), { force: true });
    await generate(this.at('host'));
    this.pin(`[${this.address}]:${this.port} ${this.publicKey('host')}\n`);
  }

  /** Gives the host another key than the pinned one. */
  async replaceKey(): Promise<void> {
    const pinned = readFileSync(this.at('known_hosts'), 'utf8');
    await this.newKey();
    this.pin(pinned);
    await this.down();
    await this.up();
  }

  pin(text: string): void {
    writeFileSync(this.at('known_hosts'), text);
  }

  publicKey(name: string): string {
    return readFileSync(this.at(`${name}.pub`), 'utf8').trim();
  }

  async fingerprint(name = 'user'): Promise<string> {
    const line = await mustRun('ssh-keygen', ['-l', '-f', this.at(`${name}.pub`)]);
    return line.split(' ')[1] ?? '';
  }

  put(name: string, text: string | Uint8Array): void {
    mkdirSync(dirname(this.at(name)), { recursive: true });
    writeFileSync(this.at(name), text, { mode: 0o644 });
  }

  executable(name: string): void {
    chmodSync(this.at(name), 0o755);
  }

  append(name: string, text: string): void {
    appendFileSync(this.at(name), text);
  }

  /** As logrotate does by default. */
  rotate(name: string): void {
    renameSync(this.at(name), this.at(`${name}.1`));
    this.put(name, '');
  }

  copyTruncate(name: string): void {
    copyFileSync(this.at(name), this.at(`${name}.1`));
    truncateSync(this.at(name));
  }

  identityOf(name: string): string {
    const { dev, ino } = statSync(this.at(name));
    return `${dev}:${ino}`;
  }

  async up(): Promise<void> {
    const config = this.at('sshd.conf');
    writeFileSync(config, this.#config());
    this.#child = spawn(findProgram('sshd') ?? 'sshd', ['-D', '-e', '-f', config], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#said = collect(this.#child.stderr as NodeJS.ReadableStream);
    await until('sshd to listen', () => this.said.includes('Server listening'));
  }

  async down(): Promise<void> {
    if (this.#child !== null) await stop(this.#child);
    this.#child = null;
  }

  async remove(): Promise<void> {
    await this.down();
    rmSync(this.folder, { recursive: true, force: true });
  }

  #config(): string {
    return [
      `ListenAddress ${this.address}:${this.port}`,
      `HostKey ${this.at('host')}`,
      `AuthorizedKeysFile ${this.at('authorized')}`,
      'LogLevel VERBOSE',
      'UsePAM no',
      'StrictModes no',
      'PasswordAuthentication no',
      'PidFile none',
      'MaxStartups 200:30:400',
      'Subsystem sftp internal-sftp',
      this.#options.config ?? '',
      '',
    ].join('\n');
  }

  /** The pull command with its configuration beside it, as an installation would have it in /usr/local/bin and /etc. */
  #authorize(): void {
    const pull = this.at('bin/offrecord-pull');
    const script = readFileSync(PULL, 'utf8').replace(/^CONFIG=.*$/m, `CONFIG=${this.at('pull.conf')}`);
    writeFileSync(pull, script);
    chmodSync(pull, 0o755);
    const journal = `journal ${this.#options.journalctl ?? ''}`.trim();
    this.put('pull.conf', `# what may be read\nfile ${this.at('log/auth.log')}\n${journal}\n`);
    const options = this.#options.forced ? `restrict,command="${pull}" ` : (this.#options.keyOptions ?? '');
    writeFileSync(this.at('authorized'), `${options}${this.publicKey('user')}\n`, { mode: 0o644 });
  }
}

async function generate(path: string): Promise<void> {
  await mustRun('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', path]);
}
