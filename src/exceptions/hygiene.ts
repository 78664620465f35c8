import type { Exception } from '../model/exception.ts';
import { type ExceptionPolicy, isSamePerson } from './policy.ts';
import { fitsName, fitsTarget, isWildcard } from './scope.ts';

/** How often an exception was needed. */
export interface Hits {
  readonly count: number;
  /** Epoch ms of the latest access that it matched. */
  readonly last: number;
}

/** The state of a valid exception at a time. */
export interface Hygiene {
  readonly exception: Exception;
  readonly expired: boolean;
  /** Milliseconds until it expires, where that is soon enough for a reminder; else null. */
  readonly expiringInMs: number | null;
  /** In force long enough, or expired, and no access needed it. */
  readonly unused: boolean;
  /** Its scope names only targets, or only principals, that the inventory does not have. */
  readonly orphan: boolean;
  readonly reviewOverdue: boolean;
  readonly hits: number;
  /** Epoch ms; null without a hit. */
  readonly lastMatch: number | null;
}

/** The state of each exception at `now` (epoch ms). `hits` by exception id. */
export function exceptionHygiene(
  exceptions: readonly Exception[],
  hits: ReadonlyMap<string, Hits>,
  now: number,
  policy: ExceptionPolicy,
): Hygiene[] {
  return exceptions.map((exception) => {
    const hit = hits.get(exception.id);
    const left = exception.expiresAt - now;
    return {
      exception,
      expired: left <= 0,
      expiringInMs: isExpiring(exception, now, policy) ? left : null,
      unused:
        hit === undefined && now >= Math.min(exception.startsAt + policy.unusedAfterMs, exception.expiresAt),
      orphan: isOrphan(exception, now, policy),
      reviewOverdue: isReviewOverdue(exception, now),
      hits: hit?.count ?? 0,
      lastMatch: hit?.last ?? null,
    };
  });
}

/** A reminder before the beginning would be one about something that does not hold yet. */
function isExpiring({ startsAt, expiresAt }: Exception, now: number, policy: ExceptionPolicy): boolean {
  return now >= startsAt && now < expiresAt && expiresAt - now <= policy.expiringBeforeMs;
}

function isReviewOverdue({ review }: Exception, now: number): boolean {
  return review !== null && review.doneAt === null && now > review.dueAt;
}

/** Without a register nothing is known to be missing from it. */
function isOrphan({ scope }: Exception, now: number, policy: ExceptionPolicy): boolean {
  const { targets, principals } = policy.inventory;
  const isTarget = (pattern: string): boolean => targets.some((one) => fitsTarget(pattern, one.id, policy));
  const isPrincipal = (pattern: string): boolean =>
    principals.some((one) => fitsName(pattern, one.id) || isSamePerson(policy, pattern, one.id, now));
  return (
    (targets.length > 0 && namesNone(scope.targets, isTarget)) ||
    (principals.length > 0 && namesNone(scope.principals, isPrincipal))
  );
}

function namesNone(list: readonly string[], isKnown: (pattern: string) => boolean): boolean {
  return list.length > 0 && !list.some((pattern) => isWildcard(pattern) || isKnown(pattern));
}
