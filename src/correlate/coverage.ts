import type { Access } from '../model/access.ts';
import type { Recording } from '../model/recording.ts';

/** A stretch of an access, epoch ms. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

export interface Coverage {
  /** Share of the access's time that is covered, 0…1. */
  readonly share: number;
  readonly uncovered: readonly Stretch[];
}

/** A recorder started or ended by hand covers its own time, to within this and the clocks' uncertainty. */
const BY_HAND_MS = 1_000;

export interface CoverageOptions {
  /** Milliseconds the recorder's clock is ahead. */
  readonly offsetMs: number;
  /** Epoch ms: an open access is looked at up to here. */
  readonly now: number;
  /** A later recording of the same recorder in the same access shows that this one had ended. */
  readonly succeeded?: boolean;
}

/**
 * What a recording leaves out of its access. A recorder that the session's own start launches covers from the
 * opening, however late its first byte; one started by hand covers only its own time. Most recorders write only
 * on activity: a silent tail counts as covered where the format has no end marker and the session ran the
 * recorder, and as uncovered where the recorder itself says that it ended earlier.
 */
export function coverageOf(access: Access, recording: Recording, options: CoverageOptions): Coverage {
  const end = Math.max(access.closed ?? options.now, access.opened);
  const slack = BY_HAND_MS + access.resolution + recording.resolution;
  const opened = (recording.opened ?? access.opened) - options.offsetMs;
  const closed = (recording.closed ?? end) - options.offsetMs;
  const byHand = isByHand(access, recording, opened, slack);
  const uncovered: Stretch[] = [];
  if (byHand) uncovered.push({ from: access.opened, to: Math.min(opened, end) });
  const endsItself =
    options.succeeded === true || recording.endProven || (byHand && recording.state === 'complete');
  if (access.closed !== null && endsItself && end - closed > slack) {
    uncovered.push({ from: Math.max(closed, access.opened), to: end });
  }
  return { share: shareOf(uncovered, end - access.opened), uncovered };
}

function isByHand(access: Access, recording: Recording, opened: number, slack: number): boolean {
  if (recording.launch === 'session' || access.forcedCommand !== null) return false;
  return opened - access.opened > slack;
}

function shareOf(uncovered: readonly Stretch[], durationMs: number): number {
  if (durationMs <= 0) return 1;
  const missing = uncovered.reduce((sum, one) => sum + Math.max(0, one.to - one.from), 0);
  return Math.max(0, 1 - missing / durationMs);
}

/** True where a part of the recording's own time encloses the given time: for elevations inside a session. */
export function coversTime(coverage: Coverage, time: number): boolean {
  return !coverage.uncovered.some((one) => time >= one.from && time < one.to);
}
