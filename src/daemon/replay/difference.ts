import type { JudgedAccess } from '../../model/access.ts';
import type { Finding } from '../../model/finding.ts';

/** Verdicts and open findings of one interval. */
export interface Verdicts {
  readonly accesses: readonly JudgedAccess[];
  readonly findings: readonly Finding[];
}

export interface AccessDifference {
  readonly change: 'changed' | 'new' | 'gone';
  /** Null where it is new. */
  readonly before: JudgedAccess | null;
  /** Null where it is gone. */
  readonly after: JudgedAccess | null;
}

export interface FindingDifference {
  readonly change: 'opens' | 'resolves' | 'changes';
  readonly before: Finding | null;
  readonly after: Finding | null;
}

/** What became different, by time and then by uid. */
export interface Difference {
  readonly accesses: readonly AccessDifference[];
  readonly findings: readonly FindingDifference[];
}

/** Compares the verdicts and open findings that were kept with those of judging anew. */
export function findDifference(before: Verdicts, after: Verdicts): Difference {
  return {
    accesses: pairs(before.accesses, after.accesses, (one) => one.opened).flatMap(toAccessDifference),
    findings: pairs(before.findings, after.findings, (one) => one.time).flatMap(toFindingDifference),
  };
}

function toAccessDifference({ before, after }: Pair<JudgedAccess>): AccessDifference[] {
  if (before === null) return [{ change: 'new', before, after }];
  if (after === null) return [{ change: 'gone', before, after }];
  return verdictText(before) === verdictText(after) ? [] : [{ change: 'changed', before, after }];
}

/**
 * The verdict and what it rests on. Of the reasons only the codes: their sentences name places, and counts of the
 * stretch of time that was loaded, which differ where nothing else does.
 */
function verdictText(access: JudgedAccess): string {
  const { verdict, reasons, exception, acceptedAfterwards, privileged, breakGlass } = access;
  const codes = [...new Set(reasons.map((one) => one.code))].sort();
  return JSON.stringify([verdict, codes, exception?.id, acceptedAfterwards?.id, privileged, breakGlass]);
}

function toFindingDifference({ before, after }: Pair<Finding>): FindingDifference[] {
  if (before === null) return [{ change: 'opens', before, after }];
  if (after === null) return [{ change: 'resolves', before, after }];
  return findingText(before) === findingText(after) ? [] : [{ change: 'changes', before, after }];
}

function findingText({ level, title, rule }: Finding): string {
  return JSON.stringify([level, title, rule]);
}

/** What both sides say about one uid; at least one of them is there. */
interface Pair<T> {
  readonly before: T | null;
  readonly after: T | null;
}

function pairs<T extends { readonly uid: string }>(
  before: readonly T[],
  after: readonly T[],
  timeOf: (one: T) => number,
): Pair<T>[] {
  const kept = new Map(before.map((one) => [one.uid, one]));
  const found = new Map(after.map((one) => [one.uid, one]));
  const either = new Map([...kept, ...found]);
  const ordered = [...either.values()].sort((a, b) => timeOf(a) - timeOf(b) || (a.uid < b.uid ? -1 : 1));
  return ordered.map(({ uid }) => ({ before: kept.get(uid) ?? null, after: found.get(uid) ?? null }));
}
