import type { ExpressionBuilder } from 'kysely';
import type { Recording } from '../model/recording.ts';
import { markColumns } from './events.ts';
import { chunks, fromJson, lastOfEach, PAGE, pages, toTargetColumn } from './rows.ts';
import type { Db, Schema } from './schema.ts';
import type { SavedInspection, StoredRecording, TimeRange } from './store.ts';
import { savePins, saveUnit } from './units.ts';

type Row = Schema['recordings'];

/** Saves a unit with its recordings; marks the targets of recordings that are new, changed or missing now. */
export async function saveInspection(
  db: Db,
  inspection: SavedInspection,
): Promise<{ readonly changed: number }> {
  await saveUnit(db, inspection);
  await savePins(db, inspection);
  const listed = lastOfEach(inspection.recordings, (recording) => recording.uid);
  const known = await ofUnit(db, inspection.recorder, [inspection.unit.key]);
  const byUid = new Map(known.map((row) => [row.uid, row]));
  const rows = listed.map((recording) => toRow(recording, inspection));
  const changed = rows.filter((row) => isNews(row, byUid.get(row.uid)));
  const uids = new Set(rows.map((row) => row.uid));
  const vanished = known.filter((row) => row.missing_since === null && !uids.has(row.uid));
  await upsert(db, rows);
  await setMissing(db, vanished, inspection.at);
  const before = changed.flatMap((row) => byUid.get(row.uid)?.target ?? []);
  await markColumns(db, [...changed, ...vanished].map((row) => row.target).concat(before), inspection.at);
  return { changed: changed.length + vanished.length };
}

/** Marks units as gone and their recordings as missing. */
export async function saveGoneUnits(
  db: Db,
  gone: { readonly recorder: string; readonly keys: readonly string[]; readonly at: number },
): Promise<void> {
  for (const keys of chunks(gone.keys)) {
    await db
      .updateTable('units')
      .set({ gone_at: gone.at })
      .where('recorder', '=', gone.recorder)
      .where('unit', 'in', keys)
      .where('gone_at', 'is', null)
      .execute();
    const rows = await ofUnit(db, gone.recorder, keys);
    const vanished = rows.filter((row) => row.missing_since === null);
    await setMissing(db, vanished, gone.at);
    await markColumns(
      db,
      vanished.map((row) => row.target),
      gone.at,
    );
  }
}

function toRow(recording: Recording, inspection: SavedInspection): Row {
  return {
    uid: recording.uid,
    recorder: inspection.recorder,
    unit: inspection.unit.key,
    target: toTargetColumn(recording.target),
    state: recording.state,
    opened: recording.opened,
    closed: recording.closed,
    recording: JSON.stringify(recording),
    first_seen: inspection.at,
    last_seen: inspection.at,
    missing_since: null,
  };
}

function isNews(row: Row, known: Row | undefined): boolean {
  return known === undefined || known.missing_since !== null || known.recording !== row.recording;
}

async function ofUnit(db: Db, recorder: string, keys: readonly string[]): Promise<Row[]> {
  return await db
    .selectFrom('recordings')
    .selectAll()
    .where('recorder', '=', recorder)
    .where('unit', 'in', keys)
    .execute();
}

async function upsert(db: Db, rows: readonly Row[]): Promise<void> {
  for (const part of chunks(rows)) {
    await db
      .insertInto('recordings')
      .values(part)
      .onConflict((c) =>
        c.columns(['uid', 'recorder', 'unit']).doUpdateSet((eb) => ({
          target: eb.ref('excluded.target'),
          state: eb.ref('excluded.state'),
          opened: eb.ref('excluded.opened'),
          closed: eb.ref('excluded.closed'),
          recording: eb.ref('excluded.recording'),
          last_seen: eb.ref('excluded.last_seen'),
          missing_since: null,
        })),
      )
      .execute();
  }
}

async function setMissing(db: Db, rows: readonly Row[], at: number): Promise<void> {
  for (const row of rows) {
    await db
      .updateTable('recordings')
      .set({ missing_since: at })
      .where('uid', '=', row.uid)
      .where('recorder', '=', row.recorder)
      .where('unit', '=', row.unit)
      .execute();
  }
}

export async function recording(db: Db, uid: string): Promise<StoredRecording | undefined> {
  const row = await selectHeld(db)
    .where('r.uid', '=', uid)
    .orderBy('r.recorder')
    .orderBy('r.unit')
    .executeTakeFirst();
  return row === undefined ? undefined : toStored(row);
}

/** Recordings that may overlap [from, to], by uid. */
export async function* recordings(
  db: Db,
  query: TimeRange & { readonly target?: string | null },
): AsyncGenerator<StoredRecording> {
  const { from, to, target } = query;
  const rows = pages<HeldRow>((after) =>
    selectHeld(db)
      .where((eb) => eb.or([eb('r.opened', 'is', null), eb('r.opened', '<=', to)]))
      .where((eb) => eb.or([eb('r.closed', 'is', null), eb('r.closed', '>=', from)]))
      .$if(target !== undefined, (q) => q.where('r.target', '=', toTargetColumn(target ?? null)))
      .$if(after !== undefined, (q) => q.where((eb) => isAfter(eb, after)))
      .orderBy('r.uid')
      .orderBy('r.recorder')
      .orderBy('r.unit')
      .limit(PAGE)
      .execute(),
  );
  for await (const row of rows) yield toStored(row);
}

type HeldRow = Omit<Row, 'target' | 'state' | 'opened' | 'closed'>;

/**
 * Recordings per unit that has them; a unit that lost one counts only where none has it any more. First sight is
 * the earliest of all units: a file that was moved is not a late recording.
 */
function selectHeld(db: Db) {
  return db
    .selectFrom('recordings as r')
    .select(['r.uid', 'r.recorder', 'r.unit', 'r.recording', 'r.last_seen', 'r.missing_since'])
    .select((eb) => eb.fn.coalesce(firstSight(eb), 'r.first_seen').as('first_seen'))
    .where((eb) => eb.or([eb('r.missing_since', 'is', null), eb.not(eb.exists(heldElsewhere(eb)))]));
}

type Aliased = Schema & { r: Row };

function firstSight(eb: ExpressionBuilder<Aliased, 'r'>) {
  return eb
    .selectFrom('recordings as e')
    .select((e) => e.fn.min('e.first_seen').as('at'))
    .whereRef('e.uid', '=', 'r.uid');
}

function heldElsewhere(eb: ExpressionBuilder<Aliased, 'r'>) {
  return eb
    .selectFrom('recordings as p')
    .select('p.uid')
    .whereRef('p.uid', '=', 'r.uid')
    .where('p.missing_since', 'is', null);
}

function isAfter(eb: ExpressionBuilder<Aliased, 'r'>, row: HeldRow | undefined) {
  const place = eb.refTuple('r.uid', 'r.recorder', 'r.unit');
  return eb(place, '>', eb.tuple(row?.uid ?? '', row?.recorder ?? '', row?.unit ?? ''));
}

function toStored(row: HeldRow): StoredRecording {
  return {
    recording: fromJson(row.recording, 'a recording') as Recording,
    recorder: row.recorder,
    unit: row.unit,
    firstSeen: row.first_seen,
    lastSeen: row.last_seen,
    missingSince: row.missing_since,
  };
}
