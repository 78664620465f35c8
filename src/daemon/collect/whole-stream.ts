import { createHash } from 'node:crypto';
import type { FileEntry } from '../../files/entry.ts';
import { createFramer, type FramedRecord } from '../../files/framing.ts';
import { openFile, readChunks } from '../../files/open.ts';
import { toFileProblem } from '../../files/problem.ts';
import type { LogStream } from '../../files/rotation.ts';
import type { Event } from '../../model/event.ts';
import type { SourceReport } from '../../model/source-report.ts';
import type { Decoder, Format, RecordPlace } from '../../sources/format.ts';
import { emptyReport, SourceLog } from '../../sources/source-log.ts';

export interface WholeStream {
  readonly events: readonly Event[];
  readonly report: SourceReport;
}

export interface StreamContext {
  readonly host: string | null;
  readonly zone: string;
  readonly now: number;
  readonly signal: AbortSignal;
}

/** Reads all files of a stream from their beginning, oldest first; two files of equal content are read once. */
export async function readWhole(stream: LogStream, format: Format, context: StreamContext): Promise<WholeStream> {
  const log = new SourceLog(emptyReport({ id: stream.id, type: format.type, zone: context.zone }));
  const reading: Reading = { log, events: [], seq: 0, contents: new Set(), heldBack: 0, error: null };
  for (const { entry, final } of stream.files) {
    if (context.signal.aborted) break;
    // A log cannot hold records younger than its last write: that settles years that are not written.
    const reference = Math.min(context.now, entry.mtimeMs + DAY_MS);
    const { host, zone } = context;
    const decoder = format.create({ stream: stream.id, host: host ?? stream.host, zone, reference });
    await readFile(entry, final, format, decoder, reading);
  }
  const assumed = log.report({}).assumed;
  const report = log.report({
    files: stream.files.map(({ entry }) => entry.name),
    heldBack: reading.heldBack,
    error: reading.error,
    zone: assumed.includes('zone') ? context.zone : null,
  });
  return { events: reading.events, report };
}

const DAY_MS = 86_400_000;

interface Reading {
  readonly log: SourceLog;
  readonly events: Event[];
  seq: number;
  readonly contents: Set<string>;
  heldBack: number;
  error: string | null;
}

async function readFile(
  entry: FileEntry,
  final: boolean,
  format: Format,
  decoder: Decoder,
  reading: Reading,
): Promise<void> {
  try {
    const file = await openFile(entry.path);
    try {
      const cut = new Cutting(entry, format, decoder, reading);
      for await (const chunk of readChunks(file)) if (!cut.take(chunk)) return;
      cut.finish(final || file.gzip);
    } finally {
      await file.handle.close();
    }
  } catch (error) {
    reading.error = `${entry.name}: ${toFileProblem(entry.path, error).message}`;
  }
}

/** One file being cut into records. */
class Cutting {
  #framer: ReturnType<typeof createFramer> | null = null;
  #content: string | null = null;
  readonly #entry: FileEntry;
  readonly #format: Format;
  readonly #decoder: Decoder;
  readonly #reading: Reading;

  constructor(entry: FileEntry, format: Format, decoder: Decoder, reading: Reading) {
    this.#entry = entry;
    this.#format = format;
    this.#decoder = decoder;
    this.#reading = reading;
  }

  /** False where the file repeats one that was read. */
  take(chunk: Uint8Array): boolean {
    this.#framer ??= createFramer(this.#format.framing(chunk));
    for (const record of this.#framer.push(chunk)) if (!this.#decode(record)) return false;
    return true;
  }

  finish(final: boolean): void {
    const rest = this.#framer?.end().rest;
    if (!rest) return;
    if (final || rest.tooLong) this.#decode(rest);
    else this.#reading.heldBack += rest.bytes.length;
  }

  #decode(record: FramedRecord): boolean {
    const { log, contents, events } = this.#reading;
    if (this.#content === null) {
      this.#content = contentId(record.bytes);
      if (contents.has(this.#content)) return false;
      contents.add(this.#content);
    }
    this.#reading.seq += 1;
    const place: RecordPlace = {
      content: this.#content,
      offset: record.offset,
      line: record.line,
      seq: this.#reading.seq,
      file: this.#entry.name,
    };
    if (record.tooLong) {
      const ref = { source: place.file, record: String(place.line) };
      log.reject({ code: 'too-long', detail: 'the record is longer than any that is read', ref });
      return true;
    }
    const parsed = this.#decoder.decode(record.bytes, place);
    log.add(parsed);
    for (const event of parsed.events) events.push(event);
    return true;
  }
}

/** Logs that begin with the same record are the same log, renamed or copied. */
function contentId(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes.subarray(0, 1024)).digest('hex').slice(0, 16);
}
