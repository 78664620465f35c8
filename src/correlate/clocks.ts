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

/**
 * Learns each recorder's clock offset per target from exact pairs: the median distance of the two starts.
 * A recorder starts a fraction of a second after the login, which is far below the tolerance of joining.
 */
export function learnOffsets(pairs: readonly ExactPair[]): ClockOffset[] {
  const usable = pairs.filter((pair) => pair.recording.opened !== null);
  const groups = groupBy(usable, (pair) => clockKey(pair.access.target, pair.recording.recorder));
  return [...groups.values()].flatMap((group) => {
    const first = group[0];
    if (!first) return [];
    const gaps = group.map((pair) => (pair.recording.opened ?? 0) - pair.access.opened);
    const { target } = first.access;
    return [{ target, recorder: first.recording.recorder, offsetMs: median(gaps), pairs: group.length }];
  });
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
