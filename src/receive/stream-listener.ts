import { once } from 'node:events';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, TLSSocket } from 'node:tls';
import { Counts } from './counts.ts';
import { type Framed, MessageFramer } from './framer.ts';
import { createPeerNames, findCertificateName } from './identity.ts';
import { toLines } from './lines.ts';
import type { Listener, ListenerOptions } from './listener.ts';
import type { PeerName, Spool } from './spool.ts';

/**
 * At once. Each holds a chunk of 64 KiB, the lines made of it (four times that, if it were all NULs), and an
 * unfinished message of 64 KiB in a buffer of twice that: 512 × 448 KiB = 224 MiB where everybody attacks together,
 * some 5 MiB where they send logs.
 */
const CONNECTIONS = 512;
/** A host needs one, a second while it reconnects; some senders open one for each of their workers. */
const CONNECTIONS_OF_PEER = 16;
/** Connections of one address that have not shown who they are. */
const STRANGERS_OF_ADDRESS = 32;
/** Connections that say nothing give their place up; a handshake takes three round trips. */
const FIRST_MESSAGE_MS = 60_000;
const HANDSHAKE_MS = 10_000;
/** Quiet hosts stay connected: some senders lose a message when a connection was closed on them. */
const IDLE_MS = 86_400_000;
/** A peer that is gone without a word is noticed by the system after some minutes. */
const KEEP_ALIVE_MS = 60_000;
/** What a sender had under way when it is told that we close still arrives. */
const DRAIN_MS = 300;

/** Receives over TCP or TLS. What cannot be written is not read: the sender waits, and keeps it. */
export class StreamListener implements Listener {
  readonly counts = new Counts();
  readonly #options: ListenerOptions;
  readonly #spool: Spool;
  readonly #server: Server;
  readonly #nameOf: (address: string) => string | null;
  readonly #serving = new Map<Socket, Promise<void>>();
  readonly #ofPeer = new Map<PeerName, number>();
  readonly #strangers = new Map<string, number>();

