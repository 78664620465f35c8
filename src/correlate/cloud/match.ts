import type { Access } from '../../model/access.ts';
import type { Recording, RecordingState } from '../../model/recording.ts';
import type { Taken } from '../match.ts';
import { groupBy } from '../order.ts';

/** True for accesses that only the recorder of their own provider can record, by their id. */
export function isCloudSession(access: Access): boolean {
  if (access.session.cloudSession !== undefined) return true;
  return access.cloud !== null && !access.path.startsWith('ssh');
}

/** Of two copies of one session (bucket and log group) the better one stands for it. */
const RANKS: Readonly<Record<RecordingState, number>> = {
  complete: 0,
  incomplete: 1,
  altered: 2,
  corrupt: 3,
  'no-content': 4,
  empty: 5,
  missing: 6,
};

const WHOLE = { share: 1, uncovered: [] } as const;

/**
 * Cloud sessions and their recordings join by session id alone: it is never used twice, and the transcript's times
 * are those of its upload. The agent that runs the session runs the recorder, so it covers from the opening.
 */
export function pairCloudSessions(
  accesses: readonly Access[],
  recordings: readonly Recording[],
): Map<string, Taken[]> {
  const byId = groupBy(
    recordings.filter((one) => one.state !== 'missing'),
    (one) => one.ids.cloudSession,
  );
  const taken = new Map<string, Taken[]>();
  for (const access of accesses) {
    const id = access.session.cloudSession;
    const copies = id === undefined || access.cloud?.tunnel === true ? [] : (byId.get(id) ?? []);
    const best = copies.toSorted(byWorth)[0];
    if (best === undefined) continue;
    taken.set(access.uid, [
      { recording: best, join: 'exact', coverage: WHOLE, why: `same session id ${id ?? ''}` },
    ]);
  }
  return taken;
}

/** What cannot be told apart by state is settled by content and then by name, the same in whatever order they came. */
function byWorth(a: Recording, b: Recording): number {
  const damage = Number(a.problems.length > 0) - Number(b.problems.length > 0);
  return RANKS[a.state] - RANKS[b.state] || damage || b.bytes - a.bytes || (a.uid < b.uid ? -1 : 1);
}

/**
 * When sessions ended by their recordings, by session id: the agent uploads a transcript, with its end marker, when
 * the session is over. It ends a session whose end no record told.
 */
export function recordedEnds(recordings: readonly Recording[]): Map<string, number> {
  const present = recordings.filter((one) => one.state !== 'missing' && one.ids.cloudSession !== undefined);
  const ends = new Map<string, number>();
  for (const [id, copies] of groupBy(present, (one) => one.ids.cloudSession ?? '')) {
    const best = copies.toSorted(byWorth)[0];
    if (best?.endProven === true && best.closed !== null) ends.set(id, best.closed);
  }
  return ends;
}
