import type { Access } from '../model/access.ts';
import type { Recording } from '../model/recording.ts';
import { groupBy } from './order.ts';
import { isNearPid } from './pair.ts';

/** A clock that is further off than this is no clock; the pid has been used again by then. */
const FARTHEST_MS = 3_600_000;
/** How far the lengths of an access and its recording differ at most: launch, flush and whole seconds. */
const LENGTH_MS = 5_000;

/**
 * A recording that time alone rules out, while its process id adjoins the session's and its length fits: the
 * recorder's clock may be wrong. That proves nothing, but "unrecorded" would be said too soon.
 */
export function clockDoubts(
  uncovered: readonly Access[],
  orphans: readonly Recording[],
): Map<string, { readonly rivals: readonly string[]; readonly why: string }> {
  const byOwner = groupBy(orphans, (one) => `${one.target}\0${one.account}`);
  const doubts = new Map<string, { rivals: string[]; why: string }>();
  for (const access of uncovered) {
    const fits = (byOwner.get(`${access.target}\0${access.account}`) ?? []).find((one) =>
      mayBeOf(access, one),
    );
    if (!fits) continue;
    const seconds = Math.round(((fits.opened ?? access.opened) - access.opened) / 1000);
    const why = `${fits.uid} adjoins by process id and length, but its clock would be ${seconds} s off`;
    doubts.set(access.uid, { rivals: [], why });
  }
  return doubts;
}

function mayBeOf(access: Access, recording: Recording): boolean {
  if (recording.covers !== 'session' || recording.opened === null || access.closed === null) return false;
  // Two known audit sessions that differ are no matter of clocks.
  if (recording.ids.auditSession !== undefined && access.session.auditSession !== undefined) return false;
  if (Math.abs(recording.opened - access.opened) > FARTHEST_MS || !isNearPid(access, recording)) return false;
  const length = (recording.closed ?? recording.opened) - recording.opened;
  return length <= access.closed - access.opened + LENGTH_MS;
}
