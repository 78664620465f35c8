import type { Openable } from '../../files/entry.ts';
import { openFile, readChunks } from '../../files/open.ts';

const LINE_FEED = 0x0a;
/** As much as a first look takes. */
const LOOK_BYTES = 65_536;

/**
 * Some 64 KiB of the content behind the line that the offset lies in, fewer where the file ends; null where nothing
 * is there or it cannot be read. One pass over that line, nothing kept of it.
 */
export async function readBehindLine(file: string | Openable, offset: number): Promise<Uint8Array | null> {
  try {
    const opened = await openFile(file);
    try {
      return await firstBehindLine(readChunks(opened, offset));
    } finally {
      await opened.handle.close();
    }
  } catch {
    // Whoever reads the file as a whole tells why it cannot be read.
    return null;
  }
}

async function firstBehindLine(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array | null> {
  let found: Uint8Array | null = null;
  for await (const chunk of chunks) {
    const end = found === null ? chunk.indexOf(LINE_FEED) : -1;
    if (found !== null) found = Buffer.concat([found, chunk]);
    else if (end >= 0) found = chunk.subarray(end + 1);
    if (found !== null && found.length >= LOOK_BYTES) return found;
  }
  return found;
}
