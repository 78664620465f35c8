import { toIdentity } from '../../src/correlate/identity.ts';
import type { Facts, JudgeOptions } from '../../src/daemon/judge/facts.ts';
import { judge } from '../../src/daemon/judge/judge.ts';
import { toPolicy } from '../../src/daemon/policy.ts';
import { readRules } from '../../src/daemon/rule-files.ts';
import type { Event } from '../../src/model/event.ts';
import type { Judgement } from '../../src/model/judgement.ts';
import type { Recording } from '../../src/model/recording.ts';
import { T0 } from './build.ts';

const { rules } = await readRules([]);
const inventory = { targets: [], principals: [] };
const identity = toIdentity(inventory);

/** Judges facts with the shipped rules, no inventory and no exceptions, a day after T0. */
export function judgeFacts(
  events: readonly Event[],
  recordings: readonly Recording[],
  change: Partial<JudgeOptions> = {},
  more: Partial<Facts> = {},
): Judgement {
  const facts: Facts = {
    events,
    recordings,
    sources: [],
    recorders: [],
    controls: [],
    trailProblems: [],
    exceptionProblems: [],
    runs: [],
    ...more,
  };
  return judge(facts, {
    now: T0 + 86_400_000,
    identity,
    inventory,
    policy: toPolicy({ identity, recorders: [] }),
    rules,
    breakGlass: { principals: [], accounts: [], credentials: [] },
    applyException: (access) => access,
    exceptionHygiene: () => [],
    silentAfterMs: () => null,
    from: -Infinity,
    to: Infinity,
    ...change,
  });
}
