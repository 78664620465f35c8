import type { FileEntry } from '../../files/entry.ts';
import type { Problem } from '../../model/recording.ts';
import { notRetrievable } from '../draft.ts';
import { fileProblems } from '../pinned.ts';
import { readContent, readHead, type ReadResult } from '../read.ts';
import type { Unit } from '../recorder.ts';
import { baseName } from '../text.ts';
import { isTimingName } from './files.ts';
import { createTiming, type TimingSums } from './timing.ts';
import { createTypescript, type Section } from './typescript.ts';

/** A typescript as found: one section per session appended to it. */
export interface Typescript {
  readonly file: FileEntry;
  readonly sections: readonly Section[];
  readonly result: ReadResult;
  /** It begins as a typescript of Guacamole's does. */
  readonly foreign: boolean;
}

/** The files of one unit, read. */
export interface Parts {
  readonly log: Typescript | null;
  readonly timing: { readonly file: FileEntry; readonly sums: TimingSums } | null;
  /** A log of its own for what was typed. */
  readonly input: Typescript | null;
  /** Failed pins, damaged compression, unreadable files. */
  readonly problems: readonly Problem[];
}

/** Reads typescript, timing and input log. Never throws: an unreadable file is a problem. */
export async function readParts(unit: Unit): Promise<Parts> {
  const problems: Problem[] = [];
  const attempt = async <T>(
    file: FileEntry | null,
    read: (file: FileEntry) => Promise<T>,
  ): Promise<T | null> => {
    if (file === null) return null;
    try {
      return await read(file);
    } catch (error) {
      problems.push(notRetrievable(file, error));
      return null;
    }
  };
  const timingFile = await findTiming(unit.files);
  const timing = await attempt(timingFile, (file) => readTiming(file, problems));
  const [first] = unit.files;
  const log = await attempt(first === undefined || first === timingFile ? null : first, (file) =>
    readLog(file, problems),
  );
  const inputFile = findInput(unit.files, timing?.sums ?? null);
  const input = await attempt(inputFile, (file) => readLog(file, problems));
  return { log, timing, input, problems };
}

async function readTiming(file: FileEntry, problems: Problem[]): Promise<NonNullable<Parts['timing']>> {
  const timing = createTiming();
  const result = await readContent(file, timing.push);
  problems.push(...fileProblems(file, result));
  return { file, sums: timing.finish() };
}

async function readLog(file: FileEntry, problems: Problem[]): Promise<Typescript> {
  const typescript = createTypescript();
  let head: Uint8Array = new Uint8Array(0);
  const result = await readContent(file, (chunk) => {
    if (head.length < GUACAMOLE.length) head = Buffer.concat([head, chunk.subarray(0, GUACAMOLE.length)]);
    return typescript.push(chunk);
  });
  problems.push(...fileProblems(file, result));
  const foreign = Buffer.from(head.subarray(0, GUACAMOLE.length)).toString('latin1') === GUACAMOLE;
  return { file, sections: typescript.finish(), result, foreign };
}

const GUACAMOLE = '[BEGIN TYPESCRIPT]\n';

/** By its name, else by the header of an advanced one. */
async function findTiming(files: readonly FileEntry[]): Promise<FileEntry | null> {
  const named = files.find((file) => isTimingName(file.path));
  if (named !== undefined) return named;
  for (const file of files) {
    if (file.path.endsWith('.json')) continue;
    const head = await readHead(file, 64).catch(() => new Uint8Array(0));
    if (/^H \d{1,10}\.\d{1,9} [A-Z]/.test(Buffer.from(head).toString('latin1'))) return file;
  }
  return null;
}

function findInput(files: readonly FileEntry[], sums: TimingSums | null): FileEntry | null {
  const name = separateInput(sums);
  return name === null ? null : (files.slice(1).find((file) => baseName(file.path) === name) ?? null);
}

/** Base name of an input log apart from the output log, as the timing names it; null where there is none. */
export function separateInput(sums: TimingSums | null): string | null {
  const [output, input] = [sums?.headers.get('OUTPUT_LOG'), sums?.headers.get('INPUT_LOG')];
  return input === undefined || output === undefined || input === output ? null : baseName(input);
}
