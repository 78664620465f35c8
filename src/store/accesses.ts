import type { JudgedAccess } from '../model/access.ts';
import { chunks, fromJson, lastOfEach, PAGE, pages } from './rows.ts';
import type { Db, Schema } from './schema.ts';
import type { StoredAccess, TimeRange } from './store.ts';

type Row = Schema['accesses'];
type Kept = Pick<Row, 'uid' | 'opened' | 'settled' | 'access'>;
type Query = TimeRange & { readonly target?: string; readonly settled?: boolean };

export async function saveAccesses(db: Db, accesses: readonly StoredAccess[], at: number): Promise<void> {
  const rows = lastOfEach(accesses, ({ access }) => access.uid).map((stored) => toRow(stored, at));
  for (const part of chunks(rows)) {
    await db
      .insertInto('accesses')
      .values(part)
      .onConflict((c) =>
        c.column('uid').doUpdateSet((eb) => ({
          target: eb.ref('excluded.target'),
          opened: eb.ref('excluded.opened'),
          closed: eb.ref('excluded.closed'),
          verdict: eb.ref('excluded.verdict'),
          settled: eb.ref('excluded.settled'),
          access: eb.ref('excluded.access'),
          judged_at: eb.ref('excluded.judged_at'),
        })),
      )
      .execute();
  }
}

function toRow({ access, settled }: StoredAccess, at: number): Row {
  return {
    uid: access.uid,
    target: access.target,
    opened: access.opened,
    closed: access.closed,
    verdict: access.verdict,
    settled: settled ? 1 : 0,
    access: JSON.stringify(access),
    judged_at: at,
  };
}

export async function removeAccesses(db: Db, uids: readonly string[]): Promise<void> {
  for (const part of chunks(uids)) await db.deleteFrom('accesses').where('uid', 'in', part).execute();
}

export async function unsettledTargets(db: Db): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('accesses')
    .select('target')
    .distinct()
    .where('settled', '=', 0)
    .orderBy('target')
    .execute();
  return rows.map((row) => row.target);
}

export async function access(db: Db, uid: string): Promise<StoredAccess | undefined> {
  const row = await db.selectFrom('accesses').select(KEPT).where('uid', '=', uid).executeTakeFirst();
  return row === undefined ? undefined : toStored(row);
}

/** Accesses that overlap [from, to], by opening. */
export async function* accesses(db: Db, query: Query): AsyncGenerator<StoredAccess> {
  for await (const row of pages<Kept>((after) => accessPage(db, query, after))) yield toStored(row);
}

const KEPT = ['uid', 'opened', 'settled', 'access'] as const;

async function accessPage(db: Db, query: Query, after: Kept | undefined): Promise<Kept[]> {
  const { from, to, target, settled } = query;
  return await db
    .selectFrom('accesses')
    .select(KEPT)
    .where('opened', '<=', to)
    .where((eb) => eb.or([eb('closed', 'is', null), eb('closed', '>=', from)]))
    .$if(target !== undefined, (q) => q.where('target', '=', target ?? ''))
    .$if(settled !== undefined, (q) => q.where('settled', '=', settled === true ? 1 : 0))
    .$if(after !== undefined, (q) =>
      q.where((eb) => eb(eb.refTuple('opened', 'uid'), '>', eb.tuple(after?.opened ?? 0, after?.uid ?? ''))),
    )
    .orderBy('opened')
    .orderBy('uid')
    .limit(PAGE)
    .execute();
}

function toStored(row: Kept): StoredAccess {
  return { access: fromJson(row.access, 'an access') as JudgedAccess, settled: row.settled === 1 };
}
