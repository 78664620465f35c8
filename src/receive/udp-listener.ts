import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isIP } from 'node:net';
import { Counts } from './counts.ts';
import { createPeerNames } from './identity.ts';
import { toLines } from './lines.ts';
import type { Listener, ListenerOptions } from './listener.ts';
import type { Spool } from './spool.ts';

// What the kernel keeps while this program is busy; it may grant less (net.core.rmem_max).
const KERNEL_BUFFER_BYTES = 4 * 1024 * 1024;

/** Receives datagrams, one message each (RFC 5426). What cannot be written is dropped and counted. */
export class UdpListener implements Listener {
  readonly counts = new Counts();
  readonly #options: ListenerOptions;
  readonly #spool: Spool;
  readonly #socket: Socket;
  readonly #nameOf: (address: string) => string | null;

  private constructor(options: ListenerOptions, spool: Spool) {
    this.#options = options;
    this.#spool = spool;
    this.#nameOf = createPeerNames(options);
    this.#socket = createSocket({
      type: isIP(options.host) === 6 ? 'udp6' : 'udp4',
      recvBufferSize: KERNEL_BUFFER_BYTES,
    });
    this.#socket.on('message', (message, { address }) => void this.#take(message, address));
  }

  /** Throws what the system throws. */
  static async open(options: ListenerOptions, spool: Spool): Promise<UdpListener> {
    const listener = new UdpListener(options, spool);
    listener.#socket.bind(options.port, options.host);
    await once(listener.#socket, 'listening');
    listener.#socket.on('error', () => listener.counts.add({ broken: 1 }));
    return listener;
  }

  get port(): number {
    return this.#socket.address().port;
  }

  async close(): Promise<void> {
    const closed = once(this.#socket, 'close');
    this.#socket.close();
    await closed;
  }

  async #take(message: Uint8Array, address: string): Promise<void> {
    const own = this.#nameOf(address);
    if (own === null) return this.counts.refuse('unknown address', address);
    const name = this.#options.relay ? null : own;
    if (!this.#spool.takes(name)) return this.counts.refuse('too many peers', address);
    const { bytes, count, cut } = toLines([message]);
    if (count === 0) return;
    const isTaken = await this.#spool.offer(name, bytes);
    this.counts.add(isTaken ? { received: count, cut } : { dropped: count });
  }
}
