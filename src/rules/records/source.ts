import type { SourceReport } from '../../model/source-report.ts';

/** What a rule on `service: source` sees: one stream, or one host in it where `host` is set. */
export interface SourceRecord {
  readonly type: 'source';
  readonly id: string;
  /** Format, e.g. `syslog`. */
  readonly kind: string;
  readonly hosts: readonly string[];
  readonly records: number;
  readonly events: number;
  readonly rejected: number;
  /** Rejected records among all, 0…1. */
  readonly reject_ratio: number;
  /** Milliseconds since the last record where that is longer than this source is ever silent; else null. */
  readonly silent_ms: number | null;
  /** True where its watermark lags further behind than is allowed. */
  readonly behind: boolean;
  /** True where it delivers records of which nothing, or much less than before, is understood. */
  readonly parser_blind: boolean;
  /** Bytes of an unfinished last record. */
  readonly held_back: number;
  /** Messages that the source itself says it lost. */
  readonly lost: number;
  /** Sessions that only host bookkeeping shows: no Accepted line names their key and origin. */
  readonly sessions_without_accepted: number;
  /** Sessions that end without having begun, although the stream covers the time. */
  readonly ends_without_starts: number;
  /** Estimated offset of the host's clock, positive where it is ahead; null where nothing allows an estimate. */
  readonly skew_ms: number | null;
  /** Exact pairs that the estimate rests on. */
  readonly skew_pairs: number;
  readonly log_level: 'verbose' | 'info' | 'unknown';
  /** True where a supplied zone or year decides a verdict. */
  readonly time_assumed_matters: boolean;
  /** True where a part of the stream itself is missing, e.g. a rotated file between two others. */
  readonly gap: boolean;
  /** Why it could not be read to its end. */
  readonly error: string | null;
  readonly host: string | null;
}

/** What health found about a stream, or about one host in it. */
export interface SourceFacts {
  readonly host: string | null;
  readonly silentMs: number | null;
  readonly behind: boolean;
  readonly parserBlind: boolean;
  readonly sessionsWithoutAccepted: number;
  readonly endsWithoutStarts: number;
  readonly skewMs: number | null;
  readonly skewPairs: number;
  readonly timeAssumedMatters: boolean;
  readonly gap: boolean;
}

/** Dotted paths of a SourceRecord. */
export const SOURCE_FIELDS = [
  'type id kind hosts host records events rejected reject_ratio silent_ms behind parser_blind held_back lost',
  'sessions_without_accepted ends_without_starts skew_ms skew_pairs log_level time_assumed_matters gap error',
].flatMap((line) => line.split(' '));

/** The record of a source's health. */
export function toSourceRecord(report: SourceReport, facts: SourceFacts): SourceRecord {
  return {
    type: 'source',
    id: report.id,
    kind: report.type,
    hosts: report.hosts,
    host: facts.host,
    records: report.records,
    events: report.events,
    rejected: report.rejected,
    reject_ratio: report.records === 0 ? 0 : report.rejected / report.records,
    silent_ms: facts.silentMs,
    behind: facts.behind,
    parser_blind: facts.parserBlind,
    held_back: report.heldBack,
    lost: report.lost,
    sessions_without_accepted: facts.sessionsWithoutAccepted,
    ends_without_starts: facts.endsWithoutStarts,
    skew_ms: facts.skewMs,
    skew_pairs: facts.skewPairs,
    log_level: report.logLevel,
    time_assumed_matters: facts.timeAssumedMatters,
    gap: facts.gap,
    error: report.error,
  };
}
