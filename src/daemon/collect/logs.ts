import type { FileEntry } from '../../files/entry.ts';
import { toStreams } from '../../files/rotation.ts';
import type { Event } from '../../model/event.ts';
import type { SourceReport } from '../../model/source-report.ts';
import type { Format } from '../../sources/format.ts';
import { readObjects, toObjectStreams } from '../../sources/read-objects.ts';
import { readStream } from '../../sources/read-stream.ts';
import type { Screen } from '../../sources/screened.ts';

export interface FoundLog {
  readonly file: FileEntry;
  readonly format: Format;
}

export interface LogOptions {
  readonly zone: string;
  readonly now: number;
  readonly signal: AbortSignal;
  readonly progress: (text: string) => void;
  readonly screen?: Screen;
}

/** Reads found logs from beginning to end, once: those that grow, and those that are complete as they are. */
export async function readLogs(logs: readonly FoundLog[], options: LogOptions) {
  const events: Event[] = [];
  const sources: SourceReport[] = [];
  const grown = logs.filter(({ format }) => format.layout !== 'objects');
  const formatOf = new Map(grown.map(({ file, format }) => [file.path, format]));
  for (const stream of toStreams(grown.map(({ file }) => file))) {
    const format = formatOf.get(stream.files.at(-1)?.entry.path ?? '');
    if (!format || options.signal.aborted) continue;
    options.progress(`reading ${stream.id}`);
    await take(readStream(stream, format, { ...options, id: stream.id, host: stream.host }), events, sources);
  }
  const complete = Map.groupBy(
    logs.filter(({ format }) => format.layout === 'objects'),
    ({ format }) => format,
  );
  for (const [format, own] of complete) {
    for (const { id, files } of toObjectStreams(
      own.map(({ file }) => file),
      format,
      `${format.type}/`,
    )) {
      options.progress(`reading ${id}`);
      await take(readObjects(files, format, { ...options, id, host: null }), events, sources);
    }
  }
  return { events, sources };
}

async function take(
  batches: AsyncIterable<{ readonly events: readonly Event[]; readonly report: SourceReport }>,
  events: Event[],
  sources: SourceReport[],
): Promise<void> {
  let report: SourceReport | null = null;
  for await (const batch of batches) {
    for (const event of batch.events) events.push(event);
    report = batch.report;
  }
  if (report) sources.push(report);
}
