import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import type { Digest, PublicKey } from './digest.ts';

/** `unsigned`: no signature at hand. `no-key`: none of the keys is the one it names. */
export type SignatureCheck = 'valid' | 'invalid' | 'unsigned' | 'no-key';

/** Checks signatures of digests against the keys at hand; each key is decoded once. */
export class Verifier {
  readonly #keys = new Map<string, { readonly key: KeyObject; readonly facts: PublicKey }[]>();

  constructor(keys: readonly PublicKey[]) {
    for (const facts of keys) {
      const key = toKey(facts);
      if (key === null) continue;
      const known = this.#keys.get(facts.fingerprint) ?? [];
      known.push({ key, facts });
      this.#keys.set(facts.fingerprint, known);
    }
  }

  /**
   * RSA PKCS #1 v1.5 with SHA-256 over four lines: end of the period as written, bucket/key, hex SHA-256 of the
   * uncompressed digest, hex signature of the digest before (user guide, "Custom implementations").
   */
  check(digest: Digest, signature: string | null): SignatureCheck {
    if (signature === null) return 'unsigned';
    const keys = (this.#keys.get(digest.fingerprint.toLowerCase()) ?? []).filter(({ facts }) =>
      isFor(facts, digest),
    );
    if (keys.length === 0) return 'no-key';
    const bytes = Buffer.from(signature, 'hex');
    const ok = textsOf(digest).some((text) => keys.some(({ key }) => isSignedBy(text, key, bytes)));
    return ok ? 'valid' : 'invalid';
  }
}

/**
 * A starting digest has no signature before it. The AWS CLI puts the word `null` there ("to match the Java
 * implementation"); the user guide says nothing, so an empty line is taken as well. Neither helps a forger.
 */
function textsOf({ signed, previous }: Digest): readonly Buffer[] {
  const endings = previous === null ? ['null', ''] : [previous.signature];
  return endings.map((ending) => Buffer.from(signed + ending));
}

// A digest is signed when it is delivered, after its period. How late that can be is not documented: a day is far
// beyond the hour that is usual, and keys last for weeks. Backfill digests come any time later.
const LATE_MS = 24 * 3_600_000;

function isFor(key: PublicKey, digest: Digest): boolean {
  if (key.region !== null && key.region !== digest.region) return false;
  if (digest.backfill) return digest.to <= key.to;
  return digest.to + LATE_MS >= key.from && digest.to <= key.to;
}

function isSignedBy(text: Buffer, key: KeyObject, signature: Buffer): boolean {
  try {
    return verify('sha256', text, key, signature);
  } catch {
    return false;
  }
}

/** The API's reference says PKCS #1; one key of the user guide's sample is a SubjectPublicKeyInfo. */
function toKey({ der }: PublicKey): KeyObject | null {
  for (const type of ['pkcs1', 'spki'] as const) {
    try {
      const key = createPublicKey({ key: Buffer.from(der), format: 'der', type });
      if (key.asymmetricKeyType === 'rsa') return key;
    } catch {
      // Another form follows, or it is no key: then its digests have none.
    }
  }
  return null;
}
