import { type Chain, type Link, linksBefore, toChains } from './chain.ts';
import { checkLogs } from './check-logs.ts';
import type { DigestFile, DigestProblem, DigestWindow, LogFacts, PublicKey } from './digest.ts';
import { findGaps, HOUR_MS } from './gaps.ts';
import { type Judgement, judgeLinks } from './judge-links.ts';
import { limitProblems } from './limit.ts';
import { Verifier } from './signature.ts';

/**
 * What the digests of trails and the logs that they list show of tampering. An untouched chain gives nothing, in
 * whatever order and however often its digests are given.
 *
 * Work and memory grow with the number of digests and logs (besides sorting); nothing is read here. The window's `from`
 * also bounds which logs are looked up: those of digests that end at or before it are not.
 */
export function verifyChain(
  files: readonly DigestFile[],
  logs: LogFacts,
  keys: readonly PublicKey[],
  window: DigestWindow,
): readonly DigestProblem[] {
  const verifier = new Verifier(keys);
  const { chains, stray } = toChains(files);
  const judgedChains = chains.map((chain) => ({ chain, judged: judgeLinks(chain, verifier) }));
  const problems = [
    ...stray.map(toStray),
    ...judgedChains.flatMap(({ chain, judged }) => problemsOf(chain, judged, window)),
    ...checkLogs(judgedChains, logs, window),
  ];
  return limitProblems(problems.filter((problem) => isIn(problem, window)));
}

function problemsOf(
  chain: Chain,
  judged: ReadonlyMap<Link, Judgement>,
  window: DigestWindow,
): readonly DigestProblem[] {
  const { account, region, trail } = chain;
  const before = linksBefore(chain.links);
  const links = chain.links.flatMap((link) => {
    const problem = toProblem(chain, link, before.get(link), judged.get(link));
    return problem === null ? [] : [problem];
  });
  const gaps = findGaps(chain, judged, window).map((gap) => ({ account, region, trail, ...gap }));
  return [...mergeUnknownKeys(chain, links), ...gaps];
}

/** What an altered digest says of its period is worth nothing, so the period begins where the one before it ends. */
function toProblem(
  { account, region, trail }: Chain,
  link: Link,
  older: Link | undefined,
  judgement: Judgement | undefined,
): DigestProblem | null {
  if (judgement?.code == null) return null;
  const { code, detail, standing } = judgement;
  const before = older === undefined ? link.end - HOUR_MS : older.end;
  const from = standing === 'refuted' ? before : (link.digest?.from ?? before);
  const object = link.object;
  return { code, account, region, trail, from, to: Math.max(from, link.end), object, detail };
}

/** A key that is not at hand concerns every digest it signed; one problem for each key says as much. */
function mergeUnknownKeys(chain: Chain, problems: readonly DigestProblem[]): readonly DigestProblem[] {
  const fingerprints = new Map(chain.links.map((link) => [link.object, link.digest?.fingerprint]));
  const merged = new Map<string, DigestProblem>();
  const others = problems.filter((problem) => problem.code !== 'key-unknown');
  for (const problem of problems.filter(({ code }) => code === 'key-unknown')) {
    const key = fingerprints.get(problem.object) ?? '';
    const known = merged.get(key);
    merged.set(key, known === undefined ? problem : { ...known, to: problem.to });
  }
  return [...others, ...merged.values()];
}

/** A file that is no digest and whose name tells nothing: it has no place and no period. */
function toStray({ object, reason }: Link): DigestProblem {
  const nowhere = { account: '', region: '', trail: '', from: 0, to: 0 };
  return { code: 'digest-unreadable', ...nowhere, object, detail: reason };
}

function isIn({ from, to, account }: DigestProblem, window: DigestWindow): boolean {
  if (account === '') return true;
  return to > (window.from ?? -Infinity) && from < (window.to ?? Infinity);
}
