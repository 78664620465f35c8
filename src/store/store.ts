import type { PinnedFile } from '../files/entry.ts';
import type { JudgedAccess } from '../model/access.ts';
import type { Alert } from '../model/alert.ts';
import type { OutboxChange, OutboxEntry, OutboxState } from '../model/delivery.ts';
import type { Event } from '../model/event.ts';
import type { FindingStatus, Level } from '../model/finding.ts';
import type { Recording } from '../model/recording.ts';
import type { SourceReport } from '../model/source-report.ts';
import type { DispatchCandidate, Notice, TrackedFinding } from '../model/tracked-finding.ts';

/**
 * What survives a restart. Facts (events, recordings, pins) are added and never edited; what is derived from them
 * (accesses, findings) is replaced by each judgement. Every write below is one transaction of its own, or part of
 * the one that `transaction` opened. All times are epoch ms and are handed in.
 */
export interface Store extends StoreReader, StoreWriter {
  /**
   * All or nothing, also across `kill -9`. Inside `work` use only `tx`: a call on the store itself would wait for
   * the transaction to end and the transaction for the call. `tx` reads its own writes, and nobody else writes
   * meanwhile, so findings can be read, advanced, dispatched and saved without losing an acknowledgement.
   */
  transaction<T>(work: (tx: StoreTransaction) => Promise<T>): Promise<T>;
  /** Problems of the file itself, by a full check of every page and reference; empty where it is sound. */
  verifyIntegrity(): Promise<readonly string[]>;
  close(): Promise<void>;
}

export type StoreTransaction = StoreReader & StoreWriter;

/** Reading. Iterables fetch pages of 1,000 rows as they are consumed: memory is bounded by what the caller keeps. */
export interface StoreReader {
  /** The cursor last saved for a stream, as it was given; undefined where none was. */
  cursor(stream: string): Promise<unknown>;
  sourceReports(): Promise<readonly SourceReport[]>;
  /** Names of those objects of a stream that were not read yet as they are now. */
  unreadObjects(stream: string, objects: readonly ObjectSign[]): Promise<ReadonlySet<string>>;
  /** Digests of the content of those objects that were read, by name. */
  objectDigests(stream: string, names: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Events with from ≤ time ≤ to, by time; `target` null asks for those whose record names none. */
  events(query: TimeRange & { readonly target?: string | null }): AsyncIterable<Event>;
  /** Every target that an event names. */
  targets(): Promise<readonly string[]>;

  /** Targets with facts that no judgement has seen; null stands for facts whose target is unknown. */
  dirtyTargets(): Promise<readonly DirtyTarget[]>;
  /** Targets with accesses whose verdict may still change by the passing of time. */
  unsettledTargets(): Promise<readonly string[]>;

  unit(recorder: string, key: string): Promise<StoredUnit | undefined>;
  /** Resume state of a unit as its recorder returned it; null where it has none or is unknown. */
  unitState(recorder: string, key: string): Promise<string | null>;
  /** All units of a recorder, also those that are gone. */
  units(recorder: string): AsyncIterable<StoredUnit>;
  /** What was pinned for these paths at first sight. */
  pins(paths: readonly string[]): Promise<ReadonlyMap<string, PinnedFile>>;
  /**
   * Recordings that may overlap [from, to], also those without times. A recording held by several units comes once
   * per unit that still has it; one that no unit has any more comes once, with `missingSince`.
   */
  recordings(query: TimeRange & { readonly target?: string | null }): AsyncIterable<StoredRecording>;
  recording(uid: string): Promise<StoredRecording | undefined>;

  access(uid: string): Promise<StoredAccess | undefined>;
  /** Accesses that overlap [from, to], by opening; one without an end overlaps everything after its opening. */
  accesses(
    query: TimeRange & { readonly target?: string; readonly settled?: boolean },
  ): AsyncIterable<StoredAccess>;

  finding(uid: string): Promise<TrackedFinding | undefined>;
  findingsByUid(uids: readonly string[]): Promise<readonly TrackedFinding[]>;
  /** Findings by opening; without `statuses` all of them. */
  findings(query?: { readonly statuses?: readonly FindingStatus[] }): AsyncIterable<TrackedFinding>;
  /**
   * Findings that dispatch has to look at: all that are not resolved, and resolved ones of which a receiver still
   * believes that they fire. Never-told first, then by level, so that a limit cuts off repeats, not news.
   */
  dispatchable(limit: number): Promise<readonly DispatchCandidate[]>;

  outboxEntry(alert: string): Promise<OutboxEntry | undefined>;
  /** Latest first. */
  outbox(query: {
    readonly states?: readonly OutboxState[];
    readonly receiver?: string;
    readonly limit: number;
  }): Promise<readonly OutboxEntry[]>;
  /** Receivers with at least one alert due at `now`. */
  dueReceivers(now: number): Promise<readonly string[]>;
  /**
   * Alerts due at `now`, longest due first. One that tells of a finding of which an earlier alert to the same
   * receiver is still under way is held back, so that "resolved" never arrives before "firing".
   */
  dueAlerts(receiver: string, now: number, limit: number): Promise<readonly OutboxEntry[]>;
  receiverHealth(): Promise<readonly ReceiverHealth[]>;

  /** Latest first. */
  runs(query: { readonly from?: number; readonly limit: number }): Promise<readonly RunRecord[]>;
  meta(key: string): Promise<string | undefined>;
}

export interface StoreWriter {
  /** Events, the cursor behind them and the report, together. Known events change nothing. */
  saveBatch(batch: Batch): Promise<{ readonly added: number }>;
  /** Marks targets for judging anew, e.g. after a change of the configuration; null for facts without target. */
  markDirty(targets: readonly (string | null)[], at: number): Promise<void>;

