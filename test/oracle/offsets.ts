import type { Recording } from '../../src/model/recording.ts';
import { bestAssignments, clustersOf, isSmall } from './assignments.ts';
import { fitOf, type OffsetOf } from './fit.ts';
import type { Seen } from './seen.ts';

/** A recorder that the login starts writes within this. */
const PROMPT_MS = 1_000;
/** So many equally late starts are no longer slow users. */
const ENOUGH = 3;

/**
 * How far each recorder's clock is ahead on each host: the median distance of the starts over the pairs that an
 * id alone joins. A start that is late but fits into its session may be a late start as well: it tells nothing,
 * unless the recorder is always started by the session and enough pairs agree.
 */
export function learnOffsets(accesses: readonly Seen[], recordings: readonly Recording[]): OffsetOf {
  const sessions = accesses.filter((one) => one.kind === 'session');
  const fits = sessions.flatMap((access) =>
    recordings.flatMap((recording) => fitOf(access, recording, () => 0, sessions) ?? []),
  );
  const exact = fits.filter((fit) => fit.exact);
  const gaps = new Map<string, { certain: number[]; late: number[] }>();
  for (const cluster of clustersOf(sessions, exact).filter(isSmall)) {
    for (const { access, recording } of bestAssignments(cluster)[0]?.values() ?? []) {
      if (sessions.filter((one) => one.connection === access.connection).length > 1) continue;
      const own = gaps.get(keyOf(recording)) ?? { certain: [], late: [] };
      gaps.set(keyOf(recording), own);
      const gap = gapOf(access, recording);
      if (!isLateInside(access, recording)) own.certain.push(gap);
      else if (recording.launch === 'session' || access.forced) own.late.push(gap);
    }
  }
  return (recording) => {
    const { certain = [], late = [] } = gaps.get(keyOf(recording)) ?? {};
    if (certain.length > 0) return median(certain);
    return late.length >= ENOUGH ? median(late) : 0;
  };
}

/** Whole seconds are rounded down: only what goes beyond them is a gap. */
function gapOf(access: Seen, recording: Recording): number {
  const apart = (recording.opened ?? 0) - access.opened;
  if (apart > access.resolution) return apart - access.resolution;
  return apart < -recording.resolution ? apart + recording.resolution : 0;
}

function isLateInside(access: Seen, recording: Recording): boolean {
  const slack = PROMPT_MS + access.resolution + recording.resolution;
  const [opened, closed] = [recording.opened ?? 0, recording.closed ?? recording.opened ?? 0];
  return opened - access.opened > slack && closed <= (access.closed ?? Infinity) + slack;
}

function keyOf(recording: Recording): string {
  return JSON.stringify([recording.target, recording.recorder]);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (index: number) => sorted[index] ?? 0;
  const half = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? at(half) : (at(half - 1) + at(half)) / 2;
}
