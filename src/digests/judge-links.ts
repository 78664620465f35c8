import type { Chain, Link } from './chain.ts';
import type { Digest, DigestProblemCode } from './digest.ts';
import type { SignatureCheck, Verifier } from './signature.ts';

/**
 * How far a digest can be relied on. `proven`: CloudTrail signed it, or signed a later digest that holds its hash.
 * `unproven`: nothing speaks against it, but no signature could be checked. `refuted`: it is not what was signed.
 */
export type Standing = 'proven' | 'unproven' | 'refuted';

export interface Judgement {
  readonly standing: Standing;
  readonly code: DigestProblemCode | null;
  readonly detail: string;
}

/** What the digest after it says of a digest. */
interface Claim {
  readonly standing: 'proven' | 'unproven';
  readonly sha256: string;
  readonly signature: string;
}

/**
 * Judges each link of a chain, newest first: a signature vouches for one digest and, through the hash that it holds,
 * for all before it. So a digest that was altered is told from one that merely follows it, and keys that have expired
 * from the caller's list are missed only where nothing newer vouches.
 */
export function judgeLinks(chain: Chain, verifier: Verifier): ReadonlyMap<Link, Judgement> {
  const judged = new Map<Link, Judgement>();
  const claims = new Map<string, Claim>();
  const proven = new Set<string>();
  for (const link of chain.links.toReversed()) {
    const first = judgeLink(link, claims.get(link.name) ?? null, verifier);
    const judgement = first.standing === 'unproven' && proven.has(link.name) ? COPY : first;
    if (judgement.standing === 'proven') proven.add(link.name);
    judged.set(link, judgement);
    addClaim(claims, link.digest, judgement.standing);
  }
  return judged;
}

/** What is refuted claims nothing. Of two that name the same digest the proven one is heard. */
function addClaim(claims: Map<string, Claim>, digest: Digest | null, standing: Standing): void {
  if (digest?.previous == null || standing === 'refuted') return;
  const { key, sha256, signature } = digest.previous;
  const name = key.slice(key.lastIndexOf('/') + 1);
  if (claims.get(name)?.standing !== 'proven') claims.set(name, { standing, sha256, signature });
}

function judgeLink({ digest, reason }: Link, claim: Claim | null, verifier: Verifier): Judgement {
  if (digest === null) return { standing: 'refuted', code: 'digest-unreadable', detail: reason };
  if (digest.moved)
    return refuted('digest-altered', 'it holds a digest that was delivered under another name');
  const own = verifier.check(digest, digest.signature ?? claim?.signature ?? null);
  if (claim === null) return WITHOUT_CLAIM[own];
  if (own === 'invalid' && verifier.check(digest, claim.signature) === 'valid') return OTHER_SIGNATURE;
  const agrees = claim.sha256 === digest.sha256 ? 'same' : 'other';
  return (claim.standing === 'proven' ? UNDER_PROVEN : UNDER_UNPROVEN)[agrees][own];
}

type Row = Readonly<Record<SignatureCheck, Judgement>>;

const PROVEN: Judgement = { standing: 'proven', code: null, detail: '' };
const UNPROVEN: Judgement = { standing: 'unproven', code: null, detail: '' };
const NO_KEY: Judgement = {
  standing: 'unproven',
  code: 'key-unknown',
  detail: 'none of the keys at hand for this region and time is the one that it names',
};
const ALTERED = refuted('digest-altered', 'its content is not what the digest after it holds the hash of');
const COPY = refuted('digest-altered', 'a digest of this name that CloudTrail signed has another content');
const UNSIGNED_WORD = refuted('signature-invalid', 'its signature does not belong to its content');
/** The content is vouched for, so what was changed is the object's metadata. */
const OTHER_SIGNATURE: Judgement = {
  standing: 'proven',
  code: 'signature-invalid',
  detail: 'the signature stored with it is not its own; the digest after it vouches for its content',
};
const FORK: Judgement = {
  standing: 'proven',
  code: 'chain-broken',
  detail: 'it is signed, but the digest after it holds another hash',
};
const CONTRADICTION: Judgement = {
  ...FORK,
  standing: 'unproven',
  detail: 'the digest after it holds another hash',
};

/** The newest digest, or one whose successor is missing or refuted: its own signature alone speaks. */
const WITHOUT_CLAIM: Row = { valid: PROVEN, invalid: UNSIGNED_WORD, unsigned: UNPROVEN, 'no-key': NO_KEY };

const UNDER_PROVEN: Readonly<Record<'same' | 'other', Row>> = {
  same: { valid: PROVEN, invalid: OTHER_SIGNATURE, unsigned: PROVEN, 'no-key': PROVEN },
  other: { valid: FORK, invalid: ALTERED, unsigned: ALTERED, 'no-key': ALTERED },
};

/** Where neither can be checked, a hash that differs still shows that one of the two was changed. */
const UNDER_UNPROVEN: Readonly<Record<'same' | 'other', Row>> = {
  same: { valid: PROVEN, invalid: UNSIGNED_WORD, unsigned: UNPROVEN, 'no-key': NO_KEY },
  other: { valid: FORK, invalid: ALTERED, unsigned: CONTRADICTION, 'no-key': CONTRADICTION },
};

function refuted(code: DigestProblemCode, detail: string): Judgement {
  return { standing: 'refuted', code, detail };
}
