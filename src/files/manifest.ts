import { dirname, join, normalize } from 'node:path';
import type { PinnedFile } from './entry.ts';
import { openFile, readFirst } from './open.ts';
import { type FileProblem, fileProblem, toFileProblem } from './problem.ts';

export const MANIFEST_NAME = 'recordings.manifest.json';

/** What a manifest says about one file. */
export interface PinnedEntry {
  readonly pinned: PinnedFile;
  /** Permission bits; null where the manifest does not tell them. */
  readonly mode: number | null;
}

export interface Manifest {
  readonly path: string;
  /** By absolute path of the pinned file. */
  readonly entries: ReadonlyMap<string, PinnedEntry>;
}

export interface ManifestReading {
  /** Null where the file is no manifest at all. */
  readonly manifest: Manifest | null;
  readonly problems: readonly FileProblem[];
}

// 200,000 files, the most that a walk gives, at some 300 bytes of JSON each.
const MANIFEST_LIMIT = 64 * 1024 * 1024;
// One mistake of the program that wrote it repeats in every entry; the first few show it.
const PROBLEMS_SHOWN = 20;

/**
 * Reads a manifest: `{"path below its folder": {mode: "0o600", size, mtime, sha256}}`, mtime in seconds. Broken
 * entries are problems with their place, and the others count. Never throws for what the file holds or lacks.
 */
export async function readManifest(path: string): Promise<ManifestReading> {
  try {
    const file = await openFile(path);
    try {
      if (file.stats.size > MANIFEST_LIMIT)
        return unusable(path, `it is larger than ${MANIFEST_LIMIT} bytes`);
      const { bytes, error } = await readFirst({ ...file, gzip: false }, MANIFEST_LIMIT);
      if (error !== null) throw error;
      return parseManifest(path, Buffer.from(bytes).toString('utf8'));
    } finally {
      await file.handle.close();
    }
  } catch (error) {
    return { manifest: null, problems: [toFileProblem(path, error)] };
  }
}

/** As `readManifest`, from the text of the manifest at `path`. */
export function parseManifest(path: string, text: string): ManifestReading {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const offset = syntaxOffset(error, text);
    return unusable(offset === null ? path : placeAt(path, text, offset), 'this is not valid JSON');
  }
  if (!isObject(value)) return unusable(`${path}:1:1`, 'a manifest is an object of paths');
  const entries = new Map<string, PinnedEntry>();
  const problems: FileProblem[] = [];
  for (const [key, entry] of Object.entries(value)) {
    const file = toPath(path, key);
    const pinned = toPinned(entry);
    if (file !== null && typeof pinned !== 'string') entries.set(file, pinned);
    else if (problems.length < PROBLEMS_SHOWN)
      problems.push(
        entryProblem(path, text, key, file === null || typeof pinned !== 'string' ? OUTSIDE : pinned),
      );
  }
  return { manifest: { path, entries }, problems };
}

const OUTSIDE = 'the path leads out of the folder of the manifest';

function unusable(path: string, message: string): ManifestReading {
  return { manifest: null, problems: [fileProblem(path, 'manifest', message)] };
}

function entryProblem(path: string, text: string, key: string, message: string): FileProblem {
  const offset = text.indexOf(JSON.stringify(key));
  return fileProblem(offset < 0 ? path : placeAt(path, text, offset), 'manifest', message);
}

function toPath(manifest: string, key: string): string | null {
  const relative = normalize(key);
  if (/^\.\.(\/|$)/.test(relative) || relative.startsWith('/') || relative === '.' || key.includes('\0'))
    return null;
  return join(dirname(manifest), relative);
}

/** The entry, or what is wrong with it. */
function toPinned(entry: unknown): PinnedEntry | string {
  if (!isObject(entry)) return 'an entry is an object';
  const { size, sha256, mtime, mode } = entry;
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0)
    return '`size` must be a number of bytes';
  if (typeof sha256 !== 'string' || !/^[0-9a-f]{64}$/i.test(sha256))
    return '`sha256` must be 64 hexadecimal digits';
  if (typeof mtime !== 'number') return '`mtime` must be a number of seconds';
  const bits = toMode(mode);
  if (bits === undefined) return '`mode` must be octal text such as `0o600`';
  return { pinned: { size, sha256: sha256.toLowerCase(), mtimeMs: mtime * 1000 }, mode: bits };
}

function toMode(mode: unknown): number | null | undefined {
  if (mode === undefined) return null;
  const digits = typeof mode === 'string' ? /^(?:0o)?([0-7]{1,6})$/.exec(mode)?.[1] : undefined;
  return digits === undefined ? undefined : Number.parseInt(digits, 8) & 0o7777;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** V8 tells the offset of most errors. Its messages quote the text and are not passed on. */
function syntaxOffset(error: unknown, text: string): number | null {
  const message = error instanceof SyntaxError ? error.message : '';
  const position = / at position (\d+) \(line \d+ column \d+\)$/.exec(message)?.[1];
  if (position !== undefined) return Number(position);
  return message.startsWith('Unexpected end') ? text.length : null;
}

function placeAt(path: string, text: string, offset: number): string {
  const before = text.slice(0, offset).split('\n');
  return `${path}:${before.length}:${(before.at(-1) ?? '').length + 1}`;
}
