import type { DatabaseSync } from 'node:sqlite';
import * as accesses from './accesses.ts';
import * as events from './events.ts';
import * as findings from './findings.ts';
import * as notices from './notices.ts';
import * as objects from './objects.ts';
import * as outbox from './outbox.ts';
import { purge } from './purge.ts';
import * as recordings from './recordings.ts';
import * as runs from './runs.ts';
import type { Db } from './schema.ts';
import type { SavedJudgement, Store, StoreReader, StoreTransaction, StoreWriter } from './store.ts';
import * as units from './units.ts';

/** Puts the store together. `closed` is called once, after the database has been closed. */
export function createStore(db: Db, file: DatabaseSync, closed: () => void): Store {
  const transaction = <T>(work: (tx: StoreTransaction) => Promise<T>): Promise<T> =>
    inTransaction(db, (tx) => work({ ...createReader(tx), ...createWriter((write) => write(tx)) }));
  return {
    ...createReader(db),
    ...createWriter((write) => inTransaction(db, write)),
    transaction,
    verifyIntegrity: async () => verifyIntegrity(file),
    close: async () => {
      // Kysely closes the file only if it ever ran a query.
      await db.destroy();
      if (file.isOpen) file.close();
      closed();
    },
  };
}

type Write<T> = (tx: Db) => Promise<T>;

function inTransaction<T>(db: Db, write: Write<T>): Promise<T> {
  return db.transaction().execute(write);
}

function createReader(db: Db): StoreReader {
  return {
    cursor: (stream) => events.cursor(db, stream),
    sourceReports: () => events.sourceReports(db),
    unreadObjects: (stream, given) => objects.unreadObjects(db, stream, given),
    objectDigests: (stream, names) => objects.objectDigests(db, stream, names),
    events: (query) => events.events(db, query),
    targets: () => events.targets(db),
    dirtyTargets: () => events.dirtyTargets(db),
    unsettledTargets: () => accesses.unsettledTargets(db),
    unit: (recorder, key) => units.unit(db, recorder, key),
    unitState: (recorder, key) => units.unitState(db, recorder, key),
    units: (recorder) => units.units(db, recorder),
    pins: (paths) => units.pins(db, paths),
    recordings: (query) => recordings.recordings(db, query),
    recording: (uid) => recordings.recording(db, uid),
    access: (uid) => accesses.access(db, uid),
    accesses: (query) => accesses.accesses(db, query),
    finding: (uid) => findings.finding(db, uid),
    findingsByUid: (uids) => findings.findingsByUid(db, uids),
    findings: (query) => findings.findings(db, query?.statuses),
    dispatchable: (limit) => notices.dispatchable(db, limit),
    outboxEntry: (alert) => outbox.outboxEntry(db, alert),
    outbox: (query) => outbox.outbox(db, query),
    dueReceivers: (now) => outbox.dueReceivers(db, now),
    dueAlerts: (receiver, now, limit) => outbox.dueAlerts(db, receiver, now, limit),
    receiverHealth: () => outbox.receiverHealth(db),
    runs: (query) => runs.runs(db, query),
    meta: (key) => runs.meta(db, key),
  };
}

function createWriter(run: <T>(write: Write<T>) => Promise<T>): StoreWriter {
  return {
    saveBatch: (batch) => run((tx) => events.saveBatch(tx, batch)),
    markDirty: (targets, at) => run((tx) => events.markDirty(tx, targets, at)),
    saveInspection: (inspection) => run((tx) => recordings.saveInspection(tx, inspection)),
    saveGoneUnits: (gone) => run((tx) => recordings.saveGoneUnits(tx, gone)),
    saveJudgement: (judgement) => run((tx) => saveJudgement(tx, judgement)),
    saveAlerts: (dispatch) => run((tx) => notices.saveAlerts(tx, dispatch)),
    acknowledgeFinding: (uid, by, at) => run((tx) => findings.acknowledgeFinding(tx, uid, by, at)),
    recordAttempt: (alert, change) => run((tx) => outbox.recordAttempt(tx, alert, change)),
    retryAlert: (alert, at) => run((tx) => outbox.retryAlert(tx, alert, at)),
    saveRun: (record) => run((tx) => runs.saveRun(tx, record)),
    abortUnfinishedRuns: (at) => run((tx) => runs.abortUnfinishedRuns(tx, at)),
    setMeta: (key, value) => run((tx) => runs.setMeta(tx, key, value)),
    purge: (before) => run((tx) => purge(tx, before)),
  };
}

async function saveJudgement(tx: Db, judgement: SavedJudgement): Promise<void> {
  await accesses.removeAccesses(tx, judgement.removedAccesses);
  await accesses.saveAccesses(tx, judgement.accesses, judgement.at);
  await findings.saveFindings(tx, judgement.findings);
  await notices.saveAlerts(tx, judgement);
  await events.clearDirty(tx, judgement.judged);
  if (judgement.run !== undefined) await runs.saveRun(tx, judgement.run);
}

function verifyIntegrity(file: DatabaseSync): readonly string[] {
  const pages = file
    .prepare('PRAGMA integrity_check(20)')
    .all()
    .map((row) => String(row['integrity_check']));
  const references = file.prepare('PRAGMA foreign_key_check').all();
  const broken = references.length === 0 ? [] : [`${references.length} rows refer to rows that do not exist`];
  return [...pages.filter((line) => line !== 'ok'), ...broken];
}
