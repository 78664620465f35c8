import { readFile } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import type { FileEntry } from '../../files/entry.ts';
import { type FileProblem, toFileProblem } from '../../files/problem.ts';
import { type AbsentFile, type Walked, walk } from '../../files/walk.ts';
import type { Event, Reject } from '../../model/event.ts';
import type { RecorderReport } from '../../model/judgement.ts';
import type { Recording } from '../../model/recording.ts';
import type { TrailProblem } from '../../model/control.ts';
import type { SourceReport } from '../../model/source-report.ts';
import { DEFAULT_NAMES } from '../../recorders/file-names.ts';
import { missingRecordings, noteAbsentCompanions } from '../../recorders/missing.ts';
import type { Recorder } from '../../recorders/recorder.ts';
import { findRecorder } from '../../recorders/registry.ts';
import { DEFAULT_SIDECARS } from '../../recorders/sidecar.ts';
import type { Format } from '../../sources/format.ts';
import type { Screen } from '../../sources/screened.ts';
import { contextFor, EVERY_HOST, takeInventory } from './inventory.ts';
import { holdsTlog } from './holds-tlog.ts';
import { type FoundLog, readLogs } from './logs.ts';
import { recogniseFile } from './recognise.ts';
import { checkTrails } from './trail-digests.ts';

export interface FolderOptions {
  /** IANA zone of times without one. */
  readonly zone: string;
  /** Epoch ms. */
  readonly now: number;
  readonly signal: AbortSignal;
  /** Called now and then with what is being done. */
  readonly progress: (text: string) => void;
  /** What rules say of records of a cloud's trail as they are read. */
  readonly screen?: Screen;
}

export interface FolderFacts {
  readonly events: readonly Event[];
  readonly recordings: readonly Recording[];
  readonly sources: readonly SourceReport[];
  readonly recorders: readonly RecorderReport[];
  readonly trailProblems: readonly TrailProblem[];
  readonly exceptionFiles: readonly { readonly file: string; readonly text: string }[];
  /** What could not be read or understood, each with its place. */
  readonly errors: readonly string[];
  /** Files of no known format. */
  readonly skipped: readonly string[];
  /** Given paths that were read and hold nothing that offrecord knows. */
  readonly unknownPaths: readonly string[];
}

interface Sorted {
  readonly logs: FoundLog[];
  readonly byRecorder: Map<Recorder, FileEntry[]>;
  readonly exceptions: FileEntry[];
  readonly skipped: string[];
  readonly errors: string[];
}

/** Reads everything below the given paths: logs, recordings and exceptions, recognised by content. */
export async function collectFolder(paths: readonly string[], options: FolderOptions): Promise<FolderFacts> {
  const walks = await Promise.all(paths.map((path) => walk(path)));
  const files = walks.flatMap((one) => one.files);
  const hidden = walks.flatMap((one) => one.problems);
  const lostExceptions = hidden.filter((one) => isException(one));
  const problems = hidden.map((one) => `${one.path}: ${one.message}`);
  options.progress(`recognising ${files.length} files`);
  const sorted = await sortFiles(files, options);
  const logs = await readLogs(sorted.logs, options);
  const trails = await checkTrails(files);
  dropUsed(sorted.skipped, trails.used);
  const inventory = await readRecorders(
    sorted,
    files,
    walks.flatMap((one) => one.absent),
    options,
  );
  return {
    ...logs,
    trailProblems: trails.problems,
    ...inventory,
    recorders: [...inventory.recorders, ...hiddenPaths(hidden, paths, options.now)],
    exceptionFiles: [
      ...(await readTexts(sorted)),
      ...lostExceptions.map((one) => ({ file: one.path, text: '' })),
    ],
    unknownPaths: paths.filter((_, at) => holdsNothingKnown(walks[at], sorted)),
    errors: [...problems, ...sorted.errors, ...rejectTexts(logs.sources), ...inventory.errors],
    skipped: sorted.skipped,
  };
}

/** A path that could not be read is told as that; an empty folder, or one of other things, is told as unknown. */
function holdsNothingKnown(walked: Walked | undefined, sorted: Sorted): boolean {
  if (!walked || walked.problems.length > 0) return false;
  const known = new Set([...sorted.logs.map(({ file }) => file), ...sorted.exceptions]);
  for (const files of sorted.byRecorder.values()) for (const file of files) known.add(file);
  const manifestOnly = walked.files.length === 0 && walked.absent.length > 0;
  return !manifestOnly && !walked.files.some((file) => known.has(file));
}

/** Codes of problems behind which recordings may lie that nobody has seen. */
const HIDING = new Set(['denied', 'io', 'too-deep', 'too-many']);
/** A link named so that leads nowhere is a store that is not mounted; other dead links are common and hide nothing. */
const RECORDINGS = /\/recordings(?:\/|$)/;

/** What could not be looked into may hold recordings: absence means nothing there. */
function hiddenPaths(
  problems: readonly FileProblem[],
  given: readonly string[],
  now: number,
): RecorderReport[] {
  const roots = new Set(given.map((path) => resolve(path)));
  const hides = ({ code, path }: FileProblem) =>
    HIDING.has(code) || (code === 'missing' && (roots.has(path) || RECORDINGS.test(path)));
  const hiding = problems.filter(hides);
  if (hiding.length === 0) return [];
  return [
    {
      id: 'unreadable paths',
      type: 'unknown',
      serves: 'all',
      hosts: [],
      units: hiding.length,
      recordings: 0,
      errors: hiding.map((one) => `${one.path}: ${one.message}`),
      blindHosts: hiding.map((one) => /\/hosts\/([^/]+)(?:\/|$)/.exec(one.path)?.[1] ?? EVERY_HOST),
      watermark: now,
    },
  ];
}

