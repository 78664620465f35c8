import type { Inventory } from '../model/inventory.ts';

/** What exceptions may grant, and what the names in them mean. */
export interface ExceptionPolicy {
  /** Who may approve; empty means any named person other than owner and user. */
  readonly approvers: readonly string[];
  readonly maxDurationMs: number;
  /** An exception counts as expiring this long before its end. */
  readonly expiringBeforeMs: number;
  /** An exception without a hit counts as unused after this long, or at its end. */
  readonly unusedAfterMs: number;
  /** Limits of tiers; null where a tier leaves it to `maxDurationMs`. */
  readonly tiers: ReadonlyMap<string, { readonly maxExceptionMs: number | null }>;
  readonly inventory: Inventory;
  /** Check ids that a scope may name; empty means that none is known and any is accepted. */
  readonly checks: readonly string[];
  readonly names: Names;
}

/** What names mean, from the inventory. */
export interface Names {
  /** Principal id of any name at a time (epoch ms); the name itself where unknown. */
  nameOf(name: string, time: number): string;
  /** Target id of any host name, alias or address; the name itself where unknown. */
  target(name: string): string;
}

const DAY_MS = 86_400_000;

/** The policy where nothing is configured, with what is configured in its place. */
export function toExceptionPolicy(
  settings: Partial<ExceptionPolicy> & Pick<ExceptionPolicy, 'names'>,
): ExceptionPolicy {
  return {
    approvers: [],
    maxDurationMs: 30 * DAY_MS,
    expiringBeforeMs: 7 * DAY_MS,
    unusedAfterMs: 7 * DAY_MS,
    tiers: new Map(),
    inventory: { targets: [], principals: [] },
    checks: [],
    ...settings,
  };
}

/**
 * True where two names mean the same person. Spelling variants count as the same: `CISO` approving what `ciso` did
 * would be an approval of one's own.
 */
export function isSamePerson(policy: ExceptionPolicy, one: string, other: string, time: number): boolean {
  const nameOf = (name: string): string[] =>
    [name, fold(name)].map((each) => fold(policy.names.nameOf(each, time)));
  const others = nameOf(other);
  return nameOf(one).some((name) => others.includes(name));
}

export function isSameTarget(policy: ExceptionPolicy, one: string, other: string): boolean {
  return fold(policy.names.target(one)) === fold(policy.names.target(other));
}

function fold(name: string): string {
  return name.normalize('NFKC').trim().toLowerCase();
}
