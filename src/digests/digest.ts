/** One digest of a trail: what CloudTrail says it delivered in an hour, and the digest before it. */
export interface Digest {
  /** Account whose logs it lists; for an organisation's trail the member account. */
  readonly account: string;
  /** Region that delivered it; its key is of this region. */
  readonly region: string;
  readonly trail: string;
  /** True for a digest that lists late logs; these form a chain of their own, not hourly. */
  readonly backfill: boolean;
  /** Epoch ms: logs *delivered* in [from, to] are listed; their events may be older. */
  readonly from: number;
  readonly to: number;
  readonly bucket: string;
  /** Key that the digest itself names. */
  readonly key: string;
  /** Key or path it was found under, as it was handed in. */
  readonly found: string | null;
  /** Name it was found under, `…_CloudTrail-Digest_….json.gz`; the one it names itself where it was not told. */
  readonly name: string;
  /** `bucket/prefix/AWSLogs/account` in front of `/CloudTrail/`: logs that lie there are its trail's. */
  readonly place: string;
  /** True where it was found under another name than the one it was delivered under. */
  readonly moved: boolean;
  /** Hex SHA-256 of the uncompressed bytes. */
  readonly sha256: string;
  /** Hex; from the object's metadata `x-amz-meta-signature`; null where that was not at hand. */
  readonly signature: string | null;
  readonly fingerprint: string;
  /** What the signature covers, but for the signature of the digest before. */
  readonly signed: string;
  /** Null for the first digest after validation or logging was switched on. */
  readonly previous: PreviousDigest | null;
  readonly logs: readonly ListedLog[];
}

export interface PreviousDigest {
  readonly bucket: string;
  readonly key: string;
  readonly sha256: string;
  readonly signature: string;
}

export interface ListedLog {
  /** `bucket/key`. */
  readonly object: string;
  /** Hex SHA-256 of the uncompressed log; see `logHash`. */
  readonly sha256: string;
}

/** What `parseDigest` gives: a digest, or why it is none. */
export type DigestFile = { readonly digest: Digest } | { readonly problem: UnreadableDigest };

export interface UnreadableDigest {
  /** As it was handed in. */
  readonly key: string | null;
  /** A fixed phrase; holds nothing of the content. */
  readonly reason: string;
}

/** A public key of CloudTrail. Whoever fetched it answers for it: nothing in it proves where it came from. */
export interface PublicKey {
  readonly fingerprint: string;
  /** DER, PKCS #1 RSAPublicKey or SubjectPublicKeyInfo. */
  readonly der: Uint8Array;
  /** Null where the list did not say: then it counts for every region. */
  readonly region: string | null;
  /** Epoch ms; infinite where the list does not say. */
  readonly from: number;
  readonly to: number;
}

/** What the caller knows of the log files. All names are `bucket/key`. */
export interface LogFacts {
  /**
   * `missing`: looked for and not there. `unread`: not looked for, or not readable now; says nothing.
   * The hash is `logHash` of the file as it is stored.
   */
  find(object: string): { readonly sha256: string } | 'missing' | 'unread';
  /** Logs that are there, in any order. */
  readonly seen: Iterable<string>;
}

/**
 * Period that the caller vouches for, epoch ms: every digest of it that is there was handed in. A null end is not
 * vouched for: the first digest in hand may then name one that was not handed in, and the last may be old.
 */
export interface DigestWindow {
  readonly from: number | null;
  readonly to: number | null;
}

export type DigestProblemCode =
  | 'log-missing'
  | 'log-altered'
  | 'log-unlisted'
  | 'digest-missing'
  | 'digest-altered'
  | 'signature-invalid'
  | 'key-unknown'
  | 'chain-broken'
  | 'chain-restarted'
  | 'digest-unreadable';

export interface DigestProblem {
  readonly code: DigestProblemCode;
  readonly account: string;
  readonly region: string;
  readonly trail: string;
  /** Epoch ms: the period of deliveries about which nothing can be said for this reason. */
  readonly from: number;
  readonly to: number;
  /** A log or a missing digest as `bucket/key`; a digest that is there by the key or path that it was handed in with. */
  readonly object: string;
  readonly detail: string;
}
