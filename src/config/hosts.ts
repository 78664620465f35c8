import { z } from 'zod';
import { FORMATS } from '../sources/registry.ts';
import { parseCidr } from '../util/ip.ts';
import { duration, text } from '../util/scalars.ts';
import type { Secret } from '../util/secret.ts';
import type { ReadContext } from './context.ts';
import { id, path, zone } from './scalars.ts';
import { secret } from './secrets.ts';
import type { SourceConfig } from './sources.ts';

/** A host whose logs are read over ssh; it is a source of the target `id`. */
export interface HostConfig {
  readonly id: string;
  readonly address: string;
  readonly port: number;
  readonly user: string;
  /** Absolute path of the private key, or with an agent of the public one; null for whichever the agent has. */
  readonly key: string | null;
  readonly passphrase: Secret | null;
  /** Absolute path of an agent's socket. */
  readonly agent: string | null;
  /** Absolute path of the file with pinned host keys. */
  readonly knownHosts: string;
  /** Id of the host to go through. */
  readonly jump: string | null;
  readonly journal: boolean;
  /** Absolute paths on the host; `*` and `?` in the last segment. */
  readonly files: readonly string[];
  readonly type: SourceConfig['type'];
  readonly via: 'sftp' | 'command';
  readonly zone: string | null;
  /** How far back the first look into the journal goes. */
  readonly lookbackMs: number;
  /** Where offrecord's own logins come from, as blocks; empty for the addresses of this machine. */
  readonly origins: readonly string[];
  readonly silentAfterMs: number | null;
}

/** What holds for every host. */
export interface SshConfig {
  /** Hosts read at the same time. */
  readonly concurrency: number;
  /** Least time between two pulls of one host. */
  readonly everyMs: number;
  /** For a connection, for a login, and for each answer. */
  readonly timeoutMs: number;
  /** For all that is read of one host in one pass; the next pass goes on from there. */
  readonly pullMs: number;
}

export function sshSchema() {
  return z
    .strictObject({
      concurrency: z
        .int()
        .min(1)
        // Each takes up to 3 MB while it is read.
        .max(256)
        .meta({ description: 'Hosts that are read at the same time.' })
        .prefault(16),
      every: duration('Least time between two pulls of one host.').prefault('1m'),
      timeout: duration('For a connection, for a login, and for each answer of a host.').prefault('30s'),
      pull: duration('For all that is read of one host in one pass.').prefault('2m'),
    })
    .transform(
      (block): SshConfig => ({
        concurrency: block.concurrency,
        everyMs: block.every,
        timeoutMs: block.timeout,
        pullMs: block.pull,
      }),
    )
    .prefault({});
}

export function hostsSchema(context: ReadContext) {
  const host = z
    .strictObject({
      id: id('Name of the host: the target of all its records.'),
      address: z
        .string()
        .regex(/^[A-Za-z0-9][A-Za-z0-9.:-]{0,252}$/, { error: 'must be an address or a host name' })
        .meta({ description: 'Address or name that it is reached at, as in the file of pinned keys.' }),
      port: z.int().min(1).max(65_535).meta({ description: 'Port of its sshd.' }).prefault(22),
      user: z
        .string()
        .regex(/^[A-Za-z0-9_][A-Za-z0-9_.@$-]{0,63}$/, { error: 'must be the name of an account' })
        .meta({ description: 'Account to log in as.' }),
      key: path(context, 'Private key; with `agent` the public key of the one to use.').optional(),
      passphrase: secret(context, 'Passphrase of the key.').optional(),
      agent: path(context, 'Socket of an agent that holds the key.').optional(),
      known_hosts: path(context, 'File with the pinned key of the host, as OpenSSH writes it.'),
      jump: id('Host of this list to go through.').optional(),
      journal: z.boolean().meta({ description: 'Read the systemd journal.' }).prefault(false),
      files: z.array(remotePath()).prefault([]).meta({ description: 'Logs on the host.' }),
      type: z
        .enum(['auto', ...FORMATS.map(({ type }) => type)])
        .meta({ description: 'Format of the files.' })
        .prefault('auto'),
      via: z
        .enum(['sftp', 'command'])
        .meta({ description: '`command` where the key is restricted to offrecord-pull.' })
        .prefault('sftp'),
      zone: zone('Zone of times that are written without one.').optional(),
      lookback: duration('How far back the first look into the journal goes.').prefault('1d'),
      origins: z
        .array(block())
        .prefault([])
        .meta({ description: "Where offrecord's own logins come from (default: this machine's addresses)." }),
      silent_after: duration('After this much silence the host is reported.').optional(),
    })
    .refine((block) => block.key !== undefined || block.agent !== undefined, {
      error: 'needs `key` or `agent`',
      path: ['key'],
    })
    .transform(toHost);
  return z
    .array(host)
    .prefault([])
    .meta({ description: 'Hosts whose logs are read over ssh, without an agent on them.' });
}

interface Block {
  readonly id: string;
  readonly address: string;
  readonly port: number;
  readonly user: string;
  readonly key?: string | undefined;
  readonly passphrase?: Secret | undefined;
  readonly agent?: string | undefined;
  readonly known_hosts: string;
  readonly jump?: string | undefined;
  readonly journal: boolean;
  readonly files: readonly string[];
  readonly type: SourceConfig['type'];
  readonly via: HostConfig['via'];
  readonly zone?: string | undefined;
  readonly lookback: number;
  readonly origins: readonly string[];
  readonly silent_after?: number | undefined;
}

function toHost({
  known_hosts: knownHosts,
  silent_after: silentAfter,
  lookback,
  ...block
}: Block): HostConfig {
  return {
    ...block,
    key: block.key ?? null,
    passphrase: block.passphrase ?? null,
    agent: block.agent ?? null,
    jump: block.jump ?? null,
    zone: block.zone ?? null,
    knownHosts,
    lookbackMs: lookback,
    silentAfterMs: silentAfter ?? null,
  };
}

/** The names that the forced command gives out; a name that a shell could act on is no log's. */
function remotePath() {
  return z
    .string()
    .regex(/^(?:\/[A-Za-z0-9._=:@+,-]+)*\/[A-Za-z0-9._=:@+,*?-]+$/, {
      error: 'must be an absolute path on the host; its last segment may hold * and ?',
    })
    .refine((value) => !/\/\.\.?(?:\/|$)/.test(value), { error: 'must not hold `.` or `..`' })
    .meta({ description: 'Absolute path on the host.' });
}

function block() {
  return text('Address or block of addresses.').refine((value) => parseCidr(value) !== null, {
    error: 'must be an address or a block such as 10.0.0.9 or 10.0.0.0/24',
  });
}
