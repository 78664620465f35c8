import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Account } from './accounts.ts';
import { mustRun } from './process.ts';

/** What the certificate of the tests says about its holder: free text with a blank, as real key ids have. */
export const CERTIFICATE = { keyId: 'carol@corp ticket=CHG-1042', serial: '4711' } as const;

export interface Keys {
  readonly hostKey: string;
  readonly userKey: string;
  /** Key that only the certificate makes valid. */
  readonly certifiedKey: string;
  readonly caPublic: string;
  /** Pattern for sshd's AuthorizedKeysFile. */
  readonly authorized: string;
  /** Fingerprints as sshd prints them. */
  readonly userFingerprint: string;
  readonly caFingerprint: string;
}

/** Makes host, user and CA keys, a certificate for `holder`, and lets every account in by the user key. */
export async function createKeys(
  folder: string,
  accounts: readonly Account[],
  holder: Account,
): Promise<Keys> {
  const at = (name: string) => join(folder, 'keys', name);
  mkdirSync(at('authorized'), { recursive: true });
  await Promise.all(['host', 'user', 'certified', 'ca'].map((name) => generate(at(name))));
  const { keyId, serial } = CERTIFICATE;
  const statement = ['-I', keyId, '-z', serial, '-n', holder.name, '-V', '+1h'];
  await mustRun('ssh-keygen', ['-q', '-s', at('ca'), ...statement, at('certified.pub')]);
  for (const { name } of accounts) cpSync(at('user.pub'), at(`authorized/${name}`));
  const [userFingerprint, caFingerprint] = await Promise.all([
    fingerprint(at('user')),
    fingerprint(at('ca')),
  ]);
  return {
    hostKey: at('host'),
    userKey: at('user'),
    certifiedKey: at('certified'),
    caPublic: at('ca.pub'),
    authorized: at('authorized/%u'),
    userFingerprint,
    caFingerprint,
  };
}

async function generate(path: string): Promise<void> {
  await mustRun('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', path]);
}

async function fingerprint(path: string): Promise<string> {
  const line = await mustRun('ssh-keygen', ['-l', '-f', `${path}.pub`]);
  return line.split(' ')[1] ?? '';
}
