import type { ExceptionProblem } from '../model/exception.ts';
import { toDuration } from '../util/duration.ts';
import { type ExceptionPolicy, isSamePerson } from './policy.ts';
import type { ExceptionText } from './schema.ts';
import { fitsTarget, isWildcard } from './scope.ts';

/** What a well-formed record may not do. `key` is the key of the record that says it. */
export interface Objection {
  readonly check: ExceptionProblem['check'];
  readonly key: string;
  readonly message: string;
}

/** Length and approval of a record, against the policy. */
export function findObjections(record: ExceptionText, policy: ExceptionPolicy): Objection[] {
  return [...tooLong(record, policy), ...approvedByThemselves(record, policy)];
}

function tooLong(record: ExceptionText, policy: ExceptionPolicy): Objection[] {
  const length = record.expiresAt - record.startsAt;
  const { ms, because } = limitOf(record, policy);
  if (length <= ms) return [];
  const message = `\`expires_at\` is ${toDuration(length)} after \`starts_at\`; ${because} is ${toDuration(ms)}`;
  return [{ check: 'exception-too-long', key: 'expires_at', message }];
}

interface Limit {
  readonly ms: number;
  readonly because: string;
}

/** The strictest limit of the tiers that the scope reaches; a scope without targets reaches all of them. */
function limitOf({ scope }: ExceptionText, policy: ExceptionPolicy): Limit {
  const general: Limit = { ms: policy.maxDurationMs, because: 'the longest exception' };
  const limits = [...policy.tiers].flatMap(([name, { maxExceptionMs }]): [string, Limit][] =>
    maxExceptionMs === null ? [] : [[name, { ms: maxExceptionMs, because: `the longest in tier ${name}` }]],
  );
  const byTier = new Map(limits);
  const isAnywhere = scope.targets.length === 0 || scope.targets.some(isWildcard);
  const reached = isAnywhere
    ? [general, ...byTier.values()]
    : scope.targets.flatMap((target) => tiersOf(target, policy).map((tier) => byTier.get(tier) ?? general));
  return (reached.length === 0 ? [general] : reached).reduce((a, b) => (b.ms < a.ms ? b : a));
}

/** Tiers of the targets that an entry names; `''` for a target without tier or one that nobody knows. */
function tiersOf(pattern: string, policy: ExceptionPolicy): string[] {
  const named = policy.inventory.targets.filter((target) => fitsTarget(pattern, target.id, policy));
  return named.length === 0 ? [''] : named.map((target) => target.tier ?? '');
}

function approvedByThemselves(record: ExceptionText, policy: ExceptionPolicy): Objection[] {
  const approver = record.approvedBy;
  const isApprover = (name: string): boolean => isSamePerson(policy, name, approver, record.approvedAt);
  const object = (message: string): Objection[] => [
    { check: 'exception-self-approved', key: 'approved_by', message: `\`approved_by\` ${message}` },
  ];
  if (isApprover(record.owner)) return object('must be someone other than `owner`');
  if (policy.approvers.length > 0 && !policy.approvers.some(isApprover)) {
    return object('is none of the configured approvers');
  }
  const { principals } = record.scope;
  const isForApprover = principals.length > 0 && principals.every(isApprover);
  return isForApprover ? object('must be someone other than the principals of the scope') : [];
}
