import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** A door on loopback to the lab's sshd, for one connection, whose local port is known before it is made. */
export interface Relay {
  /** Port that the client connects to. */
  readonly entry: number;
  /** Port that sshd sees the connection come from. */
  readonly from: number;
  close(): void;
}

/** Opens a relay to a port on loopback, so that a test knows the client's port without reading the log it tests. */
export async function openRelay(to: number): Promise<Relay> {
  const from = await freePort();
  const server = createServer((client) => {
    join(client, connect({ host: '127.0.0.1', port: to, localAddress: '127.0.0.1', localPort: from }));
  });
  return { entry: await listen(server), from, close: () => server.close() };
}

function join(client: Socket, upstream: Socket): void {
  client.pipe(upstream).pipe(client);
  for (const [one, other] of [
    [client, upstream],
    [upstream, client],
  ] as const) {
    one.on('error', () => other.destroy());
  }
}

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return (server.address() as AddressInfo).port;
}
