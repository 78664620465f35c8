import { openFile, readChunks } from './open.ts';
import { type FileProblem, toFileProblem } from './problem.ts';

export interface Head {
  /** The first bytes of the content, decompressed. */
  readonly bytes: Uint8Array;
  readonly gzip: boolean;
  /** Why these are not all the bytes asked for that the file holds; null where they are. */
  readonly problem: FileProblem | null;
}

/** The first bytes of a file, decompressed where it is gzip. Never throws: a cut gzip gives what it holds. */
export async function readHead(path: string, bytes = 65_536): Promise<Head> {
  const parts: Uint8Array[] = [];
  let gzip = false;
  try {
    const file = await openFile(path);
    gzip = file.gzip;
    try {
      let left = bytes;
      for await (const chunk of readChunks(file)) {
        parts.push(chunk.subarray(0, left));
        left -= chunk.length;
        if (left <= 0) break;
      }
    } finally {
      await file.handle.close();
    }
    return { bytes: Buffer.concat(parts), gzip, problem: null };
  } catch (error) {
    return { bytes: Buffer.concat(parts), gzip, problem: toFileProblem(path, error) };
  }
}
