import type { Config } from '../config/schema.ts';
import type { SourceConfig } from '../config/sources.ts';
import type { FileEntry } from '../files/entry.ts';
import { type LogStream, toStreams } from '../files/rotation.ts';
import type { TrailProblem } from '../model/control.ts';
import type { SourceReport } from '../model/source-report.ts';
import type { Format } from '../sources/format.ts';
import { type DoneObject, readObjects, toObjectStreams } from '../sources/read-objects.ts';
import type { Screen } from '../sources/screened.ts';
import { findFormat } from '../sources/registry.ts';
import { emptyReport } from '../sources/source-log.ts';
import type { ReadObject, Store } from '../store/store.ts';
import { checkTrails } from './collect/trail-digests.ts';
import { findFiles } from './collect/paths.ts';
import type { KnownKinds } from './collect/known-kinds.ts';
import { toSpoolSource } from './receive/listeners.ts';
import { readLog, saveBatch, type StreamRead } from './read-log.ts';

export interface ReadOutcome {
  /** Events that were new. */
  readonly added: number;
  /** One report per stream, also of streams with nothing new. */
  readonly reports: readonly SourceReport[];
  /** After how much silence a stream is reported, by stream. */
  readonly silentAfterMs: ReadonlyMap<string, number>;
  /** What digests beside trail files show. */
  readonly trailProblems: readonly TrailProblem[];
}

/** What reading the configured sources needs. */
export interface SourceReading {
  readonly config: Config;
  readonly store: Store;
  readonly screen: Screen;
  /** Epoch ms. */
  readonly now: number;
  readonly signal: AbortSignal;
  readonly kinds: KnownKinds;
}

/** Reads what is new in every configured source. One broken source never stops the others. */
export async function readSources(reading: SourceReading): Promise<ReadOutcome> {
  const { config, store, signal } = reading;
  const before = new Map((await store.sourceReports()).map((report) => [report.id, report]));
  const reports: SourceReport[] = [];
  const silentAfterMs = new Map<string, number>();
  const trailProblems: TrailProblem[] = [];
  let added = 0;
  for (const source of [...config.sources, ...config.receive.map(toSpoolSource)]) {
    const { files, problems } = await findFiles(source.paths, true);
    if (problems.length > 0) reports.push(unreadable(source, problems, before.get(source.id)));
    for (const part of await partsOf(files, source, reading.kinds)) {
      if (signal.aborted) return { added, reports, silentAfterMs, trailProblems };
      if (source.silentAfterMs !== null) silentAfterMs.set(part.id, source.silentAfterMs);
      const known = before.get(part.id);
      const read = await readPart(part, { ...reading, source, ...(known ? { known } : {}) }, store);
      added += read.added;
      reports.push(read.report);
    }
    trailProblems.push(...(await proveFolder(source, files, reading)));
  }
  return { added, reports, silentAfterMs, trailProblems };
}

/** A stream of one source: a log with its rotated files, or objects that are complete as they are. */
type Part =
  | { readonly id: string; readonly format: Format; readonly log: LogStream }
  | { readonly id: string; readonly format: Format; readonly objects: readonly FileEntry[] };

async function partsOf(
  files: readonly FileEntry[],
  source: SourceConfig,
  kinds: KnownKinds,
): Promise<Part[]> {
  const formats = new Map<string, Format>();
  for (const file of files) {
    const format = await formatOf(file, source, kinds);
    if (format) formats.set(file.path, format);
  }
  const isObject = (file: FileEntry) => formats.get(file.path)?.layout === 'objects';
  const logs = toStreams(files.filter((file) => formats.has(file.path) && !isObject(file)));
  const objects = Map.groupBy(files.filter(isObject), (file) => formats.get(file.path));
  return [
    ...logs.flatMap((log): Part[] => {
      const format = formats.get(log.files.at(-1)?.entry.path ?? '');
      return format ? [{ id: `${source.id}/${log.id}`, format, log }] : [];
    }),
    ...[...objects].flatMap(([format, own]): Part[] =>
      format === undefined
        ? []
        : toObjectStreams(own, format, `${source.id}/`).map(({ id, files: objects }) => ({
            id,
            format,
            objects,
          })),
    ),
  ];
}

