import type { Finding, FindingStatus } from '../model/finding.ts';
import { LEVELS } from '../model/finding.ts';
import type { TrackedFinding } from '../model/tracked-finding.ts';
import { chunks, fromJson, lastOfEach, PAGE, pages, toTargetColumn } from './rows.ts';
import type { Db, Schema } from './schema.ts';

/** A finding's row without what only dispatch writes. */
type Row = Omit<Schema['findings'], 'told'>;
export type FindingRow = Schema['findings'];

export async function saveFindings(db: Db, findings: readonly TrackedFinding[]): Promise<void> {
  const rows = lastOfEach(findings, ({ finding }) => finding.uid).map(toRow);
  for (const part of chunks(rows)) {
    await db
      .insertInto('findings')
      .values(part.map((row) => ({ ...row, told: 0 })))
      .onConflict((c) =>
        c.column('uid').doUpdateSet((eb) => ({
          target: eb.ref('excluded.target'),
          status: eb.ref('excluded.status'),
          level: eb.ref('excluded.level'),
          rank: eb.ref('excluded.rank'),
          finding: eb.ref('excluded.finding'),
          opened_at: eb.ref('excluded.opened_at'),
          updated_at: eb.ref('excluded.updated_at'),
          resolved_at: eb.ref('excluded.resolved_at'),
          acknowledged_at: eb.ref('excluded.acknowledged_at'),
          acknowledged_by: eb.ref('excluded.acknowledged_by'),
        })),
      )
      .execute();
  }
}

function toRow({ finding, ...life }: TrackedFinding): Row {
  return {
    uid: finding.uid,
    check_id: finding.check,
    subject: finding.subject.uid,
    target: toTargetColumn(finding.target),
    status: finding.status,
    level: finding.level,
    rank: LEVELS.indexOf(finding.level),
    finding: JSON.stringify(finding),
    opened_at: life.openedAt,
    updated_at: life.updatedAt,
    resolved_at: life.resolvedAt,
    acknowledged_at: life.acknowledgedAt,
    acknowledged_by: life.acknowledgedBy,
  };
}

export function toTracked(row: Row): TrackedFinding {
  return {
    finding: fromJson(row.finding, 'a finding') as Finding,
    openedAt: row.opened_at,
    updatedAt: row.updated_at,
    resolvedAt: row.resolved_at,
    acknowledgedAt: row.acknowledged_at,
    acknowledgedBy: row.acknowledged_by,
  };
}

export async function finding(db: Db, uid: string): Promise<TrackedFinding | undefined> {
  const row = await db.selectFrom('findings').selectAll().where('uid', '=', uid).executeTakeFirst();
  return row === undefined ? undefined : toTracked(row);
}

export async function findingsByUid(db: Db, uids: readonly string[]): Promise<readonly TrackedFinding[]> {
  const found: TrackedFinding[] = [];
  for (const part of chunks(uids)) {
    const rows = await db
      .selectFrom('findings')
      .selectAll()
      .where('uid', 'in', part)
      .orderBy('uid')
      .execute();
    found.push(...rows.map(toTracked));
  }
  return found;
}

/** Findings by opening. */
export async function* findings(
  db: Db,
  statuses: readonly FindingStatus[] | undefined,
): AsyncGenerator<TrackedFinding> {
  const rows = pages<FindingRow>((after) =>
    db
      .selectFrom('findings')
      .selectAll()
      .$if(statuses !== undefined, (q) => q.where('status', 'in', statuses ?? []))
      .$if(after !== undefined, (q) =>
        q.where((eb) =>
          eb(eb.refTuple('opened_at', 'uid'), '>', eb.tuple(after?.opened_at ?? 0, after?.uid ?? '')),
        ),
      )
      .orderBy('opened_at')
      .orderBy('uid')
      .limit(PAGE)
      .execute(),
  );
  for await (const row of rows) yield toTracked(row);
}

/** False where there is no such finding or it is resolved: there is nothing left to take note of. */
export async function acknowledgeFinding(db: Db, uid: string, by: string, at: number): Promise<boolean> {
  const tracked = await finding(db, uid);
  if (tracked === undefined || tracked.finding.status === 'resolved') return false;
  if (tracked.finding.status === 'acknowledged') return true;
  const acknowledged: Finding = { ...tracked.finding, status: 'acknowledged' };
  await saveFindings(db, [
    { ...tracked, finding: acknowledged, updatedAt: at, acknowledgedAt: at, acknowledgedBy: by },
  ]);
  return true;
}
