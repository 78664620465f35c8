import type { Access, Reason } from '../model/access.ts';
import { contains, parseCidr, parseIp } from '../util/ip.ts';

/** How offrecord itself logs in to one host. */
export interface OwnLogin {
  readonly target: string;
  readonly account: string;
  /** Of the key, as logs print it. */
  readonly fingerprint: string;
  /** Blocks of addresses that the logins come from. */
  readonly origins: readonly string[];
  readonly via: 'sftp' | 'command';
  /** The journal is read by calling its program. */
  readonly journal: boolean;
  /** Other hosts are reached through this one. */
  readonly carries: boolean;
}

/**
 * Whether an access is offrecord's own pull, or one with its key that is not; null where the key is another one. A key
 * that was stolen logs in from elsewhere, or does something else: only what a pull does, from where it does it, counts.
 */
export function findOwnAccess(access: Access, logins: readonly OwnLogin[]): Reason | null {
  const own = logins.find(
    ({ target, account, fingerprint }) =>
      target === access.target && account === access.account && fingerprint === access.credential?.id,
  );
  if (own === undefined) return null;
  if (!comesFrom(access.origin?.ip ?? null, own.origins))
    return { code: 'own-key-misused', detail: "offrecord's own key, from an address that it does not use" };
  if (!isPull(access, own))
    return { code: 'own-key-misused', detail: "offrecord's own key, for what it never does" };
  return { code: 'own-access', detail: 'offrecord itself read the logs of this host' };
}

function comesFrom(address: string | null, blocks: readonly string[]): boolean {
  const ip = address === null ? null : parseIp(address);
  if (ip === null) return false;
  return blocks.some((text) => {
    const block = parseCidr(text);
    return block !== null && contains(block, ip);
  });
}

/** The name that the forced command has, in whatever folder it lies. */
const PULL = /^(?:sudo (?:-n )?)?(?:\/[^\s/]+)*\/?offrecord-pull$/;

/** `ssh` alone stands where the log shows no channels: nothing speaks against a pull then. */
function isPull({ path, forcedCommand }: Access, own: OwnLogin): boolean {
  if (path === 'ssh-forward') return own.carries;
  if (forcedCommand !== null && !(own.via === 'command' && PULL.test(forcedCommand))) return false;
  if (path === 'ssh') return true;
  if (own.via === 'command') return false;
  return path === 'ssh-sftp' || (path === 'ssh-exec' && own.journal);
}
