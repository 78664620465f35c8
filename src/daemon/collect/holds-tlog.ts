import type { FileEntry } from '../../files/entry.ts';
import { openFile, readChunks } from '../../files/open.ts';

/** What tlog's lines carry in every envelope: its program name, or its message version beside its recording id. */
const NEEDLES = ['tlog-rec', '"ver":"2', '\\"ver\\":\\"2'].map((text) => Buffer.from(text));
const LONGEST = Math.max(...NEEDLES.map((needle) => needle.length));

/** True where a log seems to hold tlog messages. One pass over the bytes, nothing kept but a chunk's tail. */
export async function holdsTlog(file: FileEntry): Promise<boolean> {
  try {
    const opened = await openFile(file.path);
    try {
      let tail = Buffer.alloc(0);
      for await (const chunk of readChunks(opened)) {
        const bytes = Buffer.concat([tail, chunk]);
        if (NEEDLES.some((needle) => bytes.includes(needle))) return true;
        tail = bytes.subarray(Math.max(0, bytes.length - LONGEST));
      }
    } finally {
      await opened.handle.close();
    }
  } catch {
    // The stream itself is read right after this and reports why it cannot be.
    return false;
  }
  return false;
}
