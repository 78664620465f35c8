import type {
  GetBucketVersioningOutput,
  LifecycleRule,
  ObjectLockConfiguration,
  S3Client,
} from '@aws-sdk/client-s3';
import { toIso } from '../util/iso.ts';
import type { BucketPlace } from './bucket-place.ts';
import { AwsFault, call } from './fault.ts';
import { GLOBAL, type Snapshot, toSnapshot, type Weakness } from './snapshots-snapshot.ts';

/** What protects the objects of a bucket. */
export interface BucketFacts {
  readonly versioning: Pick<GetBucketVersioningOutput, 'Status' | 'MFADelete'>;
  /** Null where the bucket has none. */
  readonly lock: ObjectLockConfiguration | null;
  readonly rules: readonly LifecycleRule[];
}

/** Throws `AwsFault`. */
export async function readBucket(s3: S3Client, bucket: string, signal: AbortSignal): Promise<BucketFacts> {
  return {
    versioning: await readVersioning(s3, bucket, signal),
    lock: await readLock(s3, bucket, signal),
    rules: await readLifecycle(s3, bucket, signal),
  };
}

/** Throws `AwsFault`. */
export async function readVersioning(
  s3: S3Client,
  bucket: string,
  signal: AbortSignal,
): Promise<BucketFacts['versioning']> {
  const { GetBucketVersioningCommand } = await import('@aws-sdk/client-s3');
  return call('s3:GetBucketVersioning', signal, () =>
    s3.send(new GetBucketVersioningCommand({ Bucket: bucket }), { abortSignal: signal }),
  );
}

/** Throws `AwsFault`. */
export async function readLock(
  s3: S3Client,
  bucket: string,
  signal: AbortSignal,
): Promise<BucketFacts['lock']> {
  const { GetObjectLockConfigurationCommand } = await import('@aws-sdk/client-s3');
  const answer = await orNull('ObjectLockConfigurationNotFoundError', () =>
    call('s3:GetBucketObjectLockConfiguration', signal, () =>
      s3.send(new GetObjectLockConfigurationCommand({ Bucket: bucket }), { abortSignal: signal }),
    ),
  );
  return answer?.ObjectLockConfiguration ?? null;
}

/** Throws `AwsFault`. */
export async function readLifecycle(
  s3: S3Client,
  bucket: string,
  signal: AbortSignal,
): Promise<BucketFacts['rules']> {
  const { GetBucketLifecycleConfigurationCommand } = await import('@aws-sdk/client-s3');
  const answer = await orNull('NoSuchLifecycleConfiguration', () =>
    call('s3:GetLifecycleConfiguration', signal, () =>
      s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket: bucket }), { abortSignal: signal }),
    ),
  );
  return answer?.Rules ?? [];
}

/** What S3 answers where a setting was never made is an error by this name. */
async function orNull<T>(absent: string, run: () => Promise<T>): Promise<T | null> {
  try {
    return await run();
  } catch (error) {
    const name = error instanceof AwsFault ? (error.cause as { name?: unknown } | undefined)?.name : null;
    if (name === absent) return null;
    throw error;
  }
}

/**
 * How well a bucket keeps what lies below a prefix. `retentionDays` is how long it has to be kept, null where nothing
 * says so. Lifecycle rules for other prefixes do not count; those for tags or sizes do, since they may match.
 */
export function toBucketSnapshot(
  account: string,
  { bucket, prefix }: BucketPlace,
  { versioning, lock, rules }: BucketFacts,
  retentionDays: number | null,
): Snapshot {
  const own = rules.filter((rule) => rule.Status === 'Enabled' && touches(prefixOf(rule), prefix));
  const retention = lock?.Rule?.DefaultRetention;
  const value = {
    prefix,
    versioning: versioning.Status ?? 'Never',
    mfaDelete: versioning.MFADelete === 'Enabled',
    objectLock: lock?.ObjectLockEnabled === 'Enabled',
    lockMode: retention?.Mode ?? null,
    lockDays: retention?.Days ?? (retention?.Years === undefined ? null : retention.Years * DAYS_OF_YEAR),
    expirationDays: least(own.map((rule) => rule.Expiration?.Days)),
    expirationDate: firstDate(own.map((rule) => rule.Expiration?.Date)),
    noncurrentDays: least(own.map((rule) => rule.NoncurrentVersionExpiration?.NoncurrentDays)),
  };
  return toSnapshot({
    kind: 'bucket',
    account,
    region: GLOBAL,
    resource: prefix === '' ? bucket : `${bucket}/${prefix}`,
    value,
    weaknesses: [...weaknessesOf(value), ...(retentionDays === null ? [] : shortOf(value, retentionDays))],
  });
}

/** S3 counts a year of retention as 365 days. */
const DAYS_OF_YEAR = 365;

interface Protection {
  readonly versioning: string;
  readonly lockMode: string | null;
  readonly lockDays: number | null;
  readonly expirationDays: number | null;
  readonly expirationDate: string | null;
  readonly noncurrentDays: number | null;
}

function weaknessesOf({ versioning, lockMode }: Protection): Weakness[] {
  const weak = (detail: string): Weakness => ({ code: 'evidence-store-weakened', detail });
  const open =
    versioning === 'Enabled' ? [] : [weak('Versioning is off: an object that is written over is gone.')];
  if (lockMode === 'COMPLIANCE') return open;
  const lock =
    lockMode === null
      ? 'No default retention: who may delete versions can delete evidence.'
      : 'The default retention is GOVERNANCE: who may bypass it can delete evidence.';
  return [...open, weak(lock)];
}

function shortOf(
  { expirationDays, expirationDate, lockDays }: Protection,
  retentionDays: number,
): Weakness[] {
  const weak = (detail: string): Weakness => ({ code: 'retention-short', detail });
  const due = `${retentionDays} days are required`;
  return [
    ...(expirationDays === null || expirationDays >= retentionDays
      ? []
      : [weak(`Objects expire after ${expirationDays} days; ${due}.`)]),
    ...(expirationDate === null
      ? []
      : [weak(`Objects expire on ${expirationDate}, whatever their age; ${due}.`)]),
    ...(lockDays === null || lockDays >= retentionDays
      ? []
      : [weak(`Objects are locked for ${lockDays} days; ${due}.`)]),
  ];
}

/** Rules of old put the prefix beside the filter. */
function prefixOf({ Filter: filter, Prefix: old }: LifecycleRule): string {
  return filter?.Prefix ?? filter?.And?.Prefix ?? old ?? '';
}

function touches(a: string, b: string): boolean {
  return a.startsWith(b) || b.startsWith(a);
}

function least(days: readonly (number | undefined)[]): number | null {
  const known = days.filter((one) => one !== undefined);
  return known.length === 0 ? null : Math.min(...known);
}

function firstDate(dates: readonly (Date | undefined)[]): string | null {
  const known = least(dates.map((one) => one?.getTime()));
  return known === null ? null : toIso(known).slice(0, 10);
}
