import type { HostConfig } from '../../config/hosts.ts';
import { connect, type SshTarget } from '../../ssh/connect.ts';
import type { SshConnection } from '../../ssh/connection.ts';
import { SshFault, toSshFault } from '../../ssh/fault.ts';

export interface WayOptions {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** How a configured host is reached. */
export function toTarget(host: HostConfig): SshTarget {
  const { address, port, user, key, passphrase, agent, knownHosts } = host;
  return { address, port, user, key, passphrase, agent, knownHosts };
}

/** Ways to hosts. A jump host is connected to once, for all that lie behind it. */
export class Ways {
  readonly #hosts: ReadonlyMap<string, HostConfig>;
  readonly #options: WayOptions;
  readonly #jumps = new Map<string, Promise<SshConnection>>();

  constructor(hosts: readonly HostConfig[], options: WayOptions) {
    this.#hosts = new Map(hosts.map((host) => [host.id, host]));
    this.#options = options;
  }

  /** A connection of its own to a host, which the signal ends. Throws an SshFault, or the signal's reason. */
  async to(host: HostConfig, signal: AbortSignal): Promise<SshConnection> {
    const through = host.jump === null ? {} : { through: await this.#jump(host.jump) };
    return connect(toTarget(host), { ...this.#options, signal, ...through });
  }

  close(): void {
    for (const jump of this.#jumps.values()) {
      jump.then((connection) => connection.close()).catch(() => undefined);
    }
  }

  async #jump(id: string): Promise<SshConnection> {
    const host = this.#hosts.get(id);
    if (host === undefined) throw new SshFault('unreachable', 'its jump host is not configured');
    const open = this.#jumps.get(id) ?? this.to(host, this.#options.signal);
    this.#jumps.set(id, open);
    try {
      return await open;
    } catch (error) {
      this.#options.signal.throwIfAborted();
      throw new SshFault(toSshFault(error).problem, `on the way, at the jump host ${id}`, error);
    }
  }
}
