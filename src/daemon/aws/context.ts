import type { Config } from '../../config/schema.ts';
import type { Event } from '../../model/event.ts';
import type { SourceReport } from '../../model/source-report.ts';
import type { Screen } from '../../sources/screened.ts';
import { emptyReport } from '../../sources/source-log.ts';
import type { Batch, Store } from '../../store/store.ts';
import { noteDirty } from '../dirty.ts';
import type { AwsAccount } from './accounts.ts';

/** What reading one account needs. */
export interface AwsReading {
  readonly account: AwsAccount;
  readonly config: Config;
  readonly store: Store;
  readonly screen: Screen;
  /** Epoch ms. */
  readonly now: number;
  readonly signal: AbortSignal;
  /** Reports of earlier passes, by stream. */
  readonly before: ReadonlyMap<string, SourceReport>;
}

/** What reading gave beside what is in the store. */
export interface AwsRead {
  /** Events that were new. */
  readonly added: number;
  readonly reports: readonly SourceReport[];
}

export const NOTHING_READ: AwsRead = { added: 0, reports: [] };

/** The report of a stream from earlier passes, or an empty one. */
export function reportOf(reading: AwsReading, id: string): SourceReport {
  return reading.before.get(id) ?? emptyReport({ id, type: 'cloudtrail', zone: null });
}

/** Saves a batch of a trail's events with how far back they reach; tells how many were new. */
export async function saveTrailBatch(store: Store, batch: Omit<Batch, 'keepFirst'>): Promise<number> {
  return store.transaction(async (tx) => {
    const { added } = await tx.saveBatch({ ...batch, keepFirst: true });
    if (added > 0) await noteDirty(tx, earliest(batch.events, batch.at));
    return added;
  });
}

function earliest(events: readonly Event[], now: number): number {
  return events.reduce((least, event) => Math.min(least, event.time), now);
}
