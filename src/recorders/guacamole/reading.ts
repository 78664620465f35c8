import type { FileEntry } from '../../files/entry.ts';
import type { Problem } from '../../model/recording.ts';
import { notRetrievable } from '../draft.ts';
import { fileProblems } from '../pinned.ts';
import { readContent, readHead, type ReadResult } from '../read.ts';
import type { Unit } from '../recorder.ts';
import { beginsDump, type Dump, DumpScanner } from './dump.ts';
import {
  beginsTypescript,
  createTiming,
  type Timing,
  type Typescript,
  TypescriptScanner,
} from './typescript.ts';

/** The files of one unit, read. */
export interface Reading {
  /** Null where the recording could not be read. */
  readonly result: ReadResult | null;
  readonly dump: Dump | null;
  readonly typescript: Typescript | null;
  readonly timing: Timing | null;
  /** Failed pins, damaged compression, unreadable files. */
  readonly problems: readonly Problem[];
}

/** Reads a recording, and its timing where there is one. Never throws: an unreadable file is a problem. */
export async function readUnit(unit: Unit): Promise<Reading> {
  const [main, timingFile] = unit.files;
  const problems: Problem[] = [];
  const attempt = async <T>(
    file: FileEntry | undefined,
    read: (file: FileEntry) => Promise<T>,
  ): Promise<T | null> => {
    if (file === undefined) return null;
    try {
      return await read(file);
    } catch (error) {
      problems.push(notRetrievable(file, error));
      return null;
    }
  };
  const timing = await attempt(timingFile, async (file) => {
    const sums = createTiming();
    problems.push(...fileProblems(file, await readContent(file, sums.push)));
    return sums.finish();
  });
  const read = await attempt(main, (file) => readMain(file, timingFile !== undefined));
  if (main !== undefined && read !== null) problems.push(...fileProblems(main, read.result));
  return { result: null, dump: null, typescript: null, ...read, timing, problems };
}

type Main = Pick<Reading, 'dump' | 'typescript'> & { readonly result: ReadResult };

/** A timing tells that a file without its beginning was a typescript. */
async function readMain(file: FileEntry, isTimed: boolean): Promise<Main> {
  const head = await readHead(file, 32);
  if (beginsTypescript(head) || (isTimed && !beginsDump(head))) {
    const scanner = new TypescriptScanner();
    const result = await readContent(file, (chunk) => scanner.push(chunk));
    return { result, typescript: scanner.finish(), dump: null };
  }
  const scanner = new DumpScanner();
  const result = await readContent(file, (chunk) => scanner.push(chunk));
  return { result, dump: scanner.finish(), typescript: null };
}
