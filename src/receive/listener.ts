import { isIP } from 'node:net';
import { systemCode } from '../files/problem.ts';
import type { Counts } from './counts.ts';
import type { PeerPolicy } from './identity.ts';
import type { Spool } from './spool.ts';
import { StreamListener } from './stream-listener.ts';
import { UdpListener } from './udp-listener.ts';

/** Receives messages into a spool until it is closed. */
export interface Listener {
  readonly port: number;
  readonly counts: Counts;
  /** Takes no more, writes what it has, and ends. */
  close(): Promise<void>;
}

export interface ListenerOptions extends PeerPolicy {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  readonly transport: 'tls' | 'tcp' | 'udp';
  /** PEM; for `tls` alone. Without `clientCa` peers show no certificate, and are known by their address. */
  readonly tls: { readonly cert: string; readonly key: string; readonly clientCa: string | null } | null;
  /** A relay speaks for other hosts: its messages name them. */
  readonly relay: boolean;
}

export type ListenErrorCode = 'in-use' | 'denied' | 'no-address' | 'certificate' | 'failed';

/** That a listener cannot be opened. */
export class ListenError extends Error {
  override readonly name = 'ListenError';
  readonly code: ListenErrorCode;

  constructor(code: ListenErrorCode, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

/** Opens a listener. Throws a ListenError. */
export async function openListener(options: ListenerOptions, spool: Spool): Promise<Listener> {
  try {
    return options.transport === 'udp'
      ? await UdpListener.open(options, spool)
      : await StreamListener.open(options, spool);
  } catch (error) {
    throw toListenError(error, options);
  }
}

function toListenError(error: unknown, { host, port, transport }: ListenerOptions): ListenError {
  const place = `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
  const system = systemCode(error);
  const [code, reason] = REASONS[system ?? ''] ?? ['failed', `listening failed (${system ?? 'unknown'})`];
  // What OpenSSL says of a key may quote it; its code does not.
  if (system === null && transport === 'tls' && isOpenSslError(error)) {
    return new ListenError(
      'certificate',
      `${place}: the certificate, its key or the CA cannot be used (${error.code})`,
      error,
    );
  }
  return new ListenError(code, `${place}: ${reason}`, error);
}

const REASONS: Readonly<Record<string, readonly [ListenErrorCode, string]>> = {
  EADDRINUSE: ['in-use', 'another program already listens there'],
  EACCES: [
    'denied',
    'listening is not permitted: ports below 1024 need CAP_NET_BIND_SERVICE (systemd: AmbientCapabilities)',
  ],
  EADDRNOTAVAIL: ['no-address', 'this machine has no such address'],
};

function isOpenSslError(error: unknown): error is Error & { readonly code: string } {
  return (
    error instanceof Error &&
    'code' in error &&
    typeof error.code === 'string' &&
    error.code.startsWith('ERR_')
  );
}
