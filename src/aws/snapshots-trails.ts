import type { CloudTrailClient, GetTrailStatusResponse, Trail } from '@aws-sdk/client-cloudtrail';
import { call } from './fault.ts';
import { EVERYTHING, type Selection } from './snapshots-selectors.ts';
import { type Snapshot, toSnapshot, type Weakness } from './snapshots-snapshot.ts';

/** A trail and which events it records. */
export interface TrailFacts {
  readonly trail: Trail;
  readonly arn: string;
  readonly name: string;
  readonly homeRegion: string;
  /** Null where that could not be read. */
  readonly selection: Selection | null;
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
      : [
          {
            trail,
            arn,
            name,
            homeRegion,
            selection: trail.HasCustomEventSelectors === true ? null : EVERYTHING,
          },
        ];
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
 * Configuration of the trails of an account, each once. That a trail leaves something out is a weakness only where no
 * other records everything. One whose selection is not known has no snapshot, and may be the one that does.
 */
export function toTrailSnapshots(account: string, trails: readonly TrailFacts[]): Snapshot[] {
  const all = [...new Map(trails.map((one) => [one.arn, one])).values()];
  const isCovered = all.some((one) => gapsOf(one).length === 0);
  return all.flatMap((facts) => {
    const { trail, name, homeRegion, selection } = facts;
    if (selection === null) return [];
    const gaps = isCovered ? [] : [toGap(gapsOf(facts))];
    return [
      toSnapshot({
        kind: 'trail',
        account,
        region: homeRegion,
        resource: name,
        value: { ...valueOf(trail), ...selectionValue(selection) },
        weaknesses: [...weaknessesOf(trail), ...gaps],
      }),
    ];
  });
}

function valueOf(trail: Trail) {
  return {
    bucket: trail.S3BucketName ?? null,
    prefix: trail.S3KeyPrefix ?? null,
    globalServiceEvents: trail.IncludeGlobalServiceEvents ?? null,
    kmsKey: trail.KmsKeyId ?? null,
    logFileValidation: trail.LogFileValidationEnabled ?? null,
    logGroup: trail.CloudWatchLogsLogGroupArn ?? null,
    multiRegion: trail.IsMultiRegionTrail ?? null,
    organization: trail.IsOrganizationTrail ?? null,
  };
}

function selectionValue({ managementEvents, excluded }: Selection) {
  return { managementEvents, excludedSources: excluded.length === 0 ? null : excluded.join(',') };
}

/** What a trail leaves out of the management events of its account; empty where nothing. */
function gapsOf({ trail, homeRegion, selection }: TrailFacts): string[] {
  const { managementEvents, excluded } = selection ?? EVERYTHING;
  return [
    ...(trail.IsMultiRegionTrail === true ? [] : [`all regions but ${homeRegion}`]),
    ...(trail.IncludeGlobalServiceEvents === true ? [] : ['global services']),
    ...OMITTED[managementEvents],
    ...excluded,
  ];
}

/** AWS counts assuming a role among what reads. */
const OMITTED: Readonly<Record<Selection['managementEvents'], readonly string[]>> = {
  All: [],
  WriteOnly: ['calls that read, such as AssumeRole'],
  ReadOnly: ['calls that change something'],
  None: ['all management events'],
};

function toGap(gaps: readonly string[]): Weakness {
  const detail = `It leaves out ${gaps.join(', ')}, and no other trail records everything.`;
  return { code: 'source-weakened', detail };
}

function weaknessesOf(trail: Trail): Weakness[] {
  if (trail.LogFileValidationEnabled === true) return [];
  const detail = 'Log file validation is off: a deleted or changed trail file leaves no trace.';
  return [{ code: 'evidence-store-weakened', detail }];
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
