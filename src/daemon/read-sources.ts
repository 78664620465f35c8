import type { Config } from '../config/schema.ts';
import type { SourceConfig } from '../config/sources.ts';
import type { FileEntry } from '../files/entry.ts';
import type { StreamCursor } from '../files/cursor.ts';
import { type LogStream, toStreams } from '../files/rotation.ts';
import type { SourceReport } from '../model/source-report.ts';
import type { Format } from '../sources/format.ts';
import { type Batch, readStream } from '../sources/read-stream.ts';
import { findFormat } from '../sources/registry.ts';
import { emptyReport } from '../sources/source-log.ts';
import type { Store } from '../store/store.ts';
import { findFiles } from './collect/paths.ts';
import type { KnownKinds } from './collect/known-kinds.ts';
import { noteDirty } from './dirty.ts';

export interface ReadOutcome {
  /** Events that were new. */
  readonly added: number;
  /** One report per stream, also of streams with nothing new. */
  readonly reports: readonly SourceReport[];
  /** Configured source by stream id. */
  readonly sourceOf: ReadonlyMap<string, SourceConfig>;
}

/** Reads what is new in every configured source. One broken source never stops the others. */
export async function readSources(
  config: Config,
  store: Store,
  now: number,
  signal: AbortSignal,
  kinds: KnownKinds,
): Promise<ReadOutcome> {
  const before = new Map((await store.sourceReports()).map((report) => [report.id, report]));
  const reports: SourceReport[] = [];
  const sourceOf = new Map<string, SourceConfig>();
  let added = 0;
  for (const source of config.sources) {
    const { files, problems } = await findFiles(source.paths, true);
    if (problems.length > 0) reports.push(unreadable(source, problems, before.get(source.id)));
    for (const [stream, format] of await streamsOf(files, source, kinds)) {
      if (signal.aborted) return { added, reports, sourceOf };
      const id = `${source.id}/${stream.id}`;
      sourceOf.set(id, source);
      const known = before.get(id);
      const read = await readOne(
        stream,
        format,
        { id, source, config, now, signal, ...(known ? { known } : {}) },
        store,
      );
      added += read.added;
      reports.push(read.report);
    }
  }
  return { added, reports, sourceOf };
}

async function streamsOf(
  files: readonly FileEntry[],
  source: SourceConfig,
  kinds: KnownKinds,
): Promise<[LogStream, Format][]> {
  const formats = new Map<string, Format>();
  for (const file of files) {
    const format = await formatOf(file, source, kinds);
    if (format) formats.set(file.path, format);
  }
  const streams = toStreams(files.filter((file) => formats.has(file.path)));
  return streams.flatMap((stream) => {
    const format = formats.get(stream.files.at(-1)?.entry.path ?? '');
    return format ? [[stream, format] as [LogStream, Format]] : [];
  });
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

interface OneStream {
  readonly id: string;
  readonly source: SourceConfig;
  readonly config: Config;
  readonly now: number;
  readonly signal: AbortSignal;
  readonly known?: SourceReport;
}

async function readOne(
  stream: LogStream,
  format: Format,
  { id, source, config, now, signal, known }: OneStream,
  store: Store,
): Promise<{ added: number; report: SourceReport }> {
  const zone = source.zone ?? config.timezone;
  if (known?.zone != null && known.zone !== zone) {
    // The times that were stored rest on another zone: what is still there is read again from its beginning.
    return readFrom(undefined, undefined, zone, stream, format, { id, source, now, signal }, store);
  }
  const cursor = (await store.cursor(id)) as StreamCursor | undefined;
  return readFrom(cursor, known, zone, stream, format, { id, source, now, signal }, store);
}

async function readFrom(
  cursor: StreamCursor | undefined,
  known: SourceReport | undefined,
  zone: string,
  stream: LogStream,
  format: Format,
  { id, source, now, signal }: Omit<OneStream, 'config' | 'known'>,
  store: Store,
): Promise<{ added: number; report: SourceReport }> {
  const batches = readStream(stream, format, {
    id,
    host: source.host ?? stream.host,
    zone,
    now,
    signal,
    ...(cursor === undefined ? {} : { cursor }),
    ...(known === undefined ? {} : { before: known }),
  });
  let added = 0;
  let report = known ?? emptyReport({ id, type: format.type, zone });
  for await (const batch of batches) {
    added += await saveBatch(store, id, batch, now);
    report = batch.report;
  }
  return { added, report };
}

/** Events, the cursor behind them and how far back they reach, in one transaction. */
async function saveBatch(store: Store, stream: string, batch: Batch, at: number): Promise<number> {
  return store.transaction(async (tx) => {
    const { events, cursor, report } = batch;
    const { added } = await tx.saveBatch({ stream, cursor, report, events, at });
    if (added > 0) await noteDirty(tx, Math.min(...earliest(events.map((event) => event.time))));
    return added;
  });
}

/** Spreading a few thousand numbers into one call is within every engine's limit; 10,000 at a time is safe. */
function earliest(times: readonly number[]): number[] {
  const out: number[] = [];
  for (let at = 0; at < times.length; at += 10_000) out.push(Math.min(...times.slice(at, at + 10_000)));
  return out;
}

function unreadable(
  source: SourceConfig,
  problems: readonly string[],
  known: SourceReport | undefined,
): SourceReport {
  const report = known ?? emptyReport({ id: source.id, type: source.type, zone: null });
  return { ...report, error: problems[0] ?? null };
}