async function formatOf(
  file: FileEntry,
  source: SourceConfig,
  kinds: KnownKinds,
): Promise<Format | undefined> {
  if (source.type !== 'auto') return findFormat(source.type);
  const found = await kinds.recognise(file);
  return found.kind === 'source' ? found.format : undefined;
}

interface PartReading extends SourceReading {
  readonly source: SourceConfig;
  readonly known?: SourceReport;
}

async function readPart(part: Part, reading: PartReading, store: Store): Promise<StreamRead> {
  if (!('log' in part)) return readNewObjects(part, reading, store);
  const { source, config } = reading;
  const zone = source.zone ?? config.timezone;
  return readLog(part, { ...reading, zone, host: source.host ?? part.log.host });
}

/** Objects that were not read yet as they are now, each with its events in one transaction. */
async function readNewObjects(
  part: Part & { readonly objects: readonly FileEntry[] },
  reading: PartReading,
  store: Store,
): Promise<StreamRead> {
  const { source, config, known, now, signal, screen } = reading;
  const { id, format, objects } = part;
  const zone = source.zone ?? config.timezone;
  const kept = objects.filter((file) => file.mtimeMs >= now - config.store.retentionMs);
  const unread = await store.unreadObjects(
    id,
    kept.map(({ name, size, mtimeMs }) => ({ name, size, mtimeMs })),
  );
  let report = known ?? emptyReport({ id, type: format.type, zone: null });
  if (unread.size === 0) return { added: 0, report: { ...report, error: null } };
  let added = 0;
  const files = kept.filter((file) => unread.has(file.name));
  const options = { id, host: source.host, zone, now, signal, screen, ...(known ? { before: known } : {}) };
  for await (const { events, done, report: next } of readObjects(files, format, options)) {
    const batch = {
      stream: id,
      cursor: null,
      report: next,
      events,
      objects: done === null ? [] : [toReadObject(done)],
    };
    added += await saveBatch(store, { ...batch, keepFirst: true, at: now });
    report = next;
  }
  return { added, report };
}

function toReadObject({ entry: { name, size, mtimeMs }, sha256 }: DoneObject): ReadObject {
  return { name, size, mtimeMs, sha256 };
}

function unreadable(
  source: SourceConfig,
  problems: readonly string[],
  known: SourceReport | undefined,
): SourceReport {
  const report = known ?? emptyReport({ id: source.id, type: source.type, zone: null });
  return { ...report, error: problems[0] ?? null };
}

/** Proves a folder of trail files where digests lie with them; hashes are those taken when the files were read. */
async function proveFolder(
  source: SourceConfig,
  files: readonly FileEntry[],
  { store }: SourceReading,
): Promise<readonly TrailProblem[]> {
  const streams = cloudtrailStreams(source, files);
  if (streams.size === 0) return [];
  const hashes = new Map<string, string>();
  for (const [stream, names] of streams) {
    for (const [name, sha256] of await store.objectDigests(stream, names)) hashes.set(name, sha256);
  }
  return (await checkTrails(files, async (file) => hashes.get(file.name) ?? null)).problems;
}

function cloudtrailStreams(source: SourceConfig, files: readonly FileEntry[]): Map<string, string[]> {
  const format = findFormat('cloudtrail');
  if (format === undefined || (source.type !== 'auto' && source.type !== format.type)) return new Map();
  const named = files.filter((file) => format.streamOf?.(file.name) != null);
  const streams = toObjectStreams(named, format, `${source.id}/`);
  return new Map(streams.map(({ id, files: own }) => [id, own.map((file) => file.name)]));
}
