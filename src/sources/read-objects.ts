import { basename } from 'node:path';
import type { FileEntry } from '../files/entry.ts';
import { readHead } from '../files/head.ts';
import { readRecords } from '../files/read.ts';
import type { Event } from '../model/event.ts';
import type { SourceReport } from '../model/source-report.ts';
import { stableId } from '../util/ids.ts';
import type { Format } from './format.ts';
import type { StreamOptions } from './read-stream.ts';
import { screened, screenOf } from './screened.ts';
import { emptyReport, SourceLog } from './source-log.ts';

/** Many files of one format, each complete when it appears: a folder of a trail's files, an export. */
export interface ObjectStream {
  /** Id of the stream in events and reports. */
  readonly id: string;
  readonly files: readonly FileEntry[];
}

/** What one object, or a part of a large one, gave. */
export interface ObjectBatch {
  readonly events: readonly Event[];
  readonly report: SourceReport;
  /** The object, where it is read to its end: note it as read together with the events. */
  readonly done: FileEntry | null;
}

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
  stream: ObjectStream,
  format: Format,
  options: Omit<StreamOptions, 'cursor'>,
): AsyncGenerator<ObjectBatch> {
  const before = options.before ?? emptyReport({ id: options.id, type: format.type, zone: null });
  const log = new SourceLog({ ...before, error: null });
  const errors: string[] = [];
  for (const entry of stream.files) {
    if (options.signal?.aborted === true) return;
    const problem = yield* readObject(entry, format, options, log);
    if (problem !== null) errors.push(`${entry.name}: ${problem}`);
  }
  const names = stream.files.slice(-NAMED_FILES).map((one) => one.name);
  const report = log.report({ files: names.length > 0 ? names : before.files, error: errors[0] ?? null });
  yield { events: [], report, done: null };
}

async function* readObject(
  entry: FileEntry,
  format: Format,
  options: Omit<StreamOptions, 'cursor'>,
  log: SourceLog,
): AsyncGenerator<ObjectBatch, string | null> {
  const head = await readHead(entry, 4096);
  if (head.bytes.length === 0) {
    const empty = head.problem === null;
    // An object without a byte holds no record and never will: noted, so that it is not opened for ever.
    if (empty) yield { events: [], report: log.report({}), done: entry };
    return empty ? null : (head.problem?.message ?? null);
  }
  const decoder = format.create({
    stream: options.id,
    host: options.host,
    zone: options.zone,
    reference: options.now,
  });
  const screen = screenOf(format, options.screen);
  const reader = readRecords(entry, { framing: format.framing(head.bytes), final: true });
  // The name tells the object: its records' ids do not change where it is copied to.
  const content = stableId('ev', [basename(entry.name)]);
  let held: ObjectBatch | null = null;
  let seq = 0;
  for (let step = await reader.next(); ; step = await reader.next()) {
    if (step.done) {
      const { error } = step.value;
      // An object is never completed later: what is damaged stays so, and is told once and by its digest.
      const damaged = error !== null && /^(?:cut|damaged):/.test(error);
      yield {
        events: held?.events ?? [],
        report: log.report({}),
        done: error === null || damaged ? entry : null,
      };
      return error;
    }
    if (held !== null) yield held;
    const events: Event[] = [];
    for (const record of step.value.records) {
      seq += 1;
      const place = { content, offset: record.offset, line: record.line, seq, file: entry.name };
      if (record.tooLong) {
        const ref = { source: place.file, record: String(place.line) };
        log.reject({ code: 'too-long', detail: 'the record is longer than any that is read', ref });
        continue;
      }
      const parsed = screened(decoder.decode(record.bytes, place), screen);
      log.add(parsed);
      for (const event of parsed.events) events.push(event);
    }
    held = { events, report: log.report({}), done: null };
  }
}
