import { createHash, type Hash } from 'node:crypto';
import { basename } from 'node:path';
import type { FileEntry } from '../files/entry.ts';
import type { FramedRecord } from '../files/framing.ts';
import { readHead } from '../files/head.ts';
import { readRecords } from '../files/read.ts';
import type { Event } from '../model/event.ts';
import type { SourceReport } from '../model/source-report.ts';
import { stableId } from '../util/ids.ts';
import type { Decoder, Format } from './format.ts';
import type { StreamOptions } from './read-stream.ts';
import { type RecordScreen, screened, screenOf } from './screened.ts';
import { emptyReport, SourceLog } from './source-log.ts';

/** Many files of one format, each complete when it appears: a folder of a trail's files, an export. */
export interface ObjectStream {
  /** Id of the stream in events and reports. */
  readonly id: string;
  readonly files: readonly FileEntry[];
}

/** An object that is read to its end. */
export interface DoneObject {
  readonly entry: FileEntry;
  /** Of the decompressed content. */
  readonly sha256: string;
}

/** What one object, or a part of a large one, gave. */
export interface ObjectBatch {
  readonly events: readonly Event[];
  readonly report: SourceReport;
  /** Note it as read together with the events. */
  readonly done: DoneObject | null;
}

export type ObjectOptions = Omit<StreamOptions, 'cursor'>;

/** Files named in a report: what is read is kept in the store; a person needs examples. */
const NAMED_FILES = 20;

/**
 * Groups files by the stream that their names tell. What a name does not tell is a stream by its folder; all of them
 * are ordered by name, which for trails is the order of delivery.
 */
export function toObjectStreams(files: readonly FileEntry[], format: Format, prefix: string): ObjectStream[] {
  const byStream = Map.groupBy(files, ({ name }) => {
    const told = format.streamOf?.(name) ?? null;
    return `${prefix}${told ?? folderName(name)}`;
  });
  return [...byStream]
    .map(([id, own]) => ({ id, files: own.toSorted((a, b) => (a.name < b.name ? -1 : 1)) }))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}

function folderName(name: string): string {
  const cut = name.lastIndexOf('/');
  return cut < 0 ? name : name.slice(0, cut);
}

/**
 * Reads every given object of a stream. An object that cannot be read is told in the report and not noted as read,
 * so it is tried again; the others count. Never throws for what a file holds or lacks.
 */
export async function* readObjects(
  files: readonly FileEntry[],
  format: Format,
  options: ObjectOptions,
): AsyncGenerator<ObjectBatch> {
  const before = options.before ?? emptyReport({ id: options.id, type: format.type, zone: null });
  const log = new SourceLog({ ...before, error: null });
  const errors: string[] = [];
  for (const entry of files) {
    if (options.signal?.aborted === true) return;
    const reading = new ObjectReading(entry, format, options, log);
    yield* reading.batches();
    if (reading.error !== null) errors.push(`${entry.name}: ${reading.error}`);
  }
  const names = files.slice(-NAMED_FILES).map((one) => one.name);
  const report = log.report({ files: names.length > 0 ? names : before.files, error: errors[0] ?? null });
  yield { events: [], report, done: null };
}

/** Decodes one object. */
class ObjectReading {
  error: string | null = null;
  readonly #entry: FileEntry;
  readonly #format: Format;
  readonly #log: SourceLog;
  readonly #decoder: Decoder;
  readonly #screen: RecordScreen | null;
  readonly #hash: Hash = createHash('sha256');
  /** The name tells the object: its records' ids do not change where it is copied to. */
  readonly #content: string;
  #seq = 0;

  constructor(entry: FileEntry, format: Format, options: ObjectOptions, log: SourceLog) {
    const { id: stream, host, zone, now: reference } = options;
    this.#entry = entry;
    this.#format = format;
    this.#log = log;
    this.#decoder = format.create({ stream, host, zone, reference });
    this.#screen = screenOf(format, options.screen);
    this.#content = stableId('ev', [basename(entry.name)]);
  }

  async *batches(): AsyncGenerator<ObjectBatch> {
    const head = await readHead(this.#entry, 4096);
    if (head.bytes.length === 0) {
      this.error = head.problem?.message ?? null;
      // An object without a byte holds no record and never will: noted, so that it is not opened for ever.
      if (this.error === null) yield this.#batch([], true);
      return;
    }
    const framing = this.#format.framing(head.bytes);
    const onContent = (chunk: Uint8Array) => void this.#hash.update(chunk);
    const reader = readRecords(this.#entry, { framing, final: true, onContent });
    // One batch behind: the last one also says that the object is done.
    let held: readonly Event[] = [];
    for (let step = await reader.next(); ; step = await reader.next()) {
      if (step.done) {
        this.error = step.value.error;
        // An object is never completed later: what is damaged stays so, and is told once and by its digest.
        yield this.#batch(held, this.error === null || /^(?:cut|damaged):/.test(this.error));
        return;
      }
      if (held.length > 0) yield this.#batch(held, false);
      held = step.value.records.flatMap((record) => this.#decode(record));
    }
  }

  #batch(events: readonly Event[], isDone: boolean): ObjectBatch {
    const done = isDone ? { entry: this.#entry, sha256: this.#hash.digest('hex') } : null;
    return { events, report: this.#log.report({}), done };
  }

  #decode(record: FramedRecord): readonly Event[] {
    this.#seq += 1;
    const { offset, line } = record;
    const place = { content: this.#content, offset, line, seq: this.#seq, file: this.#entry.name };
    if (record.tooLong) {
      const ref = { source: place.file, record: String(line) };
      this.#log.reject({ code: 'too-long', detail: 'the record is longer than any that is read', ref });
      return [];
    }
    const parsed = screened(this.#decoder.decode(record.bytes, place), this.#screen);
    this.#log.add(parsed);
    return parsed.events;
  }
}
