import { createHash } from 'node:crypto';
import type { FileEntry } from '../../files/entry.ts';
import type { Problem } from '../../model/recording.ts';
import { notRetrievable } from '../draft.ts';
import { checkPinned } from '../pinned.ts';
import { type ContentEnd, readContent, readWhole } from '../read.ts';
import type { Unit } from '../recorder.ts';
import { baseName } from '../text.ts';
import { STREAMS, type StreamName } from './directory.ts';
import { LOG_LIMIT, type LogFacts, parseLog, parseLogJson } from './log.ts';
import { createTiming, type TimingSums } from './timing.ts';

/** One stream file as found. */
export interface StreamPart {
  readonly file: FileEntry;
  /** Bytes of content after decompression. */
  readonly bytes: number;
  readonly gzip: boolean;
  readonly end: ContentEnd;
}

/** What all files of an I/O log hold. */
export interface Parts {
  readonly classic: LogFacts | null;
  readonly exact: LogFacts | null;
  /** A log that is there and cannot be understood. */
  readonly brokenLogs: readonly Problem[];
  readonly timing: {
    readonly file: FileEntry;
    readonly sums: TimingSums;
    readonly gzip: boolean;
    readonly end: ContentEnd;
  } | null;
  readonly streams: ReadonlyMap<StreamName, StreamPart>;
  /** Failed pins and unreadable files. */
  readonly problems: readonly Problem[];
  /** As `sha256sum * | sha256sum` prints it for the files of the recording. */
  readonly sha256: string;
  readonly bytes: number;
}

/** Reads every file of an I/O log once. Never throws: an unreadable file is a problem. */
export async function readParts(unit: Unit): Promise<Parts> {
  const problems: Problem[] = [];
  const digests: string[] = [];
  const byName = new Map(unit.files.map((file) => [baseName(file.path), file]));
  const read = async <T>(name: string, reader: (file: FileEntry) => Promise<Read<T>>): Promise<T | null> => {
    const file = byName.get(name);
    if (file === undefined) return null;
    try {
      const { value, digest } = await reader(file);
      digests.push(`${digest.sha256}  ${name}\n`);
      problems.push(...checkPinned(file, digest));
      return value;
    } catch (error) {
      problems.push(notRetrievable(file, error));
      return null;
    }
  };
  const classic = await read('log', (file) => readLog(file, parseLog));
  const exact = await read('log.json', (file) => readLog(file, parseLogJson));
  const timing = await read('timing', readTiming);
  const streams = new Map<StreamName, StreamPart>();
  for (const name of STREAMS) {
    const part = await read(name, readStream);
    if (part !== null) streams.set(name, part);
  }
  return {
    classic: classic?.facts ?? null,
    exact: exact?.facts ?? null,
    brokenLogs: [...(classic?.broken ?? []), ...(exact?.broken ?? [])],
    timing,
    streams,
    problems,
    sha256: createHash('sha256').update(digests.sort(byFileName).join('')).digest('hex'),
    bytes: unit.files.reduce((sum, file) => sum + file.size, 0),
  };
}

interface Read<T> {
  readonly value: T;
  readonly digest: Awaited<ReturnType<typeof readContent>>['digest'];
}

function byFileName(a: string, b: string): number {
  return a.slice(64) < b.slice(64) ? -1 : 1;
}

async function readLog(
  file: FileEntry,
  parse: (text: string) => LogFacts | null,
): Promise<Read<{ facts: LogFacts | null; broken: readonly Problem[] }>> {
  const { bytes, result } = await readWhole(file, parse === parseLog ? LOG_LIMIT : JSON_LIMIT);
  const facts = bytes === null ? null : parse(new TextDecoder().decode(bytes));
  const broken = facts === null ? [brokenLog(file, bytes)] : [];
  return { value: { facts, broken }, digest: result.digest };
}

// The environment may take 2 MiB (ARG_MAX); JSON escapes at most double it.
const JSON_LIMIT = 4 * 1024 * 1024;

function brokenLog(file: FileEntry, bytes: Uint8Array | null): Problem {
  const name = baseName(file.name);
  if (file.size === 0) return { code: 'recording-truncated', detail: `${name} has 0 bytes` };
  const last = bytes?.at(-1);
  // A whole log.json ends with a brace and a line feed.
  const cut = name === 'log.json' && last !== 0x7d && last !== 0x0a;
  return cut
    ? { code: 'recording-truncated', detail: `${name} breaks off` }
    : { code: 'recording-altered', detail: `${name} cannot be understood` };
}

async function readTiming(file: FileEntry): Promise<Read<NonNullable<Parts['timing']>>> {
  const timing = createTiming();
  const result = await readContent(file, timing.push);
  return {
    value: { file, sums: timing.finish(), gzip: result.gzip, end: result.end },
    digest: result.digest,
  };
}

async function readStream(file: FileEntry): Promise<Read<StreamPart>> {
  const result = await readContent(file, () => undefined);
  return {
    value: { file, bytes: result.contentBytes, gzip: result.gzip, end: result.end },
    digest: result.digest,
  };
}
