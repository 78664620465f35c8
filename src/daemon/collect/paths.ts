import { glob } from 'node:fs/promises';
import type { FileEntry } from '../../files/entry.ts';
import { type AbsentFile, walk } from '../../files/walk.ts';

export interface FoundFiles {
  readonly files: readonly FileEntry[];
  readonly absent: readonly AbsentFile[];
  /** Paths that could not be read, for a person. */
  readonly problems: readonly string[];
}

/** A pattern that matches more is a mistake; at this many the walk itself is bounded too. */
const MAX_MATCHES = 10_000;

/** Files below configured paths: files, folders or glob patterns. A pattern that matches nothing is a problem. */
export async function findFiles(paths: readonly string[]): Promise<FoundFiles> {
  const problems: string[] = [];
  const roots: string[] = [];
  for (const path of paths) {
    const matches = await expand(path);
    if (matches.length === 0) problems.push(`${path}: nothing matches this pattern`);
    roots.push(...matches);
  }
  const walks = await Promise.all(roots.map((root) => walk(root)));
  const files = new Map(walks.flatMap((one) => one.files).map((file) => [file.path, file]));
  return {
    files: [...files.values()],
    absent: walks.flatMap((one) => one.absent),
    problems: [
      ...problems,
      ...walks.flatMap((one) => one.problems).map((one) => `${one.path}: ${one.message}`),
    ],
  };
}

async function expand(path: string): Promise<string[]> {
  if (!/[*?[{]/.test(path)) return [path];
  const matches: string[] = [];
  for await (const match of glob(path)) {
    matches.push(match);
    if (matches.length >= MAX_MATCHES) break;
  }
  return matches.sort();
}
