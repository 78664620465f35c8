import type { SourceReport } from '../model/source-report.ts';

export interface StreamHealth {
  /** Milliseconds since the last record where that is longer than allowed; else null. */
  readonly silentMs: number | null;
  /** It could not be read to its end: what it would have told is missing. */
  readonly behind: boolean;
  readonly parserBlind: boolean;
  readonly timeAssumedMatters: boolean;
  readonly gap: boolean;
}

/** Below this many records a ratio says nothing. */
const ENOUGH_RECORDS = 20;
/** A log of one known format leaves nothing unread; a fifth unread means the format changed. */
const BLIND_RATIO = 0.2;

/** Can this stream's silence be trusted? */
export function healthOfStream(
  source: SourceReport,
  options: { now: number; silentAfterMs: number | null; timeAssumedMatters: boolean },
): StreamHealth {
  const silence = options.now - (source.last ?? options.now);
  const isSilent = options.silentAfterMs !== null && silence > options.silentAfterMs;
  return {
    silentMs: isSilent ? silence : null,
    behind: source.error !== null,
    parserBlind: source.records >= ENOUGH_RECORDS && source.rejected / source.records > BLIND_RATIO,
    timeAssumedMatters: options.timeAssumedMatters,
    gap: false,
  };
}
