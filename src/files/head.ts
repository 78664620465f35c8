import type { Openable } from './entry.ts';
import { openFile, readFirst } from './open.ts';
import { type FileProblem, toFileProblem } from './problem.ts';

export interface Head {
  /** The first bytes of the content, decompressed. */
  readonly bytes: Uint8Array;
  readonly gzip: boolean;
  /** Why these are not all the bytes asked for that the file holds; null where they are. */
  readonly problem: FileProblem | null;
}

/** The first bytes of a file, decompressed where it is gzip. Never throws: a cut gzip gives what it holds. */
export async function readHead(from: string | Openable, bytes = 65_536): Promise<Head> {
  const path = typeof from === 'string' ? from : from.path;
  try {
    const file = await openFile(from);
    try {
      const first = await readFirst(file, bytes);
      const problem = first.error === null ? null : toFileProblem(path, first.error);
      return { bytes: first.bytes, gzip: file.gzip, problem };
    } finally {
      await file.handle.close();
    }
  } catch (error) {
    return { bytes: new Uint8Array(0), gzip: false, problem: toFileProblem(path, error) };
  }
}
