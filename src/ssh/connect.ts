import { readFile } from 'node:fs/promises';
import { connect as connectTcp, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { AuthMethod, BaseAgent, Client, ConnectConfig, ServerHostKeyAlgorithm } from 'ssh2';
import type { Secret } from '../util/secret.ts';
import { SshConnection } from './connection.ts';
import { SshFault, type SshProblemCode, toSshFault } from './fault.ts';
import { type KeyFile, readKeyFile } from './key-file.ts';
import {
  type HostKeyVerdict,
  type KnownHost,
  parseKnownHosts,
  pinnedTypes,
  verifyHostKey,
} from './known-hosts.ts';
import { loadSsh2, type Ssh2 } from './library.ts';

/** How a host is reached and who one is there. */
export interface SshTarget {
  readonly address: string;
  readonly port: number;
  readonly user: string;
  /** Private key; with an agent the public key of the one to use, or null for whichever the agent has. */
  readonly key: string | null;
  readonly passphrase: Secret | null;
  /** Socket of an agent. */
  readonly agent: string | null;
  /** File with the pinned keys. */
  readonly knownHosts: string;
}

export interface ConnectOptions {
  /** Milliseconds: for the connection, for the login, and then for each answer. */
  readonly timeoutMs: number;
  /** Ends the connection, also once it is open. */
  readonly signal: AbortSignal;
  /** Host to go through. */
  readonly through?: SshConnection;
}

/**
 * Connects and logs in, or throws an SshFault; where the signal was raised, its reason. A host whose key is not pinned
 * is not even spoken to, and one that shows another key never sees the own one.
 */
export async function connect(target: SshTarget, options: ConnectOptions): Promise<SshConnection> {
  const { signal, timeoutMs } = options;
  signal.throwIfAborted();
  const pinned = await readPinned(target);
  const ssh2 = await loadSsh2();
  const auth = await toAuth(target, ssh2);
  const sock = await openSocket(target, options);
  try {
    const client = new ssh2.Client();
    await login(client, { ...toConfig(target, pinned, timeoutMs), ...auth, sock }, target, pinned, signal);
    return new SshConnection(client, sock, { timeoutMs, signal });
  } catch (error) {
    sock.destroy();
    signal.throwIfAborted();
    throw toSshFault(error);
  }
}

async function readPinned({ knownHosts, address, port }: SshTarget): Promise<readonly KnownHost[]> {
  const text = await readFile(knownHosts, 'utf8').catch((error: unknown) => {
    throw new SshFault('known-hosts', '', error);
  });
  const { entries } = parseKnownHosts(knownHosts, text);
  if (pinnedTypes(entries, address, port).length === 0) throw new SshFault('host-key-unknown');
  return entries;
}

function toConfig(target: SshTarget, pinned: readonly KnownHost[], timeoutMs: number): ConnectConfig {
  const types = pinnedTypes(pinned, target.address, target.port);
  return {
    username: target.user,
    readyTimeout: timeoutMs,
    // Three answers missing in a row are the time-out; a host that is alive but busy keeps its connection.
    keepaliveInterval: Math.max(1000, Math.floor(timeoutMs / 3)),
    keepaliveCountMax: 3,
    // A host has keys of several types, and would else show one that is not pinned.
    algorithms: { serverHostKey: types.flatMap((type) => HOST_KEYS[type] ?? []) },
  };
}

/** Signature algorithms by type of key; RSA with SHA-1 is not among them. */
const HOST_KEYS: Readonly<Record<string, ServerHostKeyAlgorithm[]>> = {
  'ssh-ed25519': ['ssh-ed25519'],
  'ecdsa-sha2-nistp256': ['ecdsa-sha2-nistp256'],
  'ecdsa-sha2-nistp384': ['ecdsa-sha2-nistp384'],
  'ecdsa-sha2-nistp521': ['ecdsa-sha2-nistp521'],
  'ssh-rsa': ['rsa-sha2-512', 'rsa-sha2-256'],
};

/** One method, tried once: some servers lock out whoever fails several times. */
async function toAuth(target: SshTarget, ssh2: Ssh2): Promise<ConnectConfig> {
  const { user: username, agent, passphrase } = target;
  const key = target.key === null ? null : await readKeyFile(target.key, passphrase);
  if (agent !== null) {
    const method = { type: 'agent', username, agent: agentFor(ssh2, agent, key) };
    return { authHandler: [method as AuthMethod] };
  }
  if (key === null || !key.isPrivate) throw new SshFault('key-unusable', 'the file holds no private key');
  const secret = passphrase === null ? {} : { passphrase: passphrase.reveal() };
  const method = { type: 'publickey', username, key: key.content, ...secret };
  return { authHandler: [method as AuthMethod] };
}

/** An agent that offers the one key, or all it has where none is named. */
function agentFor(ssh2: Ssh2, path: string, key: KeyFile | null): BaseAgent {
  const agent = ssh2.createAgent(path);
  if (key === null) return agent;
  const all = agent.getIdentities.bind(agent) as (
    done: (error?: Error | null, keys?: unknown[]) => void,
  ) => void;
  const one: typeof all = (done) =>
    all((error, keys) =>
      done(
        error,
        keys?.filter((each) => key.publicKey.equals(publicKeyOf(each))),
      ),
    );
  return Object.assign(agent, { getIdentities: one });
}

function publicKeyOf(key: unknown): Uint8Array {
  if (Buffer.isBuffer(key)) return key;
  const isParsed = typeof key === 'object' && key !== null && 'getPublicSSH' in key;
  return isParsed && typeof key.getPublicSSH === 'function'
    ? (key.getPublicSSH() as Buffer)
    : Buffer.alloc(0);
}

async function openSocket(target: SshTarget, options: ConnectOptions): Promise<Duplex> {
  const { address, port } = target;
  return options.through === undefined
    ? openTcp(address, port, options)
    : options.through.forward(address, port);
}

async function openTcp(host: string, port: number, options: ConnectOptions): Promise<Socket> {
  const { timeoutMs, signal } = options;
  const socket = connectTcp({ host, port, noDelay: true, keepAlive: true });
  const stop = () => void socket.destroy(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  const timer = setTimeout(() => socket.destroy(new SshFault('timeout', 'while connecting')), timeoutMs);
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', () => resolve());
      socket.once('error', reject);
    });
    return socket;
  } catch (error) {
    signal.throwIfAborted();
    throw toSshFault(error);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
}

