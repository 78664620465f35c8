import { createHash } from 'node:crypto';
import type { AwsState, Policy } from './state.ts';

/** Who signed a request. */
export interface Identity {
  readonly account: string;
  readonly accessKeyId: string;
  readonly secret: string;
  readonly arn: string;
  readonly userId: string;
  readonly policy: Policy;
  /** Only temporary credentials have one. */
  readonly sessionToken?: string;
  /** Milliseconds since the epoch; Infinity for long-term keys. */
  readonly expiresAt: number;
}

/** The secret of a long-term access key, derived so that tests need not keep one. */
export function secretOf(accessKeyId: string): string {
  return createHash('sha256').update(`secret of ${accessKeyId}`).digest('base64').slice(0, 40);
}

/** Sessions kept; the oldest are forgotten (10 000 × ~500 bytes = 5 MB). */
const MAX_SESSIONS = 10_000;

/** Access keys of the state, and the temporary credentials handed out by AssumeRole. */
export class Identities {
  readonly #state: AwsState;
  readonly #sessions = new Map<string, Identity>();
  #handedOut = 0;

  constructor(state: AwsState) {
    this.#state = state;
  }

  /** The owner of an access key, expired or not; undefined where nobody has it. */
  find(accessKeyId: string): Identity | undefined {
    return this.#sessions.get(accessKeyId) ?? this.#findLongTerm(accessKeyId);
  }

  /** Temporary credentials of a role session. */
  handOut(account: string, role: string, sessionName: string, expiresAt: number): Identity {
    const seed = sha512(`session ${this.#handedOut++} of ${account} ${role}`);
    const accessKeyId = `ASIA${toBase32(seed).slice(0, 16)}`;
    const identity: Identity = {
      account,
      accessKeyId,
      secret: seed.toString('base64').slice(0, 40),
      arn: `arn:aws:sts::${account}:assumed-role/${role}/${sessionName}`,
      userId: `AROA${toBase32(sha512(`role ${account} ${role}`)).slice(0, 17)}:${sessionName}`,
      policy: this.#state.accounts[account]?.policies?.[role] ?? {},
      sessionToken: sha512(`token of ${accessKeyId}`).toString('base64'),
      expiresAt,
    };
    const [oldest] = this.#sessions.keys();
    if (this.#sessions.size >= MAX_SESSIONS && oldest !== undefined) this.#sessions.delete(oldest);
    this.#sessions.set(accessKeyId, identity);
    return identity;
  }

  /** Every session handed out so far has expired. */
  expireSessions(): void {
    for (const [id, identity] of this.#sessions)
      this.#sessions.set(id, { ...identity, expiresAt: -Infinity });
  }

  #findLongTerm(accessKeyId: string): Identity | undefined {
    const found = Object.entries(this.#state.accounts).find(([, one]) => one.keys.includes(accessKeyId));
    if (!found) return undefined;
    const [account, { policies }] = found;
    return {
      account,
      accessKeyId,
      secret: secretOf(accessKeyId),
      arn: `arn:aws:iam::${account}:user/${accessKeyId}`,
      userId: `AIDA${toBase32(sha512(`user ${accessKeyId}`)).slice(0, 17)}`,
      policy: policies?.[accessKeyId] ?? {},
      expiresAt: Infinity,
    };
  }
}

/** Whether a policy lets an action through. */
export function isAllowed(policy: Policy, action: string): boolean {
  const names = (patterns: readonly string[]): boolean => patterns.some((one) => covers(one, action));
  return (policy.allow === undefined || names(policy.allow)) && !names(policy.deny ?? []);
}

/** IAM patterns: a star stands for any run of characters; case does not count. */
function covers(pattern: string, action: string): boolean {
  const parts = pattern.toLowerCase().split('*');
  const [first = '', ...rest] = parts;
  const text = action.toLowerCase();
  if (rest.length === 0) return text === first;
  if (!text.startsWith(first)) return false;
  let at = first.length;
  for (const part of rest.slice(0, -1)) {
    const next = text.indexOf(part, at);
    if (next === -1) return false;
    at = next + part.length;
  }
  const last = rest.at(-1) ?? '';
  return text.endsWith(last) && text.length - last.length >= at;
}

function sha512(text: string): Buffer {
  return createHash('sha512').update(text).digest();
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

function toBase32(bytes: Buffer): string {
  return [...bytes].map((byte) => BASE32[byte % 32]).join('');
}
