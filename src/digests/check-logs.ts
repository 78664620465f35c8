import type { Chain, Link } from './chain.ts';
import { type Coverage, coverageOf, trailDue } from './coverage.ts';
import type { Digest, DigestProblem, DigestWindow, LogFacts } from './digest.ts';
import type { Judgement } from './judge-links.ts';
import { parseObjectName } from './object-name.ts';

export interface JudgedChain {
  readonly chain: Chain;
  readonly judged: ReadonlyMap<Link, Judgement>;
}

/**
 * Logs that are listed and missing or altered, and logs that no digest lists. What a refuted digest lists counts only
 * to keep silent: its own alteration is told, and its hashes prove nothing.
 */
export function checkLogs(
  chains: readonly JudgedChain[],
  logs: LogFacts,
  window: DigestWindow,
): readonly DigestProblem[] {
  const listed = new Set<string>();
  const problems = chains.flatMap((one) => checkListed(one, listed, logs, window));
  return [...problems, ...findUnlisted(chains, listed, logs.seen)];
}

function checkListed(
  { chain, judged }: JudgedChain,
  listed: Set<string>,
  logs: LogFacts,
  window: DigestWindow,
): readonly DigestProblem[] {
  const problems: DigestProblem[] = [];
  for (const link of chain.links) {
    if (link.digest === null) continue;
    const checked = judged.get(link)?.standing !== 'refuted' && link.digest.to > (window.from ?? -Infinity);
    for (const { object, sha256 } of link.digest.logs) {
      if (checked && !listed.has(object)) {
        const problem = checkLog(link.digest, object, sha256, logs);
        if (problem !== null) problems.push(problem);
      }
      listed.add(object);
    }
  }
  return problems;
}

function checkLog(digest: Digest, object: string, sha256: string, logs: LogFacts): DigestProblem | null {
  const found = logs.find(object);
  if (found === 'unread') return null;
  const { account, region, trail, from, to } = digest;
  const where = { account, region, trail, from, to, object };
  if (found === 'missing') {
    return { ...where, code: 'log-missing', detail: 'a digest lists it, and it is not there' };
  }
  if (found.sha256.toLowerCase() === sha256) return null;
  return { ...where, code: 'log-altered', detail: 'its content is not what was delivered' };
}

/** Chains that list the logs of one place, account and region. */
function findUnlisted(
  chains: readonly JudgedChain[],
  listed: ReadonlySet<string>,
  seen: Iterable<string>,
): readonly DigestProblem[] {
  const coverages = new Map<string, Coverage[]>();
  for (const { chain, judged } of chains.filter((one) => !one.chain.backfill)) {
    const coverage = coverageOf(chain, judged);
    const proven = chain.links.filter((link) => judged.get(link)?.standing === 'proven');
    const places = new Set(proven.flatMap(({ digest }) => digest?.place ?? []));
    for (const place of places) {
      const key = `${place}\n${chain.region}`;
      const known = coverages.get(key) ?? [];
      known.push(coverage);
      coverages.set(key, known);
    }
  }
  const problems: DigestProblem[] = [];
  for (const object of new Set(seen)) {
    const problem = listed.has(object) ? null : checkUnlisted(object, coverages);
    if (problem !== null) problems.push(problem);
  }
  return problems;
}

function checkUnlisted(
  object: string,
  coverages: ReadonlyMap<string, readonly Coverage[]>,
): DigestProblem | null {
  const name = parseObjectName(object);
  if (name?.kind !== 'log') return null;
  const { place, account, region, from, to } = name;
  const trail = trailDue(coverages.get(`${place}\n${region}`) ?? [], from, to);
  return trail === null
    ? null
    : { code: 'log-unlisted', account, region, trail, from, to, object, detail: UNLISTED };
}

const UNLISTED =
  'no digest of its time lists it: CloudTrail did not deliver it, or a trail without validation did';
