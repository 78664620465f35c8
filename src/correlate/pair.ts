import { type Access, isTunnel } from '../model/access.ts';
import type { Recording } from '../model/recording.ts';

/** What a comparison of one access with one recording says, and why. Lower cost is better; seconds in kind. */
export type Comparison =
  | { readonly fits: true; readonly exact: boolean; readonly cost: number; readonly why: string }
  | { readonly fits: false; readonly why: string };

export interface PairOptions {
  /** Milliseconds that clocks may differ beyond the learnt offset. */
  readonly toleranceMs: number;
  /** Milliseconds the recorder's clock is ahead of the log's. */
  readonly offsetMs: number;
}

/**
 * An exact id may outvote the clock by this much. More than an hour off, a reused id of another boot is as
 * likely as a wrong clock, and the pair is not taken.
 */
const EXACT_MAX_SKEW_MS = 3_600_000;
/** A recorder started by the login writes its first byte within this; only later starts cost. */
const PROMPT_START_S = 0.3;
/** A start before the session can only be clock error: it weighs more than a late start. */
const EARLY_WEIGHT = 4;
/** A late start never weighs more than this, or a quiet session could not be told from none. */
const LATE_MAX = 60;
/** Weights of agreeing evidence, in seconds of start distance they outweigh. */
const PID_BONUS = 2;
const TTY_BONUS = 1;
const TERMINAL_PENALTY = 3;
const END_WEIGHT = 0.05;
/** An end that the recorder itself marked may decide between two accesses. */
const PROVEN_END_MAX = 1;
/** Most recorders write only on activity: a silent tail alone must never settle a tie (half a second). */
const SILENT_END_MAX = 0.4;
/** A recorder is forked a few processes after sshd's child; pids wrap at 2^22 at most. */
const NEAR_PIDS = 16;
/** Recorders write in bursts: the last record may be stamped this long after the session's end. */
export const FLUSH_MS = 10_000;

/** Can this recording be the recording of this session, and how well does it fit? */
export function comparePair(access: Access, recording: Recording, options: PairOptions): Comparison {
  const against = contradiction(access, recording);
  if (against) return { fits: false, why: against };
  const exactWhy = exactId(access, recording);
  const start = startCost(access, recording, options);
  if (exactWhy) return exactComparison(access, recording, options, exactWhy, start);
  const apart = timeContradiction(access, recording, options);
  if (apart) return { fits: false, why: apart };
  const cost = start + evidenceCost(access, recording) + endCost(access, recording, options);
  return { fits: true, exact: false, cost, why: describe(access, recording, start) };
}

function exactComparison(
  access: Access,
  recording: Recording,
  options: PairOptions,
  why: string,
  start: number,
): Comparison {
  const distanceMs = apartMs(access, recording, options.offsetMs);
  if (distanceMs > EXACT_MAX_SKEW_MS) {
    return { fits: false, why: `${why}, but ${seconds(distanceMs)} s apart: the id was reused` };
  }
  const cost = start + evidenceCost(access, recording) + endCost(access, recording, options);
  return { fits: true, exact: true, cost, why };
}

function contradiction(access: Access, recording: Recording): string | null {
  if (recording.target !== access.target) return `it is of ${recording.target ?? 'an unknown host'}`;
  if (recording.covers !== 'session') return 'it records an elevation only';
  if (isTunnel(access)) return 'a tunnel has no content to record';
  if (recording.account !== null && recording.account !== access.account) {
    return `it is of account ${recording.account}`;
  }
  return idContradiction(access, recording);
}

function idContradiction(access: Access, recording: Recording): string | null {
  const { auditSession, bootId, tty } = recording.ids;
  if (differ(bootId, access.session.bootId)) return 'it is of another boot';
  if (differ(auditSession, access.session.auditSession)) return `it is of audit session ${auditSession}`;
  if (differ(tty, access.session.tty)) return `it is of terminal ${tty}`;
  const [a, b] = [recording.origin, access.origin];
  if (a?.port != null && b?.port != null && (a.port !== b.port || a.ip !== b.ip)) {
    return `it is of the connection from ${a.ip} port ${a.port}`;
  }
  return null;
}

