import type { S3Client } from '@aws-sdk/client-s3';
import type { BucketPlace } from './bucket-place.ts';
import { readObject } from './bucket-object.ts';
import type { AwsClients } from './clients.ts';
import { AwsFault, call } from './fault.ts';
import { readLifecycle, readLock, readVersioning } from './snapshots-bucket.ts';
import { readSelection } from './snapshots-selectors.ts';
import { readPreferences } from './snapshots-ssm.ts';
import { readTrails, readTrailStatus } from './snapshots-trails.ts';

/** One call that shows whether a permission is there. Throws `AwsFault` where it is not. */
export interface Probe {
  /** Region or bucket, for a person. */
  readonly where: string;
  readonly run: () => Promise<unknown>;
}

/** Calls of one region; those whose action is not needed are left out. */
export function regionProbes(
  clients: AwsClients,
  region: string,
  needed: ReadonlySet<string>,
  signal: AbortSignal,
): Probe[] {
  const probes: readonly (readonly [string, () => Promise<unknown>])[] = [
    ['cloudtrail:LookupEvents', () => tryLookup(clients, region, signal)],
    ['cloudtrail:DescribeTrails', () => tryTrails(clients, region, signal)],
    ['cloudtrail:ListPublicKeys', () => tryPublicKeys(clients, region, signal)],
    ['ssm:DescribeSessions', () => trySessions(clients, region, signal)],
    ['ssm:GetDocument', async () => readPreferences(await clients.ssm(region), signal)],
    ['ecs:ListClusters', () => tryClusterList(clients, region, signal)],
    ['ecs:DescribeClusters', () => tryClusters(clients, region, signal)],
  ];
  return probes.filter(([action]) => needed.has(action)).map(([, run]) => ({ where: region, run }));
}

async function tryLookup(clients: AwsClients, region: string, signal: AbortSignal): Promise<void> {
  const { LookupEventsCommand } = await import('@aws-sdk/client-cloudtrail');
  const client = await clients.cloudtrail(region);
  await call('cloudtrail:LookupEvents', signal, () =>
    client.send(new LookupEventsCommand({ MaxResults: 1 }), { abortSignal: signal }),
  );
}

/** One trail is looked at closely too: without any there is none to ask for. */
async function tryTrails(clients: AwsClients, region: string, signal: AbortSignal): Promise<void> {
  const client = await clients.cloudtrail(region);
  const trails = await readTrails(client, signal);
  const [first] = trails;
  if (first !== undefined) await readTrailStatus(client, first.arn, signal);
  const chosen = trails.find(({ selection }) => selection === null);
  if (chosen !== undefined) await readSelection(client, chosen.arn, signal);
}

async function tryPublicKeys(clients: AwsClients, region: string, signal: AbortSignal): Promise<void> {
  const { ListPublicKeysCommand } = await import('@aws-sdk/client-cloudtrail');
  const client = await clients.cloudtrail(region);
  await call('cloudtrail:ListPublicKeys', signal, () =>
    client.send(new ListPublicKeysCommand({}), { abortSignal: signal }),
  );
}

async function trySessions(clients: AwsClients, region: string, signal: AbortSignal): Promise<void> {
  const { DescribeSessionsCommand } = await import('@aws-sdk/client-ssm');
  const client = await clients.ssm(region);
  await call('ssm:DescribeSessions', signal, () =>
    client.send(new DescribeSessionsCommand({ State: 'Active', MaxResults: 1 }), { abortSignal: signal }),
  );
}

async function tryClusterList(clients: AwsClients, region: string, signal: AbortSignal): Promise<void> {
  const { ListClustersCommand } = await import('@aws-sdk/client-ecs');
  const client = await clients.ecs(region);
  await call('ecs:ListClusters', signal, () =>
    client.send(new ListClustersCommand({ maxResults: 1 }), { abortSignal: signal }),
  );
}

/** A cluster that does not exist is reported as a failure within a good answer. */
async function tryClusters(clients: AwsClients, region: string, signal: AbortSignal): Promise<void> {
  const { DescribeClustersCommand } = await import('@aws-sdk/client-ecs');
  const client = await clients.ecs(region);
  await call('ecs:DescribeClusters', signal, () =>
    client.send(new DescribeClustersCommand({ clusters: ['default'] }), { abortSignal: signal }),
  );
}

/** Calls on one part of a bucket. */
export function bucketProbes(s3: S3Client, place: BucketPlace, signal: AbortSignal): Probe[] {
  const { bucket } = place;
  const runs = [
    () => tryVersions(s3, place, signal),
    () => readLock(s3, bucket, signal),
    () => readLifecycle(s3, bucket, signal),
    () => tryObjects(s3, place, signal),
  ];
  return runs.map((run) => ({ where: bucket, run }));
}

async function tryObjects(s3: S3Client, { bucket, prefix }: BucketPlace, signal: AbortSignal): Promise<void> {
  const { ListObjectsV2Command } = await import('@aws-sdk/client-s3');
  const input = { Bucket: bucket, Prefix: prefix, MaxKeys: 1 };
  const { Contents: [first] = [] } = await call('s3:ListBucket', signal, () =>
    s3.send(new ListObjectsV2Command(input), { abortSignal: signal }),
  );
  await tryRead(s3, { bucket, key: first?.Key ?? `${prefix}${NOBODY}` }, signal);
}

/** Versions are listed and read only where the bucket keeps them. */
async function tryVersions(s3: S3Client, place: BucketPlace, signal: AbortSignal): Promise<void> {
  const { bucket, prefix } = place;
  if ((await readVersioning(s3, bucket, signal)).Status === undefined) return;
  const { ListObjectVersionsCommand } = await import('@aws-sdk/client-s3');
  const input = { Bucket: bucket, Prefix: prefix, MaxKeys: 1 };
  const { Versions: [first] = [] } = await call('s3:ListBucketVersions', signal, () =>
    s3.send(new ListObjectVersionsCommand(input), { abortSignal: signal }),
  );
  if (first?.Key === undefined || first.VersionId === undefined) return;
  await tryRead(s3, { bucket, key: first.Key, versionId: first.VersionId }, signal);
}

/** A key that no object has: who may read and list is told that it is not there, who may not read is refused. */
const NOBODY = 'offrecord-probe';

interface Reading {
  readonly bucket: string;
  readonly key: string;
  readonly versionId?: string;
}

/** Reads the first byte, which a key of KMS that may not be used refuses too. */
async function tryRead(s3: S3Client, source: Reading, signal: AbortSignal): Promise<void> {
  try {
    for await (const bytes of readObject(s3, { ...source, range: { start: 0, end: 1 } }, signal)) void bytes;
  } catch (error) {
    if (!(error instanceof AwsFault) || error.problem.code !== 'not-found') throw error;
  }
}
