import type { Event } from '../model/event.ts';

/** A clock of whole seconds leaves the order within one to the file, and relays deliver lines reordered. */
const COARSE_MS = 1_000;

/**
 * Puts the opening lines of a login before its other lines of the same whole second, where they came after them.
 * Lines of other logins, and logins whose lines came in order, keep the order of the file: it alone says there
 * which of two channels ended first.
 */
export function openingsFirst(events: readonly Event[]): readonly Event[] {
  const out: Event[] = [];
  let from = 0;
  while (from < events.length) {
    let to = from + 1;
    while (to < events.length && events[to]?.time === events[from]?.time) to += 1;
    const run = events.slice(from, to);
    for (const event of isCoarse(run) ? inOrder(run) : run) out.push(event);
    from = to;
  }
  return out;
}

function isCoarse(run: readonly Event[]): boolean {
  return run.length > 1 && (run[0]?.resolution ?? 0) >= COARSE_MS;
}

function inOrder(run: readonly Event[]): readonly Event[] {
  const groups = new Map<string, number[]>();
  const groupOf = new Map<string, string>();
  for (const event of run) {
    if (!isOpening(event)) continue;
    const name = originKey(event);
    groups.set(name, []);
    groupOf.set(pidKey(event), name).set(name, name);
  }
  run.forEach((event, at) => {
    const name = groupOf.get(originKey(event)) ?? groupOf.get(pidKey(event));
    if (name !== undefined) groups.get(name)?.push(at);
  });
  const out = [...run];
  for (const places of groups.values()) reorder(run, places, out);
  return out;
}

/** Only a login with a line before its `Accepted` that must follow it is out of order. */
function reorder(run: readonly Event[], places: readonly number[], out: Event[]): void {
  const members = places.flatMap((at) => run[at] ?? []);
  const opening = members.findIndex(isOpening);
  if (!members.slice(0, opening).some(mustFollow)) return;
  const sorted = members.toSorted((a, b) => rankOf(a) - rankOf(b));
  places.forEach((at, index) => {
    const event = sorted[index];
    if (event) out[at] = event;
  });
}

function isOpening(event: Event): boolean {
  return event.kind === 'access.open' && event.path === 'ssh' && event.origin?.port != null;
}

/** An end before an `Accepted` may be that of an earlier login with the same pid: it proves no disorder. */
function mustFollow(event: Event): boolean {
  return event.kind === 'access.use' || event.kind === 'session.open' || event.kind === 'session.link';
}

const RANKS: readonly string[] = [
  'connection.open',
  'access.open',
  'session.open',
  'session.link',
  'access.use',
];

function rankOf(event: Event): number {
  const rank = RANKS.indexOf(event.kind);
  if (rank >= 0) return rank;
  return event.detail.scope === 'channel' ? RANKS.length : RANKS.length + 1;
}

function originKey({ origin }: Event): string {
  return origin?.port == null ? '' : `${origin.ip} ${origin.port}`;
}

function pidKey(event: Event): string {
  return event.session.pid === undefined ? '' : `pid ${event.session.pid}`;
}
