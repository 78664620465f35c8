import type { JudgedAccess } from '../../model/access.ts';
import type { Event } from '../../model/event.ts';
import type { RecorderReport } from '../../model/judgement.ts';
import type { Recording } from '../../model/recording.ts';
import type { SourceReport } from '../../model/source-report.ts';
import type { TrailProblem } from '../../model/control.ts';
import type { ExceptionFile } from '../../exceptions/load.ts';
import type { StoreReader } from '../../store/store.ts';
import { collectFolder, type FolderOptions } from '../collect/folder.ts';
import { FIRST_PASS, loadFacts } from '../load-facts.ts';
import { type Interval } from './interval.ts';
import type { Past } from './past.ts';

/** What a replay judges, wherever it was read. */
export interface ReplayFacts {
  readonly origin: 'store' | 'paths';
  readonly events: readonly Event[];
  readonly recordings: readonly Recording[];
  readonly sources: readonly SourceReport[];
  readonly recorders: readonly RecorderReport[];
  readonly trailProblems: readonly TrailProblem[];
  readonly firstSeen: ReadonlyMap<string, number>;
  /** Epoch ms from which accesses are whole. */
  readonly from: number;
  readonly exceptionFiles: readonly ExceptionFile[];
  readonly errors: readonly string[];
  /** What the facts cannot tell about an access and its kept verdict can. */
  readonly complete: (access: JudgedAccess) => JudgedAccess;
}

/**
 * Facts from the store, with what reaches over the edges of the interval. How sources and recorders were is not among
 * them: what could not be read when an access was judged is known from its verdict alone.
 */
export async function factsOfStore(
  store: StoreReader,
  past: Past,
  { from }: Interval,
  now: number,
): Promise<ReplayFacts> {
  const facts = await loadFacts(store, from, Math.max(now, past.until), await watchedSince(store, now));
  const before = new Map(past.accesses.map((one) => [one.uid, one]));
  return {
    ...facts,
    origin: 'store',
    sources: [],
    recorders: [],
    trailProblems: [],
    exceptionFiles: [],
    errors: [],
    complete: (access) => keepBlindness(access, before.get(access.uid)),
  };
}

async function watchedSince(store: StoreReader, now: number): Promise<number> {
  return Number((await store.meta(FIRST_PASS)) ?? now);
}

/** Reasons that hold whether or not recordings could be looked for. */
const ALWAYS = new Set(['forced-command', 'source-weakened']);
const BLIND = new Set(['source-lagging', 'low-confidence-match']);

/** Nobody could look for its recording then, so that none is known now proves nothing. */
function keepBlindness(access: JudgedAccess, before: JudgedAccess | undefined): JudgedAccess {
  if (before?.verdict !== 'undetermined' || before.recordings.length > 0) return access;
  if (!before.reasons.some((one) => one.code === 'source-lagging')) return access;
  if (access.verdict !== 'unrecorded' || access.recordings.length > 0) return access;
  const reasons = [
    ...before.reasons.filter(({ code }) => BLIND.has(code)),
    ...access.reasons.filter(({ code }) => ALWAYS.has(code)),
  ];
  return { ...access, verdict: 'undetermined', reasons };
}

/** Facts from files, as `check` reads them; when a recording was first seen is known by the store, if there is one. */
export async function factsOfPaths(
  paths: readonly string[],
  options: FolderOptions,
  store: StoreReader | null,
): Promise<ReplayFacts> {
  const facts = await collectFolder(paths, options);
  if (options.signal.aborted) throw new Error('interrupted');
  const hint = 'name a folder that holds logs or recordings';
  const unknown = facts.unknownPaths.map((path) => `${path}: nothing here has a known format; ${hint}`);
  return {
    ...facts,
    origin: 'paths',
    firstSeen: store === null ? new Map() : await firstSeenOf(facts.recordings, store, options.now),
    from: -Infinity,
    errors: [...facts.errors, ...unknown],
    complete: (access) => access,
  };
}

async function firstSeenOf(
  recordings: readonly Recording[],
  store: StoreReader,
  now: number,
): Promise<ReadonlyMap<string, number>> {
  const since = await watchedSince(store, now);
  const seen = new Map<string, number>();
  for (const { uid, closed } of recordings) {
    const known = (closed ?? 0) >= since ? await store.recording(uid) : undefined;
    if (known) seen.set(uid, known.firstSeen);
  }
  return seen;
}
