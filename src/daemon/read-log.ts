import type { StreamCursor } from '../files/cursor.ts';
import type { LogStream } from '../files/rotation.ts';
import type { SourceReport } from '../model/source-report.ts';
import type { Format } from '../sources/format.ts';
import { readStream } from '../sources/read-stream.ts';
import type { Screen } from '../sources/screened.ts';
import { emptyReport } from '../sources/source-log.ts';
import type { Batch, Store } from '../store/store.ts';
import { noteDirty } from './dirty.ts';

/** What reading one stream gave beside what is in the store. */
export interface StreamRead {
  /** Events that were new. */
  readonly added: number;
  readonly report: SourceReport;
}

export interface LogReading {
  readonly store: Store;
  readonly screen: Screen;
  /** Epoch ms. */
  readonly now: number;
  readonly signal: AbortSignal;
  /** IANA zone of times without one. */
  readonly zone: string;
  /** Target of all records; null where the record tells. */
  readonly host: string | null;
  /** The report of earlier passes. */
  readonly known?: SourceReport;
}

/** Reads what is new in a log with its rotated files, each batch with its cursor in one transaction. */
export async function readLog(
  part: { readonly id: string; readonly format: Format; readonly log: LogStream },
  { store, screen, now, signal, zone, host, known }: LogReading,
): Promise<StreamRead> {
  // Where the times that were stored rest on another zone, what is still there is read again from its beginning.
  const rezoned = known?.zone != null && known.zone !== zone;
  const cursor = rezoned ? undefined : ((await store.cursor(part.id)) as StreamCursor | undefined);
  const batches = readStream(part.log, part.format, {
    id: part.id,
    host,
    zone,
    now,
    signal,
    screen,
    ...(cursor === undefined ? {} : { cursor }),
    ...(known === undefined || rezoned ? {} : { before: known }),
  });
  let added = 0;
  let report = (rezoned ? undefined : known) ?? emptyReport({ id: part.id, type: part.format.type, zone });
  for await (const batch of batches) {
    added += await saveBatch(store, { stream: part.id, ...batch, at: now });
    report = batch.report;
  }
  return { added, report };
}

/** Events, the cursor behind them and how far back they reach, in one transaction. Tells how many were new. */
export async function saveBatch(store: Store, batch: Batch): Promise<number> {
  return store.transaction(async (tx) => {
    const { added } = await tx.saveBatch(batch);
    if (added > 0) await noteDirty(tx, Math.min(...earliest(batch.events.map((event) => event.time))));
    return added;
  });
}

/** Spreading a few thousand numbers into one call is within every engine's limit; 10,000 at a time is safe. */
function earliest(times: readonly number[]): number[] {
  const out: number[] = [];
  for (let at = 0; at < times.length; at += 10_000) out.push(Math.min(...times.slice(at, at + 10_000)));
  return out;
}
