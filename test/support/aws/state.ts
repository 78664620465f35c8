import type {
  AdvancedEventSelector,
  EventSelector,
  GetTrailStatusResponse,
  PublicKey,
  Trail,
} from '@aws-sdk/client-cloudtrail';
import type { Cluster } from '@aws-sdk/client-ecs';
import type {
  LifecycleRule,
  ObjectLockConfiguration,
  PolicyStatus,
  PublicAccessBlockConfiguration,
  ServerSideEncryptionConfiguration,
} from '@aws-sdk/client-s3';
import type { Session } from '@aws-sdk/client-ssm';

/**
 * All that the loopback AWS knows, as plain values in the shapes of the API. It is read anew at every request, so a
 * test changes it by assignment. Times are `Date`, as the SDK gives them.
 */
export interface AwsState {
  /** By account id (12 digits). */
  readonly accounts: Record<string, AccountState>;
  /** By bucket name; names are global, as in S3. */
  readonly buckets?: Record<string, BucketState>;
}

export interface AccountState {
  /** Long-term access key ids; the secret of each is `secretOf(id)`. */
  keys: readonly string[];
  /** Roles that can be assumed, by name. */
  roles?: Record<string, RoleState>;
  /** By access key id or role name; who is not named here may do everything. */
  policies?: Record<string, Policy>;
  /** By region name; a region that is not named is empty. */
  regions: Record<string, RegionState>;
}

export interface RoleState {
  /** Accounts whose identities may assume it; without it those of every account. */
  trusts?: readonly string[];
  externalId?: string;
}

/** IAM action names (`s3:ListBucket`, `ssm:*`, `*`); what is not allowed is denied, a denial outranks an allowance. */
export interface Policy {
  /** Without it every action is allowed. */
  allow?: readonly string[];
  deny?: readonly string[];
}

export type JsonObject = Readonly<Record<string, unknown>>;

export interface RegionState {
  /** Raw CloudTrail records in any order; one pushed later is one that was delivered late. */
  events?: JsonObject[];
  /** Trails whose home is this region. */
  trails?: TrailState[];
  publicKeys?: PublicKey[];
  sessions?: Session[];
  /** By document name. */
  documents?: Record<string, DocumentState>;
  clusters?: Cluster[];
}

export interface TrailState {
  readonly trail: Trail & { readonly Name: string };
  readonly status: GetTrailStatusResponse;
  readonly selectors?: readonly EventSelector[];
  readonly advancedSelectors?: readonly AdvancedEventSelector[];
}

export interface DocumentState {
  /** The document itself, or its text where a test needs a broken one. */
  readonly content: JsonObject | string;
  readonly version?: string;
  readonly type?: 'Session' | 'Command';
}

export interface BucketState {
  readonly account: string;
  readonly region: string;
  /** Accounts besides the owner's that a bucket policy lets in. */
  readers?: readonly string[];
  /** Absent: never enabled. */
  versioning?: 'Enabled' | 'Suspended';
  mfaDelete?: 'Enabled' | 'Disabled';
  objectLock?: ObjectLockConfiguration;
  lifecycle?: readonly LifecycleRule[];
  policyStatus?: PolicyStatus;
  /** Absent: the default of S3, AES256. */
  encryption?: ServerSideEncryptionConfiguration;
  publicAccessBlock?: PublicAccessBlockConfiguration;
  /** In the order they were written: of two with one key the later is the newer version. */
  objects: StoredObject[];
}

export interface StoredObject {
  readonly key: string;
  readonly body: Uint8Array | string;
  readonly lastModified: Date;
  /** Absent: derived from the place in the list where versioning is on, else `null`. */
  readonly versionId?: string;
  readonly deleteMarker?: boolean;
  /** User metadata, without `x-amz-meta-`. */
  readonly metadata?: Readonly<Record<string, string>>;
  readonly contentType?: string;
  readonly contentEncoding?: string;
  readonly retention?: { readonly Mode: 'GOVERNANCE' | 'COMPLIANCE'; readonly RetainUntilDate: Date };
}

/** The region of an account; an empty one where the state names none. */
export function regionOf(state: AwsState, account: string, region: string): RegionState {
  return state.accounts[account]?.regions[region] ?? {};
}
