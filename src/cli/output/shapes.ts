import type { CloudAccess, JudgedAccess } from '../../model/access.ts';
import type { Event, Reject } from '../../model/event.ts';
import type { Finding } from '../../model/finding.ts';
import type { JudgedRecording, Judgement, RecorderReport } from '../../model/judgement.ts';
import type { Recording } from '../../model/recording.ts';
import type { SourceReport } from '../../model/source-report.ts';
import { toIso, toIsoOrNull } from '../../util/iso.ts';

/** NDJSON shapes: the contract that scripts rely on. Keys are snake_case where they have two words, but durationMs. */

export function accessLine(access: JudgedAccess) {
  return {
    type: 'access',
    uid: access.uid,
    path: access.path,
    account: access.account,
    principal: access.principal,
    target: { id: access.target, kind: access.targetKind },
    origin: access.origin,
    credential: access.credential === null ? null : credentialOf(access.credential),
    opened: toIso(access.opened),
    closed: toIsoOrNull(access.closed),
    verdict: access.verdict,
    reasons: access.reasons,
    actor: access.actor,
    via: access.via,
    recordings: access.recordings.map((one) => ({
      uid: one.uid,
      join: one.join,
      covers: one.covers,
      end_proven: one.endProven,
    })),
    exception: access.exception === null ? null : { id: access.exception.id, kind: access.exception.kind },
    accepted_afterwards: access.acceptedAfterwards === null ? null : { id: access.acceptedAfterwards.id },
    evidence: access.evidence,
    privileged: access.privileged,
    break_glass: access.breakGlass,
    parents: access.parents,
    session: access.session,
    cloud: access.cloud === null ? null : cloudOf(access.cloud),
    refs: access.refs,
  };
}

function cloudOf(cloud: CloudAccess) {
  const { documentClass, names: _names, ...rest } = cloud;
  return { ...rest, document_class: documentClass };
}

function credentialOf(credential: NonNullable<JudgedAccess['credential']>) {
  const { type, id, keyId, serial, ca } = credential;
  return { type, id, ...(keyId === undefined ? {} : { key_id: keyId, serial, ca }) };
}

export function recordingLine(recording: Recording | JudgedRecording) {
  return {
    type: 'recording',
    uid: recording.uid,
    recorder: recording.recorder,
    state: recording.state,
    end_proven: recording.endProven,
    problems: recording.problems,
    opened: toIsoOrNull(recording.opened),
    closed: toIsoOrNull(recording.closed),
    durationMs: recording.durationMs,
    bytes: recording.bytes,
    events: recording.events,
    sha256: recording.sha256,
    evidence: recording.evidence,
    target: recording.target,
    account: recording.account,
    actor: recording.actor,
    origin: recording.origin,
    ids: recording.ids,
    ...('accesses' in recording ? { accesses: recording.accesses } : {}),
    ref: recording.ref,
  };
}

export function findingLine(finding: Finding) {
  return {
    type: 'finding',
    uid: finding.uid,
    check: finding.check,
    level: finding.level,
    title: finding.title,
    status: finding.status,
    rule: finding.rule,
    subject: finding.subject,
    target: finding.target,
    account: finding.account,
    time: toIso(finding.time),
    evidence: finding.evidence,
    runbook: finding.runbook,
    refs: finding.refs,
  };
}

export function sourceLine(source: SourceReport) {
  return {
    type: 'source',
    id: source.id,
    kind: source.type,
    files: source.files,
    hosts: source.hosts,
    first: toIsoOrNull(source.first),
    last: toIsoOrNull(source.last),
    records: source.records,
    events: source.events,
    rejected: source.rejected,
    held_back_bytes: source.heldBack,
    lost: source.lost,
    log_level: source.logLevel,
    assumed: source.assumed,
    zone: source.zone,
    error: source.error,
  };
}

export function recorderLine(recorder: RecorderReport) {
  return {
    type: 'source',
    id: recorder.id,
    kind: `recorder:${recorder.type}`,
    hosts: recorder.hosts,
    units: recorder.units,
    recordings: recorder.recordings,
    watermark: toIso(recorder.watermark),
    errors: recorder.errors,
  };
}

export function summaryLine(judgement: Judgement, errors: readonly string[], exit: number) {
  const { coverage } = judgement;
  return {
    type: 'summary',
    now: toIso(judgement.now),
    accesses: judgement.accesses.length,
    privileged: coverage.privileged,
    verdicts: coverage.byVerdict,
    coverage: { certain: round(coverage.certain), possible: round(coverage.possible) },
    recordings: judgement.recordings.length,
    findings: judgement.findings.filter((one) => one.status !== 'resolved').length,
    errors,
    exit,
  };
}

function round(share: number): number {
  return Math.round(share * 10_000) / 10_000;
}

export function eventLine(event: Event) {
  return {
    type: 'event',
    uid: event.uid,
    kind: event.kind,
    time: toIso(event.time),
    resolution_ms: event.resolution,
    assumed: event.assumed,
    program: event.program,
    path: event.path,
    account: event.account,
    actor: event.actor,
    target: event.target,
    reported_host: event.reportedHost,
    origin: event.origin,
    credential: event.credential === null ? null : credentialOf(event.credential),
    session: event.session,
    detail: event.detail,
    ref: event.ref,
  };
}

export function rejectLine(reject: Reject) {
  return { type: 'reject', code: reject.code, detail: reject.detail, ref: reject.ref };
}
