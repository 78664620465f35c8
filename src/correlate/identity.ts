import type { Credential } from '../model/event.ts';
import type { Inventory, Principal, Target } from '../model/inventory.ts';
import type { Recording } from '../model/recording.ts';

export interface Identity {
  /** Inventory id of a host name or address; the name itself where it is not in the inventory. */
  target(name: string): string;
  findTarget(id: string): Target | undefined;
  /** Who stands behind an account, key or certificate at a time (epoch ms). */
  principal(use: IdentityUse): Principal | undefined;
  /** Principal id of any name (login name, principal id), at a time; the name itself where unknown. */
  nameOf(name: string, time: number): string;
}

export interface IdentityUse {
  readonly account: string;
  readonly target: string;
  readonly credential: Credential | null;
  readonly time: number;
  /** Further names, the most trustworthy first; they are tried before the account's. */
  readonly names?: readonly string[];
}

/** Names → principals and targets, from the inventory alone. Nothing is guessed here. */
export function toIdentity(inventory: Inventory): Identity {
  const targets = new Map<string, Target>();
  for (const target of inventory.targets) {
    for (const name of [target.id, ...target.aliases, ...target.addresses])
      targets.set(name.toLowerCase(), target);
  }
  const byId = new Map(inventory.targets.map((target) => [target.id, target]));
  const lookup = toLookup(inventory.principals);
  return {
    target: (name) => targets.get(name.toLowerCase())?.id ?? name,
    findTarget: (id) => byId.get(id),
    principal: (use) => lookup.use(use),
    nameOf: (name, time) => lookup.name(name, time)?.id ?? name,
  };
}

/** The certificate names the person best, then the key, then the login name. */
function toLookup(principals: readonly Principal[]) {
  const byName = index(principals, (one) => [one.id, ...one.aliases]);
  const byKey = index(principals, (one) => one.keys);
  const withCertificates = principals.filter((one) => one.certificates.length > 0);
  const name = (text: string, time: number) => (byName.get(text) ?? []).find((one) => isValid(one, time));
  const use = ({ account, target, credential, time, names = [] }: IdentityUse): Principal | undefined => {
    const keyId = credential?.keyId;
    const byCertificate =
      keyId === undefined
        ? undefined
        : withCertificates.find((one) => isValid(one, time) && certifies(one, keyId));
    const byCredential = (byKey.get(credential?.id ?? '') ?? []).find((one) => isValid(one, time));
    const all = [...names, `${account}@${target}`, account];
    return (
      byCertificate ?? byCredential ?? all.map((one) => name(one, time)).find((one) => one !== undefined)
    );
  };
  return { name, use };
}

function index(principals: readonly Principal[], keysOf: (one: Principal) => readonly string[]) {
  const map = new Map<string, Principal[]>();
  for (const one of principals) {
    for (const key of keysOf(one)) map.set(key, [...(map.get(key) ?? []), one]);
  }
  return map;
}

function isValid(one: Principal, time: number): boolean {
  return (
    (one.validFrom === null || time >= one.validFrom) && (one.validUntil === null || time < one.validUntil)
  );
}

function certifies(one: Principal, keyId: string): boolean {
  return one.certificates.some((pattern) =>
    pattern.endsWith('*') ? keyId.startsWith(pattern.slice(0, -1)) : pattern === keyId,
  );
}

export interface PlacedRecordings {
  readonly recordings: readonly Recording[];
  /** Recordings whose host was only guessed from a short name: alone they prove nothing. */
  readonly guessed: ReadonlyMap<string, { readonly name: string; readonly target: string }>;
}

/**
 * Gives recordings the target ids that the logs use. `web01.example.org` in a recording is taken for the log's
 * `web01` only where no other known host shares the short name, and the guess is remembered: only an exact id
 * may then join them.
 */
export function placeRecordings(
  recordings: readonly Recording[],
  hosts: ReadonlySet<string>,
  identity: Identity,
): PlacedRecordings {
  const guessed = new Map<string, { name: string; target: string }>();
  const names = new Set([...hosts, ...recordings.flatMap((one) => one.target ?? [])]);
  const placed = recordings.map((one) => {
    const home = homeOf(one, hosts, identity);
    // A cloud's recordings join by id: where they were kept says nothing about whose they are.
    if (one.ids.cloudSession !== undefined)
      return home === null ? one : { ...one, target: identity.target(home) };
    if (home === null) return hosts.size === 1 ? { ...one, target: [...hosts][0] ?? null } : one;
    const target = identity.target(home);
    if (hosts.has(target)) return { ...one, target };
    const short = sameShortName(target, names, hosts);
    if (short === undefined) return { ...one, target };
    guessed.set(one.uid, { name: target, target: short });
    return { ...one, target: short };
  });
  return { recordings: placed, guessed };
}

/**
 * A log server keeps the I/O logs of other hosts: there the host that the log itself names is the target, and the
 * folder's host only the keeper.
 */
function homeOf(one: Recording, hosts: ReadonlySet<string>, identity: Identity): string | null {
  if (one.covers !== 'elevation' || one.reportedHost === null || one.target === null) return one.target;
  const keeperIsKnown = hosts.has(identity.target(one.target));
  return !keeperIsKnown || hosts.has(identity.target(one.reportedHost)) ? one.reportedHost : one.target;
}

function sameShortName(
  name: string,
  names: ReadonlySet<string>,
  hosts: ReadonlySet<string>,
): string | undefined {
  const label = shortName(name);
  const others = [...names].filter((other) => other !== name && shortName(other) === label);
  const [only] = others;
  return others.length === 1 && only !== undefined && hosts.has(only) ? only : undefined;
}

function shortName(name: string): string {
  return (name.split('.')[0] ?? name).toLowerCase();
}
