import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { JudgedAccess } from '../../src/model/access.ts';
import type { Alert } from '../../src/model/alert.ts';
import type { Event } from '../../src/model/event.ts';
import type { Finding } from '../../src/model/finding.ts';
import type { Recording } from '../../src/model/recording.ts';
import type { SourceReport } from '../../src/model/source-report.ts';
import type { Notice, TrackedFinding } from '../../src/model/tracked-finding.ts';
import type { StoreAccess } from '../../src/store/open.ts';
import { openStore } from '../../src/store/open.ts';
import type { Batch, SavedInspection, SavedJudgement, Store } from '../../src/store/store.ts';

/** 2026-11-22T10:00:00Z */
export const T0 = Date.UTC(2026, 10, 22, 10);
export const HOUR = 3_600_000;

export function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'offrecord-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A store in a folder of its own, closed and removed after the test. */
export async function temporaryStore(t: TestContext, access: StoreAccess = 'owner'): Promise<Store> {
  const store = await openStore(join(temporaryFolder(t), 'store.db'), access);
  t.after(() => store.close());
  return store;
}

export async function collect<T>(rows: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const row of rows) all.push(row);
  return all;
}

export function event(uid: string, changes: Partial<Event> = {}): Event {
  return {
    uid,
    kind: 'access.open',
    time: T0,
    resolution: 0.001,
    assumed: [],
    seq: 1,
    stream: 'web01/auth.log',
    program: 'sshd',
    target: 'web01',
    reportedHost: null,
    path: 'ssh',
    account: 'root',
    actor: null,
    origin: { ip: '10.0.0.9', port: 50122 },
    credential: null,
    session: { pid: 811 },
    detail: {},
    ref: { source: 'web01/auth.log', record: '17' },
    ...changes,
  };
}

export function report(id: string, changes: Partial<SourceReport> = {}): SourceReport {
  return {
    id,
    type: 'sshd',
    files: [id],
    hosts: ['web01'],
    first: T0,
    last: T0,
    records: 1,
    events: 1,
    rejected: 0,
    rejects: [],
    heldBack: 0,
    lost: 0,
    logLevel: 'unknown',
    assumed: [],
    zone: null,
    error: null,
    ...changes,
  };
}

export function batch(events: readonly Event[], changes: Partial<Batch> = {}): Batch {
  const stream = changes.stream ?? 'web01/auth.log';
  return { stream, cursor: { offset: events.length }, report: report(stream), events, at: T0, ...changes };
}

export function recording(uid: string, changes: Partial<Recording> = {}): Recording {
  return {
    uid,
    recorder: 'asciicast',
    state: 'complete',
    endProven: false,
    hasEndMarker: false,
    problems: [],
    opened: T0,
    closed: T0 + HOUR,
    resolution: 1000,
    durationMs: HOUR,
    bytes: 100,
    events: 10,
    sha256: null,
    evidence: 'E3',
    covers: 'session',
    launch: 'unknown',
    target: 'web01',
    reportedHost: null,
    account: 'root',
    actor: null,
    origin: null,
    terminal: true,
    command: null,
    ids: {},
    owner: null,
    ref: { source: 'recordings/a.cast', record: '1' },
    ...changes,
  };
}

export function inspection(
  recordings: readonly Recording[],
  changes: Partial<SavedInspection> = {},
): SavedInspection {
  const unit = { key: '/rec/a.cast', size: 100, mtimeMs: T0 };
  return { recorder: 'bastion', unit, state: null, recordings, pins: [], at: T0, ...changes };
}

export function access(uid: string, changes: Partial<JudgedAccess> = {}): JudgedAccess {
  return {
    uid,
    path: 'ssh',
    account: 'root',
    accountUid: 0,
    actor: null,
    target: 'web01',
    origin: { ip: '10.0.0.9', port: 50122 },
    credential: null,
    opened: T0,
    closed: T0 + HOUR,
    closedBy: 'record',
    resolution: 0.001,
    assumed: [],
    channelsShown: false,
    connection: uid,
    session: {},
    forcedCommand: null,
    ioLog: null,
    command: null,
    via: null,
    parents: [],
    streams: ['web01/auth.log'],
    cloud: null,
    withoutAccepted: false,
    refs: [],
    principal: null,
    targetKind: 'host',
    tier: null,
    privileged: true,
    breakGlass: false,
    verdict: 'unrecorded',
    reasons: [],
    recordings: [],
    nearMisses: [],
    exception: null,
    acceptedAfterwards: null,
    evidence: { required: 'E3', found: 'E0' },
    ...changes,
  };
}

export function finding(uid: string, changes: Partial<Finding> = {}): Finding {
  return {
    uid,
    check: 'no-recording',
    rule: 'no-recording',
    title: 'Privileged session without a recording',
    level: 'high',
    status: 'open',
    subject: { type: 'access', uid: `acc_${uid}` },
    target: 'web01',
    account: 'root',
    time: T0,
    evidence: [
      'ssh to root on web01 from 10.0.0.9 at 2026-11-22T10:00:00.000Z',
      'bastion has no recording of it',
    ],
    runbook: 'Ask root who it was.',
    refs: [{ source: 'web01/auth.log', record: '17' }],
    ...changes,
  };
}

export function tracked(found: Finding, changes: Partial<TrackedFinding> = {}): TrackedFinding {
  return {
    finding: found,
    openedAt: T0,
    updatedAt: T0,
    resolvedAt: null,
    acknowledgedAt: null,
    acknowledgedBy: null,
    ...changes,
  };
}

export function alert(id: string, findings: readonly Finding[], changes: Partial<Alert> = {}): Alert {
  return {
    id,
    receiver: 'mail',
    status: 'firing',
    level: 'high',
    title: 'no-recording on web01',
    created: T0,
    groupLabels: { target: 'web01', check: 'no-recording' },
    findings,
    omitted: 0,
    ...changes,
  };
}

export function notice(uid: string, changes: Partial<Notice> = {}): Notice {
  return { finding: uid, receiver: 'mail', sequence: 1, kind: 'firing', alert: 'alr_1', at: T0, ...changes };
}

export function judgement(changes: Partial<SavedJudgement> = {}): SavedJudgement {
  return {
    at: T0,
    judged: [],
    accesses: [],
    removedAccesses: [],
    findings: [],
    alerts: [],
    notices: [],
    ...changes,
  };
}
