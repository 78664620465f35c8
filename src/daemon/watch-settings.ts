import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../config/schema.ts';

/**
 * What identifies the state of the files that settings are read from: configuration, exceptions, own rules. It costs
 * a few system calls per pass; YAML is parsed again only when it changes.
 */
export async function settingsSignature(file: string, config: Config): Promise<string> {
  const paths = [file, config.exceptions.path, ...(config.rules.paths ?? [])];
  return (await Promise.all(paths.map(signatureOf))).join('\n');
}

async function signatureOf(path: string): Promise<string> {
  try {
    const found = await stat(path);
    if (!found.isDirectory()) return `${path} ${found.mtimeMs} ${found.size} ${found.ino}`;
    const names = (await readdir(path, { recursive: true })).filter((name) => /\.ya?ml$/.test(name)).sort();
    const files = await Promise.all(names.map((name) => signatureOf(join(path, name))));
    return `${path}\n${files.join('\n')}`;
  } catch {
    return `${path} unreadable`;
  }
}
