import { glob, readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { FileEntry } from '../../files/entry.ts';
import { parseRotation } from '../../files/rotation.ts';
import { type AbsentFile, walk } from '../../files/walk.ts';

export interface FoundFiles {
  readonly files: readonly FileEntry[];
  readonly absent: readonly AbsentFile[];
  /** Paths that could not be read, for a person. */
  readonly problems: readonly string[];
}

/** A pattern that matches more is a mistake; at this many the walk itself is bounded too. */
const MAX_MATCHES = 10_000;

/**
 * Files below configured paths: files, folders or glob patterns. A pattern that matches nothing is a problem. With
 * `rotated`, what a log named there was renamed to comes along: between two passes its last lines move over.
 */
export async function findFiles(paths: readonly string[], rotated = false): Promise<FoundFiles> {
  const problems: string[] = [];
  const roots: string[] = [];
  for (const path of paths) {
    const matches = await expand(path);
    if (matches.length === 0) problems.push(`${path}: nothing matches this pattern`);
    roots.push(...matches);
  }
  const all = rotated ? new Set([...roots, ...(await rotatedOf(roots))]) : new Set(roots);
  const walks = await Promise.all([...all].map((root) => walk(root)));
  const files = new Map(walks.flatMap((one) => one.files).map((file) => [file.path, withFolder(file)]));
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

/** Rotated files beside the given logs. A folder that cannot be listed is told by the walk of the log itself. */
async function rotatedOf(logs: readonly string[]): Promise<string[]> {
  const inFolder = Map.groupBy(logs, (log) => dirname(log));
  const found = await Promise.all(
    [...inFolder].map(async ([folder, beside]) => {
      const live = new Set(beside.map((log) => basename(log)));
      const names = await readdir(folder).catch(() => []);
      return names.filter((name) => isRotated(name, live)).map((name) => join(folder, name));
    }),
  );
  return found.flat();
}

function isRotated(name: string, live: ReadonlySet<string>): boolean {
  const rotation = parseRotation(name);
  return rotation.live !== name && live.has(rotation.live);
}

/** A file that was named itself is called by its folder too: a fleet has many of one name. */
function withFolder(file: FileEntry): FileEntry {
  return file.name.includes('/') ? file : { ...file, name: join(basename(dirname(file.path)), file.name) };
}
