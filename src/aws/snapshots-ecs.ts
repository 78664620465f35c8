import type { Cluster, ECSClient, ListClustersResponse } from '@aws-sdk/client-ecs';
import { AwsFault, call } from './fault.ts';
import { type Snapshot, toSnapshot, type Weakness } from './snapshots-snapshot.ts';

/** Clusters that one DescribeClusters takes. */
const BATCH = 100;
/** Pages of at most 100 names: 10,000 clusters is the service's own quota for an account and region. */
const MAX_PAGES = 100;

/** All clusters of a region with their configuration. Throws `AwsFault`. */
export async function readClusters(client: ECSClient, signal: AbortSignal): Promise<readonly Cluster[]> {
  const { DescribeClustersCommand } = await import('@aws-sdk/client-ecs');
  const arns = await listClusters(client, signal);
  const found: Cluster[] = [];
  for (let at = 0; at < arns.length; at += BATCH) {
    const input = { clusters: arns.slice(at, at + BATCH), include: ['CONFIGURATIONS' as const] };
    const { clusters = [] } = await call('ecs:DescribeClusters', signal, () =>
      client.send(new DescribeClustersCommand(input), { abortSignal: signal }),
    );
    found.push(...clusters);
  }
  return found;
}

async function listClusters(client: ECSClient, signal: AbortSignal): Promise<string[]> {
  const { ListClustersCommand } = await import('@aws-sdk/client-ecs');
  const arns: string[] = [];
  let token: string | undefined;
  for (let count = 0; count < MAX_PAGES; count++) {
    const input = { maxResults: 100, nextToken: token };
    const page: ListClustersResponse = await call('ecs:ListClusters', signal, () =>
      client.send(new ListClustersCommand(input), { abortSignal: signal }),
    );
    arns.push(...(page.clusterArns ?? []));
    if (!page.nextToken || page.nextToken === token) return arns;
    token = page.nextToken;
  }
  const message = `ecs:ListClusters: more than ${MAX_PAGES * 100} clusters`;
  throw new AwsFault({ code: 'invalid', action: 'ecs:ListClusters', message });
}

/**
 * What ECS Exec logs in a cluster. `DEFAULT`, also where nothing is configured, sends it to the log of the task if
 * that has one, which the cluster does not tell. Null for a cluster without a name or that was deleted.
 */
export function toClusterSnapshot(account: string, region: string, cluster: Cluster): Snapshot | null {
  const { clusterName: name, status, configuration } = cluster;
  if (name === undefined || status === 'INACTIVE') return null;
  const exec = configuration?.executeCommandConfiguration;
  const to = exec?.logConfiguration;
  const value = {
    logging: exec?.logging ?? 'DEFAULT',
    kmsKey: exec?.kmsKeyId || null,
    bucket: to?.s3BucketName || null,
    prefix: to?.s3KeyPrefix || null,
    bucketEncryption: to?.s3EncryptionEnabled ?? null,
    logGroup: to?.cloudWatchLogGroupName || null,
    logGroupEncryption: to?.cloudWatchEncryptionEnabled ?? null,
  };
  return toSnapshot({
    kind: 'ecs-cluster',
    account,
    region,
    resource: name,
    value,
    weaknesses: weaknessesOf(value),
  });
}

interface Logging {
  readonly logging: string;
  readonly bucket: string | null;
  readonly logGroup: string | null;
}

function weaknessesOf({ logging, bucket, logGroup }: Logging): Weakness[] {
  const weak = (detail: string): Weakness[] => [{ code: 'recording-disabled', detail }];
  if (logging === 'NONE') return weak('ECS Exec records nothing in this cluster: its logging is NONE.');
  if (logging !== 'OVERRIDE' || bucket !== null || logGroup !== null) return [];
  return weak('ECS Exec records nothing in this cluster: its logging is OVERRIDE without a destination.');
}
