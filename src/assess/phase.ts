import type { Access } from '../model/access.ts';
import type { GraceTimes } from './policy.ts';
import type { Phase } from './state-table.ts';

/** Where an access stands at `now` (epoch ms), by the graces of the recorder that has or should have recorded it. */
export function phaseOf(access: Access, grace: GraceTimes, maxWaitMs: number, now: number): Phase {
  if (now < startDeadline(access, grace)) {
    return access.closed === null && now - access.opened >= maxWaitMs ? 'endless' : 'young';
  }
  if (access.closed === null) return now - access.opened < maxWaitMs ? 'open' : 'endless';
  const since = now - access.closed;
  if (since < grace.close) return 'settling';
  return since < grace.close + grace.store ? 'storing' : 'closed';
}

/** Recorders that upload once at the end show nothing before it. */
function startDeadline(access: Access, grace: GraceTimes): number {
  if (Number.isFinite(grace.start)) return access.opened + grace.start;
  return access.closed === null ? Infinity : access.closed + grace.close + grace.store;
}
