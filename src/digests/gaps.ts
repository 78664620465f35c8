import { type Chain, type Link, linksBefore } from './chain.ts';
import type { DigestProblemCode, DigestWindow, PreviousDigest } from './digest.ts';
import type { Judgement } from './judge-links.ts';
import { parseObjectName } from './object-name.ts';

/** A hole in a chain. */
export interface Gap {
  readonly code: DigestProblemCode;
  readonly from: number;
  readonly to: number;
  readonly object: string;
  readonly detail: string;
}

/** Usual length of a digest's period. */
export const HOUR_MS = 3_600_000;

// A digest comes after its hour, and how long after is not documented: it is overdue when two more should have come.
export const OVERDUE_MS = 3 * HOUR_MS;

/**
 * Digests that are named and not there, starts after the first, and an end that comes too early. CloudTrail delivers a
 * digest every hour, also an empty one, so that a hole never means that nothing happened.
 */
export function findGaps(
  chain: Chain,
  judged: ReadonlyMap<Link, Judgement>,
  window: DigestWindow,
): readonly Gap[] {
  const names = new Set(chain.links.map((link) => link.name));
  const before = linksBefore(chain.links);
  const gaps = chain.links.flatMap((link) => {
    const trusted = judged.get(link)?.standing !== 'refuted';
    const gap = trusted ? gapBefore(link, before.get(link) ?? null, names, window, chain.backfill) : null;
    return gap === null ? [] : [gap];
  });
  return [...gaps, ...gapAtEnd(chain, window)];
}

function gapBefore(
  link: Link,
  older: Link | null,
  names: ReadonlySet<string>,
  window: DigestWindow,
  backfill: boolean,
): Gap | null {
  const { digest } = link;
  if (digest === null) return null;
  if (digest.previous === null) return older === null || backfill ? null : toRestart(link, older);
  const { previous } = digest;
  if (names.has(nameOf(previous))) return null;
  const object = `${previous.bucket}/${previous.key}`;
  const end = parseObjectName(previous.key)?.from ?? digest.from;
  if (older === null) {
    if (window.from === null || end <= window.from) return null;
    return {
      code: 'digest-missing',
      from: Math.min(window.from, digest.from),
      to: digest.from,
      object,
      detail: NAMED,
    };
  }
  // The periods touch, and yet it names a stranger: no digest is missing between them.
  const touch = older.end >= digest.from && !backfill;
  if (touch)
    return { code: 'chain-broken', from: digest.from, to: digest.to, object: link.object, detail: STRANGER };
  const from = Math.min(older.end, digest.from);
  return { code: 'digest-missing', from, to: digest.from, object, detail: NAMED };
}

const NAMED = 'the digest after it names it, and it is not there';
const STRANGER = 'it names another digest before it than the one whose period ends where its own begins';
const RESTART = 'validation or logging was off before it: no digest vouches for what was delivered then';
const OVERDUE = 'no digest follows it, though one is due every hour';

function toRestart(link: Link, older: Link): Gap {
  const to = Math.max(link.digest?.from ?? link.end, older.end);
  return { code: 'chain-restarted', from: older.end, to, object: link.object, detail: RESTART };
}

/** Backfill digests come when there is something late, so none is ever due. */
function gapAtEnd(chain: Chain, window: DigestWindow): readonly Gap[] {
  const last = chain.links.at(-1);
  if (last === undefined || chain.backfill || window.to === null) return [];
  if (last.end + OVERDUE_MS >= window.to) return [];
  const { object, end } = last;
  return [{ code: 'digest-missing', from: end, to: window.to, object, detail: OVERDUE }];
}

function nameOf({ key }: PreviousDigest): string {
  return key.slice(key.lastIndexOf('/') + 1);
}
