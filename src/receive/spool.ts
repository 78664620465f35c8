import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCode } from '../files/problem.ts';
import { type RotatedFile, SpoolFile, type SpoolUse } from './spool-file.ts';

export interface SpoolLimits {
  /** Bytes of all files together. */
  readonly bytes: number;
  /** A file of so many bytes is ended at the next `rotate`. */
  readonly fileBytes: number;
  /** Peers that have a file. */
  readonly peers: number;
  /** What may wait for the disk when something is offered: bytes, and messages, which take memory beside them. */
  readonly unwritten: number;
  readonly offers: number;
}

/** All but the size of the whole, which is configured. */
export const SPOOL_LIMITS: Omit<SpoolLimits, 'bytes'> = {
  // A pass reads a file of 16 MiB in about a second; the next one then finds nothing of it left.
  fileBytes: 16 * 1024 * 1024,
  // At about 1 KiB each 10,000 take 10 MB; forged addresses must not fill the disk with folders.
  peers: 10_000,
  // What a disk that hesitates for a second keeps waiting; with a KiB for each message that waits, 24 MiB at most.
  unwritten: 4 * 1024 * 1024,
  offers: 20_000,
};

/** Thrown into what waits for the disk when the spool closes. */
export class SpoolClosed extends Error {
  override readonly name = 'SpoolClosed';
}

/** A name without a peer: what a relay sends lies apart, because there the messages name their hosts. */
export type PeerName = string | null;

/**
 * What was received and not read yet, as log files: `hosts/<peer>/syslog.log`, and `relay/syslog.log` for a relay.
 * Whoever may not lose anything waits for `append`; it returns when the lines are written.
 */
export class Spool {
  readonly #root: string;
  readonly #limits: SpoolLimits;
  readonly #now: () => number;
  readonly #files = new Map<PeerName, Promise<SpoolFile>>();
  readonly #opened = new Map<PeerName, SpoolFile>();
  readonly #waiting = new Set<() => void>();
  readonly #use: SpoolUse = { bytes: 0, unwritten: 0 };
  #offers = 0;
  #problem: string | null = null;
  #closed = false;

  private constructor(root: string, limits: SpoolLimits, now: () => number) {
    this.#root = root;
    this.#limits = limits;
    this.#now = now;
  }

  /** Opens a folder, which is created where it is missing. Throws what the system throws. */
  static async open(root: string, limits: SpoolLimits, now: () => number = Date.now): Promise<Spool> {
    const spool = new Spool(root, limits, now);
    for (const folder of ['hosts', 'relay']) await mkdir(join(root, folder), PRIVATE);
    for (const entry of await readdir(join(root, 'hosts'), { withFileTypes: true })) {
      if (entry.isDirectory()) await spool.#file(entry.name);
    }
    await spool.#file(null);
    return spool;
  }

  /** Bytes on disk and on their way there. */
  get bytes(): number {
    return this.#use.bytes;
  }

  /** False where no further peer can have a file. */
  takes(name: PeerName): boolean {
    return this.#files.has(name) || this.#files.size < this.#limits.peers;
  }

  /** Writes lines of a peer, waiting while the spool is full or the disk fails. Throws SpoolClosed. */
  async append(name: PeerName, lines: Uint8Array): Promise<void> {
    let file = await this.#tryFile(name);
    for (; file === null || !this.#fits(lines); file ??= await this.#tryFile(name)) await this.#pause();
    const mark = file.take(lines);
    while (file.written < mark) if (!(await this.#write(file))) await this.#pause();
  }

  /** Takes lines that can be dropped; false where they were. They are written at once, or with what comes next. */
  async offer(name: PeerName, lines: Uint8Array): Promise<boolean> {
    const { unwritten, offers } = this.#limits;
    if (this.#closed || !this.#fits(lines)) return false;
    if (this.#use.unwritten + lines.length > unwritten || this.#offers >= offers) return false;
    this.#offers += 1;
    try {
      const file = await this.#file(name);
      file.take(lines);
      await this.#write(file);
      return true;
    } catch (error) {
      this.#fail(error);
      return false;
    } finally {
      this.#offers -= 1;
    }
  }

  /** Ends files that are long, and all of them where the spool is half full: only ended ones are deleted. */
  async rotate(): Promise<void> {
    const isShort = this.bytes > this.#limits.bytes / 2;
    for (const file of this.#opened.values()) {
      if (file.size < this.#limits.fileBytes && !(isShort && file.size > 0)) continue;
      await file.rotate().catch((error: unknown) => this.#fail(error));
    }
  }

  /** Deletes ended files that were read whole; `isRead` is asked with the log that they belong to. */
  async release(readOf: (log: string) => Promise<(file: RotatedFile) => boolean>): Promise<void> {
    for (const file of this.#opened.values()) {
      if (!file.hasRotated) continue;
      const isRead = await readOf(file.log);
      await file.release(isRead).catch((error: unknown) => this.#fail(error));
    }
    this.#wake();
  }

  /** What kept lines from being written since the last call, in words; null where nothing did. */
  takeProblem(): string | null {
    const problem = this.#problem;
    // Whoever still waits tells it again when it tries again.
    this.#problem = null;
    return problem;
  }

  /** Writes what can be written, and turns away everything that waits. Gives the bytes that could not be written. */
  async close(): Promise<number> {
    this.#closed = true;
    this.#wake();
    for (const file of this.#opened.values()) await this.#write(file);
    return this.#use.unwritten;
  }

  #file(name: PeerName): Promise<SpoolFile> {
    const known = this.#files.get(name);
    if (known !== undefined) return known;
    const opening = this.#openFile(name);
    this.#files.set(name, opening);
    // A folder that could not be made may be made later.
    opening.catch(() => void this.#files.delete(name));
    return opening;
  }

  async #tryFile(name: PeerName): Promise<SpoolFile | null> {
    try {
      return await this.#file(name);
    } catch (error) {
      this.#fail(error);
      return null;
    }
  }

  async #openFile(name: PeerName): Promise<SpoolFile> {
    const folder = name === null ? 'relay' : join('hosts', name);
    await mkdir(join(this.#root, folder), PRIVATE);
    const file = await SpoolFile.open(this.#root, folder, this.#use, this.#now);
    this.#opened.set(name, file);
    return file;
  }

  #fits(lines: Uint8Array): boolean {
    if (this.bytes + lines.length <= this.#limits.bytes) return true;
    this.#problem = 'the spool is full: what is received is not read as fast as it comes';
    return false;
  }

  async #write(file: SpoolFile): Promise<boolean> {
    try {
      await file.write();
      return true;
    } catch (error) {
      this.#fail(error);
      return false;
    }
  }

  #fail(error: unknown): void {
    this.#problem = `the spool cannot be written (${systemCode(error) ?? 'unknown'})`;
  }

  /** Until room was made, a second has passed, or the spool closes. */
  async #pause(): Promise<void> {
    if (this.#closed) throw new SpoolClosed('the spool is closed');
    await new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#waiting.delete(done);
        resolve();
      };
      const timer = setTimeout(done, PAUSE_MS);
      this.#waiting.add(done);
    });
    if (this.#closed) throw new SpoolClosed('the spool is closed');
  }

  #wake(): void {
    for (const done of this.#waiting) done();
  }
}

const PRIVATE = { recursive: true, mode: 0o700 } as const;
const PAUSE_MS = 1000;
