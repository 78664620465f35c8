import type { Event } from '../model/event.ts';
import type { SourceReport } from '../model/source-report.ts';
import { saveReadObjects } from './objects.ts';
import { chunks, fromJson, fromTargetColumn, PAGE, pages, toTargetColumn } from './rows.ts';
import type { Db, Schema } from './schema.ts';
import type { Batch, DirtyTarget, TimeRange } from './store.ts';

/**
 * Saves events, cursor, report and the objects they came from; marks the targets of events that were not known, or known otherwise: a log read
 * again in another zone gives the same events at other times.
 */
export async function saveBatch(db: Db, batch: Batch): Promise<{ readonly added: number }> {
  const targets: string[] = [];
  for (const events of chunks(batch.events)) {
    const added = await db
      .insertInto('events')
      .values(events.map(toRow))
      .onConflict((c) =>
        c
          .column('uid')
          .doUpdateSet((eb) => ({ time: eb.ref('excluded.time'), event: eb.ref('excluded.event') }))
          .where((eb) => {
            const changed = eb('events.event', '!=', eb.ref('excluded.event'));
            const own = eb('events.stream', '=', eb.ref('excluded.stream'));
            return batch.keepFirst === true ? eb.and([changed, own]) : changed;
          }),
      )
      .returning('target')
      .execute();
    targets.push(...added.map((row) => row.target));
  }
  await markColumns(db, targets, batch.at);
  await saveCursor(db, batch);
  await saveReport(db, batch);
  await saveReadObjects(db, batch.stream, batch.objects ?? []);
  return { added: targets.length };
}

function toRow(event: Event): Schema['events'] {
  return {
    uid: event.uid,
    target: toTargetColumn(event.target),
    time: event.time,
    account: event.account,
    stream: event.stream,
    event: JSON.stringify(event),
  };
}

async function saveCursor(db: Db, batch: Batch): Promise<void> {
  const row = { stream: batch.stream, cursor: JSON.stringify(batch.cursor ?? null), saved_at: batch.at };
  await db
    .insertInto('cursors')
    .values(row)
    .onConflict((c) => c.column('stream').doUpdateSet({ cursor: row.cursor, saved_at: row.saved_at }))
    .execute();
}

async function saveReport(db: Db, batch: Batch): Promise<void> {
  const row = { stream: batch.stream, report: JSON.stringify(batch.report), saved_at: batch.at };
  await db
    .insertInto('source_reports')
    .values(row)
    .onConflict((c) => c.column('stream').doUpdateSet({ report: row.report, saved_at: row.saved_at }))
    .execute();
}

export async function markDirty(db: Db, targets: readonly (string | null)[], at: number): Promise<void> {
  await markColumns(db, targets.map(toTargetColumn), at);
}

/** Marks targets, given as columns. Also an already marked one counts up: a judgement under way has not seen it. */
export async function markColumns(db: Db, targets: readonly string[], at: number): Promise<void> {
  for (const part of chunks([...new Set(targets)])) {
    await db
      .insertInto('dirty_targets')
      .values(part.map((target) => ({ target, version: 1, since: at })))
      .onConflict((c) =>
        c.column('target').doUpdateSet((eb) => ({ version: eb('dirty_targets.version', '+', 1) })),
      )
      .execute();
  }
}

/** Removes the marks of what was judged, unless something came after. */
export async function clearDirty(db: Db, judged: readonly DirtyTarget[]): Promise<void> {
  for (const { target, version } of judged) {
    await db
      .deleteFrom('dirty_targets')
      .where('target', '=', toTargetColumn(target))
      .where('version', '=', version)
      .execute();
  }
}

export async function dirtyTargets(db: Db): Promise<readonly DirtyTarget[]> {
  const rows = await db
    .selectFrom('dirty_targets')
    .select(['target', 'version'])
    .orderBy('since')
    .orderBy('target')
    .execute();
  return rows.map((row) => ({ target: fromTargetColumn(row.target), version: row.version }));
}

export async function cursor(db: Db, stream: string): Promise<unknown> {
  const row = await db.selectFrom('cursors').select('cursor').where('stream', '=', stream).executeTakeFirst();
  return row === undefined ? undefined : fromJson(row.cursor, 'a cursor');
}

export async function sourceReports(db: Db): Promise<readonly SourceReport[]> {
  const rows = await db.selectFrom('source_reports').select('report').orderBy('stream').execute();
  return rows.map((row) => fromJson(row.report, 'a source report') as SourceReport);
}

export async function targets(db: Db): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('events')
    .select('target')
    .distinct()
    .where('target', '<>', '')
    .orderBy('target')
    .execute();
  return rows.map((row) => row.target);
}

/** Events in [from, to] by time. */
export async function* events(
  db: Db,
  query: TimeRange & { readonly target?: string | null },
): AsyncGenerator<Event> {
  const rows = pages<EventRow>((after) => eventPage(db, query, after));
  for await (const row of rows) yield fromJson(row.event, 'an event') as Event;
}

type EventRow = Pick<Schema['events'], 'uid' | 'time' | 'event'>;

async function eventPage(
  db: Db,
  query: TimeRange & { readonly target?: string | null },
  after: EventRow | undefined,
): Promise<EventRow[]> {
  const { target } = query;
  return await db
    .selectFrom('events')
    .select(['uid', 'time', 'event'])
    .where('time', '>=', query.from)
    .where('time', '<=', query.to)
    .$if(target !== undefined, (q) => q.where('target', '=', toTargetColumn(target ?? null)))
    .$if(after !== undefined, (q) =>
      q.where((eb) => eb(eb.refTuple('time', 'uid'), '>', eb.tuple(after?.time ?? 0, after?.uid ?? ''))),
    )
    .orderBy('time')
    .orderBy('uid')
    .limit(PAGE)
    .execute();
}
