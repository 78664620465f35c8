import type { ClockOffset } from '../../correlate/clocks.ts';
import type { StreamSigns } from '../../correlate/sessionize.ts';
import { groupBy } from '../../correlate/order.ts';
import { healthOfStream } from '../../health/sources.ts';
import type { Finding } from '../../model/finding.ts';
import type { RecorderReport } from '../../model/judgement.ts';
import type { SourceReport } from '../../model/source-report.ts';
import { toRecorderRecord } from '../../rules/records/recorder.ts';
import { type SourceRecord, toSourceRecord } from '../../rules/records/source.ts';
import { toIso } from '../../util/iso.ts';
import type { JudgedFacts } from './findings.ts';
import { speak } from './speak.ts';

/** One record per stream for the whole, and one per host in it for what only that host's lines can show. */
export function sourceFindings(judged: JudgedFacts): Finding[] {
  const { facts, options, sessions } = judged;
  const signs = groupBy(sessions.signs, (sign) => sign.stream);
  const doubted = new Set(
    judged.accesses
      .filter((access) => access.reasons.some((reason) => reason.code === 'time-assumed'))
      .flatMap((access) => access.streams),
  );
  return facts.sources.flatMap((source) => {
    const health = healthOfStream(source, {
      now: options.now,
      silentAfterMs: options.silentAfterMs(source.id),
      timeAssumedMatters: doubted.has(source.id),
    });
    const whole = about(judged, source, null, toSourceRecord(source, { ...health, ...NO_SIGNS, host: null }));
    const perHost = (signs.get(source.id) ?? []).flatMap((sign) => hostFindings(judged, source, sign));
    return [...whole, ...perHost];
  });
}

const NO_SIGNS = { sessionsWithoutAccepted: 0, endsWithoutStarts: 0, skewMs: null, skewPairs: 0 };
const NO_HEALTH = {
  silentMs: null,
  behind: false,
  parserBlind: false,
  timeAssumedMatters: false,
  gap: false,
};

function hostFindings(judged: JudgedFacts, source: SourceReport, sign: StreamSigns): Finding[] {
  // Rejects, losses and read errors are the stream's; a host must not repeat them.
  const quiet: SourceReport = { ...source, rejected: 0, lost: 0, error: null };
  const record = toSourceRecord(quiet, {
    ...NO_HEALTH,
    ...NO_SIGNS,
    host: sign.target,
    sessionsWithoutAccepted: sign.sessionsWithoutAccepted,
    endsWithoutStarts: sign.endsWithoutStarts,
  });
  return about(judged, source, sign.target, record);
}

function about(
  judged: JudgedFacts,
  source: SourceReport,
  host: string | null,
  record: SourceRecord,
): Finding[] {
  const last = source.last === null ? 'no record with a time' : `last record ${toIso(source.last)}`;
  return speak(judged.options.rules, record, {
    subject: { type: 'source', uid: host === null ? source.id : `${source.id}@${host}` },
    target: host,
    account: null,
    time: source.last ?? judged.options.now,
    evidence: [
      `Source ${source.id}: ${source.records} records, ${source.events} events, ${source.rejected} rejected, ${last}.`,
      ...source.rejects.slice(0, 3).map((one) => `${one.ref.source}:${one.ref.record}: ${one.detail}`),
      ...(source.error === null ? [] : [source.error]),
    ],
    refs: source.rejects.slice(0, 3).map((one) => one.ref),
  });
}

/** A recorder on one target: its clock, and whether it keeps anything while accesses go on. */
export function recorderFindings(judged: JudgedFacts): Finding[] {
  const { facts, matching } = judged;
  const unreadable = facts.recorders.flatMap((report) => aboutRecorder(judged, report, null));
  const skewed = matching.offsets.flatMap((offset) => {
    const report = facts.recorders.find((one) => one.type === offset.recorder);
    return report ? aboutRecorder(judged, { ...report, errors: [] }, offset) : [];
  });
  return [...unreadable, ...skewed];
}

function aboutRecorder(judged: JudgedFacts, report: RecorderReport, offset: ClockOffset | null): Finding[] {
  const { options } = judged;
  const names: readonly (string | null)[] = [report.type, report.id];
  const expecting = judged.accesses.filter((one) =>
    names.includes(options.policy.expectedRecorder(one.target)),
  );
  const open = expecting.filter((one) => one.verdict === 'unrecorded');
  const producedNothing = report.recordings === 0 && open.length > 0 && offset === null;
  const isSkewed = offset !== null && Math.abs(offset.offsetMs) > options.policy.toleranceMs;
  const record = toRecorderRecord(report, {
    accesses: expecting.length,
    producedNothing,
    skewMs: isSkewed ? Math.round(offset.offsetMs) : null,
    skewPairs: offset?.pairs ?? 0,
  });
  return speak(options.rules, record, {
    subject: { type: 'recorder', uid: offset === null ? report.id : `${report.id}@${offset.target}` },
    target: offset?.target ?? null,
    account: null,
    time: report.watermark,
    evidence: [
      `Recorder ${report.id}: ${report.recordings} recordings in ${report.units} files, read up to ${toIso(report.watermark)}.`,
      ...(isSkewed ? [skewText(offset)] : []),
      ...report.errors.slice(0, 3),
    ],
    refs: [],
  });
}

function skewText(offset: ClockOffset): string {
  const seconds = Math.round(offset.offsetMs / 1000);
  const pairs = `${offset.pairs} exact pair${offset.pairs === 1 ? '' : 's'}`;
  return `Its clock on ${offset.target} is ${seconds} s off the log's, by ${pairs}.`;
}
