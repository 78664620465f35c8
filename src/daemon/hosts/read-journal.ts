import { createFramer, type FramedRecord } from '../../files/framing.ts';
import type { Event } from '../../model/event.ts';
import type { SshConnection } from '../../ssh/connection.ts';
import { toSshFault } from '../../ssh/fault.ts';
import { isJournalCursor, type JournalPlace, readJournal } from '../../ssh/journal.ts';
import type { RecordPlace } from '../../sources/format.ts';
import { journald } from '../../sources/journald/journald.ts';
import { emptyReport, SourceLog } from '../../sources/source-log.ts';
import { saveBatch } from '../read-log.ts';
import type { HostRead, HostReading } from './host-reading.ts';

/** Where a journal was read to. Plain JSON. */
interface JournalCursor {
  readonly place: JournalPlace;
  /** `seq` of the next record. */
  readonly seq: number;
}

/** Bytes that are saved together: as much as of a file. */
const BATCH_BYTES = 256 * 1024;
/** A quarter of a million entries; what is left follows in the next pass. An endless journal ends here too. */
const MAX_PULL_BYTES = 256 * 1024 * 1024;

/** Reads what is new in the journal of a host, each batch with its cursor in one transaction. */
export async function readJournalOf(reading: HostReading, connection: SshConnection): Promise<HostRead> {
  const { host, store, before, now } = reading;
  const id = `${host.id}/journal`;
  const known = before.get(id) ?? emptyReport({ id, type: journald.type, zone: null });
  const cursor = decodeCursor(await store.cursor(id)) ?? firstCursor(reading);
  const pull = new JournalPull(reading, id, cursor, new SourceLog({ ...known, files: [id], error: null }));
  let error: string | null = null;
  try {
    await pull.run(readJournal(connection, cursor.place, host.via));
  } catch (fault) {
    error = toSshFault(fault).message;
  }
  await pull.save(now, error);
  return { added: pull.added, reports: [pull.log.report({ error })] };
}

function firstCursor({ now, host }: HostReading): JournalCursor {
  return { place: { sinceMs: now - host.lookbackMs }, seq: 0 };
}

function decodeCursor(value: unknown): JournalCursor | null {
  return typeof value === 'object' && value !== null && 'place' in value && 'seq' in value
    ? (value as JournalCursor)
    : null;
}

class JournalPull {
  readonly log: SourceLog;
  added = 0;
  readonly #reading: HostReading;
  readonly #id: string;
  readonly #framer = createFramer('lines');
  readonly #decoder;
  #cursor: JournalCursor;
  #events: Event[] = [];
  #unsaved = 0;

  constructor(reading: HostReading, id: string, cursor: JournalCursor, log: SourceLog) {
    const { host, config, now } = reading;
    this.#reading = reading;
    this.#id = id;
    this.#cursor = cursor;
    this.log = log;
    const zone = host.zone ?? config.timezone;
    this.#decoder = journald.create({ stream: id, host: host.id, zone, reference: now });
  }

  async run(chunks: AsyncIterable<Uint8Array>): Promise<void> {
    let total = 0;
    for await (const chunk of chunks) {
      this.#take(this.#framer.push(chunk));
      total += chunk.length;
      this.#unsaved += chunk.length;
      if (this.#unsaved >= BATCH_BYTES) await this.save(this.#reading.now, null);
      if (total >= MAX_PULL_BYTES) return;
    }
  }

  async save(at: number, error: string | null): Promise<void> {
    const { store } = this.#reading;
    const batch = { stream: this.#id, cursor: this.#cursor, report: this.log.report({ error }), at };
    this.added += await saveBatch(store, { ...batch, events: this.#events });
    this.#events = [];
    this.#unsaved = 0;
  }

  #take(records: readonly FramedRecord[]): void {
    let { place, seq } = this.#cursor;
    for (const record of records) {
      for (const event of this.#decode(record, seq)) this.#events.push(event);
      seq += 1;
    }
    // Only the last one that tells its place counts.
    const last = records.findLast((record) => cursorOf(record) !== null);
    const cursor = last === undefined ? null : cursorOf(last);
    if (cursor !== null) place = { cursor };
    this.#cursor = { place, seq };
  }

  #decode(record: FramedRecord, seq: number): readonly Event[] {
    // An entry holds its own cursor: its text makes the ids of its events, whenever and in whatever pull it comes.
    const place: RecordPlace = { content: 'journal', offset: 0, line: seq + 1, seq, file: this.#id };
    if (record.tooLong) {
      const ref = { source: this.#id, record: String(seq + 1) };
      this.log.reject({ code: 'too-long', detail: 'the record is longer than any that is read', ref });
      return [];
    }
    const parsed = this.#decoder.decode(record.bytes, place);
    this.log.add(parsed);
    return parsed.events;
  }
}

function cursorOf({ bytes, tooLong }: FramedRecord): string | null {
  if (tooLong) return null;
  try {
    const entry: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
    const isEntry = typeof entry === 'object' && entry !== null && '__CURSOR' in entry;
    return isEntry && isJournalCursor(entry.__CURSOR) ? entry.__CURSOR : null;
  } catch {
    return null;
  }
}
