import type { Credential, Event, Origin, Ref } from '../model/event.ts';
import type { Path } from '../model/path.ts';
import { openingsFirst } from './openings-first.ts';

/** A session channel of a connection: one shell, command or subsystem. */
export interface Channel {
  readonly uid: string;
  readonly path: Path;
  readonly opened: number;
  closed: number | null;
  readonly tty: string | null;
  readonly slot: number | null;
  readonly forcedCommand: string | null;
  readonly ref: Ref;
}

/** One authenticated ssh connection as one stream shows it. */
export interface Connection {
  readonly uid: string;
  readonly stream: string;
  readonly account: string;
  accountUid: number | null;
  origin: Origin | null;
  credential: Credential | null;
  readonly opened: number;
  closed: number | null;
  closedBy: 'record' | 'pid-reused' | null;
  readonly resolution: number;
  readonly assumed: readonly ('zone' | 'year')[];
  readonly pid: number | null;
  childPid: number | null;
  auditSession: number | null;
  bootId: string | null;
  logindSession: string | null;
  /** The log shows channels for this connection (VERBOSE or lower). */
  verbose: boolean;
  /** No `Accepted` line: only PAM or channel lines show it. */
  withoutAccepted: boolean;
  readonly channels: Channel[];
  readonly refs: Ref[];
  /** How often its opening line was delivered: every other line of it then comes as often. */
  readonly deliveries: number;
}

export interface ConnectionsResult {
  readonly connections: readonly Connection[];
  /** Ends whose beginning the stream should have shown: a sign of removed lines. */
  readonly endsWithoutStarts: readonly Event[];
  /** Local addresses that connections arrived at: the target's own. */
  readonly addresses: ReadonlySet<string>;
}

/** Longest time between `Accepted` and the PAM line of the same login; slow PAM stacks take seconds. */
const PAM_DELAY_MS = 60_000;
/** A redelivered opening line carries the same time; clocks of one host do not repeat a pid and port in 2 s. */
const REDELIVERY_MS = 2_000;
/** A log that begins in mid-session shows ends without starts; after a day of log that is no longer plausible. */
const LONGEST_SESSION_MS = 86_400_000;
/** The last lines of a connection follow its first end within milliseconds; 10 s allows for a loaded host. */
const TRAILING_MS = 10_000;
/** Lines kept as references per connection: opening, ids, a few channels and the end. */
const MAX_REFS = 12;

interface State {
  readonly stream: string;
  readonly first: number;
  readonly all: Connection[];
  readonly byPid: Map<number, Connection>;
  readonly byOrigin: Map<string, Connection>;
  /** Latest connection of an account from an address, for lines without port and pid. */
  readonly byAccount: Map<string, Connection>;
  /** `Connection from` lines that wait for their `Accepted`, by pid. */
  readonly greeted: Map<number, Event>;
  readonly uses: Map<string, number>;
  /** How often each opening line stands in the stream. */
  readonly deliveries: ReadonlyMap<string, number>;
  readonly endsWithoutStarts: Event[];
  readonly addresses: Set<string>;
}

/**
 * Rebuilds ssh connections and their channels from one stream of one target, in order of time.
 *
 * Rule that held on real servers: a login opens with `Accepted` by the monitor and ends with the PAM close of
 * the same monitor pid; the user child's lines are tied by address and port, or by `User child is on pid`.
 * Pids and ports recur, so a pid seen opening again ends what it carried before.
 */
export function toConnections(stream: string, events: readonly Event[]): ConnectionsResult {
  const state: State = {
    stream,
    first: events[0]?.time ?? 0,
    all: [],
    byPid: new Map(),
    byOrigin: new Map(),
    byAccount: new Map(),
    greeted: new Map(),
    uses: new Map(),
    deliveries: countOpenings(events),
    endsWithoutStarts: [],
    addresses: new Set(),
  };
  for (const event of openingsFirst(events)) take(state, event);
  return { connections: state.all, endsWithoutStarts: state.endsWithoutStarts, addresses: state.addresses };
}

/** A source that delivers at least once may repeat lines; an opening line names pid and port and is never equal by chance. */
function countOpenings(events: readonly Event[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const event of events) {
    if (event.kind === 'access.open') counts.set(openingKey(event), (counts.get(openingKey(event)) ?? 0) + 1);
  }
  return counts;
}

function openingKey(event: Event): string {
  return `${event.time} ${event.session.pid} ${event.account} ${event.origin?.ip} ${event.origin?.port}`;
}

