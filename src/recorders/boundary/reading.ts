import type { FileEntry } from '../../files/entry.ts';
import type { Problem } from '../../model/recording.ts';
import { notRetrievable } from '../draft.ts';
import { fileProblems } from '../pinned.ts';
import { readContent, type ReadResult } from '../read.ts';
import type { Unit } from '../recorder.ts';
import { baseName, folderOf } from '../text.ts';
import { ChunkScanner, type Chunks } from './chunks.ts';

/** One file of a recording, read. */
export interface Member {
  readonly file: FileEntry;
  readonly name: string;
  /** Null where it could not be read. */
  readonly result: ReadResult | null;
  /** Text of files that are no chunks; cut at the limit. */
  readonly text: string;
  readonly chunks: Chunks | null;
  readonly problems: readonly Problem[];
}

/** The files of one folder: of the session, one of its connections or one of their channels. */
export interface Container {
  /** Path from the recording's folder; empty for the session itself. */
  readonly path: string;
  readonly members: readonly Member[];
}

// Sums take 100 bytes a file and a journal 200; 256 KiB hold a thousand files, and a container has some ten.
const TEXT_LIMIT = 256 * 1024;

/** Reads every file of a unit once. An unreadable file is a problem. */
export async function readContainers(unit: Unit): Promise<readonly Container[]> {
  const members: Member[] = [];
  for (const file of unit.files) members.push(await readMember(file, unit.key));
  const folders = Map.groupBy(members, ({ file }) => folderOf(file.path.slice(unit.key.length + 1)));
  return [...folders].map(([path, found]) => ({ path, members: found }));
}

async function readMember(file: FileEntry, key: string): Promise<Member> {
  const name = baseName(file.path);
  const shown = file.path.startsWith(`${key}/`) ? file.path.slice(key.length + 1) : name;
  const scanner = name.endsWith('.data') || file.path === key ? new ChunkScanner(shown) : null;
  const parts: Uint8Array[] = [];
  let kept = 0;
  try {
    const result = await readContent(file, (chunk) => {
      scanner?.push(chunk);
      if (scanner !== null || kept >= TEXT_LIMIT) return;
      const part = chunk.subarray(0, TEXT_LIMIT - kept);
      parts.push(part);
      kept += part.length;
    });
    const chunks = scanner?.finish() ?? null;
    const problems = [...(chunks?.problems ?? []), ...fileProblems(file, result)];
    return { file, name, result, text: Buffer.concat(parts).toString('utf8'), chunks, problems };
  } catch (error) {
    return { file, name, result: null, text: '', chunks: null, problems: [notRetrievable(file, error)] };
  }
}
