import type { Config } from '../config/schema.ts';
import type { Identity } from '../correlate/identity.ts';
import { exceptionHygiene, type Hygiene } from '../exceptions/hygiene.ts';
import { countHits, withException } from '../exceptions/judge.ts';
import { type ExceptionFile, loadExceptions } from '../exceptions/load.ts';
import { type ExceptionPolicy, toExceptionPolicy } from '../exceptions/policy.ts';
import type { JudgedAccess } from '../model/access.ts';
import type { Exception, ExceptionProblem } from '../model/exception.ts';
import { CHECKS } from '../rules/checks.ts';
import { toExceptionRecord } from '../rules/records/exception.ts';
import type { ExceptionHygiene, ExceptionJudge } from './judge/facts.ts';

/** Exceptions as the judge needs them. */
export interface ExceptionJudging {
  readonly exceptions: readonly Exception[];
  readonly problems: readonly ExceptionProblem[];
  readonly apply: ExceptionJudge;
  readonly hygiene: ExceptionHygiene;
  /** The same with its numbers, for listing. */
  readonly states: (accesses: readonly JudgedAccess[]) => readonly Hygiene[];
}

/** Loads exception files under the configured policy; `now` is epoch ms. */
export function toExceptionJudging(
  files: readonly ExceptionFile[],
  config: Config | null,
  identity: Identity,
  now: number,
): ExceptionJudging {
  const policy = policyOf(config, identity);
  const { exceptions, problems } = loadExceptions(files, policy);
  const states = (accesses: readonly JudgedAccess[]) =>
    exceptionHygiene(exceptions, countHits(accesses), now, policy);
  return {
    exceptions,
    problems,
    apply: (access) => nameMissed(withException(access, exceptions, policy, now)),
    hygiene: (accesses) =>
      states(accesses).map((state) => ({
        id: state.exception.id,
        record: toExceptionRecord(state.exception, { ...state, expired: isNewlyExpired(state, now, policy) }),
      })),
    states,
  };
}

export function policyOf(config: Config | null, identity: Identity): ExceptionPolicy {
  if (config === null) return toExceptionPolicy({ names: identity, checks: CHECKS });
  const { approvers, maxDurationMs, expiringBeforeMs } = config.exceptions;
  const { tiers, inventory } = config;
  const names = identity;
  return toExceptionPolicy({
    names,
    approvers,
    maxDurationMs,
    expiringBeforeMs,
    tiers,
    inventory,
    checks: CHECKS,
  });
}

/** An expiry is news for as long as its approach was: later it is history. */
function isNewlyExpired({ exception, expired }: Hygiene, now: number, policy: ExceptionPolicy): boolean {
  return expired && now - exception.expiresAt <= policy.expiringBeforeMs;
}

const MISSED = new Set([
  'exception-expired',
  'exception-not-started',
  'exception-outlived',
  'exception-not-approved',
]);

/** "No recording" names the exception that would have accepted it, had it still been in force. */
function nameMissed(access: JudgedAccess): JudgedAccess {
  const missed = access.reasons.find((reason) => MISSED.has(reason.code));
  if (!missed) return access;
  const reasons = access.reasons.map((reason) =>
    reason.code === 'no-recording' ? { ...reason, detail: `${reason.detail}; ${missed.detail}` } : reason,
  );
  return { ...access, reasons };
}
