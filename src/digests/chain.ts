import type { Digest, DigestFile } from './digest.ts';
import { parseObjectName } from './object-name.ts';

/** A digest in its chain, or the place that an unreadable one holds there. */
export interface Link {
  /** Name of the object, which is unique in a chain. */
  readonly name: string;
  /** Where it was found; its own word on that where nothing else is known. */
  readonly object: string;
  /** Epoch ms of the end of its period, from its name: its content may be what was altered. */
  readonly end: number;
  readonly digest: Digest | null;
  /** Why it could not be read; empty where it could. */
  readonly reason: string;
}

/** The digests of one trail in one account and region, oldest first. */
export interface Chain {
  readonly account: string;
  readonly region: string;
  readonly trail: string;
  readonly backfill: boolean;
  readonly links: readonly Link[];
}

/**
 * Sorts digests into chains. The same digest given twice counts once. Unreadable files whose name tells no chain come
 * back apart.
 */
export function toChains(files: readonly DigestFile[]): {
  readonly chains: readonly Chain[];
  readonly stray: readonly Link[];
} {
  const chains = new Map<string, Chain & { readonly links: Link[] }>();
  const stray: Link[] = [];
  for (const [id, file] of distinct(files)) {
    const place = placeOf(file);
    const link = toLink(file, id);
    if (place === null) {
      stray.push(link);
      continue;
    }
    const { account, region, trail, backfill } = place;
    const key = [account, region, trail, backfill].join('\n');
    const chain = chains.get(key) ?? { account, region, trail, backfill, links: [] };
    chain.links.push(link);
    chains.set(key, chain);
  }
  for (const chain of chains.values()) chain.links.sort(byEnd);
  return { chains: [...chains.values()].sort(byPlace), stray };
}

/** For each link the latest one that ends before it: a copy of the same digest does not. */
export function linksBefore(links: readonly Link[]): ReadonlyMap<Link, Link> {
  const before = new Map<Link, Link>();
  let older: Link | null = null;
  let latest: Link | null = null;
  for (const link of links) {
    if (latest !== null && latest.end < link.end) older = latest;
    if (older !== null) before.set(link, older);
    latest = link;
  }
  return before;
}

/** A copy that lost its signature, as downloads do, is dropped where another of equal content has one. */
function distinct(files: readonly DigestFile[]): Map<string, DigestFile> {
  const digests = files.flatMap((file) => ('digest' in file ? [file.digest] : []));
  const signed = new Set(digests.filter(({ signature }) => signature !== null).map(contentOf));
  const found = new Map<string, DigestFile>();
  for (const file of files) {
    if ('problem' in file) found.set(`${file.problem.key ?? ''}\n-`, file);
    else if (file.digest.signature !== null || !signed.has(contentOf(file.digest)))
      found.set(`${contentOf(file.digest)}\n${file.digest.signature ?? ''}`, file);
  }
  return found;
}

function contentOf({ name, sha256 }: Digest): string {
  return `${name}\n${sha256}`;
}

function placeOf(file: DigestFile): Omit<Chain, 'links'> | null {
  if ('digest' in file) return file.digest;
  const name = file.problem.key === null ? null : parseObjectName(file.problem.key);
  return name?.kind === 'digest' ? { ...name, trail: name.trail ?? '' } : null;
}

function toLink(file: DigestFile, id: string): Link {
  if ('problem' in file) {
    const { key, reason } = file.problem;
    const name = key === null ? null : parseObjectName(key);
    return { name: name?.name ?? id, object: key ?? '', end: name?.from ?? 0, digest: null, reason };
  }
  const { digest } = file;
  const end = parseObjectName(digest.name)?.from ?? digest.to;
  const object = digest.found ?? `${digest.bucket}/${digest.key}`;
  return { name: digest.name, object, end, digest, reason: '' };
}

/** Of one name those without a signature come first, so that from the end the others are judged before them. */
function byEnd(a: Link, b: Link): number {
  return a.end - b.end || compare(a.name, b.name) || compare(rankOf(a), rankOf(b));
}

function rankOf({ digest }: Link): string {
  return `${digest?.signature == null ? 0 : 1} ${digest?.sha256 ?? ''} ${digest?.signature ?? ''}`;
}

function byPlace(a: Chain, b: Chain): number {
  return compare(keyOf(a), keyOf(b));
}

function keyOf({ account, region, trail, backfill }: Chain): string {
  return [account, region, trail, backfill].join('\n');
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
