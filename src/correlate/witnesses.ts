import { type Connection, sameOrigin } from './connections.ts';
import type { Elevation } from './elevations.ts';
import { groupBy } from './order.ts';

/** Two witnesses on one host stamp the same login within this: their own delay plus whole seconds. */
const SAME_LOGIN_MS = 2_500;

/** A connection with every stream that shows it. */
export interface SeenConnection extends Connection {
  readonly streams: readonly string[];
}

export interface SeenElevation extends Elevation {
  readonly streams: readonly string[];
}

/** One login seen by several witnesses of one target is one connection. */
export function mergeConnections(all: readonly Connection[]): SeenConnection[] {
  return mergeBy(all, (one) => one.account, isSameLogin, joinConnections);
}

/** One elevation seen by several witnesses of one target is one elevation. */
export function mergeElevations(all: readonly Elevation[]): SeenElevation[] {
  return mergeBy(all, (one) => `${one.path} ${one.account}`, isSameElevation, joinElevations);
}

type Seen<T> = T & { readonly streams: readonly string[] };

function mergeBy<T extends { opened: number; stream: string; uid: string }>(
  all: readonly T[],
  keyOf: (item: T) => string,
  isSame: (a: T, b: T) => boolean,
  join: (a: Seen<T>, b: T) => Seen<T>,
): Seen<T>[] {
  const merged: Seen<T>[] = [];
  for (const group of groupBy(all, keyOf).values()) merged.push(...mergeGroup(group, isSame, join));
  return merged.sort((a, b) => a.opened - b.opened);
}

function mergeGroup<T extends { opened: number; stream: string; uid: string }>(
  group: readonly T[],
  isSame: (a: T, b: T) => boolean,
  join: (a: Seen<T>, b: T) => Seen<T>,
): Seen<T>[] {
  const merged: Seen<T>[] = [];
  for (const one of [...group].sort((a, b) => a.opened - b.opened)) {
    const at = findRecent(merged, one, isSame);
    const known = merged[at];
    if (known) merged[at] = join(known, one);
    else merged.push({ ...one, streams: [one.stream] });
  }
  return merged;
}

/** Looks back only as far as two witnesses can differ, so that merging stays linear. */
function findRecent<T extends { opened: number; stream: string }>(
  merged: readonly Seen<T>[],
  one: T,
  isSame: (a: T, b: T) => boolean,
): number {
  for (let at = merged.length - 1; at >= 0; at--) {
    const known = merged[at];
    if (!known || one.opened - known.opened > SAME_LOGIN_MS) return -1;
    if (!known.streams.includes(one.stream) && isSame(known, one)) return at;
  }
  return -1;
}

function isSameLogin(a: Connection, b: Connection): boolean {
  if (a.origin?.port != null && b.origin?.port != null) return sameOrigin(a.origin, b.origin);
  return a.pid !== null && a.pid === b.pid;
}

function isSameElevation(a: Elevation, b: Elevation): boolean {
  if (a.actor !== null && b.actor !== null && a.actor !== b.actor) return false;
  if (a.uuid !== null && b.uuid !== null) return a.uuid === b.uuid;
  if (a.tty !== null && b.tty !== null && a.tty !== b.tty) return false;
  return a.command === null || b.command === null || a.command === b.command;
}

/** Keeps the witness that shows more: channels, then the finer clock; the other fills what it lacks. */
function joinConnections(a: SeenConnection, b: Connection): SeenConnection {
  const bIsBetter =
    b.channels.length > a.channels.length || (b.channels.length === a.channels.length && rank(b) > rank(a));
  const [main, other] = bIsBetter ? [b, a] : [a, b];
  return {
    ...main,
    uid: a.uid < b.uid ? a.uid : b.uid,
    accountUid: main.accountUid ?? other.accountUid,
    origin: main.origin ?? other.origin,
    credential: main.credential ?? other.credential,
    closed: main.closed ?? other.closed,
    closedBy: main.closedBy ?? other.closedBy,
    pid: main.pid ?? other.pid,
    childPid: main.childPid ?? other.childPid,
    auditSession: main.auditSession ?? other.auditSession,
    bootId: main.bootId ?? other.bootId,
    logindSession: main.logindSession ?? other.logindSession,
    verbose: main.verbose || other.verbose,
    withoutAccepted: main.withoutAccepted && other.withoutAccepted,
    refs: [...main.refs, ...other.refs],
    streams: [...a.streams, b.stream].sort(),
  };
}

function rank(one: Connection): number {
  return (one.verbose ? 4 : 0) + (one.withoutAccepted ? 0 : 2) + (one.resolution < 1000 ? 1 : 0);
}

function joinElevations(a: SeenElevation, b: Elevation): SeenElevation {
  const [main, other] = b.resolution < a.resolution || (a.pamOnly && !b.pamOnly) ? [b, a] : [a, b];
  const longer = (main.tsid?.length ?? 0) >= (other.tsid?.length ?? 0) ? main.tsid : other.tsid;
  return {
    ...main,
    uid: a.uid < b.uid ? a.uid : b.uid,
    actor: main.actor ?? other.actor,
    closed: main.closed ?? other.closed,
    tty: main.tty ?? other.tty,
    pid: main.pid ?? other.pid,
    auditSession: main.auditSession ?? other.auditSession,
    bootId: main.bootId ?? other.bootId,
    tsid: longer,
    iologPath: main.iologPath ?? other.iologPath,
    uuid: main.uuid ?? other.uuid,
    command: main.command ?? other.command,
    json: main.json || other.json,
    pamOnly: main.pamOnly && other.pamOnly,
    refs: [...main.refs, ...other.refs],
    streams: [...a.streams, b.stream].sort(),
  };
}
