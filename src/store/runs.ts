import { fromJson } from './rows.ts';
import type { Db, Schema } from './schema.ts';
import type { RunRecord } from './store.ts';

export async function saveRun(db: Db, run: RunRecord): Promise<void> {
  const row = toRow(run);
  await db
    .insertInto('runs')
    .values(row)
    .onConflict((c) => c.column('id').doUpdateSet(row))
    .execute();
}

function toRow(run: RunRecord): Schema['runs'] {
  return {
    id: run.id,
    started_at: run.startedAt,
    finished_at: run.finishedAt,
    state: run.state,
    counts: JSON.stringify(run.counts),
    reason: run.reason,
  };
}

export async function abortUnfinishedRuns(db: Db, at: number): Promise<readonly string[]> {
  const rows = await db
    .updateTable('runs')
    .set({ state: 'aborted', finished_at: at, reason: 'the process ended before the run did' })
    .where('state', '=', 'running')
    .returning('id')
    .execute();
  return rows.map((row) => row.id);
}

/** Latest first. */
export async function runs(
  db: Db,
  query: { readonly from?: number; readonly limit: number },
): Promise<readonly RunRecord[]> {
  const { from } = query;
  const rows = await db
    .selectFrom('runs')
    .selectAll()
    .$if(from !== undefined, (q) => q.where('started_at', '>=', from ?? 0))
    .orderBy('started_at', 'desc')
    .orderBy('id')
    .limit(query.limit)
    .execute();
  return rows.map(toRun);
}

const STATES: readonly RunRecord['state'][] = ['running', 'completed', 'failed', 'aborted'];

function toRun(row: Schema['runs']): RunRecord {
  return {
    id: row.id,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    state: STATES.find((state) => state === row.state) ?? 'failed',
    counts: fromJson(row.counts, 'the counts of a run') as Record<string, number>,
    reason: row.reason,
  };
}

export async function meta(db: Db, key: string): Promise<string | undefined> {
  const row = await db.selectFrom('meta').select('value').where('key', '=', key).executeTakeFirst();
  return row?.value;
}

export async function setMeta(db: Db, key: string, value: string): Promise<void> {
  await db
    .insertInto('meta')
    .values({ key, value })
    .onConflict((c) => c.column('key').doUpdateSet({ value }))
    .execute();
}