function differ<T>(a: T | undefined, b: T | undefined): boolean {
  return a !== undefined && b !== undefined && a !== b;
}

/** Ids that name the connection. Audit sessions and ports recur: time bounds them (see EXACT_MAX_SKEW_MS). */
function exactId(access: Access, recording: Recording): string | null {
  const { auditSession } = recording.ids;
  if (auditSession !== undefined && auditSession === access.session.auditSession) {
    return `same audit session ${auditSession}`;
  }
  const [a, b] = [recording.origin, access.origin];
  if (a?.port != null && a.port === b?.port && a.ip === b.ip && recording.account !== null) {
    return `same connection from ${a.ip} port ${a.port}`;
  }
  return null;
}

/** Milliseconds between the recording and the access; 0 where they overlap. */
function apartMs(access: Access, recording: Recording, offsetMs: number): number {
  const opened = (recording.opened ?? recording.closed ?? access.opened) - offsetMs;
  const closed = (recording.closed ?? recording.opened ?? access.opened) - offsetMs;
  return Math.max(0, opened - (access.closed ?? Infinity), access.opened - closed);
}

function timeContradiction(access: Access, recording: Recording, options: PairOptions): string | null {
  if (recording.opened === null) return 'it tells no time';
  const slack = options.toleranceMs + access.resolution + recording.resolution;
  const opened = recording.opened - options.offsetMs;
  if (opened < access.opened - slack) return `it began ${seconds(access.opened - opened)} s before`;
  const end = access.closed ?? Infinity;
  if (opened > end + slack) return `it began ${seconds(opened - end)} s after the end`;
  const closed = (recording.closed ?? recording.opened) - options.offsetMs;
  if (closed > end + slack + FLUSH_MS) return `it goes on ${seconds(closed - end)} s after the end`;
  return null;
}

/** Seconds by which the recorder's start differs from a prompt start, whole-second clocks given the benefit. */
function startCost(access: Access, recording: Recording, options: PairOptions): number {
  if (recording.opened === null) return LATE_MAX;
  const opened = recording.opened - options.offsetMs;
  const least = (opened - access.opened - access.resolution) / 1000;
  const most = (opened + recording.resolution - access.opened) / 1000;
  if (most < 0) return EARLY_WEIGHT * -most;
  return Math.min(Math.max(0, least - PROMPT_START_S), LATE_MAX);
}

function evidenceCost(access: Access, recording: Recording): number {
  let cost = 0;
  if (isNearPid(access, recording)) cost -= PID_BONUS;
  if (recording.ids.tty !== undefined && recording.ids.tty === access.session.tty) cost -= TTY_BONUS;
  if (access.channelsShown && access.path !== 'ssh' && recording.terminal !== null) {
    if (recording.terminal !== (access.session.tty !== undefined)) cost += TERMINAL_PENALTY;
  }
  return cost;
}

/** The recorder's pid follows that of sshd's user child. Evidence only: pids wrap and can be anything. */
export function isNearPid(access: Access, recording: Recording): boolean {
  const parent = access.session.childPid ?? access.session.pid;
  const distance = (recording.ids.pid ?? Number.NaN) - (parent ?? Number.NaN);
  return distance > 0 && distance <= NEAR_PIDS;
}

function endCost(access: Access, recording: Recording, options: PairOptions): number {
  if (access.closed === null || recording.closed === null) return 0;
  const gap = Math.abs(access.closed - (recording.closed - options.offsetMs)) / 1000;
  return Math.min(recording.endProven ? PROVEN_END_MAX : SILENT_END_MAX, gap * END_WEIGHT);
}

function describe(access: Access, recording: Recording, start: number): string {
  const parts = ['same target and account', `starts fit within ${(start + PROMPT_START_S).toFixed(1)} s`];
  if (isNearPid(access, recording)) parts.push('process ids adjoin');
  if (recording.ids.tty !== undefined && recording.ids.tty === access.session.tty)
    parts.push('same terminal');
  return parts.join(', ');
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(1).replace(/\.0$/, '');
}