  private constructor(options: ListenerOptions, spool: Spool) {
    this.#options = options;
    this.#spool = spool;
    this.#nameOf = createPeerNames(options);
    this.#server = this.#createServer();
    this.#server.maxConnections = CONNECTIONS;
    this.#server.on('drop', (peer) =>
      this.counts.refuse('too many connections', peer?.remoteAddress ?? 'unknown'),
    );
  }

  /** Throws what the system or OpenSSL throws. */
  static async open(options: ListenerOptions, spool: Spool): Promise<StreamListener> {
    const listener = new StreamListener(options, spool);
    listener.#server.listen(options.port, options.host);
    await once(listener.#server, 'listening');
    // A connection that fails while it is accepted ends no listener.
    listener.#server.on('error', () => listener.counts.add({ broken: 1 }));
    return listener;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const socket of this.#serving.keys()) socket.end();
    const all = Promise.all(this.#serving.values());
    await Promise.race([all, new Promise((resolve) => setTimeout(resolve, DRAIN_MS))]);
    for (const socket of this.#serving.keys()) socket.destroy();
    await all;
    for (const socket of this.#raw) socket.destroy();
    await closed;
  }

  readonly #raw = new Set<Socket>();

  #createServer(): Server {
    const { tls } = this.#options;
    if (tls === null) return createTcpServer((socket) => this.#admit(socket));
    const server = createTlsServer({
      cert: tls.cert,
      key: tls.key,
      ...(tls.clientCa === null ? {} : { ca: tls.clientCa, requestCert: true, rejectUnauthorized: true }),
      handshakeTimeout: HANDSHAKE_MS,
    });
    server.on('connection', (socket) => this.#countStranger(socket));
    server.on('secureConnection', (socket) => this.#admit(socket));
    server.on('tlsClientError', (_error, socket) => {
      this.counts.refuse('no valid certificate', addressOf(socket));
      socket.destroy();
    });
    return server;
  }

  /** Until the handshake is done nobody knows who it is: no address may take all places. */
  #countStranger(socket: Socket): void {
    const address = addressOf(socket);
    const count = (this.#strangers.get(address) ?? 0) + 1;
    if (count > STRANGERS_OF_ADDRESS) {
      this.counts.refuse('too many connections', address);
      socket.destroy();
      return;
    }
    this.#raw.add(socket);
    this.#strangers.set(address, count);
    socket.once('close', () => {
      this.#raw.delete(socket);
      this.#forgetStranger(address);
    });
  }

  #forgetStranger(address: string): void {
    const left = (this.#strangers.get(address) ?? 1) - 1;
    if (left === 0) this.#strangers.delete(address);
    else this.#strangers.set(address, left);
  }

  #admit(socket: Socket): void {
    // A reset is seen where the socket is read; one that comes before has no other listener.
    socket.on('error', () => {});
    const address = addressOf(socket);
    const name = this.#nameFor(socket, address);
    if (name === undefined) {
      socket.destroy();
      return;
    }
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    socket.setTimeout(IDLE_MS, () => socket.destroy());
    this.#ofPeer.set(name, (this.#ofPeer.get(name) ?? 0) + 1);
    const served = this.#serve(socket, name, address).finally(() => {
      this.#serving.delete(socket);
      this.#ofPeer.set(name, (this.#ofPeer.get(name) ?? 1) - 1);
      if (this.#ofPeer.get(name) === 0) this.#ofPeer.delete(name);
    });
    this.#serving.set(socket, served);
  }

  /** Name of the peer; null for a relay, undefined where it is refused. */
  #nameFor(socket: Socket, address: string): PeerName | undefined {
    const { tls, relay } = this.#options;
    const byCertificate = tls?.clientCa != null;
    const own = byCertificate ? certificateName(socket) : this.#nameOf(address);
    if (own === null) {
      this.counts.refuse(byCertificate ? 'a certificate that names no host' : 'unknown address', address);
      return undefined;
    }
    const name = relay ? null : own;
    if (!this.#spool.takes(name)) {
      this.counts.refuse('too many peers', address);
      return undefined;
    }
    if ((this.#ofPeer.get(name) ?? 0) < CONNECTIONS_OF_PEER || relay) return name;
    this.counts.refuse('too many connections', address);
    return undefined;
  }

  async #serve(socket: Socket, name: PeerName, address: string): Promise<void> {
    const framer = new MessageFramer();
    const impatience = setTimeout(() => {
      this.counts.refuse('nothing sent in time', address);
      socket.destroy();
    }, FIRST_MESSAGE_MS).unref();
    try {
      for await (const chunk of socket as AsyncIterable<Uint8Array>) {
        const framed = framer.push(chunk);
        if (framed.messages.length > 0) clearTimeout(impatience);
        await this.#write(name, framed);
        if (framed.broken) return;
      }
      await this.#write(name, framer.end());
    } catch {
      // The connection was reset, or the spool closed: the sender has what it did not get rid of.
      const { broken } = framer.end();
      this.counts.add({ broken: broken ? 1 : 0 });
    } finally {
      clearTimeout(impatience);
      socket.destroy();
    }
  }

  async #write(name: PeerName, framed: Framed): Promise<void> {
    const { bytes, count, cut } = toLines(framed.messages);
    if (framed.broken) this.counts.add({ broken: 1 });
    if (count === 0) return;
    try {
      await this.#spool.append(name, bytes);
      this.counts.add({ received: count, cut: cut + framed.cut });
    } catch (error) {
      this.counts.add({ dropped: count });
      throw error;
    }
  }
}

function addressOf(socket: Socket): string {
  return socket.remoteAddress ?? 'unknown';
}

/** The server has verified the certificate by then. */
function certificateName(socket: Socket): string | null {
  const certificate = socket instanceof TLSSocket ? socket.getPeerX509Certificate() : undefined;
  return certificate === undefined ? null : findCertificateName(certificate);
}
