import type { Event } from '../model/event.ts';
import type { Recording } from '../model/recording.ts';
import type { StoredRecording, StoreReader } from '../store/store.ts';
import { toIso } from '../util/iso.ts';

/** Facts for one judgement, and the time from which accesses are judged anew. */
export interface StoredFacts {
  readonly events: readonly Event[];
  readonly recordings: readonly Recording[];
  /** Epoch ms: accesses that opened before it are as they were. */
  readonly from: number;
  /** When recordings were first seen that ended after `watchingSince`; what lay there before was not late. */
  readonly firstSeen: ReadonlyMap<string, number>;
}

/**
 * Key in the store, set in the transaction of the first judgement (epoch ms): what lay there before is told as one
 * digest, and was not watched for.
 */
export const FIRST_PASS = 'first_pass_at';
const DAY_MS = 86_400_000;
/** Records of one access can be stamped this far apart from what they tell of: wrong clocks and zones. */
const MARGIN_MS = DAY_MS;
/** An access without an end that began a week ago no longer holds the window open. */
const FORGOTTEN_MS = 7 * DAY_MS;
/** How often the window is widened by accesses that reach into it; more would mean chains of day-long sessions. */
const MAX_WIDENINGS = 10;

/**
 * Loads everything that can bear on accesses from `since` on. The window begins where no access reaches across its
 * edge, so that judging it anew gives what judging everything would give.
 */
export async function loadFacts(
  store: StoreReader,
  since: number,
  now: number,
  watchingSince: number,
): Promise<StoredFacts> {
  const from = await quietEdge(store, since - MARGIN_MS);
  const range = { from: from - MARGIN_MS, to: now + MARGIN_MS };
  const events: Event[] = [];
  for await (const event of store.events(range)) events.push(event);
  const recordings = new Map<string, Recording>();
  const firstSeen = new Map<string, number>();
  for await (const stored of store.recordings(range)) {
    if ((stored.recording.closed ?? 0) >= watchingSince)
      firstSeen.set(stored.recording.uid, stored.firstSeen);
    const known = recordings.get(stored.recording.uid);
    if (!known || known.state === 'missing') recordings.set(stored.recording.uid, toRecording(stored));
  }
  return { events, recordings: [...recordings.values()], from, firstSeen };
}

/** Moves a time back until no stored access spans it. */
async function quietEdge(store: StoreReader, since: number): Promise<number> {
  let edge = since;
  for (let round = 0; round < MAX_WIDENINGS; round++) {
    let earliest = edge;
    for await (const { access } of store.accesses({ from: edge, to: edge })) {
      if (access.closed === null && edge - access.opened > FORGOTTEN_MS) continue;
      earliest = Math.min(earliest, access.opened);
    }
    if (earliest >= edge) return edge;
    edge = earliest;
  }
  return edge;
}

/** A recording that its recorder had and has no more. */
function toRecording({ recording, missingSince, firstSeen }: StoredRecording): Recording {
  if (missingSince === null || recording.state === 'missing') return recording;
  const detail = `seen on ${toIso(firstSeen)} with ${recording.bytes} bytes, gone since ${toIso(missingSince)}`;
  return {
    ...recording,
    state: 'missing',
    problems: [...recording.problems, { code: 'recording-deleted-early', detail }],
  };
}
