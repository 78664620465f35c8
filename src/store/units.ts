import type { PinnedFile } from '../files/entry.ts';
import { chunks, PAGE, pages } from './rows.ts';
import type { Db, Schema } from './schema.ts';
import type { SavedInspection, StoredUnit } from './store.ts';

/** Saves what a unit is now; the time of its first sight stays. */
export async function saveUnit(db: Db, inspection: SavedInspection): Promise<void> {
  const { recorder, unit, state, at } = inspection;
  const now = { size: unit.size, mtime: unit.mtimeMs, state, last_seen: at, gone_at: null };
  await db
    .insertInto('units')
    .values({ recorder, unit: unit.key, first_seen: at, ...now })
    .onConflict((c) => c.columns(['recorder', 'unit']).doUpdateSet(now))
    .execute();
}

/**
 * Pins digests at first sight. A longer one replaces a shorter one, because a recording that is being written
 * grows; one of the same size never does, or altered bytes would become the new truth.
 */
export async function savePins(db: Db, inspection: SavedInspection): Promise<void> {
  for (const { path, file } of inspection.pins) {
    await db
      .insertInto('pinned_files')
      .values({
        path,
        recorder: inspection.recorder,
        unit: inspection.unit.key,
        size: file.size,
        sha256: file.sha256,
        mtime: file.mtimeMs,
        pinned_at: inspection.at,
      })
      .onConflict((c) =>
        c
          .column('path')
          .doUpdateSet((eb) => ({
            size: eb.ref('excluded.size'),
            sha256: eb.ref('excluded.sha256'),
            mtime: eb.ref('excluded.mtime'),
          }))
          .where((eb) => eb('excluded.size', '>', eb.ref('pinned_files.size'))),
      )
      .execute();
  }
}

export async function pins(db: Db, paths: readonly string[]): Promise<ReadonlyMap<string, PinnedFile>> {
  const found = new Map<string, PinnedFile>();
  for (const part of chunks(paths)) {
    const rows = await db.selectFrom('pinned_files').selectAll().where('path', 'in', part).execute();
    for (const row of rows) found.set(row.path, { size: row.size, sha256: row.sha256, mtimeMs: row.mtime });
  }
  return found;
}

export async function unit(db: Db, recorder: string, key: string): Promise<StoredUnit | undefined> {
  const row = await db
    .selectFrom('units')
    .select(MARKS)
    .where('recorder', '=', recorder)
    .where('unit', '=', key)
    .executeTakeFirst();
  return row === undefined ? undefined : toUnit(row);
}

export async function unitState(db: Db, recorder: string, key: string): Promise<string | null> {
  const row = await db
    .selectFrom('units')
    .select('state')
    .where('recorder', '=', recorder)
    .where('unit', '=', key)
    .executeTakeFirst();
  return row?.state ?? null;
}

/** Units by key, without their state: a listing is compared with all of them, and states may be long. */
export async function* units(db: Db, recorder: string): AsyncGenerator<StoredUnit> {
  const rows = pages<Marks>((after) =>
    db
      .selectFrom('units')
      .select(MARKS)
      .where('recorder', '=', recorder)
      .$if(after !== undefined, (q) => q.where('unit', '>', after?.unit ?? ''))
      .orderBy('unit')
      .limit(PAGE)
      .execute(),
  );
  for await (const row of rows) yield toUnit(row);
}

const MARKS = ['recorder', 'unit', 'size', 'mtime', 'first_seen', 'last_seen', 'gone_at'] as const;
type Marks = Pick<Schema['units'], (typeof MARKS)[number]>;

function toUnit(row: Marks): StoredUnit {
  return {
    recorder: row.recorder,
    key: row.unit,
    size: row.size,
    mtimeMs: row.mtime,
    firstSeen: row.first_seen,
    lastSeen: row.last_seen,
    goneAt: row.gone_at,
  };
}
