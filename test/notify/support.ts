import type { AddressInfo, Server } from 'node:net';
import { createServer } from 'node:net';
import type { TestContext } from 'node:test';
import { renderAlert } from '../../src/dispatch/render.ts';
import type { Alert } from '../../src/model/alert.ts';
import type { NotifyContext } from '../../src/notify/context.ts';
import { Secret } from '../../src/util/secret.ts';
import { alert, finding } from '../store/samples.ts';

export const ALERT_ID = 'alr_0123456789abcdef0123';
export const NOW = Date.UTC(2026, 10, 22, 12);
/** What must never show up anywhere. */
export const PASSWORD = 'correct-horse-battery';
export const KEY = Buffer.from('thirty-two bytes of signing key!').toString('base64');
export const KEY_SECRET = new Secret(`whsec_${KEY}`);
export const PASSWORD_SECRET = new Secret(PASSWORD);
export const FIXTURES = new URL('../fixtures/notify/', import.meta.url);

export function sample(changes: Partial<Alert> = {}): Alert {
  return alert(ALERT_ID, [finding('fnd_1')], changes);
}

export function context(changes: Partial<NotifyContext> = {}): NotifyContext {
  return { render: renderAlert, now: () => NOW, timeoutMs: 5000, ...changes };
}

export function never(): AbortSignal {
  return new AbortController().signal;
}

export function portOf(server: { address(): AddressInfo | string | null }): number {
  const address = server.address();
  if (address === null || typeof address === 'string')
    throw new Error('the server does not listen on a port');
  return address.port;
}

/** Accepts connections and says nothing. */
export async function silentServer(t: TestContext): Promise<number> {
  return await listen(
    t,
    createServer((socket) => socket.on('error', () => {})),
  );
}

/** A port on which nobody listens: one that was free a moment ago. */
export async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const port = portOf(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export async function listen(t: TestContext, server: Server): Promise<number> {
  const sockets = new Set<{ destroy(): void }>();
  server.on('connection', (socket) => sockets.add(socket));
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  t.after(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return portOf(server);
}
