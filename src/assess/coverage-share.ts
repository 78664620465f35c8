import type { JudgedAccess, Verdict } from '../model/access.ts';
import type { CoverageShare } from '../model/judgement.ts';

/**
 * Coverage of the privileged accesses, always as an interval: an undetermined access is not a recorded one.
 * Excepted accesses are not recorded either, so they count in neither bound.
 */
export function coverageShare(accesses: readonly JudgedAccess[]): CoverageShare {
  const byVerdict: Record<Verdict, number> = {
    recorded: 0,
    inadequate: 0,
    unrecorded: 0,
    excepted: 0,
    pending: 0,
    undetermined: 0,
  };
  const privileged = accesses.filter((access) => access.privileged);
  for (const access of privileged) byVerdict[access.verdict] += 1;
  const total = privileged.length;
  const open = byVerdict.pending + byVerdict.undetermined;
  return {
    privileged: total,
    byVerdict,
    certain: total === 0 ? 1 : byVerdict.recorded / total,
    possible: total === 0 ? 1 : (byVerdict.recorded + open) / total,
  };
}
