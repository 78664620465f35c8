import type { Stats } from 'node:fs';
import { lstat, opendir, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import type { FileEntry, PinnedFile } from './entry.ts';
import { findHostFolder } from './host.ts';
import { MANIFEST_NAME, type PinnedEntry } from './manifest.ts';
import { Pins } from './pins.ts';
import { type FileProblem, type FileProblemCode, fileProblem, systemCode, toFileProblem } from './problem.ts';

export interface Walked {
  /** Sorted by name, by code units. Manifests are not among them. */
  readonly files: readonly FileEntry[];
  /** Files that a manifest pinned and that are gone, sorted by name. */
  readonly absent: readonly AbsentFile[];
  /** Paths of the manifests that were used. */
  readonly manifests: readonly string[];
  readonly problems: readonly FileProblem[];
}

export interface AbsentFile {
  readonly name: string;
  readonly host: string | null;
  readonly path: string;
  readonly pinned: PinnedFile;
  /** Permission bits that the manifest tells, else null. */
  readonly mode: number | null;
}

export interface WalkLimits {
  readonly depth: number;
  readonly files: number;
}

/**
 * Every file of a folder, or one file. Symbolic links are followed, and each folder is read once. Names are relative
 * to the folder that holds `root`. Never throws for what the file system does: that is in `problems`.
 */
export async function walk(root: string, limits = LIMITS): Promise<Walked> {
  const walker = new Walker(resolve(root), limits);
  await walker.run();
  return walker.result();
}

const LIMITS: WalkLimits = {
  // A sudo I/O log lies four folders below its own, evidence of a fleet adds a handful; 32 is out of reach for both.
  depth: 32,
  // At some 500 bytes each 200,000 files take 100 MB: a thousand hosts with 200 recordings each.
  files: 200_000,
};

// Enough calls in flight to hide the latency of a network file system; more gain nothing.
const STATS_AT_ONCE = 64;

interface Folder {
  readonly path: string;
  readonly depth: number;
  /** Identities of this folder and of those that lead to it. */
  readonly way: readonly string[];
}

interface Link {
  readonly path: string;
  readonly from: Folder;
}

class Walker {
  readonly #root: string;
  readonly #limits: WalkLimits;
  readonly #pins = new Pins();
  readonly #folders: Folder[] = [];
  /** Links wait until every real folder has been read, so that files carry their real names where both exist. */
  readonly #links: Link[] = [];
  readonly #found = new Map<string, Stats>();
  /** Identities of all folders and files taken. */
  readonly #seen = new Set<string>();
  readonly #absent: AbsentFile[] = [];
  readonly #problems: FileProblem[] = [];
  #full = false;

  constructor(root: string, limits: WalkLimits) {
    this.#root = root;
    this.#limits = limits;
  }

  async run(): Promise<void> {
    await this.#pins.addAbove(this.#root);
    await this.#follow({ path: this.#root, from: { path: dirname(this.#root), depth: -1, way: [] } }, true);
    await this.#readFolders();
    for (let at = 0; at < this.#links.length && !this.#full; at++) {
      const link = this.#links[at];
      if (link !== undefined) await this.#follow(link);
      await this.#readFolders();
    }
    for (const [path, entry] of await this.#pins.absent(this.#root, new Set(this.#found.keys()))) {
      this.#absent.push({ ...this.#naming(path), pinned: entry.pinned, mode: entry.mode });
    }
  }

  result(): Walked {
    const pinned = this.#pins.entries();
    const files = [...this.#found].map(([path, stats]) => this.#toEntry(path, stats, pinned.get(path)));
    return {
      files: files.sort(byName),
      absent: this.#absent.sort(byName),
      manifests: this.#pins.paths,
      problems: [...this.#problems, ...this.#pins.problems],
    };
  }

  async #readFolders(): Promise<void> {
    for (
      let folder = this.#folders.pop();
      folder !== undefined && !this.#full;
      folder = this.#folders.pop()
    ) {
      await this.#readFolder(folder);
    }
  }

  async #readFolder(folder: Folder): Promise<void> {
    const names = await this.#namesIn(folder);
    for (let at = 0; at < names.length && !this.#full; at += STATS_AT_ONCE) {
      const paths = names.slice(at, at + STATS_AT_ONCE).map((name) => join(folder.path, name));
      const all = await Promise.all(paths.map((path) => this.#lstat(path)));
      for (const [index, stats] of all.entries())
        if (stats) await this.#take(paths[index] ?? '', stats, folder);
    }
  }

  async #namesIn(folder: Folder): Promise<readonly string[]> {
    const names: string[] = [];
    try {
      for await (const { name } of await opendir(folder.path, { bufferSize: 1024 })) {
        // One more than can be taken shows that there are too many; a folder of millions is not listed in memory.
        if (names.push(name) > this.#limits.files) break;
      }
    } catch (error) {
      this.#report(folder.path, error);
    }
    return names.sort();
  }

  async #lstat(path: string): Promise<Stats | null> {
    try {
      return await lstat(path);
    } catch (error) {
      this.#report(path, error);
      return null;
    }
  }

  /** What vanished between listing and looking was rotated or removed: that is no problem. */
  #report(path: string, error: unknown): void {
    if (systemCode(error) !== 'ENOENT') this.#problems.push(toFileProblem(path, error));
    else if (path.includes('\ufffd')) this.#note(path, 'bad-name');
  }

  #note(path: string, code: FileProblemCode): void {
    this.#problems.push(fileProblem(path, code));
  }

  async #take(path: string, stats: Stats, from: Folder): Promise<void> {
    // Links and folders count as well: millions of them would fill the memory like files.
    const others = this.#seen.size - this.#found.size + this.#links.length;
    if (this.#full || others >= 2 * this.#limits.files) return this.#stop();
    if (stats.isSymbolicLink()) this.#links.push({ path, from });
    else if (stats.isDirectory()) this.#enter(path, stats, from);
    else if (stats.isFile()) await this.#takeFile(path, stats);
  }

  async #takeFile(path: string, stats: Stats): Promise<void> {
    this.#seen.add(identity(stats));
    if (basename(path) === MANIFEST_NAME) return this.#pins.add(path);
    if (this.#found.size >= this.#limits.files) return this.#stop();
    this.#found.set(path, stats);
  }

  #stop(): void {
    if (!this.#full) this.#note(this.#root, 'too-many');
    this.#full = true;
  }

  #enter(path: string, stats: Stats, from: Folder): void {
    const key = identity(stats);
    if (from.way.includes(key)) return this.#note(path, 'loop');
    // The same folder by another way: its files are listed already.
    if (this.#seen.has(key)) return;
    if (from.depth >= this.#limits.depth) return this.#note(path, 'too-deep');
    this.#seen.add(key);
    this.#folders.push({ path, depth: from.depth + 1, way: [...from.way, key] });
  }

  /** A link to a file that is listed already is the same file under a second name. */
  async #follow({ path, from }: Link, isRoot = false): Promise<void> {
    try {
      const stats = await stat(path);
      if (stats.isDirectory()) this.#enter(path, stats, from);
      else if (stats.isFile() && !this.#seen.has(identity(stats))) await this.#takeFile(path, stats);
      else if (!stats.isFile() && isRoot) this.#note(path, 'not-a-file');
    } catch (error) {
      this.#problems.push(toFileProblem(path, error));
    }
  }

  #naming(path: string): { readonly path: string; readonly name: string; readonly host: string | null } {
    const name = relative(dirname(this.#root), path);
    return { path, name, host: findHostFolder(dirname(path))?.host ?? null };
  }

  #toEntry(path: string, stats: Stats, pin: PinnedEntry | undefined): FileEntry {
    const { size, mtimeMs, uid, dev, ino } = stats;
    const mode = pin?.mode ?? stats.mode & 0o7777;
    return { ...this.#naming(path), size, mtimeMs, mode, uid, dev, ino, pinned: pin?.pinned ?? null };
  }
}

function identity({ dev, ino }: Stats): string {
  return `${dev}:${ino}`;
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}