  /** What an inspection of one unit showed. Recordings of the unit that it no longer lists become missing. */
  saveInspection(inspection: SavedInspection): Promise<{ readonly changed: number }>;
  /** Units that the recorder no longer has. Their recordings become missing. */
  saveGoneUnits(gone: {
    readonly recorder: string;
    readonly keys: readonly string[];
    readonly at: number;
  }): Promise<void>;

  /** Verdicts, findings, alerts and the run of one judgement. */
  saveJudgement(judgement: SavedJudgement): Promise<void>;
  /** Alerts for the outbox with the notices that they carry. An alert that is already there changes nothing. */
  saveAlerts(dispatch: {
    readonly alerts: readonly Alert[];
    readonly notices: readonly Notice[];
  }): Promise<void>;
  /** A person has taken note. False where the finding is unknown or resolved. */
  acknowledgeFinding(uid: string, by: string, at: number): Promise<boolean>;

  /** Result of an attempt; ignored where the entry is no longer pending. */
  recordAttempt(alert: string, change: OutboxChange): Promise<void>;
  /** Puts a rejected or given-up alert back, due at `at`. False where there is no such alert. */
  retryAlert(alert: string, at: number): Promise<boolean>;

  saveRun(run: RunRecord): Promise<void>;
  /** Marks runs that a killed process left behind as aborted; returns their ids. */
  abortUnfinishedRuns(at: number): Promise<readonly string[]>;
  setMeta(key: string, value: string): Promise<void>;
  /**
   * Deletes what is older than the retention: never open findings, unsettled accesses, their events, undelivered
   * alerts, nor recordings that their recorder still has.
   */
  purge(before: number): Promise<PurgeCounts>;
}

/** Epoch ms, both ends included. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

export interface Batch {
  readonly stream: string;
  /** Any JSON value; comes back from `cursor`. */
  readonly cursor: unknown;
  readonly report: SourceReport;
  readonly events: readonly Event[];
  /**
   * The same records come by several streams (a trail's files and its API) and differ in their places alone: an event
   * that another stream gave first stays as it is.
   */
  readonly keepFirst?: boolean;
  /** Objects that are read with this batch; see `Format.layout`. */
  readonly objects?: readonly ReadObject[];
  readonly at: number;
}

/** What tells whether a file of a source, complete when it appeared, is still the one that was read. */
export interface ObjectSign {
  readonly name: string;
  readonly size: number;
  readonly mtimeMs: number;
}

export interface ReadObject extends ObjectSign {
  /** Of the decompressed content as it was read. */
  readonly sha256: string;
}

export interface DirtyTarget {
  readonly target: string | null;
  /** Counts the changes; a judgement clears the mark only if nothing came after what it read. */
  readonly version: number;
}

export interface SavedInspection {
  /** Id of the configured recorder. */
  readonly recorder: string;
  readonly unit: { readonly key: string; readonly size: number; readonly mtimeMs: number };
  readonly state: string | null;
  readonly recordings: readonly Recording[];
  /** Digests of the unit's files. A pin is only ever replaced by a longer one: growth, verified by the caller. */
  readonly pins: readonly { readonly path: string; readonly file: PinnedFile }[];
  readonly at: number;
}

export interface StoredUnit {
  readonly recorder: string;
  readonly key: string;
  readonly size: number;
  readonly mtimeMs: number;
  readonly firstSeen: number;
  readonly lastSeen: number;
  readonly goneAt: number | null;
}

export interface StoredRecording {
  readonly recording: Recording;
  readonly recorder: string;
  readonly unit: string;
  /** When any unit first showed it: its lateness is judged by this. */
  readonly firstSeen: number;
  readonly lastSeen: number;
  readonly missingSince: number | null;
}

export interface StoredAccess {
  readonly access: JudgedAccess;
  /** False while the passing of time alone may change the verdict. */
  readonly settled: boolean;
}

export interface SavedJudgement {
  readonly at: number;
  /** Targets that this judgement covered, as `dirtyTargets` gave them. */
  readonly judged: readonly DirtyTarget[];
  readonly accesses: readonly StoredAccess[];
  /** Accesses that exist no longer, e.g. because a late record changed where they begin. */
  readonly removedAccesses: readonly string[];
  /** Findings that changed. */
  readonly findings: readonly TrackedFinding[];
  readonly alerts: readonly Alert[];
  readonly notices: readonly Notice[];
  readonly run?: RunRecord;
}

export interface ReceiverHealth {
  readonly receiver: string;
  readonly pending: number;
  readonly oldestPendingAt: number | null;
  /** Most attempts that a pending alert has behind it. */
  readonly attempts: number;
  readonly rejected: number;
  readonly givenUp: number;
  readonly lastDeliveredAt: number | null;
  readonly lastFailedAt: number | null;
  readonly highestPendingLevel: Level | null;
}

/** One pass of the daemon. */
export interface RunRecord {
  readonly id: string;
  readonly startedAt: number;
  readonly finishedAt: number | null;
  readonly state: 'running' | 'completed' | 'failed' | 'aborted';
  readonly counts: Readonly<Record<string, number>>;
  readonly reason: string | null;
}

/** Rows deleted. */
export interface PurgeCounts {
  readonly events: number;
  readonly accesses: number;
  readonly units: number;
  readonly findings: number;
  readonly alerts: number;
  readonly runs: number;
}