function take(state: State, event: Event): void {
  if (event.program === 'auditd') return;
  if (event.kind === 'connection.open') greet(state, event);
  else if (event.kind === 'access.open' && event.path === 'ssh') open(state, event);
  else if (event.kind === 'access.use') use(state, event);
  else if (event.kind === 'session.link') link(state, event);
  else if (event.kind === 'session.open' && event.detail.service === 'sshd') openByPam(state, event);
  else if (event.kind === 'session.close' && event.detail.service === 'sshd') closeByPam(state, event);
  else if (event.kind === 'access.close' && event.detail.scope === 'channel') closeChannel(state, event);
  else if (event.kind === 'access.close' && event.detail.scope === 'connection') closeByOrigin(state, event);
}

function greet(state: State, event: Event): void {
  if (event.detail.localIp !== undefined) state.addresses.add(event.detail.localIp);
  if (event.session.pid === undefined) return;
  // A scan leaves one entry per connection: forget the oldest beyond 10,000 (about 4 MB).
  if (state.greeted.size >= 10_000) state.greeted.delete(state.greeted.keys().next().value ?? 0);
  state.greeted.set(event.session.pid, event);
}

function open(state: State, event: Event): void {
  const pid = event.session.pid;
  const before = pid === undefined ? find(state, event) : state.byPid.get(pid);
  if (before && isRedelivery(before, event)) {
    adopt(before, event);
    return;
  }
  if (before && before.closed === null && pid !== undefined) end(before, event.time, 'pid-reused');
  const connection = begin(state, event, false);
  const greeting = pid === undefined ? undefined : state.greeted.get(pid);
  if (greeting && sameOrigin(greeting.origin, event.origin)) connection.verbose = true;
  if (pid !== undefined) state.greeted.delete(pid);
}

function isRedelivery(before: Connection, event: Event): boolean {
  if (before.account !== event.account || Math.abs(event.time - before.opened) > REDELIVERY_MS) return false;
  return before.withoutAccepted || sameOrigin(before.origin, event.origin);
}

/** An `Accepted` that sorts behind the PAM line of the same login: it completes what PAM showed. */
function adopt(connection: Connection, event: Event): void {
  connection.origin ??= event.origin;
  connection.credential ??= event.credential;
  connection.withoutAccepted = false;
  note(connection, event);
}

function begin(state: State, event: Event, withoutAccepted: boolean): Connection {
  const connection: Connection = {
    uid: event.uid.replace(/^ev_/, 'acc_'),
    stream: state.stream,
    account: event.account ?? '',
    accountUid: event.detail.accountUid ?? null,
    origin: event.origin,
    credential: event.credential,
    opened: event.time,
    closed: null,
    closedBy: null,
    resolution: event.resolution,
    assumed: event.assumed,
    pid: event.session.pid ?? null,
    childPid: null,
    auditSession: event.session.auditSession ?? null,
    bootId: event.session.bootId ?? null,
    logindSession: null,
    verbose: false,
    withoutAccepted,
    channels: [],
    refs: [event.ref],
    deliveries: state.deliveries.get(openingKey(event)) ?? 1,
  };
  state.all.push(connection);
  if (connection.pid !== null) state.byPid.set(connection.pid, connection);
  if (connection.origin) state.byOrigin.set(originKey(connection.origin), connection);
  state.byAccount.set(accountKey(event), connection);
  return connection;
}

function openByPam(state: State, event: Event): void {
  const connection = event.session.pid === undefined ? undefined : state.byPid.get(event.session.pid);
  const known =
    connection !== undefined &&
    connection.closed === null &&
    connection.account === event.account &&
    event.time - connection.opened <= PAM_DELAY_MS;
  if (!known) {
    if (connection && connection.closed === null) end(connection, event.time, 'pid-reused');
    if (event.account !== null) begin(state, event, true);
    return;
  }
  connection.accountUid ??= event.detail.accountUid ?? null;
}

function link(state: State, event: Event): void {
  const { pid, childPid, logindSession } = event.session;
  const connection = pid === undefined ? undefined : state.byPid.get(pid);
  if (!connection || connection.closed !== null) return;
  if (logindSession !== undefined) connection.logindSession = logindSession;
  if (childPid === undefined) return;
  connection.childPid = childPid;
  connection.verbose = true;
  state.byPid.set(childPid, connection);
}

function use(state: State, event: Event): void {
  const connection = find(state, event) ?? findByAccount(state, event) ?? begin(state, event, true);
  identify(connection, event);
  if (event.program !== 'sshd') {
    if (connection.channels.length === 0 && !connection.verbose) addChannel(connection, event);
    return;
  }
  connection.verbose = true;
  if (connection.pid === null || connection.pid !== event.session.pid) {
    connection.childPid ??= event.session.pid ?? null;
  }
  if (isNewUse(state, connection, event)) addChannel(connection, event);
}

