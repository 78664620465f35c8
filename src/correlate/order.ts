import type { Event } from '../model/event.ts';

/**
 * Events in the order they happened: by time, then by place in their stream. Arrival plays no part, also not in which
 * of two ways a record came that was read by both.
 */
export function inOrder(events: readonly Event[]): Event[] {
  const seen = new Set<string>();
  return events.toSorted(byTimeThenPlace).filter(({ uid }) => {
    const isNew = !seen.has(uid);
    seen.add(uid);
    return isNew;
  });
}

/** One event per uid: a record read twice counts once. */
export function uniqueByUid<T extends { readonly uid: string }>(items: readonly T[]): T[] {
  return [...new Map(items.map((item) => [item.uid, item])).values()];
}

/** Splits items by a key, keeping their order. */
export function groupBy<T, K>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}

function byTimeThenPlace(a: Event, b: Event): number {
  return a.time - b.time || a.seq - b.seq || compare(a.stream, b.stream) || compare(a.uid, b.uid);
}

/** Ordering of strings by code unit, the same on every machine. */
export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
