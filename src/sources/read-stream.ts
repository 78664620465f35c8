import type { FileEntry } from '../files/entry.ts';
import {
  advanceCursor,
  contentOf,
  EMPTY_CURSOR,
  type PlannedRead,
  planReads,
  type StreamCursor,
} from '../files/cursor.ts';
import type { FramedRecord } from '../files/framing.ts';
import { readRecords } from '../files/read.ts';
import type { LogStream } from '../files/rotation.ts';
import type { Event } from '../model/event.ts';
import type { SourceReport } from '../model/source-report.ts';
import type { Decoder, Format, RecordPlace } from './format.ts';
import { type RecordScreen, type Screen, screened, screenOf } from './screened.ts';
import { emptyReport, SourceLog } from './source-log.ts';

/** What a chunk of a stream gave. The cursor stands behind it: commit both together. */
export interface Batch {
  readonly events: readonly Event[];
  readonly cursor: StreamCursor;
  readonly report: SourceReport;
}

export interface StreamOptions {
  /** Id of the stream in events and reports. */
  readonly id: string;
  readonly host: string | null;
  /** IANA zone of times without one. */
  readonly zone: string;
  /** Epoch ms: nothing that is read can be younger. */
  readonly now: number;
  readonly cursor?: StreamCursor;
  /** What earlier reading showed; reading goes on counting from there. */
  readonly before?: SourceReport;
  readonly signal?: AbortSignal;
  /** What rules say of records that a format offers to them. */
  readonly screen?: Screen;
}

const DAY_MS = 86_400_000;
const YEAR_MS = 365 * DAY_MS;

/**
 * Reads what is new in a log with its rotated files, oldest first, one batch per 256 KiB chunk (a few thousand
 * records). The last batch is empty and carries the final report. Never throws for what a file holds or lacks.
 */
export async function* readStream(
  stream: LogStream,
  format: Format,
  options: StreamOptions,
): AsyncGenerator<Batch> {
  const before = options.before ?? emptyReport({ id: options.id, type: format.type, zone: options.zone });
  const log = new SourceLog({ ...before, error: null });
  const plan = await planReads(stream, options.cursor ?? EMPTY_CURSOR, (head) => format.framing(head));
  const errors = plan.problems.map((problem) => `${problem.path}: ${problem.message}`);
  let { cursor } = plan;
  let heldBack = 0;
  for (const planned of plan.reads) {
    const reading = new PlannedReading(planned, format, options, log);
    const skim = format.createSkim?.();
    const reader = readRecords(planned.entry, {
      ...planned,
      ...signalOf(options),
      ...(skim === undefined ? {} : { skim }),
    });
    for (let step = await reader.next(); ; step = await reader.next()) {
      if (step.done) {
        heldBack += step.value.heldBack;
        if (step.value.error !== null) errors.push(`${planned.entry.name}: ${step.value.error}`);
        const { end: offset, line, done } = step.value;
        cursor = advanceCursor(cursor, planned.slot, { offset, line, done, ...reading.progress() });
        break;
      }
      const events = reading.decode(step.value.records);
      cursor = advanceCursor(cursor, planned.slot, { ...step.value.at, done: false, ...reading.progress() });
      yield { events, cursor, report: log.report({}) };
    }
  }
  const { assumed } = log.report({});
  const report = log.report({
    files: stream.files.map(({ entry }) => entry.name),
    heldBack,
    error: errors[0] ?? null,
    zone: assumed.includes('zone') ? options.zone : null,
  });
  yield { events: [], cursor, report };
}

function signalOf({ signal }: StreamOptions) {
  return signal === undefined ? {} : { signal };
}

/** Decodes the records of one file, numbering them as the plan says. */
class PlannedReading {
  readonly #planned: PlannedRead;
  readonly #decoder: Decoder;
  readonly #log: SourceLog;
  readonly #screen: RecordScreen | null;
  #content: string;
  #records = 0;
  #since = 0;

  constructor(planned: PlannedRead, format: Format, options: StreamOptions, log: SourceLog) {
    this.#planned = planned;
    this.#log = log;
    this.#screen = screenOf(format, options.screen);
    this.#content = planned.content;
    this.#decoder = format.create({
      stream: options.id,
      host: options.host,
      zone: options.zone,
      reference: referenceOf(planned.entry, options.now),
    });
  }

  decode(records: readonly FramedRecord[]): Event[] {
    const events: Event[] = [];
    for (const record of records) for (const event of this.#decodeOne(record)) events.push(event);
    return events;
  }

  /** What was read since the last call. */
  progress(): { readonly records: number; readonly content: string } {
    const records = this.#records - this.#since;
    this.#since = this.#records;
    return { records, content: this.#content };
  }

  #decodeOne(record: FramedRecord): readonly Event[] {
    if (record.skipped !== undefined) {
      this.#records += record.skipped;
      this.#log.skip(record.skipped);
    }
    if (this.#content === '') this.#content = contentOf(record);
    const place: RecordPlace = {
      content: this.#content,
      offset: record.offset,
      line: record.line,
      seq: this.#planned.seq + this.#records,
      file: this.#planned.entry.name,
    };
    this.#records += 1;
    if (record.tooLong) {
      const ref = { source: place.file, record: String(place.line) };
      this.#log.reject({ code: 'too-long', detail: 'the record is longer than any that is read', ref });
      return [];
    }
    const parsed = screened(this.#decoder.decode(record.bytes, place), this.#screen);
    this.#log.add(parsed);
    return parsed.events;
  }
}

/**
 * Years that are not written are settled by the latest time that a record can have. The clock does for logs up to a
 * year old; an older file was archived, and its last write bounds its records.
 */
function referenceOf(entry: FileEntry, now: number): number {
  const isArchived = now - entry.mtimeMs > YEAR_MS;
  return isArchived ? entry.mtimeMs + DAY_MS : now;
}
