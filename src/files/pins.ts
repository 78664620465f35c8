import { lstat, stat } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { findHostFolder } from './host.ts';
import { MANIFEST_NAME, type Manifest, type PinnedEntry, readManifest } from './manifest.ts';
import { type FileProblem, systemCode } from './problem.ts';

/** What all manifests of a walk pinned. */
export class Pins {
  readonly problems: FileProblem[] = [];
  readonly #manifests: Manifest[] = [];

  async add(path: string): Promise<void> {
    const { manifest, problems } = await readManifest(path);
    this.problems.push(...problems);
    if (manifest !== null) this.#manifests.push(manifest);
  }

  /** Manifests above what is walked: up to its `hosts/<name>` folder, else in the folder that holds it. */
  async addAbove(root: string): Promise<void> {
    for (const folder of await foldersAbove(root)) {
      const path = join(folder, MANIFEST_NAME);
      if (path !== root && (await exists(path))) await this.add(path);
    }
  }

  get paths(): readonly string[] {
    return this.#manifests.map(({ path }) => path).sort();
  }

  /** By path of the pinned file; the manifest nearest to a file counts. */
  entries(): ReadonlyMap<string, PinnedEntry> {
    const outerFirst = this.#manifests.toSorted((a, b) => a.path.length - b.path.length);
    return new Map(outerFirst.flatMap(({ entries }) => [...entries]));
  }

  /** Pinned files at or below `root` that no longer exist, though the folder they stood in could be looked into. */
  async absent(
    root: string,
    found: ReadonlySet<string>,
  ): Promise<readonly (readonly [string, PinnedEntry])[]> {
    const absent: (readonly [string, PinnedEntry])[] = [];
    for (const [path, entry] of this.entries()) {
      if (!found.has(path) && isWithin(root, path) && (await isGone(path))) absent.push([path, entry]);
    }
    return absent;
  }
}

async function foldersAbove(root: string): Promise<readonly string[]> {
  const parent = dirname(root);
  const host = findHostFolder(parent)?.path;
  const folders = [parent];
  if (host !== undefined) {
    for (let folder = parent; folder !== host; ) {
      folder = dirname(folder);
      folders.push(folder);
    }
  }
  const trusted = await Promise.all(folders.map(isTrusted));
  return folders.filter((_, index) => trusted[index]);
}

/** In a folder that anybody may write to (`/tmp`), a manifest could be anybody's. */
async function isTrusted(folder: string): Promise<boolean> {
  try {
    return ((await stat(folder)).mode & 0o002) === 0;
  } catch {
    return false;
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch {
    return false;
  }
}

async function isGone(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return false;
  } catch (error) {
    return ['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '');
  }
}

function isWithin(root: string, path: string): boolean {
  return path === root || path.startsWith(root.endsWith(sep) ? root : root + sep);
}
