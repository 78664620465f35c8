import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { MARK, ownerTag } from './traces.ts';
import { mustRun } from './process.ts';

/** Who logs in, by what records them: nothing, a wrapper that sshd forces, tlog as login shell, or sudo itself. */
export type Role = 'plain' | 'asciinema' | 'script' | 'ttyrec' | 'tlog' | 'sudo';

export interface Account {
  readonly role: Role;
  readonly name: string;
  readonly password: string;
}

let made = 0;

/** Creates a temporary account whose comment names the process that owns it. `shell` is an absolute path. */
export async function createAccount(role: Role, folder: string, shell: string): Promise<Account> {
  made++;
  // Linux allows 32 bytes: `ofr-asciinema-`, a process id in base 36 and a counter take about 20.
  const name = `ofr-${role}-${process.pid.toString(36)}-${made}`;
  const password = randomBytes(12).toString('hex');
  const skeleton = join(folder, 'empty');
  mkdirSync(skeleton, { recursive: true });
  const home = ['--create-home', '--home-dir', join(folder, 'homes', name), '--skel', skeleton];
  await mustRun('useradd', ['--comment', `${MARK}-${ownerTag()}`, ...home, '--shell', shell, name]);
  await mustRun('chpasswd', [], { input: `${name}:${password}\n` });
  return { role, name, password };
}
