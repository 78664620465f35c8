import type { Recording } from '../../src/model/recording.ts';
import type { Seen } from './seen.ts';

/** A pair that nothing contradicts. `cost` in seconds: how much the evidence speaks against it. */
export interface Fit {
  readonly access: Seen;
  readonly recording: Recording;
  readonly exact: boolean;
  readonly cost: number;
}

/** Milliseconds by which a recorder's clock is ahead of its host's log. */
export type OffsetOf = (recording: Recording) => number;

/** Clocks differ by this beyond the estimated offset. */
const TOLERANCE_MS = 5_000;
/** tlog holds records back for 10 s, so its last may be stamped after the session's end. */
const LATENCY_MS = 10_000;
/** Ids recur: an id that names a session more than an hour away names another one. */
const SAME_ID_MS = 3_600_000;
/** sudo writes its line and its I/O log at once. */
const SAME_USE_MS = 2_000;

/**
 * How proximity is measured, in seconds. The design asks for the best total and leaves the scale open: these are
 * the weights that the product documents, so that a difference is one of joining, never of taste.
 */
const WEIGHT = {
  prompt: 0.3,
  early: 4,
  lateAtMost: 60,
  nearPid: -2,
  sameTerminal: -1,
  otherTerminalUse: 3,
  endApart: 0.05,
  provenEndAtMost: 1,
  silentEndAtMost: 0.4,
  locked: 1,
};

/** Step 2: may this recording be the one of this access, and how well does it fit? */
export function fitOf(
  access: Seen,
  recording: Recording,
  offsetOf: OffsetOf,
  all: readonly Seen[],
): Fit | null {
  if (recording.target !== access.target || recording.opened === null) return null;
  if (access.kind === 'tunnel') return null;
  if ((access.kind === 'elevation') !== (recording.covers === 'elevation')) return null;
  return access.kind === 'elevation'
    ? fitOfElevation(access, recording)
    : fitOfSession(access, recording, offsetOf(recording), all);
}

function fitOfSession(
  access: Seen,
  recording: Recording,
  offsetMs: number,
  all: readonly Seen[],
): Fit | null {
  if (recording.account !== null && recording.account !== access.account) return null;
  if (contradicts(recording.ids.bootId, access.bootId)) return null;
  if (contradicts(recording.ids.auditSession, access.auditSession)) return null;
  if (contradicts(recording.ids.tty, access.tty)) return null;
  const [from, to] = [recording.origin, access.origin];
  const bothPorts = from?.port != null && to?.port != null;
  const sameConnection = bothPorts && from.port === to.port && from.ip === to.ip;
  if (bothPorts && !sameConnection) return null;
  // A recording that names nobody is evidence for a connection, never an exact id of it.
  const exact =
    (sameConnection && recording.account !== null) ||
    (access.auditSession !== null && recording.ids.auditSession === access.auditSession);
  const siblings = all.filter((one) => one.connection === access.connection);
  const alone = siblings.length === 1;
  // An id names the connection. Only where that is one access, the id alone decides and the clock does not matter.
  const possible =
    exact && alone ? isNotReused(access, recording, offsetMs) : isInTime(access, recording, offsetMs);
  if (!possible) return null;
  const locked = exact && recording.launch === 'session' && isLocked(access, siblings);
  const cost = startCost(access, recording, offsetMs) + otherCost(access, recording, offsetMs);
  return { access, recording, exact, cost: cost + (locked ? WEIGHT.locked : 0) };
}

function contradicts<T>(a: T | undefined, b: T | null): boolean {
  return a !== undefined && b !== null && a !== b;
}

function isNotReused(access: Seen, recording: Recording, offsetMs: number): boolean {
  const [start, end] = timesOf(recording, offsetMs);
  return start - (access.closed ?? Infinity) <= SAME_ID_MS && access.opened - end <= SAME_ID_MS;
}

/** It begins while the access lasts and does not outlast it. */
function isInTime(access: Seen, recording: Recording, offsetMs: number): boolean {
  const slack = TOLERANCE_MS + access.resolution + recording.resolution;
  const [start, end] = timesOf(recording, offsetMs);
  const closed = access.closed ?? Infinity;
  return start >= access.opened - slack && start <= closed + slack && end <= closed + slack + LATENCY_MS;
}

function timesOf(recording: Recording, offsetMs: number): [number, number] {
  const opened = recording.opened ?? 0;
  return [opened - offsetMs, (recording.closed ?? opened) - offsetMs];
}

/** tlog locks the audit session: while an earlier channel is open, a later one is not recorded. */
function isLocked(access: Seen, siblings: readonly Seen[]): boolean {
  return siblings
    .slice(0, siblings.indexOf(access))
    .some((one) => one.closed === null || one.closed > access.opened);
}

/** A start before the opening can only be clock error; a late one may be a slow start. */
function startCost(access: Seen, recording: Recording, offsetMs: number): number {
  const [start] = timesOf(recording, offsetMs);
  const earlyS = (access.opened - start - recording.resolution) / 1000;
  const lateS = (start - access.opened - access.resolution) / 1000 - WEIGHT.prompt;
  if (earlyS > 0) return earlyS * WEIGHT.early;
  return Math.min(Math.max(lateS, 0), WEIGHT.lateAtMost);
}

function otherCost(access: Seen, recording: Recording, offsetMs: number): number {
  let cost = 0;
  const forks = (recording.ids.pid ?? Number.NaN) - (access.pid ?? Number.NaN);
  if (forks > 0 && forks <= 16) cost += WEIGHT.nearPid;
  if (access.tty !== null && recording.ids.tty === access.tty) cost += WEIGHT.sameTerminal;
  if (contradicts(recording.terminal ?? undefined, access.terminal)) cost += WEIGHT.otherTerminalUse;
  if (access.closed !== null && recording.closed !== null) {
    const apartS = Math.abs(access.closed - (recording.closed - offsetMs)) / 1000;
    const most = recording.endProven ? WEIGHT.provenEndAtMost : WEIGHT.silentEndAtMost;
    cost += Math.min(apartS * WEIGHT.endApart, most);
  }
  return cost;
}

/** A sudo I/O log: who, as whom, what, where, when, and the id that sudo's line names. */
function fitOfElevation(access: Seen, recording: Recording): Fit | null {
  if (access.ioLog === null || access.ioLog === 'denied') return null;
  if (recording.account !== access.account || recording.actor !== access.actor) return null;
  const { tsid, iologPath, tty } = recording.ids;
  if (contradicts(tty, access.tty)) return null;
  if (recording.command !== null && contradicts(recording.command, access.command)) return null;
  if (tsid !== undefined && access.tsid !== null && !tsid.endsWith(access.tsid)) return null;
  if (iologPath !== undefined && access.iologPath?.endsWith(`/${iologPath}`) === false) return null;
  const exact =
    (tsid !== undefined && access.tsid !== null) || (iologPath !== undefined && access.iologPath !== null);
  const opened = recording.opened ?? 0;
  const apartMs = Math.max(
    0,
    access.opened - opened - recording.resolution,
    opened - access.opened - access.resolution,
  );
  if (apartMs > SAME_USE_MS + (exact ? TOLERANCE_MS : 0)) return null;
  const terminal = access.tty !== null && access.tty === tty ? WEIGHT.sameTerminal : 0;
  return { access, recording, exact, cost: apartMs / 1000 + terminal };
}
