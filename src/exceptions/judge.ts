import type { AppliedException, JudgedAccess, Reason } from '../model/access.ts';
import type { Exception } from '../model/exception.ts';
import { toIso } from '../util/iso.ts';
import { applyException, type ExceptionAnswer, type Miss } from './apply.ts';
import type { Hits } from './hygiene.ts';
import type { ExceptionPolicy } from './policy.ts';

/**
 * The access with what the exceptions say about it. An exception turns `unrecorded` and `inadequate` into `excepted`,
 * and accepts a use of break-glass whatever its verdict; it changes nothing that is well, and no doubt.
 */
export function withException(
  access: JudgedAccess,
  exceptions: readonly Exception[],
  policy: ExceptionPolicy,
  now: number,
): JudgedAccess {
  const isFaulty = access.verdict === 'unrecorded' || access.verdict === 'inadequate';
  if (!isFaulty && !access.breakGlass) return access;
  const checks = isFaulty ? access.reasons.map(({ code }) => code).filter(isFault) : [];
  const question = { ...access, principal: access.principal?.id ?? null, checks };
  const answer = applyException(question, exceptions, policy, now);
  const reasons = [...access.reasons, ...reasonsOf(answer)];
  if (answer.state === 'excepted') {
    const verdict = isFaulty ? 'excepted' : access.verdict;
    return { ...access, verdict, reasons, exception: toApplied(answer.exception) };
  }
  if (answer.state === 'accepted-afterwards') {
    return { ...access, reasons, acceptedAfterwards: toApplied(answer.exception) };
  }
  return { ...access, reasons };
}

/** How often each exception was needed, by id. */
export function countHits(accesses: readonly JudgedAccess[]): Map<string, Hits> {
  const hits = new Map<string, Hits>();
  for (const { exception, acceptedAfterwards, opened } of accesses) {
    for (const id of new Set([exception?.id, acceptedAfterwards?.id])) {
      if (id === undefined) continue;
      const known = hits.get(id);
      hits.set(id, { count: (known?.count ?? 0) + 1, last: Math.max(known?.last ?? opened, opened) });
    }
  }
  return hits;
}

/** Reasons that say what is wrong; the others explain, and no exception has to accept them. */
function isFault(code: string): boolean {
  return FAULTS.has(code) || code.startsWith('recording-');
}

const FAULTS: ReadonlySet<string> = new Set([
  'no-recording',
  'tunnel-unrecordable',
  'evidence-class-too-low',
]);

function toApplied({ id, kind, place, expiresAt }: Exception): AppliedException {
  return { id, kind, file: place, expires: expiresAt };
}

function reasonsOf(answer: ExceptionAnswer): Reason[] {
  if (answer.state === 'none') return [];
  const { id, approvedBy, expiresAt } = answer.exception;
  if (answer.state === 'excepted') {
    return [{ code: 'excepted', detail: `${id}, approved by ${approvedBy}, was in force` }];
  }
  if (answer.state === 'outlived') {
    const detail = `${id} expired at ${toIso(answer.from)}; nothing accepts the access from then on`;
    return [{ code: 'exception-outlived', detail }];
  }
  if (answer.state === 'accepted-afterwards') {
    const detail = `${id} was approved at ${toIso(answer.exception.approvedAt)}, after the access`;
    return [{ code: 'accepted-afterwards', detail }];
  }
  if (answer.state === 'self-approved') {
    return [
      { code: 'exception-self-approved', detail: `${id} was approved by ${approvedBy}, who used the access` },
    ];
  }
  return [
    {
      code: `exception-${answer.why}`,
      detail: `${id} fits, but ${MISSES[answer.why]} (expiry ${toIso(expiresAt)})`,
    },
  ];
}

const MISSES: Readonly<Record<Miss, string>> = {
  expired: 'it had expired',
  'not-started': 'it had not started',
  'not-approved': 'it is not approved yet',
};
