import type { Kysely } from 'kysely';

/**
 * Tables as kysely sees them. Only column types that SQLite and PostgreSQL share: text, integer, double precision
 * (epoch ms whose fraction keeps microseconds). JSON columns hold the model's own types; the columns beside them
 * exist to be searched. A target that no record names is stored as the empty string.
 */
export interface Schema {
  cursors: { stream: string; cursor: string; saved_at: number };
  source_reports: { stream: string; report: string; saved_at: number };
  events: {
    uid: string;
    target: string;
    time: number;
    account: string | null;
    stream: string;
    event: string;
  };
  dirty_targets: { target: string; version: number; since: number };
  units: {
    recorder: string;
    unit: string;
    size: number;
    mtime: number;
    state: string | null;
    first_seen: number;
    last_seen: number;
    gone_at: number | null;
  };
  pinned_files: {
    path: string;
    recorder: string;
    unit: string;
    size: number;
    sha256: string;
    mtime: number;
    pinned_at: number;
  };
  recordings: {
    uid: string;
    recorder: string;
    unit: string;
    target: string;
    state: string;
    opened: number | null;
    closed: number | null;
    recording: string;
    first_seen: number;
    last_seen: number;
    missing_since: number | null;
  };
  accesses: {
    uid: string;
    target: string;
    opened: number;
    closed: number | null;
    verdict: string;
    settled: number;
    access: string;
    judged_at: number;
  };
  findings: {
    uid: string;
    check_id: string;
    subject: string;
    target: string;
    status: string;
    level: string;
    /** Index of the level in LEVELS. */
    rank: number;
    finding: string;
    opened_at: number;
    updated_at: number;
    resolved_at: number | null;
    acknowledged_at: number | null;
    acknowledged_by: string | null;
    /** Receivers whose latest notice says that it fires. */
    told: number;
  };
  notices: {
    finding: string;
    receiver: string;
    sequence: number;
    kind: string;
    alert: string | null;
    at: number;
  };
  outbox: {
    alert: string;
    receiver: string;
    status: string;
    level: string;
    payload: string;
    state: string;
    attempts: number;
    next_attempt_at: number | null;
    last_reason: string | null;
    created_at: number;
    finished_at: number | null;
  };
  runs: {
    id: string;
    started_at: number;
    finished_at: number | null;
    state: string;
    counts: string;
    reason: string | null;
  };
  read_objects: { stream: string; name: string; size: number; mtime: number; sha256: string };
  meta: { key: string; value: string };
}

/** The database, or a transaction on it. */
export type Db = Kysely<Schema>;
