import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { Secret } from '../util/secret.ts';
import { SshFault } from './fault.ts';
import { loadSsh2 } from './library.ts';

/** A key as it lies in a file: private, or public where an agent holds the private part. */
export interface KeyFile {
  readonly content: Buffer;
  /** The public key as it goes over the wire. */
  readonly publicKey: Buffer;
  /** As `ssh-keygen -l` and the logs of sshd print it. */
  readonly fingerprint: string;
  readonly isPrivate: boolean;
}

// The longest private key in use, RSA with 16384 bits, takes 13 KB.
const MAX_BYTES = 65_536;

/** Reads a key. Throws an SshFault whose message names no content; like ssh, refuses a key that others can read. */
export async function readKeyFile(path: string, passphrase: Secret | null): Promise<KeyFile> {
  const { content, mode } = await readSmall(path);
  const { utils } = await loadSsh2();
  const parsed = utils.parseKey(content, passphrase?.reveal());
  const key = Array.isArray(parsed) ? parsed[0] : parsed;
  if (key === undefined || key instanceof Error)
    throw new SshFault('key-unusable', 'the file holds no key that can be read with this passphrase');
  const isPrivate = key.isPrivateKey();
  if (isPrivate && (mode & 0o077) !== 0)
    throw new SshFault('key-unusable', 'others than its owner have rights on the file');
  const publicKey = key.getPublicSSH();
  return { content, publicKey, fingerprint: toFingerprint(publicKey), isPrivate };
}

/** `SHA256:` and unpadded base64, as OpenSSH prints it. */
export function toFingerprint(publicKey: Uint8Array): string {
  return `SHA256:${createHash('sha256').update(publicKey).digest('base64').replace(/=+$/, '')}`;
}

async function readSmall(path: string): Promise<{ readonly content: Buffer; readonly mode: number }> {
  try {
    const handle = await open(path, 'r');
    try {
      const { mode, size } = await handle.stat();
      if (size > MAX_BYTES) throw new SshFault('key-unusable', 'the file is too long for a key');
      return { content: await handle.readFile(), mode };
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (error instanceof SshFault) throw error;
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    throw new SshFault('key-unusable', `the file cannot be read: ${code}`, error);
  }
}
