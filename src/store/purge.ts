import type { DeleteResult } from 'kysely';
import type { Db } from './schema.ts';
import type { PurgeCounts } from './store.ts';

/**
 * Ms before the opening of an access whose events are kept too: the connection and the parent session
 * that explain it were logged before it. One day, the longest wait for an undetermined access.
 */
const CONTEXT_MS = 24 * 3_600_000;

/** Deletes what ended before `before` and that no open question needs. */
export async function purge(db: Db, before: number): Promise<PurgeCounts> {
  // Findings first: they keep their accesses. Alerts last: findings keep them.
  const findings = await purgeFindings(db, before);
  const accesses = await purgeAccesses(db, before);
  const events = await purgeEvents(db, before);
  await db.deleteFrom('read_objects').where('mtime', '<', before).execute();
  const units = await db.deleteFrom('units').where('gone_at', '<', before).executeTakeFirst();
  const alerts = await db
    .deleteFrom('outbox')
    .where('state', '<>', 'pending')
    .where('finished_at', '<', before)
    .executeTakeFirst();
  const runs = await db.deleteFrom('runs').where('finished_at', '<', before).executeTakeFirst();
  return { events, accesses, findings, units: count(units), alerts: count(alerts), runs: count(runs) };
}

/** Resolved findings, once every receiver knows it and nothing about them is under way. */
async function purgeFindings(db: Db, before: number): Promise<number> {
  const result = await db
    .deleteFrom('findings')
    .where('status', '=', 'resolved')
    .where('resolved_at', '<', before)
    .where('told', '=', 0)
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('notices as n')
            .innerJoin('outbox as o', 'o.alert', 'n.alert')
            .select('n.finding')
            .whereRef('n.finding', '=', 'findings.uid')
            .where('o.state', '=', 'pending'),
        ),
      ),
    )
    .executeTakeFirst();
  return count(result);
}

async function purgeAccesses(db: Db, before: number): Promise<number> {
  const result = await db
    .deleteFrom('accesses')
    .where('settled', '=', 1)
    .where((eb) => eb(eb.fn.coalesce('closed', 'opened'), '<', before))
    .where((eb) =>
      eb.not(
        eb.exists(eb.selectFrom('findings as f').select('f.uid').whereRef('f.subject', '=', 'accesses.uid')),
      ),
    )
    .executeTakeFirst();
  return count(result);
}

/**
 * Events, except of targets that wait to be judged, and except those under an access that is unsettled or ended
 * later: judging it anew without them would make it vanish. An access kept only for its open finding needs none.
 */
async function purgeEvents(db: Db, before: number): Promise<number> {
  const result = await db
    .deleteFrom('events')
    .where('time', '<', before)
    .where('target', 'not in', (eb) => eb.selectFrom('dirty_targets').select('dirty_targets.target'))
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('accesses as a')
            .select('a.uid')
            .whereRef('a.target', '=', 'events.target')
            .where((e) => e.or([e('a.settled', '=', 0), e('a.closed', '>=', before)]))
            .where((e) => e(e('a.opened', '-', CONTEXT_MS), '<=', e.ref('events.time'))),
        ),
      ),
    )
    .executeTakeFirst();
  return count(result);
}

function count(result: DeleteResult): number {
  return Number(result.numDeletedRows);
}
