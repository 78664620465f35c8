import { type Access, type Reason, isTunnel } from '../model/access.ts';
import { ELEVATIONS } from '../model/path.ts';
import type { Recording } from '../model/recording.ts';
import { groupBy } from '../correlate/order.ts';

/** A file's last write and the access it belongs to: clocks of one host, plus delayed writes. */
const SLACK_MS = 5_000;

export interface Hints {
  /** Reasons beside a missing recording, by access uid. */
  readonly reasons: ReadonlyMap<string, readonly Reason[]>;
  /** Accesses to which alone an emptied recording file can belong. */
  readonly emptied: ReadonlySet<string>;
}

/**
 * Looks at what inventory shows beside accesses that no recording covers: files that were pinned and are gone,
 * files of zero bytes, and a sudo that records the same user's other commands.
 */
export function hintsFor(
  uncovered: readonly Access[],
  all: readonly Access[],
  recordings: readonly Recording[],
): Hints {
  const reasons = new Map<string, Reason[]>();
  const say = (access: Access, reason: Reason) =>
    reasons.set(access.uid, [...(reasons.get(access.uid) ?? []), reason]);
  const byTarget = groupBy(uncovered, (access) => access.target);
  const bySession = groupBy(uncovered, (access) => access.session.cloudSession);
  const emptied = new Set<string>();
  for (const recording of recordings) {
    const { cloudSession } = recording.ids;
    // A session's id tells whose a recording was, wherever it was kept.
    const own =
      (cloudSession === undefined ? byTarget.get(recording.target ?? '') : bySession.get(cloudSession)) ?? [];
    if (recording.state === 'missing') sayDeleted(recording, own, say);
    else if (recording.state === 'empty') sayEmpty(recording, own, emptied, say);
  }
  sayDisabled(uncovered, all, say);
  return { reasons, emptied };
}

type Say = (access: Access, reason: Reason) => void;

/** A deleted file explains every access that it can have held: nobody can say any more which. */
function sayDeleted(recording: Recording, accesses: readonly Access[], say: Say): void {
  const detail = recording.problems[0]?.detail ?? 'a recording that was seen before is gone';
  for (const access of accesses) {
    if (canConcern(recording, access)) {
      say(access, { code: 'recording-deleted-early', detail: `${recording.ref.source}: ${detail}` });
    }
  }
}

function canConcern(recording: Recording, access: Access): boolean {
  if (isTunnel(access)) return false;
  if ((recording.covers === 'elevation') !== ELEVATIONS.has(access.path)) return false;
  if (recording.account !== null && recording.account !== access.account) return false;
  if (recording.actor !== null && recording.actor !== access.actor) return false;
  const end = access.closed ?? Infinity;
  if (recording.opened !== null) {
    return recording.opened >= access.opened - SLACK_MS && recording.opened <= end + SLACK_MS;
  }
  return recording.closed === null || recording.closed >= access.opened - SLACK_MS;
}

/**
 * A recorder's file of zero bytes. One that never had content is no recording; one that was emptied is damage,
 * where its name's start or its last write falls into exactly one access.
 */
function sayEmpty(recording: Recording, accesses: readonly Access[], emptied: Set<string>, say: Say): void {
  const own = accesses.filter((access) => canConcern(recording, access));
  const within = own.filter((access) => wroteDuring(recording, access));
  const wasEmptied = recording.problems.some((one) => one.code === 'recording-truncated');
  const concerned = within.length > 0 ? within : own;
  const [only] = concerned;
  // A name that tells the start says enough; without one only the last write does.
  const isTold = within.length > 0 || recording.opened !== null;
  if (wasEmptied && isTold && only && concerned.length === 1) emptied.add(only.uid);
  for (const access of concerned) {
    for (const problem of recording.problems) {
      say(access, { code: problem.code, detail: `${recording.ref.source}: ${problem.detail}` });
    }
  }
}

function wroteDuring(recording: Recording, access: Access): boolean {
  if (recording.closed === null) return false;
  return (
    recording.closed >= access.opened - SLACK_MS && recording.closed <= (access.closed ?? Infinity) + SLACK_MS
  );
}

/** sudo that keeps an I/O log for this user's other commands has been told not to for this one. */
function sayDisabled(uncovered: readonly Access[], all: readonly Access[], say: Say): void {
  const logged = new Set(all.filter((one) => one.ioLog === 'claimed').map(ioLogKey));
  for (const access of uncovered) {
    if (access.ioLog === 'denied') {
      say(access, {
        code: 'recording-disabled',
        detail: 'the JSON event of sudo names no I/O log: logging was off',
      });
    } else if (access.ioLog === 'unknown' && logged.has(ioLogKey(access))) {
      const detail = `sudo keeps I/O logs of ${access.actor ?? ''} on ${access.target}, but not of this command`;
      say(access, { code: 'recording-disabled', detail });
    }
  }
}

function ioLogKey(access: Access): string {
  return `${access.target}\0${access.actor ?? ''}`;
}
