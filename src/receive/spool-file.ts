import { randomBytes } from 'node:crypto';
import { type FileHandle, open, readdir, rename, stat, truncate, unlink } from 'node:fs/promises';
import { join } from 'node:path';

/** A file that its writer has gone on from. */
export interface RotatedFile {
  readonly path: string;
  readonly dev: number;
  readonly ino: number;
  readonly size: number;
}

/** What all files of a spool take together. */
export interface SpoolUse {
  /** Bytes on disk and on their way there. */
  bytes: number;
  /** Of these, what is not on disk yet. */
  unwritten: number;
}

const LIVE = 'syslog.log';
// A power cut loses at most this much of what was written; a call for every write would halve what a disk takes.
const SYNC_EVERY_MS = 1000;

/** The log of one peer: a file that grows, and those that it was renamed to. Calls wait for one another. */
export class SpoolFile {
  /** Name of the live file below the spool, e.g. `hosts/web01/syslog.log`. */
  readonly log: string;
  readonly #folder: string;
  readonly #use: SpoolUse;
  readonly #now: () => number;
  #rotated: RotatedFile[] = [];
  #lastStamp = 0;
  #size = 0;
  #synced = 0;
  #pending: Uint8Array[] = [];
  #taken = 0;
  #written = 0;
  #tail: Promise<unknown> = Promise.resolve();
  /** A write that has not begun: it will write whatever waits by then. */
  #next: Promise<void> | null = null;

  private constructor(folder: string, log: string, use: SpoolUse, now: () => number) {
    this.#folder = folder;
    this.log = log;
    this.#use = use;
    this.#now = now;
  }

  /** Takes up what an earlier run left behind in a folder that exists. `root` is the spool, `name` the folder in it. */
  static async open(root: string, name: string, use: SpoolUse, now: () => number): Promise<SpoolFile> {
    const file = new SpoolFile(join(root, name), join(name, LIVE), use, now);
    await file.#takeUp();
    return file;
  }

  /** Bytes of the live file. */
  get size(): number {
    return this.#size;
  }

  /** Puts lines in the queue; gives the mark that `written` reaches when they are on disk. */
  take(lines: Uint8Array): number {
    this.#pending.push(lines);
    this.#taken += lines.length;
    this.#use.bytes += lines.length;
    this.#use.unwritten += lines.length;
    return this.#taken;
  }

  get written(): number {
    return this.#written;
  }

  /** Writes what waits. Throws what the system throws; nothing is lost then, and the next call tries again. */
  write(): Promise<void> {
    this.#next ??= this.#inTurn(async () => {
      this.#next = null;
      const batch = Buffer.concat(this.#pending);
      if (batch.length === 0) return;
      await this.#append(batch);
      this.#written += batch.length;
      this.#use.unwritten -= batch.length;
      this.#pending = this.#pending.slice(this.#countOf(batch.length));
    });
    return this.#next;
  }

  /** Ends the live file, if it holds anything: it can be read to its end and deleted. */
  rotate(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#size === 0) return;
      const path = join(this.#folder, `${LIVE}-${this.#nextStamp()}`);
      await sync(this.#livePath);
      await rename(this.#livePath, path);
      this.#size = 0;
      this.#rotated.push(await toRotated(path));
    });
  }

  /** Deletes ended files that were read whole. */
  async release(isRead: (file: RotatedFile) => boolean): Promise<void> {
    for (const file of this.#rotated.filter((one) => isRead(one))) {
      await unlink(file.path).catch(ignoreMissing);
      this.#use.bytes -= file.size;
      this.#rotated = this.#rotated.filter((one) => one !== file);
    }
  }

  get hasRotated(): boolean {
    return this.#rotated.length > 0;
  }

  get #livePath(): string {
    return join(this.#folder, LIVE);
  }

  #inTurn(task: () => Promise<void>): Promise<void> {
    const next = this.#tail.then(task, task);
    this.#tail = next.catch(() => {});
    return next;
  }

  /** How many of the waiting pieces make so many bytes; more may have come while they were written. */
  #countOf(bytes: number): number {
    let sum = 0;
    return this.#pending.findIndex((piece) => (sum += piece.length) >= bytes) + 1;
  }

  async #append(batch: Uint8Array): Promise<void> {
    const handle = await open(this.#livePath, 'a', 0o600);
    try {
      const header = this.#size === 0 ? headerOf(this.#now()) : NOTHING;
      await writeWhole(handle, Buffer.concat([header, batch]), this.#size);
      this.#size += header.length + batch.length;
      this.#use.bytes += header.length;
      if (this.#now() - this.#synced >= SYNC_EVERY_MS || this.#now() < this.#synced) {
        await handle.datasync();
        this.#synced = this.#now();
      }
    } finally {
      await handle.close();
    }
  }

  /** A time that no ended file of this log has: they are read in the order of their names. */
  #nextStamp(): string {
    this.#lastStamp = Math.max(this.#now(), this.#lastStamp + 1);
    return toStamp(this.#lastStamp);
  }

  async #takeUp(): Promise<void> {
    for (const name of (await readdir(this.#folder)).sort()) {
      if (name === LIVE) this.#size = await withoutTornLine(this.#livePath);
      const at = parseStamp(name);
      if (at === null) continue;
      const file = await toRotated(join(this.#folder, name));
      this.#rotated.push(file);
      this.#use.bytes += file.size;
      this.#lastStamp = Math.max(this.#lastStamp, at);
    }
    this.#use.bytes += this.#size;
  }
}

/**
 * The first line of a file, which is no record. It tells files apart that would otherwise begin alike: a peer chooses
 * its lines, and a file is known by its first bytes.
 */
function headerOf(now: number): Uint8Array {
  return Buffer.from(`-- received since ${new Date(now).toISOString()} ${randomBytes(8).toString('hex')}\n`);
}

async function writeWhole(handle: FileHandle, lines: Uint8Array, size: number): Promise<void> {
  try {
    await handle.appendFile(lines);
  } catch (error) {
    // Half a line on a full disk would be read as a whole one.
    await handle.truncate(size).catch(() => {});
    throw error;
  }
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r+');
  try {
    await handle.datasync();
  } finally {
    await handle.close();
  }
}

// The longest line and its end: of the last so many bytes of a file one is a line feed.
const TAIL_BYTES = 64 * 1024 + 1;

/** Removes a line that a power cut left without its end: read as it is it could mean something else. Gives the size. */
async function withoutTornLine(path: string): Promise<number> {
  const handle = await open(path, 'r');
  try {
    const { size } = await handle.stat();
    const from = Math.max(0, size - TAIL_BYTES);
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(size - from), 0, size - from, from);
    const end = from + buffer.subarray(0, bytesRead).lastIndexOf(LF) + 1;
    if (end < size) await truncate(path, end);
    return end;
  } finally {
    await handle.close();
  }
}

const LF = 10;
const NOTHING = new Uint8Array(0);

async function toRotated(path: string): Promise<RotatedFile> {
  const { dev, ino, size } = await stat(path);
  return { path, dev, ino, size };
}

const STAMP = /^syslog\.log-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})$/;

/** `20261122T102253924`, which names of rotated logs may end with. */
function toStamp(now: number): string {
  return new Date(now).toISOString().replace(/[-:.Z]/g, '');
}

function parseStamp(name: string): number | null {
  const [year, month, day, hour, minute, second, ms] = (STAMP.exec(name) ?? []).slice(1).map(Number);
  return year === undefined ? null : Date.UTC(year, (month ?? 1) - 1, day, hour, minute, second, ms);
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}
