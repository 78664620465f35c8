import type { CloudTrailClient, GetTrailStatusResponse, Trail } from '@aws-sdk/client-cloudtrail';
import { call } from './fault.ts';
import { type Snapshot, toSnapshot, type Weakness } from './snapshots-snapshot.ts';

/** A trail and what its status call gave. */
export interface TrailFacts {
  readonly trail: Trail;
  readonly arn: string;
  readonly name: string;
  readonly homeRegion: string;
}

/**
 * Trails that a region shows: its own, and those of other regions that record it too, each with its home. Throws
 * `AwsFault`.
 */
export async function readTrails(client: CloudTrailClient, signal: AbortSignal): Promise<TrailFacts[]> {
  const { DescribeTrailsCommand } = await import('@aws-sdk/client-cloudtrail');
  const { trailList = [] } = await call('cloudtrail:DescribeTrails', signal, () =>
    client.send(new DescribeTrailsCommand({}), { abortSignal: signal }),
  );
  return trailList.flatMap((trail) => {
    const { TrailARN: arn, Name: name, HomeRegion: homeRegion } = trail;
    return arn === undefined || name === undefined || homeRegion === undefined
      ? []
      : [{ trail, arn, name, homeRegion }];
  });
}

/** Status of a trail; its ARN names it in any region, and in a member account of its organization. Throws `AwsFault`. */
export async function readTrailStatus(
  client: CloudTrailClient,
  arn: string,
  signal: AbortSignal,
): Promise<GetTrailStatusResponse> {
  const { GetTrailStatusCommand } = await import('@aws-sdk/client-cloudtrail');
  return call('cloudtrail:GetTrailStatus', signal, () =>
    client.send(new GetTrailStatusCommand({ Name: arn }), { abortSignal: signal }),
  );
}

/**
 * Configuration of the trails of an account, each once. That a trail covers one region is a weakness only where no
 * other covers them all.
 */
export function toTrailSnapshots(account: string, trails: readonly TrailFacts[]): Snapshot[] {
  const known = new Map(trails.map((one) => [one.arn, one]));
  const coversAll = [...known.values()].some(({ trail }) => isWide(trail));
  return [...known.values()].map(({ trail, name, homeRegion }) =>
    toSnapshot({
      kind: 'trail',
      account,
      region: homeRegion,
      resource: name,
      value: {
        bucket: trail.S3BucketName ?? null,
        prefix: trail.S3KeyPrefix ?? null,
        customEventSelectors: trail.HasCustomEventSelectors ?? null,
        globalServiceEvents: trail.IncludeGlobalServiceEvents ?? null,
        kmsKey: trail.KmsKeyId ?? null,
        logFileValidation: trail.LogFileValidationEnabled ?? null,
        logGroup: trail.CloudWatchLogsLogGroupArn ?? null,
        multiRegion: trail.IsMultiRegionTrail ?? null,
        organization: trail.IsOrganizationTrail ?? null,
      },
      weaknesses: [...weaknessesOf(trail), ...(coversAll ? [] : [narrow(trail, homeRegion)])],
    }),
  );
}

function isWide(trail: Trail): boolean {
  return trail.IsMultiRegionTrail === true && trail.IncludeGlobalServiceEvents === true;
}

function weaknessesOf(trail: Trail): Weakness[] {
  if (trail.LogFileValidationEnabled === true) return [];
  const detail = 'Log file validation is off: a deleted or changed trail file leaves no trace.';
  return [{ code: 'evidence-store-weakened', detail }];
}

function narrow(trail: Trail, region: string): Weakness {
  const seen =
    trail.IsMultiRegionTrail === true ? 'It leaves out global services' : `It records ${region} alone`;
  return { code: 'source-weakened', detail: `${seen}, and no other trail records all regions.` };
}

/** Whether a trail records and delivers. Times are left out: they change without anything being changed. */
export function toStatusSnapshot(
  account: string,
  { name, homeRegion }: TrailFacts,
  status: GetTrailStatusResponse,
): Snapshot {
  const deliveryError = status.LatestDeliveryError || null;
  const digestError = status.LatestDigestDeliveryError || null;
  const logsError = status.LatestCloudWatchLogsDeliveryError || null;
  const weak = (code: Weakness['code'], detail: string): Weakness => ({ code, detail });
  return toSnapshot({
    kind: 'trail-status',
    account,
    region: homeRegion,
    resource: name,
    value: { logging: status.IsLogging ?? null, deliveryError, digestError, logsError },
    weaknesses: [
      ...(status.IsLogging === true ? [] : [weak('source-weakened', 'The trail does not record.')]),
      ...(deliveryError === null
        ? []
        : [weak('source-weakened', `Trail files are not delivered (${deliveryError}).`)]),
      ...(digestError === null
        ? []
        : [weak('evidence-store-weakened', `Digests are not delivered (${digestError}).`)]),
    ],
  });
}
