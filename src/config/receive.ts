import { isIP } from 'node:net';
import { z } from 'zod';
import { HOST_NAME } from '../receive/identity.ts';
import { parseHostPort } from '../util/host-port.ts';
import { duration } from '../util/scalars.ts';
import type { ReadContext } from './context.ts';
import { isLoopback } from './network.ts';
import { address, id, path, zone } from './scalars.ts';

/** A place where syslog messages are received. */
export interface ReceiveConfig {
  readonly id: string;
  readonly host: string;
  readonly port: number;
  readonly transport: 'tls' | 'tcp' | 'udp';
  /** Absolute paths of PEM files; null for other transports. */
  readonly tls: { readonly cert: string; readonly key: string; readonly clientCa: string | null } | null;
  /** Target by address. */
  readonly peers: ReadonlyMap<string, string>;
  /** Takes messages from addresses that `peers` does not name. */
  readonly anyPeer: boolean;
  /** A relay speaks for other hosts: its messages name them. */
  readonly relay: boolean;
  /** Absolute folder of what was received and not read yet; a folder named by `id` is made in it. */
  readonly spool: string;
  readonly maxSpoolBytes: number;
  /** IANA zone of times without one; null means the general one. */
  readonly zone: string | null;
  /** After this much silence of a peer it is reported; null means never. */
  readonly silentAfterMs: number | null;
}

export function receiveSchema(context: ReadContext) {
  const listener = z
    .strictObject({
      id: id('Name of the listener in findings.'),
      listen: place(),
      transport: z.enum(['tls', 'tcp', 'udp']).meta({ description: 'How messages come.' }).prefault('tcp'),
      cert: path(context, 'Certificate of this server with its chain (PEM).').optional(),
      key: path(context, 'Its private key (PEM).').optional(),
      client_ca: path(
        context,
        'CA of the peers (PEM): each must show a certificate, which names it.',
      ).optional(),
      peers: z
        .record(address('Address of a peer.'), peerName())
        .meta({ description: 'Targets by the address that their messages come from.' })
        .prefault({}),
      allow_any_peer: z
        .boolean()
        .meta({ description: 'Take messages of addresses that `peers` does not name.' })
        .prefault(false),
      relay: z
        .boolean()
        .meta({ description: 'The peers are trusted relays: their messages name the host.' })
        .prefault(false),
      spool: path(context, 'Folder for what was received and not read yet.').prefault('./var/spool'),
      max_spool: size().prefault('1 GiB'),
      zone: zone('Zone of times that are written without one.').optional(),
      silent_after: duration('After this much silence of a peer it is reported.').optional(),
    })
    .superRefine((block, issues) => {
      for (const [key, message] of problemsOf(block))
        issues.addIssue({ code: 'custom', message, path: [key] });
    })
    .transform(
      (block): ReceiveConfig => ({
        id: block.id,
        ...block.listen,
        transport: block.transport,
        tls: tlsOf(block),
        peers: new Map(Object.entries(block.peers)),
        anyPeer: block.allow_any_peer || (isLoopback(block.listen.host) && !isFilled(block.peers)),
        relay: block.relay,
        spool: block.spool,
        maxSpoolBytes: block.max_spool,
        zone: block.zone ?? null,
        silentAfterMs: block.silent_after ?? null,
      }),
    );
  return z.array(listener).prefault([]).meta({ description: 'Syslog messages that are received.' });
}

interface Block {
  readonly listen: { readonly host: string };
  readonly transport: ReceiveConfig['transport'];
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  readonly client_ca?: string | undefined;
  readonly peers: Readonly<Record<string, string>>;
  readonly allow_any_peer: boolean;
  readonly spool: string;
}

/** What does not go together, by the key that is wrong. */
function problemsOf(block: Block): (readonly [string, string])[] {
  const found: (readonly [string, string])[] = [];
  const isTls = block.transport === 'tls';
  for (const key of ['cert', 'key'] as const) {
    if (isTls && block[key] === undefined) found.push([key, 'is needed with `transport: tls`']);
  }
  for (const key of ['cert', 'key', 'client_ca'] as const) {
    if (!isTls && block[key] !== undefined) found.push([key, 'is only used with `transport: tls`']);
  }
  const byCertificate = block.client_ca !== undefined;
  if (byCertificate && isFilled(block.peers))
    found.push(['peers', 'is not used with `client_ca`: certificates name the peers']);
  const isKnown = byCertificate || isFilled(block.peers) || isLoopback(block.listen.host);
  if (!isKnown && !block.allow_any_peer) {
    const remedy = 'give `client_ca` or `peers`, or say `allow_any_peer: true`';
    found.push(['listen', `takes messages from anybody who reaches this address: ${remedy}`]);
  }
  // The nearest folder hosts/<name> gives the target of a log.
  if (/(?:^|\/)hosts(?:\/|$)/.test(block.spool))
    found.push(['spool', 'must not lie in a folder named `hosts`, which would name the target']);
  return found;
}

function tlsOf({ cert, key, client_ca: clientCa }: Block): ReceiveConfig['tls'] {
  return cert === undefined || key === undefined ? null : { cert, key, clientCa: clientCa ?? null };
}

function isFilled(peers: Readonly<Record<string, string>>): boolean {
  return Object.keys(peers).length > 0;
}

const PLACE_EXPECTED = 'must be an address with a port such as 127.0.0.1:6514 or [::1]:6514';

function place() {
  return z
    .string({ error: ({ input }) => (input === undefined ? undefined : PLACE_EXPECTED) })
    .meta({ description: 'Address and port to listen at.' })
    .transform((value, issues) => {
      const found = parseHostPort(value);
      if (found?.port != null && isIP(found.host) !== 0) return { host: found.host, port: found.port };
      issues.addIssue({ code: 'custom', message: PLACE_EXPECTED });
      return z.NEVER;
    });
}

function peerName() {
  return z
    .string()
    .regex(HOST_NAME, { error: 'must be the name of a target: letters, digits, `.`, `_` and `-`' })
    .meta({ description: 'Target.' });
}

// Below this a handful of peers fills the spool between two passes.
const LEAST_MIB = 16;

function size() {
  return z
    .string({ error: 'must be a size such as 512 MiB or 4 GiB' })
    .regex(/^\d{1,6} ?[MG]iB$/, { error: 'must be a size such as 512 MiB or 4 GiB', abort: true })
    .meta({ description: 'Most that the spool takes; when it is full, senders wait (TCP) or lose (UDP).' })
    .transform((value) => Number.parseInt(value, 10) * (value.endsWith('GiB') ? 1024 : 1))
    .refine((mib) => mib >= LEAST_MIB, { error: `must be ${LEAST_MIB} MiB or more` })
    .transform((mib) => mib * 1024 * 1024);
}
