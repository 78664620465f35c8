import type { Alert } from '../model/alert.ts';
import type { OutboxChange, OutboxEntry, OutboxState } from '../model/delivery.ts';
import type { Level } from '../model/finding.ts';
import { LEVELS } from '../model/finding.ts';
import { fromJson } from './rows.ts';
import type { Db, Schema } from './schema.ts';
import type { ReceiverHealth } from './store.ts';

/** Alerts of a receiver due at `now`, except those that must wait for an earlier one about the same finding. */
export async function dueAlerts(
  db: Db,
  receiver: string,
  now: number,
  limit: number,
): Promise<readonly OutboxEntry[]> {
  const rows = await db
    .selectFrom('outbox as o')
    .selectAll('o')
    .where('o.state', '=', 'pending')
    .where('o.receiver', '=', receiver)
    .where('o.next_attempt_at', '<=', now)
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('notices as mine')
            .innerJoin('notices as prior', (join) =>
              join.onRef('prior.finding', '=', 'mine.finding').onRef('prior.receiver', '=', 'mine.receiver'),
            )
            .innerJoin('outbox as earlier', 'earlier.alert', 'prior.alert')
            .select('mine.finding')
            .whereRef('mine.alert', '=', 'o.alert')
            .whereRef('prior.sequence', '<', 'mine.sequence')
            .where('earlier.state', '=', 'pending'),
        ),
      ),
    )
    .orderBy('o.next_attempt_at')
    .orderBy('o.created_at')
    .orderBy('o.alert')
    .limit(limit)
    .execute();
  return rows.map(toEntry);
}

export async function dueReceivers(db: Db, now: number): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('outbox')
    .select('receiver')
    .distinct()
    .where('state', '=', 'pending')
    .where('next_attempt_at', '<=', now)
    .orderBy('receiver')
    .execute();
  return rows.map((row) => row.receiver);
}

export async function outboxEntry(db: Db, alert: string): Promise<OutboxEntry | undefined> {
  const row = await db.selectFrom('outbox').selectAll().where('alert', '=', alert).executeTakeFirst();
  return row === undefined ? undefined : toEntry(row);
}

export async function outbox(
  db: Db,
  query: { readonly states?: readonly OutboxState[]; readonly receiver?: string; readonly limit: number },
): Promise<readonly OutboxEntry[]> {
  const { states, receiver } = query;
  const rows = await db
    .selectFrom('outbox')
    .selectAll()
    .$if(states !== undefined, (q) => q.where('state', 'in', states ?? []))
    .$if(receiver !== undefined, (q) => q.where('receiver', '=', receiver ?? ''))
    .orderBy('created_at', 'desc')
    .orderBy('alert')
    .limit(query.limit)
    .execute();
  return rows.map(toEntry);
}

/** Only a pending entry changes: the result of an attempt that was overtaken is dropped. */
export async function recordAttempt(db: Db, alert: string, change: OutboxChange): Promise<void> {
  await db
    .updateTable('outbox')
    .set({
      state: change.state,
      attempts: change.attempts,
      next_attempt_at: change.nextAttemptAt,
      last_reason: change.reason,
      finished_at: change.state === 'pending' ? null : change.at,
    })
    .where('alert', '=', alert)
    .where('state', '=', 'pending')
    .execute();
}

export async function retryAlert(db: Db, alert: string, at: number): Promise<boolean> {
  const result = await db
    .updateTable('outbox')
    .set({ state: 'pending', attempts: 0, next_attempt_at: at, finished_at: null })
    .where('alert', '=', alert)
    .where('state', 'in', ['rejected', 'given-up'])
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

function toEntry(row: Schema['outbox']): OutboxEntry {
  return {
    alert: fromJson(row.payload, 'an alert') as Alert,
    state: toState(row.state),
    attempts: row.attempts,
    nextAttemptAt: row.next_attempt_at,
    lastReason: row.last_reason,
    createdAt: row.created_at,
    finishedAt: row.finished_at,
  };
}

const STATES: readonly OutboxState[] = ['pending', 'delivered', 'rejected', 'given-up'];

/** An unknown state counts as pending: rather one delivery too many than an alert that never leaves. */
function toState(text: string): OutboxState {
  return STATES.find((state) => state === text) ?? 'pending';
}

/** Per receiver what waits, what failed, and when something last arrived. */
export async function receiverHealth(db: Db): Promise<readonly ReceiverHealth[]> {
  const rows = await db
    .selectFrom('outbox')
    .select(['receiver', 'state', 'level'])
    .select((eb) => [
      eb.fn.countAll<number>().as('alerts'),
      eb.fn.max('attempts').as('attempts'),
      eb.fn.min('created_at').as('oldest'),
      eb.fn.max('finished_at').as('latest'),
    ])
    .groupBy(['receiver', 'state', 'level'])
    .orderBy('receiver')
    .execute();
  const byReceiver = Map.groupBy(rows, (row) => row.receiver);
  return [...byReceiver].map(([receiver, counts]) => toHealth(receiver, counts));
}

interface Count {
  readonly state: string;
  readonly level: string;
  readonly alerts: number;
  readonly attempts: number;
  readonly oldest: number;
  readonly latest: number | null;
}

function toHealth(receiver: string, counts: readonly Count[]): ReceiverHealth {
  const of = (state: OutboxState): readonly Count[] => counts.filter((count) => count.state === state);
  const pending = of('pending');
  return {
    receiver,
    pending: total(pending),
    oldestPendingAt: pending.length === 0 ? null : Math.min(...pending.map((count) => count.oldest)),
    attempts: Math.max(0, ...pending.map((count) => count.attempts)),
    rejected: total(of('rejected')),
    givenUp: total(of('given-up')),
    lastDeliveredAt: latest(of('delivered')),
    lastFailedAt: latest([...of('rejected'), ...of('given-up')]),
    highestPendingLevel: highest(pending),
  };
}

function total(counts: readonly Count[]): number {
  return counts.reduce((sum, count) => sum + count.alerts, 0);
}

function latest(counts: readonly Count[]): number | null {
  const times = counts.flatMap((count) => count.latest ?? []);
  return times.length === 0 ? null : Math.max(...times);
}

function highest(counts: readonly Count[]): Level | null {
  return LEVELS.findLast((level) => counts.some((count) => count.level === level)) ?? null;
}
