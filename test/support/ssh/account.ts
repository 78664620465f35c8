import { chmodSync, existsSync, mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAccount } from '../real/accounts.ts';
import { MARK, ownerTag, removeLeftovers, removeTraces } from '../real/traces.ts';

/** What every test over ssh shares: a folder that accounts reach, and an account to log in as. */
export interface Ground {
  readonly folder: string;
  readonly user: string;
}

let made: Promise<Ground> | null = null;

/**
 * Made once for the process, and removed when it ends: making an account locks the machine's password file. Another
 * test that clears up everything this process made takes it along; then it is made anew.
 */
export async function sharedGround(): Promise<Ground> {
  const ground = made === null ? null : await made;
  if (ground !== null && existsSync(ground.folder)) return ground;
  made = create();
  return made;
}

async function create(): Promise<Ground> {
  removeLeftovers();
  process.once('exit', () => removeTraces(ownerTag()));
  // sshd insists on it; a service manager would have made it.
  mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  const folder = mkdtempSync(join(tmpdir(), `${MARK}-${ownerTag()}-`));
  chmodSync(folder, 0o755);
  mkdirSync(join(folder, 'homes'));
  const { name } = await createAccount('plain', folder, '/bin/sh');
  return { folder, user: name };
}
