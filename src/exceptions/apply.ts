import type { Exception } from '../model/exception.ts';
import { isUnexceptable } from './measurement.ts';
import { type ExceptionPolicy, isSamePerson } from './policy.ts';
import { type AccessInQuestion, fitsScope } from './scope.ts';

/** What the exceptions say about one access. */
export type ExceptionAnswer =
  | { readonly state: 'none' }
  /** In force from the opening to the end, or to now while it is open. */
  | { readonly state: 'excepted'; readonly exception: Exception }
  /** In force at the opening; from `from` (epoch ms) on nothing accepts the access. */
  | { readonly state: 'outlived'; readonly exception: Exception; readonly from: number }
  /** Approved after the access, or after it outlived another: the risk is accepted, the verdict stays. */
  | { readonly state: 'accepted-afterwards'; readonly exception: Exception }
  /** It would hold, had it not been approved by the very person who used the access. */
  | { readonly state: 'self-approved'; readonly exception: Exception }
  /** The scope fits, the time does not: the nearest such exception, and why it does not hold. */
  | { readonly state: 'expired'; readonly exception: Exception; readonly why: Miss };

export type Miss = 'expired' | 'not-started' | 'not-approved';

/**
 * Judges an access by the exceptions at the time of the access, whatever the time now: valid records only, see load.ts.
 * `now` (epoch ms) ends an access that is still open, and hides approvals that lie in the future. Where several
 * exceptions fit, the answer that accepts most counts; among equals the one that lasts longest, then the lesser id.
 */
export function applyException(
  access: AccessInQuestion,
  exceptions: readonly Exception[],
  policy: ExceptionPolicy,
  now: number,
): ExceptionAnswer {
  if (access.checks.some(isUnexceptable)) return { state: 'none' };
  const fitting = exceptions
    .filter((exception) => fitsScope(exception.scope, access, policy))
    .toSorted(byStrength);
  const { own = [], others = [] } = Object.groupBy(fitting, (exception) =>
    isApprovedByUser(exception, access, policy) ? 'own' : 'others',
  );
  const accepted = accept(access, others, now);
  if (accepted !== null) return accepted;
  const byThemselves = accept(access, own, now);
  if (byThemselves !== null) return { state: 'self-approved', exception: byThemselves.exception };
  return findNearest(access, others, now) ?? { state: 'none' };
}

type Acceptance = Extract<
  ExceptionAnswer,
  { readonly state: 'excepted' | 'outlived' | 'accepted-afterwards' }
>;

function accept(access: AccessInQuestion, fitting: readonly Exception[], now: number): Acceptance | null {
  const end = Math.max(access.opened, access.closed ?? now);
  const chain = chainFrom(access.opened, end, fitting);
  const [first, last] = [chain[0], chain.at(-1)];
  const from = last?.expiresAt ?? access.opened;
  if (first !== undefined && from >= end) return { state: 'excepted', exception: first };
  // What holds here and is no link of the chain was approved later.
  const later = fitting.find((one) => isAround(one, from) && one.expiresAt >= end && one.approvedAt <= now);
  if (later !== undefined) return { state: 'accepted-afterwards', exception: later };
  return last === undefined ? null : { state: 'outlived', exception: last, from };
}

/**
 * The exceptions that one after the other were in force, each approved and begun before the one before it ended: an
 * extension that was approved in time leaves no stretch open.
 */
function chainFrom(opened: number, end: number, fitting: readonly Exception[]): Exception[] {
  const chain: Exception[] = [];
  let covered = opened;
  // Each link ends later than the one before it, so there are at most as many as exceptions.
  for (;;) {
    const at = covered;
    const next = fitting.find((one) => isAround(one, at) && one.approvedAt <= at);
    if (next === undefined) return chain;
    chain.push(next);
    covered = next.expiresAt;
    if (covered >= end) return chain;
  }
}

/** Half-open: at the instant of its expiry an exception holds no more. */
function isAround(exception: Exception, time: number): boolean {
  return exception.startsAt <= time && time < exception.expiresAt;
}

function isApprovedByUser(exception: Exception, access: AccessInQuestion, policy: ExceptionPolicy): boolean {
  const user = access.principal ?? access.actor ?? access.account;
  return isSamePerson(policy, exception.approvedBy, user, access.opened);
}

function findNearest(
  { opened }: AccessInQuestion,
  fitting: readonly Exception[],
  now: number,
): ExceptionAnswer | null {
  const [first, ...rest] = fitting;
  if (first === undefined) return null;
  const distance = (one: Exception): number => Math.max(0, one.startsAt - opened, opened - one.expiresAt);
  const nearest = rest.reduce((a, b) => (distance(b) < distance(a) ? b : a), first);
  return { state: 'expired', exception: nearest, why: missOf(nearest, opened, now) };
}

function missOf(exception: Exception, opened: number, now: number): Miss {
  if (opened < exception.startsAt) return 'not-started';
  if (opened >= exception.expiresAt) return 'expired';
  return exception.approvedAt > now ? 'not-approved' : 'expired';
}

function byStrength(a: Exception, b: Exception): number {
  return b.expiresAt - a.expiresAt || (a.id < b.id ? -1 : 1);
}