/**
 * Slot ids recur and RFC 3164 keeps whole seconds, so two quick commands can leave equal lines. They are the
 * same line redelivered only as often as the connection's opening line was.
 */
function isNewUse(state: State, connection: Connection, event: Event): boolean {
  const parts = [connection.uid, event.time, event.path, event.session.tty, event.session.channel];
  const key = parts.join(' ');
  const seen = state.uses.get(key) ?? 0;
  state.uses.set(key, seen + 1);
  return event.resolution < 1 ? seen === 0 : seen % connection.deliveries === 0;
}

function addChannel(connection: Connection, event: Event): void {
  connection.channels.push({
    uid: event.uid.replace(/^ev_/, 'acc_'),
    path: event.path ?? 'ssh',
    opened: event.time,
    closed: null,
    tty: event.session.tty ?? null,
    slot: event.session.channel ?? null,
    forcedCommand: event.detail.forcedCommand ?? null,
    ref: event.ref,
  });
  note(connection, event);
}

function identify(connection: Connection, event: Event): void {
  connection.auditSession ??= event.session.auditSession ?? null;
  connection.bootId ??= event.session.bootId ?? null;
}

function closeChannel(state: State, event: Event): void {
  const connection = find(state, event);
  if (!connection) return;
  identify(connection, event);
  const channel = connection.channels.findLast(
    (one) => one.closed === null && one.slot === (event.session.channel ?? null),
  );
  if (channel) channel.closed = event.time;
  note(connection, event);
}

function closeByOrigin(state: State, event: Event): void {
  const connection = find(state, event);
  if (!connection) {
    if (event.account !== null) lost(state, event);
    return;
  }
  identify(connection, event);
  end(connection, event.time, 'record');
  note(connection, event);
}

function closeByPam(state: State, event: Event): void {
  const connection = event.session.pid === undefined ? undefined : state.byPid.get(event.session.pid);
  if (!connection || !isLive(connection, event.time) || !sameAccount(connection, event)) {
    lost(state, event);
    return;
  }
  identify(connection, event);
  end(connection, event.time, 'record');
  note(connection, event);
}

/** The latest record of a login's end is its end: the PAM close follows the disconnect by milliseconds. */
function end(connection: Connection, time: number, by: 'record' | 'pid-reused'): void {
  if (connection.closedBy === 'pid-reused') return;
  connection.closed = Math.max(connection.closed ?? time, time);
  connection.closedBy = by;
}

function lost(state: State, event: Event): void {
  const greeting = event.session.pid === undefined ? undefined : state.greeted.get(event.session.pid);
  if (greeting || event.time - state.first > LONGEST_SESSION_MS) state.endsWithoutStarts.push(event);
}

function find(state: State, event: Event): Connection | undefined {
  const byOrigin = event.origin?.port != null ? state.byOrigin.get(originKey(event.origin)) : undefined;
  if (byOrigin && isLive(byOrigin, event.time) && sameAccount(byOrigin, event)) return byOrigin;
  const byPid = event.session.pid === undefined ? undefined : state.byPid.get(event.session.pid);
  const fits = byPid !== undefined && isLive(byPid, event.time) && sameAccount(byPid, event);
  return fits && event.origin?.port == null ? byPid : undefined;
}

function sameAccount(connection: Connection, event: Event): boolean {
  return event.account === null || connection.account === event.account;
}

/** internal-sftp logs account and address, without port and with a pid of its own. */
function findByAccount(state: State, event: Event): Connection | undefined {
  if (event.program === 'sshd') return undefined;
  const connection = state.byAccount.get(accountKey(event));
  return connection && isLive(connection, event.time) ? connection : undefined;
}

function accountKey(event: Event): string {
  return `${event.account ?? ''} ${event.origin?.ip ?? ''}`;
}

/** Ports and pids recur: a line long after the end belongs to another connection that never logged in. */
function isLive(connection: Connection, time: number): boolean {
  return connection.closed === null || time - connection.closed <= TRAILING_MS;
}

function note(connection: Connection, event: Event): void {
  if (connection.refs.length < MAX_REFS) connection.refs.push(event.ref);
}

function originKey(origin: Origin): string {
  return `${origin.ip} ${origin.port ?? ''}`;
}

/** True where both name the same address and port. */
export function sameOrigin(a: Origin | null, b: Origin | null): boolean {
  return a !== null && b !== null && a.ip === b.ip && a.port === b.port;
}
