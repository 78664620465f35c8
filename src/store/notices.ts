import type { Alert } from '../model/alert.ts';
import type { OutboxState } from '../model/delivery.ts';
import type { DispatchCandidate, Notice, NoticeKind, PastNotice } from '../model/tracked-finding.ts';
import type { FindingRow } from './findings.ts';
import { toTracked } from './findings.ts';
import { chunks } from './rows.ts';
import type { Db, Schema } from './schema.ts';

/** Puts alerts into the outbox together with the notices that they carry. */
export async function saveAlerts(
  db: Db,
  dispatch: { readonly alerts: readonly Alert[]; readonly notices: readonly Notice[] },
): Promise<void> {
  for (const part of chunks(dispatch.alerts)) {
    await db
      .insertInto('outbox')
      .values(part.map(toOutboxRow))
      .onConflict((c) => c.column('alert').doNothing())
      .execute();
  }
  for (const part of chunks(dispatch.notices)) {
    await db
      .insertInto('notices')
      .values(part.map((notice) => ({ ...notice })))
      .onConflict((c) => c.columns(['finding', 'receiver', 'sequence']).doNothing())
      .execute();
    await countTold(db, [...new Set(part.map((notice) => notice.finding))]);
  }
}

function toOutboxRow(alert: Alert): Schema['outbox'] {
  return {
    alert: alert.id,
    receiver: alert.receiver,
    status: alert.status,
    level: alert.level,
    payload: JSON.stringify(alert),
    state: 'pending',
    attempts: 0,
    next_attempt_at: alert.created,
    last_reason: null,
    created_at: alert.created,
    finished_at: null,
  };
}

/** How many receivers believe that each finding fires: those whose latest notice is not "resolved". */
async function countTold(db: Db, uids: readonly string[]): Promise<void> {
  await db
    .updateTable('findings')
    .set((eb) => ({
      told: eb
        .selectFrom('notices as n')
        .select((e) => e.fn.countAll<number>().as('told'))
        .whereRef('n.finding', '=', 'findings.uid')
        .where('n.kind', '<>', 'resolved')
        .where((e) =>
          e.not(
            e.exists(
              e
                .selectFrom('notices as later')
                .select('later.sequence')
                .whereRef('later.finding', '=', 'n.finding')
                .whereRef('later.receiver', '=', 'n.receiver')
                .whereRef('later.sequence', '>', 'n.sequence'),
            ),
          ),
        ),
    }))
    .where('uid', 'in', uids)
    .execute();
}

/** Findings that dispatch has to look at, never-told first, then the highest level. */
export async function dispatchable(db: Db, limit: number): Promise<readonly DispatchCandidate[]> {
  const rows: FindingRow[] = await db
    .selectFrom('findings')
    .selectAll()
    .where((eb) => eb.or([eb('status', '<>', 'resolved'), eb('told', '>', 0)]))
    .orderBy('told')
    .orderBy('rank', 'desc')
    .orderBy('opened_at')
    .orderBy('uid')
    .limit(limit)
    .execute();
  const notices = await latestNotices(
    db,
    rows.map((row) => row.uid),
  );
  return rows.map((row) => ({ tracked: toTracked(row), notices: notices.get(row.uid) ?? [] }));
}

async function latestNotices(db: Db, uids: readonly string[]): Promise<ReadonlyMap<string, PastNotice[]>> {
  const found = new Map<string, PastNotice[]>();
  for (const part of chunks(uids)) {
    for (const notice of await latestOf(db, part)) {
      found.set(notice.finding, [...(found.get(notice.finding) ?? []), { ...notice }]);
    }
  }
  return found;
}

async function latestOf(db: Db, uids: readonly string[]): Promise<readonly PastNotice[]> {
  return await db
    .selectFrom('notices as n')
    .leftJoin('outbox as o', 'o.alert', 'n.alert')
    .select(['n.finding', 'n.receiver', 'n.sequence', 'n.alert', 'n.at'])
    .select((eb) => [eb.ref('n.kind').$castTo<NoticeKind>().as('kind')])
    .select((eb) => [eb.ref('o.state').$castTo<OutboxState | null>().as('delivery')])
    .where('n.finding', 'in', uids)
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('notices as later')
            .select('later.sequence')
            .whereRef('later.finding', '=', 'n.finding')
            .whereRef('later.receiver', '=', 'n.receiver')
            .whereRef('later.sequence', '>', 'n.sequence'),
        ),
      ),
    )
    .orderBy('n.finding')
    .orderBy('n.receiver')
    .execute();
}
