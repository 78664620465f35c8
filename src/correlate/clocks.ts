import type { Access } from '../model/access.ts';
import type { Recording } from '../model/recording.ts';
import { groupBy } from './order.ts';

/** How far a recorder's clock is ahead of the log's clock on one target. */
export interface ClockOffset {
  readonly target: string;
  readonly recorder: string;
  /** Milliseconds to subtract from the recorder's times. */
  readonly offsetMs: number;
  /** Exact pairs it was learnt from. */
  readonly pairs: number;
}

/** A pair joined by an exact id, whose start times can be compared. */
export interface ExactPair {
  readonly access: Access;
  readonly recording: Recording;
}

/** A recorder that the login starts writes within this; whole-second clocks add their resolution. */
const PROMPT_MS = 1_000;
/** Late starts that could be late users as well say something of the clock only where this many agree. */
const ENOUGH_LATE = 3;

/**
 * Learns each recorder's clock offset per target from exact pairs: the median distance of the two starts.
 * A recorder starts a fraction of a second after the login, which is far below the tolerance of joining.
 * One that starts late and fits into its session may have been started by hand, or had nothing to write yet:
 * taking that for a clock error would hide the stretch it left out.
 */
export function learnOffsets(pairs: readonly ExactPair[]): ClockOffset[] {
  const usable = pairs.filter((pair) => pair.recording.opened !== null);
  const groups = groupBy(usable, (pair) => clockKey(pair.access.target, pair.recording.recorder));
  return [...groups.values()].flatMap((all) => {
    const group = telling(all);
    const first = group[0];
    if (!first) return [];
    const gaps = group.map(gapOf);
    const { target } = first.access;
    return [{ target, recorder: first.recording.recorder, offsetMs: median(gaps), pairs: group.length }];
  });
}

/** Distance of the starts beyond what whole seconds explain: they alone must not move a good clock. */
function gapOf({ access, recording }: ExactPair): number {
  const gap = (recording.opened ?? 0) - access.opened;
  return Math.round(gap > 0 ? Math.max(0, gap - access.resolution) : Math.min(0, gap + recording.resolution));
}

function telling(pairs: readonly ExactPair[]): readonly ExactPair[] {
  const certain = pairs.filter((pair) => !isLateInside(pair));
  if (certain.length > 0) return certain;
  const launched = pairs.filter(
    ({ access, recording }) => recording.launch === 'session' || access.forcedCommand !== null,
  );
  return launched.length >= ENOUGH_LATE ? launched : [];
}

function isLateInside({ access, recording }: ExactPair): boolean {
  const slack = PROMPT_MS + access.resolution + recording.resolution;
  const opened = recording.opened ?? access.opened;
  const end = access.closed ?? Infinity;
  return opened - access.opened > slack && (recording.closed ?? opened) <= end + slack;
}

export function clockKey(target: string, recorder: string): string {
  return `${target}\0${recorder}`;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}
