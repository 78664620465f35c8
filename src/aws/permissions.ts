import type { BucketPlace } from './bucket-place.ts';
import {
  type Permission,
  PERMISSIONS,
  type PermissionScope,
  type PermissionUse,
} from './permissions-table.ts';

export interface PolicyOptions {
  readonly regions: readonly string[];
  /** Role that the policy is for; it tells account and partition. Null where the credentials are used as they are. */
  readonly roleArn: string | null;
  /** Whether the event history is read. */
  readonly lookup: boolean;
  readonly trails: readonly BucketPlace[];
  readonly transcripts: readonly BucketPlace[];
}

export interface Statement {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

export interface Policy {
  readonly Version: '2012-10-17';
  readonly Statement: readonly Statement[];
}

/** The permissions that a configuration needs, without those that only its caller needs. */
export function neededPermissions({ lookup, trails, transcripts }: PolicyOptions): readonly Permission[] {
  const on: Readonly<Record<PermissionUse, boolean>> = {
    always: true,
    lookup,
    trails: trails.length > 0,
    buckets: trails.length + transcripts.length > 0,
    role: false,
  };
  return PERMISSIONS.filter(({ use }) => on[use]);
}

/** The narrowest policy with which everything configured can be read. */
export function iamPolicy(options: PolicyOptions): Policy {
  const needed = neededPermissions(options);
  const actions = (scope: PermissionScope): string[] =>
    needed.filter((one) => one.scope === scope).map(({ action }) => action);
  const { regions, roleArn, trails, transcripts } = options;
  const { account, partition } = placeOf(roleArn, regions);
  const inRegions = (service: string, rest: string): string[] =>
    regions.map((region) => `arn:${partition}:${service}:${region}:${account}:${rest}`);
  const places = outermost([...trails, ...transcripts]);
  const arnOf = (bucket: string): string => `arn:${partition}:s3:::${bucket}`;
  const statements: Statement[] = [
    {
      // None of these can be narrowed but by region.
      ...allow('Account', actions('account'), ['*']),
      Condition: { StringEquals: { 'aws:RequestedRegion': regions } },
    },
    // The home of a trail may be another region, and of an organization's another account.
    allow('Trails', actions('trail'), [`arn:${partition}:cloudtrail:*:*:trail/*`]),
    allow('SessionPreferences', actions('document'), inRegions('ssm', 'document/SSM-SessionManagerRunShell')),
    allow('Clusters', actions('cluster'), inRegions('ecs', 'cluster/*')),
    ...places.map(({ bucket, prefix }, index) => ({
      ...allow(`List${index + 1}`, actions('listing'), [arnOf(bucket)]),
      ...(prefix === '' ? {} : { Condition: { StringLike: { 's3:prefix': [`${prefix}*`] } } }),
    })),
    allow(
      'Objects',
      actions('objects'),
      places.map(({ bucket, prefix }) => `${arnOf(bucket)}/${prefix}*`),
    ),
    allow('Buckets', actions('bucket'), [...new Set(places.map(({ bucket }) => arnOf(bucket)))]),
  ];
  return { Version: '2012-10-17', Statement: statements.filter(({ Action }) => Action.length > 0) };
}

/** What whoever assumes the role needs: nothing but that. */
export function callerPolicy(roleArn: string): Policy {
  const actions = PERMISSIONS.filter(({ use }) => use === 'role').map(({ action }) => action);
  return { Version: '2012-10-17', Statement: [allow('Role', actions, [roleArn])] };
}

function allow(sid: string, actions: readonly string[], resources: readonly string[]): Statement {
  return { Sid: sid, Effect: 'Allow', Action: actions, Resource: resources };
}

const ROLE = /^arn:(aws[a-z-]{0,20}):iam::(\d{12}):/;

function placeOf(roleArn: string | null, regions: readonly string[]) {
  const [, partition, account = '*'] = ROLE.exec(roleArn ?? '') ?? [];
  return { account, partition: partition ?? partitionOf(regions[0] ?? '') };
}

function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}

/** Places that lie in no other one of the list, each once. */
function outermost(places: readonly BucketPlace[]): BucketPlace[] {
  return places.filter(({ bucket, prefix }, index) => {
    const around = places.findIndex((other, at) => {
      if (other.bucket !== bucket || !prefix.startsWith(other.prefix)) return false;
      return other.prefix.length < prefix.length || at < index;
    });
    return around === -1;
  });
}
