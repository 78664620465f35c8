/** What part of the program a permission serves: the policy names only what is switched on. */
export type PermissionUse = 'always' | 'lookup' | 'trails' | 'buckets' | 'role';

/** How narrowly IAM lets an action be granted (service authorization reference of each service). */
export type PermissionScope =
  | 'account'
  | 'trail'
  | 'document'
  | 'cluster'
  | 'bucket'
  | 'listing'
  | 'objects'
  | 'role';

export interface Permission {
  /** IAM name. */
  readonly action: string;
  /** API calls that need it, `service:Operation`. */
  readonly calls: readonly string[];
  readonly use: PermissionUse;
  readonly scope: PermissionScope;
  /** What cannot be told without it; one sentence. */
  readonly without: string;
}

/** Every permission that the calls of this folder need, and what is lost without each. */
export const PERMISSIONS = [
  {
    action: 'cloudtrail:LookupEvents',
    calls: ['cloudtrail:LookupEvents'],
    use: 'lookup',
    scope: 'account',
    without: 'no access is seen but through trail files',
  },
  {
    action: 'cloudtrail:DescribeTrails',
    calls: ['cloudtrail:DescribeTrails'],
    use: 'always',
    scope: 'account',
    without: 'a trail that is deleted or narrowed is seen only in its own records',
  },
  {
    action: 'cloudtrail:GetTrailStatus',
    calls: ['cloudtrail:GetTrailStatus'],
    use: 'always',
    scope: 'trail',
    without: 'a trail that stopped, or cannot deliver, goes unnoticed',
  },
  {
    action: 'cloudtrail:GetEventSelectors',
    calls: ['cloudtrail:GetEventSelectors'],
    use: 'always',
    scope: 'trail',
    without: 'which events a trail leaves out is not known',
  },
  {
    action: 'cloudtrail:ListPublicKeys',
    calls: ['cloudtrail:ListPublicKeys'],
    use: 'trails',
    scope: 'account',
    without: 'digests of trail files cannot be verified',
  },
  {
    action: 'ssm:DescribeSessions',
    calls: ['ssm:DescribeSessions'],
    use: 'always',
    scope: 'account',
    without: 'ends of sessions are inferred, and sessions that no trail shows go unseen',
  },
  {
    action: 'ssm:GetDocument',
    calls: ['ssm:GetDocument'],
    use: 'always',
    scope: 'document',
    without: 'whether Session Manager records at all is not known',
  },
  {
    action: 'ecs:ListClusters',
    calls: ['ecs:ListClusters'],
    use: 'always',
    scope: 'account',
    without: 'whether ECS Exec is recorded is not known in any cluster',
  },
  {
    action: 'ecs:DescribeClusters',
    calls: ['ecs:DescribeClusters'],
    use: 'always',
    scope: 'cluster',
    without: 'whether ECS Exec is recorded is not known',
  },
  {
    action: 's3:ListBucket',
    calls: ['s3:ListObjectsV2'],
    use: 'buckets',
    scope: 'listing',
    without: 'neither trail files nor transcripts are found',
  },
  {
    action: 's3:ListBucketVersions',
    calls: ['s3:ListObjectVersions'],
    use: 'buckets',
    scope: 'listing',
    without: 'evidence that was written over cannot be told from the first writing',
  },
  {
    action: 's3:GetObject',
    calls: ['s3:GetObject', 's3:HeadObject'],
    use: 'buckets',
    scope: 'objects',
    without: 'trail files and transcripts are found and cannot be read',
  },
  {
    action: 's3:GetObjectVersion',
    calls: ['s3:GetObject', 's3:HeadObject'],
    use: 'buckets',
    scope: 'objects',
    without: 'objects of a bucket with versions are found and cannot be read',
  },
  {
    action: 's3:GetBucketVersioning',
    calls: ['s3:GetBucketVersioning'],
    use: 'buckets',
    scope: 'bucket',
    without: 'whether evidence can be written over without a trace is not known',
  },
  {
    action: 's3:GetBucketObjectLockConfiguration',
    calls: ['s3:GetObjectLockConfiguration'],
    use: 'buckets',
    scope: 'bucket',
    without: 'whether evidence can be deleted before its time is not known',
  },
  {
    action: 's3:GetLifecycleConfiguration',
    calls: ['s3:GetBucketLifecycleConfiguration'],
    use: 'buckets',
    scope: 'bucket',
    without: 'how long evidence is kept is not known',
  },
  {
    action: 'sts:AssumeRole',
    calls: ['sts:AssumeRole'],
    use: 'role',
    scope: 'role',
    without: 'nothing of this account is read',
  },
] as const satisfies readonly Permission[];

/** Calls that need no permission. */
export const FREE_CALLS = ['sts:GetCallerIdentity'] as const;
