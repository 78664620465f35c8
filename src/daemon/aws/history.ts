import { decodeLookupCursor, due } from '../../aws/lookup-cursor.ts';
import { lookupRecords } from '../../aws/lookup.ts';
import { AwsFault, call } from '../../aws/fault.ts';
import type { Event } from '../../model/event.ts';
import { cloudtrail } from '../../sources/cloudtrail/cloudtrail.ts';
import { screened, screenOf } from '../../sources/screened.ts';
import { SourceLog } from '../../sources/source-log.ts';
import { type AwsRead, type AwsReading, NOTHING_READ, reportOf, saveTrailBatch } from './context.ts';

/** Reads what is new in the event history of one region, page by page with its cursor. */
export async function readHistory(reading: AwsReading, region: string): Promise<AwsRead> {
  const { account, store, now, signal } = reading;
  if (!account.config.lookup) return NOTHING_READ;
  const stream = `${account.config.id}/history/${region}`;
  const before = reportOf(reading, stream);
  const cursor = decodeLookupCursor(await store.cursor(stream));
  if (!due(cursor, now)) return { added: 0, reports: [before] };
  const log = new SourceLog({ ...before, error: null });
  const decode = decoderOf(reading, stream, log);
  let added = 0;
  try {
    const number = await accountNumber(reading);
    const pace = account.paces.of(number, region, 'cloudtrail');
    const pages = lookupRecords(await account.clients.cloudtrail(region), {
      cursor,
      now,
      pace,
      lookbackMs: account.config.lookbackMs,
      signal,
    });
    for (let step = await pages.next(); ; step = await pages.next()) {
      if (step.done) {
        // Credentials that were revoked before their time are held until they are told to be renewed.
        if (step.value.problem?.code === 'expired') account.clients.renew();
        return { added, reports: [log.report({ error: step.value.problem?.message ?? null })] };
      }
      const events = step.value.records.flatMap((record) => decode(record));
      const batch = { stream, cursor: step.value.cursor, report: log.report({}), events, at: now };
      added += await saveTrailBatch(store, batch);
    }
  } catch (error) {
    if (!(error instanceof AwsFault)) throw error;
    return { added, reports: [log.report({ error: error.message })] };
  }
}

/** The account's number; calls are paced by it, so that two ways into one account share its limit. */
export function accountNumber({ account, signal }: AwsReading): Promise<string> {
  return call('sts:GetCallerIdentity', signal, () => account.clients.accountId());
}

function decoderOf(reading: AwsReading, stream: string, log: SourceLog) {
  const decoder = cloudtrail.create({ stream, host: null, zone: 'UTC', reference: reading.now });
  const screen = screenOf(cloudtrail, reading.screen);
  return (record: Uint8Array): readonly Event[] => {
    // Pages have no lines: a record is found again by its event id. Its place must not change when it is read again.
    const place = { content: '', offset: 0, line: 0, seq: 0, file: stream };
    const parsed = screened(decoder.decode(record, place), screen);
    log.add(parsed);
    return parsed.events;
  };
}
