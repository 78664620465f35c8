/** A file as found. */
export interface FileEntry {
  /** Path to open. */
  readonly path: string;
  /** Path for a person, relative to what the user named. */
  readonly name: string;
  /** Host named by a `hosts/<name>/` folder above it, else null. */
  readonly host: string | null;
  readonly size: number;
  readonly mtimeMs: number;
  /** Permission bits; those of a manifest where one lists the file (copies lose modes). */
  readonly mode: number;
  readonly uid: number;
  readonly dev: number;
  readonly ino: number;
  /** Digest and size pinned earlier, from a manifest or the store. */
  readonly pinned: PinnedFile | null;
  /** How often it was written, where its store keeps versions; a recording is written once. */
  readonly versions?: number;
  /** Present where the content is not on this machine: `path` then only names it. */
  readonly open?: OpenContent;
}

/** Content from a byte on, up to the offset `end`; all of it without a range. Throws what the transport throws. */
export type OpenContent = (range?: {
  readonly start: number;
  readonly end?: number;
}) => AsyncIterable<Uint8Array>;

/** What opening needs to know of a file. */
export type Openable = Pick<FileEntry, 'path' | 'size' | 'mtimeMs' | 'dev' | 'ino' | 'open'>;

export interface PinnedFile {
  readonly size: number;
  readonly sha256: string;
  readonly mtimeMs: number;
}
