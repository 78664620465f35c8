import { compareSnapshots, knownSnapshots, type Snapshot, takeSnapshots } from '../../aws/snapshots.ts';
import type { ControlChange, ControlState } from '../../model/control.ts';
import { atMostEvery } from './accounts.ts';
import type { AwsReading } from './context.ts';

const EVERY_MS = 5 * 60_000;
/** Changes kept per resource and for how long: a person acknowledges them long before. */
const MAX_CHANGES = 50;
const DAY_MS = 86_400_000;
const KEPT_MS = 30 * DAY_MS;

interface Known {
  /** Epoch ms of the look. */
  readonly at: number;
  readonly snapshots: readonly Snapshot[];
  readonly states: readonly ControlState[];
}

export interface ConfigurationRead {
  readonly states: readonly ControlState[];
  /** What could not be looked at, for a person. */
  readonly problems: readonly string[];
}

/** Looks at the configuration that recording and its evidence depend on, and keeps what changed since the last look. */
export async function readConfiguration(reading: AwsReading): Promise<ConfigurationRead> {
  return atMostEvery(reading.account, 'configuration', EVERY_MS, reading.now, () => look(reading));
}

async function look(reading: AwsReading): Promise<ConfigurationRead> {
  const { account, store, now, signal } = reading;
  const { config, clients } = account;
  const buckets = [...config.trails, ...config.transcripts];
  const retentionDays = config.keepMs === null ? null : config.keepMs / DAY_MS;
  const seen = await takeSnapshots(clients, { regions: config.regions, buckets, retentionDays }, signal);
  const key = `aws/${config.id}/configuration`;
  const text = await store.meta(key);
  const before = text === undefined ? null : (JSON.parse(text) as Known);
  const snapshots = knownSnapshots(before?.snapshots ?? [], seen.snapshots, seen.unread);
  const changes = compareSnapshots(before?.snapshots ?? [], seen.snapshots, seen.unread);
  const states = toStates(snapshots, changes, before, now);
  await store.setMeta(key, JSON.stringify({ at: now, snapshots, states } satisfies Known));
  return { states, problems: seen.problems.map((problem) => problem.message) };
}

function toStates(
  snapshots: readonly Snapshot[],
  changes: ReturnType<typeof compareSnapshots>,
  before: Known | null,
  now: number,
): ControlState[] {
  const known = new Map((before?.states ?? []).map((state) => [state.key, state]));
  const fresh = Map.groupBy(changes, (change) => change.key);
  const present = new Set(snapshots.map((one) => one.key));
  const gone = (before?.states ?? []).filter((state) => !present.has(state.key));
  const seen = snapshots.map((snapshot) => {
    const own = known.get(snapshot.key);
    const since = new Map(own?.weaknesses.map((one) => [one.code, one.since]));
    const { key, kind, account, region, resource } = snapshot;
    const weaknesses = snapshot.weaknesses.map((one) => ({ ...one, since: since.get(one.code) ?? now }));
    return { key, kind, account, region, resource, at: now, weaknesses, changes: own?.changes ?? [] };
  });
  return [...seen, ...gone.map((state) => ({ ...state, weaknesses: [] }))]
    .map((state) => {
      const added = (fresh.get(state.key) ?? []).map((change) => toChange(change, before?.at ?? now, now));
      const kept = [...state.changes, ...added].filter((one) => now - one.to < KEPT_MS);
      return { ...state, changes: kept.slice(-MAX_CHANGES) };
    })
    .filter((state) => present.has(state.key) || state.changes.length > 0);
}

function toChange(
  { field, before, after }: ReturnType<typeof compareSnapshots>[number],
  from: number,
  to: number,
): ControlChange {
  return { field, before: String(before ?? 'none'), after: String(after ?? 'none'), from, to };
}
