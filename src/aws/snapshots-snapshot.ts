/** What a configuration value can be: flat, so that any change is one field with a before and an after. */
export type Value = string | number | boolean | null;

export type SnapshotKind = 'trail' | 'trail-status' | 'ssm-preferences' | 'ecs-cluster' | 'bucket';

export type WeaknessCode =
  | 'recording-disabled'
  | 'evidence-store-weakened'
  | 'source-weakened'
  | 'retention-short';

/** What a configuration leaves open as it is now. */
export interface Weakness {
  readonly code: WeaknessCode;
  /** One sentence without secrets. */
  readonly detail: string;
}

/** The part of one resource's configuration that recording and its evidence depend on. */
export interface Snapshot {
  /** `aws/ACCOUNT/REGION/KIND[/RESOURCE]`: the same for the same resource in every pass. */
  readonly key: string;
  readonly kind: SnapshotKind;
  /** 12 digits: the account that was asked. */
  readonly account: string;
  /** `global` for buckets: their names are unique everywhere. */
  readonly region: string;
  readonly resource: string;
  /** With sorted keys. */
  readonly value: Readonly<Record<string, Value>>;
  readonly weaknesses: readonly Weakness[];
}

/** What takes the place of the region of resources that belong to none. */
export const GLOBAL = 'global';

/** In the keys of what could not be read: the like resources of every region. */
export const ANY_REGION = '*';

/** Beginning of the keys of all snapshots of one kind in one region. */
export function toScope(account: string, region: string, kind: SnapshotKind): string {
  return `aws/${account}/${region}/${kind}`;
}

/** A snapshot with its key and sorted values; of an account there is only one set of `ssm-preferences` per region. */
export function toSnapshot(parts: Omit<Snapshot, 'key'>): Snapshot {
  const scope = toScope(parts.account, parts.region, parts.kind);
  const sorted = Object.entries(parts.value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return {
    ...parts,
    key: parts.kind === 'ssm-preferences' ? scope : `${scope}/${parts.resource}`,
    value: Object.fromEntries(sorted.map(([name, value]) => [name, cut(value)])),
  };
}

// 1,024 characters hold any ARN, bucket or key prefix that these services accept as a setting.
const MAX_VALUE = 1024;

function cut(value: Value): Value {
  return typeof value === 'string' ? value.slice(0, MAX_VALUE) : value;
}
