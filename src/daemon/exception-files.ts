import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExceptionFile } from '../exceptions/load.ts';

export interface ExceptionFiles {
  readonly files: readonly ExceptionFile[];
  /** Files and folders that could not be read: they silence nothing, and must be told. */
  readonly problems: readonly { readonly place: string; readonly message: string }[];
}

/** Reads exception files and folders of them (`*.yaml`, `*.yml`, not deeper). */
export async function readExceptionFiles(paths: readonly string[]): Promise<ExceptionFiles> {
  const files: ExceptionFile[] = [];
  const problems: { place: string; message: string }[] = [];
  for (const path of paths) {
    try {
      for (const file of await filesOf(path)) {
        files.push({ file, text: await readFile(file, 'utf8') });
      }
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
      const message = code === 'ENOENT' ? 'there is no such file or folder' : `it cannot be read (${code})`;
      problems.push({ place: path, message });
    }
  }
  return { files, problems };
}

async function filesOf(path: string): Promise<string[]> {
  if ((await stat(path)).isFile()) return [path];
  const names = await readdir(path);
  return names
    .filter((name) => /\.ya?ml$/.test(name))
    .sort()
    .map((name) => join(path, name));
}
