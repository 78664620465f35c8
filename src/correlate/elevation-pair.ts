import type { Access } from '../model/access.ts';
import type { Recording } from '../model/recording.ts';
import { sameTsid } from './elevations.ts';
import type { Comparison, PairOptions } from './pair.ts';

/** sudo stamps its log line and its I/O log within milliseconds of each other, from one clock. */
const SAME_USE_MS = 2_000;

/** Can this I/O log be the one of this elevation? */
export function compareElevation(access: Access, recording: Recording, options: PairOptions): Comparison {
  const against = contradiction(access, recording);
  if (against) return { fits: false, why: against };
  const distanceMs = startDistance(access, recording, options.offsetMs);
  const exact = exactId(access, recording);
  const limit = exact ? options.toleranceMs + SAME_USE_MS : SAME_USE_MS;
  if (distanceMs > limit) return { fits: false, why: `it began ${(distanceMs / 1000).toFixed(1)} s away` };
  const cost = distanceMs / 1000 - (isSameTty(access, recording) ? 1 : 0);
  return { fits: true, exact: exact !== null, cost, why: exact ?? 'same user, command, terminal and start' };
}

function contradiction(access: Access, recording: Recording): string | null {
  if (recording.covers !== 'elevation') return 'it records a login session';
  if (recording.target !== access.target) return `it is of ${recording.target ?? 'an unknown host'}`;
  if (access.ioLog === null) return `${access.path} of this kind keeps no I/O log`;
  if (access.ioLog === 'denied') return 'sudo says that it kept no I/O log';
  if (recording.account !== access.account) return `it is of account ${recording.account ?? 'unknown'}`;
  if (recording.actor !== access.actor) return `it was invoked by ${recording.actor ?? 'someone unknown'}`;
  return idContradiction(access, recording);
}

function idContradiction(access: Access, recording: Recording): string | null {
  const { tsid, iologPath } = recording.ids;
  if (access.session.tsid !== undefined && tsid !== undefined && !sameTsid(access.session.tsid, tsid)) {
    return `its TSID is ${tsid}`;
  }
  if (access.session.iologPath !== undefined && iologPath !== undefined) {
    if (!access.session.iologPath.endsWith(`/${iologPath}`)) return `its I/O log is ${iologPath}`;
  }
  const bothTtys = access.session.tty !== undefined && recording.ids.tty !== undefined;
  if (bothTtys && !isSameTty(access, recording)) return `it is of terminal ${recording.ids.tty}`;
  const bothCommands = access.command !== null && recording.command !== null;
  return bothCommands && access.command !== recording.command ? `it is of another command` : null;
}

function exactId(access: Access, recording: Recording): string | null {
  const { tsid, iologPath } = recording.ids;
  if (access.session.iologPath !== undefined && iologPath !== undefined) return `same I/O log ${iologPath}`;
  if (access.session.tsid !== undefined && tsid !== undefined) return `same TSID ${tsid}`;
  return null;
}

function isSameTty(access: Access, recording: Recording): boolean {
  return access.session.tty !== undefined && access.session.tty === recording.ids.tty;
}

/** Distance of the starts, 0 where a coarse clock leaves them possible at the same instant. */
function startDistance(access: Access, recording: Recording, offsetMs: number): number {
  const opened = (recording.opened ?? Infinity) - offsetMs;
  return Math.max(
    0,
    access.opened - opened - recording.resolution,
    opened - access.opened - access.resolution,
  );
}
