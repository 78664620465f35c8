import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { OwnLogin } from '../../assess/own-access.ts';
import type { HostConfig } from '../../config/hosts.ts';
import type { Config } from '../../config/schema.ts';
import type { Identity } from '../../correlate/identity.ts';
import { readKeyFile } from '../../ssh/key-file.ts';

/** offrecord's own logins as the logs of the configured hosts show them. A key that cannot be read has none. */
export async function ownLogins(config: Config, identity: Identity): Promise<readonly OwnLogin[]> {
  const carriers = new Set(config.hosts.flatMap(({ jump }) => jump ?? []));
  const logins = await Promise.all(
    config.hosts.map(async (host): Promise<OwnLogin[]> => {
      // Of an agent's keys only the one that is named can be known.
      const key = host.key === null ? null : await readKeyFile(host.key, host.passphrase).catch(() => null);
      if (key === null) return [];
      const login = {
        target: identity.target(host.id),
        account: host.user,
        fingerprint: key.fingerprint,
        origins: originsOf(host, config),
        via: host.via,
        journal: host.journal,
        carries: carriers.has(host.id),
      };
      return [login];
    }),
  );
  return logins.flat();
}

/** As configured; else this machine's addresses, or those of the jump host, which the host sees in their place. */
function originsOf({ origins, jump }: HostConfig, config: Config): readonly string[] {
  if (origins.length > 0) return origins;
  if (jump === null) return ownAddresses();
  const address = config.hosts.find(({ id }) => id === jump)?.address ?? '';
  const target = config.inventory.targets.find(({ id }) => id === jump);
  return [...(isIP(address) === 0 ? [] : [address]), ...(target?.addresses ?? [])];
}

function ownAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((list) => (list ?? []).map(({ address }) => address));
}
