import type { CloudDetail, Event } from '../../model/event.ts';

/** Roles assumed one from another; AWS ends chained sessions after an hour, and nobody chains so deep by hand. */
const MAX_LINKS = 16;

/** An event of a cloud's audit trail. */
export type CloudEvent = Event & { readonly detail: Event['detail'] & { readonly cloud: CloudDetail } };

export function isCloudEvent(event: Event): event is CloudEvent {
  return event.detail.cloud !== undefined;
}

/** Who stands behind a call. */
export interface Chain {
  /** From the first identity that the trail shows to the one that was used. */
  readonly links: readonly string[];
  /** Names to look the principal up by, the most trustworthy first. */
  readonly names: readonly string[];
}

/** False for the record that a role's account gets of a call from another account: it names an id, and no person. */
export function knowsCaller(event: CloudEvent): boolean {
  return event.detail.cloud.identity !== 'AWSAccount';
}

export type Chains = (event: CloudEvent) => Chain;

/**
 * Follows temporary keys back to whoever asked for them: the key that a call used was handed out to another caller,
 * and so on to a long-lived identity or to the edge of what was read.
 */
export function toChains(events: readonly CloudEvent[]): Chains {
  const issues = new Map<string, CloudEvent>();
  for (const event of events) {
    const key = event.detail.cloud.issuedKey;
    if (event.kind !== 'credential.issue' || key === undefined) continue;
    if (!issues.has(key) || knowsCaller(event)) issues.set(key, event);
  }
  return (event) => chainOf(event, issues);
}

function chainOf(event: CloudEvent, issues: ReadonlyMap<string, CloudEvent>): Chain {
  const callers: CloudEvent[] = [event];
  for (let at = issueBehind(event, issues); at !== undefined; at = issueBehind(at, issues)) {
    if (callers.includes(at) || callers.length > MAX_LINKS) break;
    callers.unshift(at);
  }
  const links = callers.map(callerOf);
  const used = usedIdentity(event);
  const all = used === null || links.at(-1) === used ? links : [...links, used];
  const names = callers.flatMap((one) => trustedNames(one));
  const sources = callers.flatMap((one) => one.detail.cloud.sourceIdentity ?? []);
  return { links: unique(all), names: unique([...sources, ...names]) };
}

function issueBehind(event: CloudEvent, issues: ReadonlyMap<string, CloudEvent>): CloudEvent | undefined {
  const { usedKey } = event.detail.cloud;
  return usedKey === undefined ? undefined : issues.get(usedKey);
}

/** Who made the call: for calls that hand out another identity the caller stands in `actor`. */
function callerOf(event: CloudEvent): string {
  return event.actor ?? event.account ?? event.detail.cloud.arn ?? 'unknown';
}

/** The identity that the access itself uses: what was handed out, or the caller's own. */
function usedIdentity(event: CloudEvent): string | null {
  return event.actor === null ? null : event.account;
}

/**
 * Names that the caller could not choose, the most particular first: a name alone may be somebody else's in another
 * account. The names of role sessions and of federated users are choices of whoever made them, unless an identity
 * provider set them; ARNs that hold such a name say no more.
 */
function trustedNames(event: CloudEvent): string[] {
  const { arn, account, identity } = event.detail.cloud;
  if (identity === 'FederatedUser') return [];
  const name = callerOf(event);
  const [role, session] = splitRole(event, name);
  const person = session === null ? name : isNamedByProvider(event, role) ? session : null;
  const qualified = account === null ? [] : [`${person ?? role}@${account}`];
  return [
    ...(arn === null || person === null ? [] : [arn]),
    ...qualified,
    ...(person === null ? [] : [person]),
    // A role may itself be a principal: a service, or a shared account.
    ...(session === null ? [] : [role]),
  ];
}

/** Roles that IAM Identity Center makes: it names their sessions after its users. */
const IDENTITY_CENTER = 'AWSReservedSSO_';

/** What a call that hands out a role says of names concerns the role handed out, and not the caller. */
function isNamedByProvider(event: CloudEvent, role: string): boolean {
  if (role.startsWith(IDENTITY_CENTER)) return true;
  return event.path !== 'api-role' && event.detail.cloud.namedByProvider === true;
}

/** A role and its session's name; other providers' names may hold slashes and mean nothing by them. */
function splitRole(event: CloudEvent, name: string): [string, string | null] {
  const slash = event.detail.cloud.provider === 'aws' ? name.indexOf('/') : -1;
  return slash < 0 ? [name, null] : [name.slice(0, slash), name.slice(slash + 1)];
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)];
}
