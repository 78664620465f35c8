import type { FileEntry } from '../../files/entry.ts';
import { inflate } from '../../files/gzip.ts';
import { openFile, readChunks } from '../../files/open.ts';
import type { Problem } from '../../model/recording.ts';
import { notRetrievable } from '../draft.ts';
import { fileProblems } from '../pinned.ts';
import { readContent, type ReadResult } from '../read.ts';
import { baseName, count } from '../text.ts';
import { type Part, PartScanner } from './parts.ts';
import type { Tally } from './tally.ts';

/** What reading one file gave. */
export interface Reading {
  readonly file: FileEntry;
  /** Null where it could not be read at all. */
  readonly result: ReadResult | null;
  readonly parts: number;
  readonly encrypted: number;
  readonly foreign: boolean;
  readonly problems: readonly Problem[];
}

/** Reads a file twice: once for its digest and its parts, once for what is in them. */
export async function readParts(file: FileEntry, tally: Tally): Promise<Reading> {
  const scanner = new PartScanner();
  try {
    const result = await readContent(file, (chunk) => scanner.push(chunk));
    const { parts, problems, foreign } = scanner.finish();
    const inside = await readBodies(file, parts, tally);
    return {
      file,
      result,
      parts: parts.length,
      encrypted: parts.filter((part) => part.encrypted).length,
      foreign,
      problems: [...problems, ...inside, ...fileProblems(file, result)],
    };
  } catch (error) {
    const problems = [notRetrievable(file, error)];
    return { file, result: null, parts: 0, encrypted: 0, foreign: false, problems };
  }
}

async function readBodies(
  file: FileEntry,
  parts: readonly Part[],
  tally: Tally,
): Promise<readonly Problem[]> {
  const opened = await openFile(file);
  const problems: Problem[] = [];
  try {
    for (const [index, part] of parts.entries()) {
      // Parts that only fill up an upload to its smallest size have no body.
      if (part.encrypted || part.size === 0) continue;
      const body = (): AsyncIterable<Uint8Array> => upTo(readChunks(opened, part.offset), part.size);
      const code = await readBody(body, tally);
      if (code === null) continue;
      const where = `${baseName(file.name)}, part ${count(index + 1)}`;
      problems.push(
        code === 'Z_BUF_ERROR'
          ? { code: 'recording-truncated', detail: `${where}: the gzip stream has no end` }
          : { code: 'recording-altered', detail: `${where}: the gzip stream is damaged` },
      );
    }
  } finally {
    await opened.handle.close();
  }
  return problems;
}

/** Code of zlib's error where the body is cut or damaged, else null; what stands before the damage counts. */
async function readBody(body: () => AsyncIterable<Uint8Array>, tally: Tally): Promise<string | null> {
  try {
    for await (const chunk of inflate(body)) if (!tally.push(chunk)) break;
    tally.endPart(false);
    return null;
  } catch (error) {
    tally.endPart(true);
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (typeof code === 'string' && code.startsWith('Z_')) return code;
    throw error;
  }
}

async function* upTo(chunks: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Uint8Array> {
  let left = size;
  for await (const chunk of chunks) {
    if (chunk.length >= left) return yield chunk.subarray(0, left);
    left -= chunk.length;
    yield chunk;
  }
}
