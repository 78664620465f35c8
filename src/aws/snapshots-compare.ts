import { ANY_REGION, type Snapshot, type Value } from './snapshots-snapshot.ts';

/** One field that changed. `present` stands for the resource itself. */
export interface SnapshotChange {
  readonly key: string;
  readonly field: string;
  readonly before: Value;
  readonly after: Value;
}

/**
 * What changed between two looks, by key and field. A resource seen for the first time is no change; one that is gone
 * is (`present`: true → false), unless its key begins with one of `unread`: what could not be read is not gone.
 */
export function compareSnapshots(
  before: readonly Snapshot[],
  after: readonly Snapshot[],
  unread: readonly string[] = [],
): readonly SnapshotChange[] {
  const now = new Map(after.map((one) => [one.key, one]));
  return [...byKey(before).values()].flatMap((old) => {
    const found = now.get(old.key);
    if (found !== undefined) return changesOf(old, found);
    if (isUnread(old, unread)) return [];
    return [{ key: old.key, field: 'present', before: true, after: false }];
  });
}

/** What is known after a look: what it saw, and what was known before of what it could not read. */
export function knownSnapshots(
  before: readonly Snapshot[],
  after: readonly Snapshot[],
  unread: readonly string[],
): readonly Snapshot[] {
  const kept = before.filter((one) => isUnread(one, unread));
  return [...byKey([...kept, ...after]).values()];
}

/** In the order of their keys; of equal keys the last. */
function byKey(snapshots: readonly Snapshot[]): Map<string, Snapshot> {
  const sorted = snapshots.toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  return new Map(sorted.map((one) => [one.key, one]));
}

function isUnread({ key }: Snapshot, unread: readonly string[]): boolean {
  const anywhere = key.replace(/^(aws\/\d+\/)[^/]+/, `$1${ANY_REGION}`);
  return unread.some((scope) => [key, anywhere].some((own) => own === scope || own.startsWith(`${scope}/`)));
}

function changesOf(before: Snapshot, after: Snapshot): SnapshotChange[] {
  const fields = [...new Set([...Object.keys(before.value), ...Object.keys(after.value)])].toSorted();
  return fields.flatMap((field) => {
    const change = { before: before.value[field] ?? null, after: after.value[field] ?? null };
    return change.before === change.after ? [] : [{ key: before.key, field, ...change }];
  });
}