async function sortFiles(files: readonly FileEntry[], options: FolderOptions): Promise<Sorted> {
  const sorted: Sorted = { logs: [], byRecorder: new Map(), exceptions: [], skipped: [], errors: [] };
  for (const file of files) {
    if (options.signal.aborted) break;
    if (isException(file)) sorted.exceptions.push(file);
    else await sortFile(file, sorted);
  }
  return sorted;
}

function isException(file: Pick<FileEntry, 'path'>): boolean {
  return basename(dirname(file.path)) === 'exceptions' && /\.ya?ml$/.test(file.path);
}

async function sortFile(file: FileEntry, sorted: Sorted): Promise<void> {
  const found = await recogniseFile(file);
  if (found.kind === 'recorder') addTo(sorted.byRecorder, found.recorder, file);
  else if (found.kind === 'source') await addLog(file, found.format, sorted);
  else if (found.kind === 'unreadable') sorted.errors.push(found.why);
  else passOver(file, sorted);
}

/** Names under which systems keep authentication and audit records, with what rotation appends. */
const WITNESS_NAMES = /^(?:auth\.log|secure|audit\.log|sshd\.log|sudo\.log)(?:[.-][\w.-]*)?$/;

/** Files of other programs are common beside logs; a witness that cannot be understood is a loss and must be told. */
function passOver(file: FileEntry, sorted: Sorted): void {
  sorted.skipped.push(file.name);
  if (file.size > 0 && WITNESS_NAMES.test(basename(file.path)))
    sorted.errors.push(
      `${file.name}: this is named like a log of accesses, but its content has no known format`,
    );
}

/** tlog can write into the log or the journal itself: such a file is both a source and a recorder's container. */
async function addLog(file: FileEntry, format: Format, sorted: Sorted): Promise<void> {
  sorted.logs.push({ file, format });
  const tlog = findRecorder('tlog');
  if (tlog && (await holdsTlog(file))) addTo(sorted.byRecorder, tlog, file);
}

function addTo<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

async function readRecorders(
  sorted: Sorted,
  all: readonly FileEntry[],
  absent: readonly AbsentFile[],
  options: FolderOptions,
) {
  const recordings: Recording[] = [];
  const recorders: RecorderReport[] = [];
  const errors: string[] = [];
  const common = { zone: options.zone, now: options.now, names: DEFAULT_NAMES, sidecars: DEFAULT_SIDECARS };
  const used = new Set<string>();
  for (const [recorder, files] of [...sorted.byRecorder].sort(([a], [b]) => (a.type < b.type ? -1 : 1))) {
    options.progress(`inspecting ${files.length} files of ${recorder.type}`);
    for (const unit of recorder.group(files, all)) for (const file of unit.files) used.add(file.name);
    const input = { id: recorder.type, recorder, files, siblings: all, problems: [], host: null };
    const inspect = (_: Recorder, unit: Parameters<typeof contextFor>[0]) =>
      recorder.inspect(unit, contextFor(unit, common, null));
    const inventory = await takeInventory(input, inspect, options.now);
    recordings.push(...inventory.recordings);
    recorders.push(inventory.report);
    errors.push(
      ...inventory.errors,
      ...shownRejects(recorder.type, inventory.rejects, inventory.rejects.length),
    );
  }
  const missing = missingRecordings(absent, all, common);
  // Companions (timing files, sidecars) belong to a unit although no recorder claims them alone.
  dropUsed(sorted.skipped, used);
  return { recordings: [...noteAbsentCompanions(recordings, absent), ...missing], recorders, errors };
}

function dropUsed(skipped: string[], used: ReadonlySet<string>): void {
  skipped.splice(0, skipped.length, ...skipped.filter((name) => !used.has(name)));
}

async function readTexts(sorted: Sorted): Promise<{ file: string; text: string }[]> {
  const texts: { file: string; text: string }[] = [];
  for (const entry of sorted.exceptions) {
    try {
      texts.push({ file: entry.name, text: await readFile(entry.path, 'utf8') });
    } catch (error) {
      // An exception that cannot be read silences nothing; an empty text makes it a finding.
      texts.push({ file: entry.name, text: '' });
      sorted.errors.push(`${entry.name}: ${toFileProblem(entry.path, error).message}`);
    }
  }
  return texts;
}

function rejectTexts(sources: readonly SourceReport[]): string[] {
  return sources.flatMap((source) => [
    ...shownRejects(source.id, source.rejects, source.rejected),
    ...(source.error === null ? [] : [`${source.id}: ${source.error}`]),
  ]);
}

/** The first few records that could not be understood, and how many more there are. */
function shownRejects(id: string, rejects: readonly Reject[], count: number): string[] {
  const shown = rejects.slice(0, 5).map((one) => `${one.ref.source}:${one.ref.record}: ${one.detail}`);
  const more = count - shown.length;
  return [...shown, ...(more > 0 ? [`${id}: ${more} more records could not be understood`] : [])];
}
