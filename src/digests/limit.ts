import type { DigestProblem } from './digest.ts';

/**
 * Sorts problems by time and bounds them: of one code in one trail, account and region the first are kept, and the last
 * of these speaks for the rest, with their number and period.
 */
export function limitProblems(problems: readonly DigestProblem[]): readonly DigestProblem[] {
  const groups = new Map<string, DigestProblem[]>();
  for (const problem of problems.toSorted(byTime)) {
    const key = [problem.code, problem.account, problem.region, problem.trail].join('\n');
    const group = groups.get(key) ?? [];
    group.push(problem);
    groups.set(key, group);
  }
  return [...groups.values()].flatMap(limitGroup).sort(byTime);
}

// A bucket that was emptied lacks every log it held: a busy trail delivers 100,000 in a week. Whoever reads of the
// first thousand has seen enough.
export const PROBLEMS_OF_A_KIND = 1000;

function limitGroup(group: readonly DigestProblem[]): readonly DigestProblem[] {
  const rest = group.slice(PROBLEMS_OF_A_KIND);
  const last = group[PROBLEMS_OF_A_KIND - 1];
  if (rest.length === 0 || last === undefined) return group;
  const to = rest.reduce((latest, problem) => Math.max(latest, problem.to), last.to);
  const detail = `${last.detail}; so it is with ${rest.length} more`;
  return [...group.slice(0, PROBLEMS_OF_A_KIND - 1), { ...last, to, detail }];
}

function byTime(a: DigestProblem, b: DigestProblem): number {
  return a.from - b.from || compare(a.code, b.code) || compare(a.object, b.object);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
