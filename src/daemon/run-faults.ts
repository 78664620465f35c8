import type { ReceiverConfig } from '../config/receivers.ts';
import type { ReceiverHealth, Store, StoreReader } from '../store/store.ts';
import { toIso } from '../util/iso.ts';

/** Longer than this between two passes and something happened unwatched: the schedule is seconds to minutes. */
const LONGEST_GAP_MS = 15 * 60_000;
/** A pass that comes this many times later than usual was not on its schedule. */
const GAP_FACTOR = 3;
/** A gap is told for a day: it would end with the very pass that finds it, before anybody is alerted. */
const TOLD_FOR_MS = 86_400_000;
const GAP = 'run_gap';
/** After this many failed attempts (30 s … 35 min into the schedule) a receiver counts as failing. */
const FAILING_ATTEMPTS = 3;

/** A fault of offrecord's own work. */
export interface RunFault {
  readonly code: string;
  /** What it is about; one finding per code and subject. */
  readonly subject: string;
  readonly detail: string;
}

/** Faults of offrecord's own work: time without a pass, and receivers that alerts do not reach. */
export async function runFaults(
  store: Store,
  now: number,
  receivers: readonly ReceiverConfig[],
): Promise<RunFault[]> {
  return [...(await gap(store, now)), ...(await failing(store, new Set(receivers.map((one) => one.id))))];
}

async function gap(store: Store, now: number): Promise<RunFault[]> {
  const [last, before] = await store.runs({ limit: 2 });
  const at = last?.finishedAt ?? last?.startedAt;
  const usual = last && before ? last.startedAt - before.startedAt : 0;
  if (at !== undefined && now - at > Math.max(LONGEST_GAP_MS, GAP_FACTOR * usual)) {
    await store.setMeta(GAP, JSON.stringify([at, now]));
  }
  const [from = 0, to = 0] = JSON.parse((await store.meta(GAP)) ?? '[]') as number[];
  if (to === 0 || now - to > TOLD_FOR_MS) return [];
  const detail = `nothing was judged between ${toIso(from)} and ${toIso(to)}`;
  return [{ code: 'run-gap', subject: String(from), detail }];
}

async function failing(store: StoreReader, configured: ReadonlySet<string>): Promise<RunFault[]> {
  const health = await store.receiverHealth();
  return health
    .filter((one) => configured.has(one.receiver) && isFailing(one))
    .map((one) => ({
      code: 'delivery-failing',
      subject: one.receiver,
      detail: `receiver ${one.receiver}: ${one.pending} alerts wait, ${one.rejected} were rejected, ${one.givenUp} given up`,
    }));
}

/** A later delivery shows that the receiver is well again. */
function isFailing(one: ReceiverHealth): boolean {
  if (one.attempts >= FAILING_ATTEMPTS) return true;
  const lost = one.givenUp + one.rejected > 0;
  return lost && (one.lastDeliveredAt ?? 0) < (one.lastFailedAt ?? 0);
}