/** Runs the handshake and the login; throws what ended them. */
async function login(
  client: Client,
  config: ConnectConfig,
  { address, port }: SshTarget,
  pinned: readonly KnownHost[],
  signal: AbortSignal,
): Promise<void> {
  let verdict: HostKeyVerdict | null = null;
  let phase = 'before the handshake';
  const hostVerifier = (key: Buffer): boolean => {
    verdict = verifyHostKey(pinned, address, port, key);
    return verdict === 'known';
  };
  const stop = () => void client.destroy();
  signal.addEventListener('abort', stop, { once: true });
  try {
    await new Promise<void>((resolve, reject) => {
      client.once('ready', () => resolve());
      client.once('handshake', () => {
        phase = 'while logging in';
      });
      // More than one error may come; the first one tells.
      client.on('error', reject);
      client.once('close', () => reject(new SshFault('lost', phase)));
      client.connect({ ...config, hostVerifier });
    });
  } catch (error) {
    const refused = toRefusal(verdict);
    if (refused !== null) throw new SshFault(refused, '', error);
    const fault = toSshFault(error);
    throw fault.problem === 'timeout' || (fault.problem === 'lost' && !(error instanceof SshFault))
      ? new SshFault(fault.problem, phase, error)
      : fault;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

function toRefusal(verdict: HostKeyVerdict | null): SshProblemCode | null {
  return verdict === null || verdict === 'known' ? null : `host-key-${verdict}`;
}
