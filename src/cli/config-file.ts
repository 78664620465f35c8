import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { loadConfig } from '../config/load.ts';
import type { Config } from '../config/schema.ts';
import type { Io } from './io.ts';

/** Reads a configuration; prints every problem with its place and gives null where there is any. */
export async function readConfigFile(file: string, io: Pick<Io, 'env' | 'err'>): Promise<Config | null> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    io.err(`${file}: ${reasonOf(error)}\n`);
    return null;
  }
  const loaded = loadConfig({ file, text, env: io.env, readSecret });
  if ('config' in loaded) return loaded.config;
  for (const { place, message } of loaded.problems) io.err(`${place}: ${message}\n`);
  return null;
}

function readSecret(path: string): string | Error {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    return error instanceof Error ? error : new Error('cannot be read');
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'reading is not permitted',
  EISDIR: 'this is a folder, not a file',
};

/** Why a file cannot be read, for a person. */
export function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return REASONS[code] ?? (code === '' ? 'cannot be read' : `cannot be read (${code})`);
}
