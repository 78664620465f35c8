import type { Duplex } from 'node:stream';
import type { Client, ClientChannel, SFTPWrapper } from 'ssh2';
import { SshFault, type SshProblemCode, toSshFault } from './fault.ts';

export interface ConnectionLimits {
  /** Milliseconds to wait for each answer. */
  readonly timeoutMs: number;
  /** Ends the connection. */
  readonly signal: AbortSignal;
}

/** How long a farewell may take. */
const GOODBYE_MS = 1000;

/** An open connection to a host whose key was verified. Every answer is waited for no longer than the time-out. */
export class SshConnection {
  readonly #client: Client;
  readonly #socket: Duplex;
  readonly #timeoutMs: number;
  /**
   * Whoever waits for an answer. A promise of the connection's end, raced against each answer, would hold every answer
   * as long as the connection lasts.
   */
  readonly #waiting = new Set<(reason: unknown) => void>();
  #ended: { readonly reason: unknown } | null = null;

  constructor(client: Client, socket: Duplex, { timeoutMs, signal }: ConnectionLimits) {
    this.#client = client;
    this.#socket = socket;
    this.#timeoutMs = timeoutMs;
    client.on('error', (error) => this.#end(toSshFault(error)));
    const stop = () => this.#end(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    client.on('close', () => {
      signal.removeEventListener('abort', stop);
      this.#end(new SshFault('lost'));
    });
    if (signal.aborted) stop();
  }

  /**
   * What a command writes. Throws an SshFault where it ends with another code than 0. At most the window of the
   * channel, 2 MiB, is held; to stop early ends the command.
   */
  async *run(command: string): AsyncGenerator<Uint8Array, void> {
    const channel = await this.answer<ClientChannel>((done) => this.#client.exec(command, done));
    const exit = exitOf(channel);
    // What a program says of itself may hold anything: it is neither kept nor shown.
    channel.stderr.resume();
    const chunks = channel[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
    try {
      for (;;) {
        const step = await this.within(chunks.next());
        if (step.done === true) break;
        yield step.value;
      }
      const code = await this.within(exit);
      if (code !== 0) throw new SshFault(EXITS[code ?? -1] ?? 'refused', `exit ${code ?? 'without a code'}`);
    } catch (error) {
      throw toSshFault(error);
    } finally {
      channel.destroy();
    }
  }

  async sftp(): Promise<SFTPWrapper> {
    return this.answer<SFTPWrapper>((done) => this.#client.sftp(done));
  }

  /** A stream through this host to another one. */
  async forward(address: string, port: number): Promise<Duplex> {
    return this.answer<ClientChannel>((done) => this.#client.forwardOut('127.0.0.1', 0, address, port, done));
  }

  /** Asks, and waits for the answer. Throws an SshFault. */
  async answer<T>(ask: (done: (error: Error | undefined, answer: T) => void) => void): Promise<T> {
    try {
      const answered = new Promise<T>((resolve, reject) => {
        ask((error, answer) => (error ? reject(error) : resolve(answer)));
      });
      return await this.within(answered);
    } catch (error) {
      throw toSshFault(error);
    }
  }

  /** Waits no longer than the time-out, nor than the connection lasts. */
  async within<T>(work: Promise<T>): Promise<T> {
    if (this.#ended !== null) {
      work.catch(() => undefined);
      throw toSshFault(this.#ended.reason);
    }
    return new Promise<T>((resolve, reject) => {
      // What does not answer once would hold each of the next questions as long.
      const late = () => this.#end(new SshFault('timeout', `nothing for ${this.#timeoutMs / 1000} s`));
      const timer = setTimeout(late, this.#timeoutMs);
      this.#waiting.add(reject);
      const settle = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(reject);
      };
      work.then(resolve, reject).finally(settle);
    });
  }

  close(): void {
    this.#fail(new SshFault('lost'));
    // A host that is told goodbye logs the end of the session; one that hangs is left all the same.
    this.#client.end();
    setTimeout(() => this.#socket.destroy(), GOODBYE_MS).unref();
  }

  #end(reason: unknown): void {
    this.#fail(reason);
    this.#socket.destroy();
  }

  /** Only the first reason counts: what follows is its effect. */
  #fail(reason: unknown): void {
    this.#ended ??= { reason };
    for (const reject of this.#waiting) reject(this.#ended.reason);
    this.#waiting.clear();
  }
}

/** Exit codes of `contrib/offrecord-pull`, after sysexits.h. */
const EXITS: Readonly<Record<number, SshProblemCode>> = {
  64: 'refused',
  66: 'not-found',
  75: 'changed',
  77: 'forbidden',
  127: 'protocol',
};

/** The exit code; null where a signal ended the command or the host does not say. */
function exitOf(channel: ClientChannel): Promise<number | null> {
  return new Promise((resolve) => {
    channel.once('exit', (code: number | null) => resolve(code));
    channel.once('close', () => resolve(null));
  });
}
