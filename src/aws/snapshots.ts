import type { AwsClients } from './clients.ts';
import type { BucketPlace } from './bucket-place.ts';
import { AwsFault, call } from './fault.ts';
import type { AwsProblem } from './problem.ts';
import { readBucket, toBucketSnapshot } from './snapshots-bucket.ts';
import { readClusters, toClusterSnapshot } from './snapshots-ecs.ts';
import { ANY_REGION, GLOBAL, type Snapshot, type SnapshotKind, toScope } from './snapshots-snapshot.ts';
import { readSelection } from './snapshots-selectors.ts';
import { readPreferences, toPreferencesSnapshot } from './snapshots-ssm.ts';
import {
  readTrails,
  readTrailStatus,
  type TrailFacts,
  toStatusSnapshot,
  toTrailSnapshots,
} from './snapshots-trails.ts';

export { compareSnapshots, knownSnapshots } from './snapshots-compare.ts';
export type { Snapshot } from './snapshots-snapshot.ts';

export interface SnapshotOptions {
  readonly regions: readonly string[];
  /** Where trail files and transcripts are kept. */
  readonly buckets: readonly BucketPlace[];
  /** How long they have to be kept; null where nothing says so. */
  readonly retentionDays?: number | null;
}

export interface SnapshotSet {
  /** In the order of their keys. */
  readonly snapshots: readonly Snapshot[];
  /** What could not be read. */
  readonly problems: readonly AwsProblem[];
  /** Beginnings of the keys of what could not be read: nothing is known of these, and none of it is gone. */
  readonly unread: readonly string[];
}

/**
 * The configuration that recording and its evidence depend on, as it is now. What cannot be read costs nothing else.
 * Throws only the reason of the signal.
 */
export async function takeSnapshots(
  clients: AwsClients,
  options: SnapshotOptions,
  signal: AbortSignal,
): Promise<SnapshotSet> {
  const look = new Look();
  const account = await look.at([], () => call('sts:GetCallerIdentity', signal, () => clients.accountId()));
  if (account === null) return { ...look.result(), unread: ['aws'] };
  const { regions, buckets, retentionDays = null } = options;
  await trails(look, clients, account, regions, signal);
  for (const region of regions) {
    const scope = (kind: SnapshotKind): string[] => [toScope(account, region, kind)];
    await look.at(scope('ssm-preferences'), async () => {
      const preferences = await readPreferences(await clients.ssm(region), signal);
      look.add(toPreferencesSnapshot(account, region, preferences));
    });
    await look.at(scope('ecs-cluster'), async () => {
      const clusters = await readClusters(await clients.ecs(region), signal);
      look.add(...clusters.flatMap((cluster) => toClusterSnapshot(account, region, cluster) ?? []));
    });
  }
  const s3 = await clients.s3(regions[0] ?? 'us-east-1');
  for (const place of buckets) {
    await look.at([`${toScope(account, GLOBAL, 'bucket')}/${place.bucket}`], async () => {
      look.add(toBucketSnapshot(account, place, await readBucket(s3, place.bucket, signal), retentionDays));
    });
  }
  return look.result();
}

/** A region shows trails of other homes too: where one cannot be asked, a trail that nobody shows need not be gone. */
async function trails(
  look: Look,
  clients: AwsClients,
  account: string,
  regions: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const found = new Map<string, TrailFacts>();
  for (const region of regions) {
    const anywhere = [toScope(account, ANY_REGION, 'trail'), toScope(account, ANY_REGION, 'trail-status')];
    await look.at(anywhere, async () => {
      const some = await readTrails(await clients.cloudtrail(region), signal);
      for (const one of some) found.set(one.arn, one);
    });
  }
  for (const trail of found.values()) {
    const { arn, name, homeRegion, selection } = trail;
    const client = await clients.cloudtrail(
      regions.includes(homeRegion) ? homeRegion : (regions[0] ?? homeRegion),
    );
    const keyOf = (kind: SnapshotKind): string[] => [`${toScope(account, homeRegion, kind)}/${name}`];
    await look.at(keyOf('trail-status'), async () => {
      look.add(toStatusSnapshot(account, trail, await readTrailStatus(client, arn, signal)));
    });
    const own = selection ?? (await look.at(keyOf('trail'), () => readSelection(client, arn, signal)));
    found.set(arn, { ...trail, selection: own });
  }
  look.add(...toTrailSnapshots(account, [...found.values()]));
}

/** Gathers what was seen, and of what was not, why. */
class Look {
  readonly #snapshots = new Map<string, Snapshot>();
  readonly #problems: AwsProblem[] = [];
  readonly #unread: string[] = [];

  add(...snapshots: readonly Snapshot[]): void {
    for (const one of snapshots) this.#snapshots.set(one.key, one);
  }

  /** Runs one part; where AWS refuses it, its keys are noted as unread and the result is null. */
  async at<T>(keys: readonly string[], run: () => Promise<T>): Promise<T | null> {
    try {
      return await run();
    } catch (error) {
      if (!(error instanceof AwsFault)) throw error;
      this.#problems.push(error.problem);
      this.#unread.push(...keys);
      return null;
    }
  }

  result(): SnapshotSet {
    const snapshots = [...this.#snapshots.values()].toSorted((a, b) => (a.key < b.key ? -1 : 1));
    return { snapshots, problems: this.#problems, unread: this.#unread };
  }
}
