import type { Access } from '../model/access.ts';
import type { ExceptionScope } from '../model/exception.ts';
import { PATHS } from '../model/path.ts';
import { contains, parseCidr, parseIp } from '../util/ip.ts';
import { type ExceptionPolicy, isSamePerson, isSameTarget } from './policy.ts';

/** An access as exceptions look at it. */
export interface AccessInQuestion
  extends Pick<
    Access,
    'opened' | 'closed' | 'path' | 'account' | 'actor' | 'target' | 'origin' | 'credential'
  > {
  /** Principal id; null where nobody is registered behind it. */
  readonly principal: string | null;
  /** Checks that the access fails; all of them must be accepted. */
  readonly checks: readonly string[];
}

/** True where every list that the scope gives fits the access. What the log does not tell fits no list. */
export function fitsScope(scope: ExceptionScope, access: AccessInQuestion, policy: ExceptionPolicy): boolean {
  return (
    fits(scope.accounts, (account) => fitsName(account, access.account)) &&
    fits(scope.paths, (path) => path === access.path) &&
    fits(scope.targets, (target) => fitsTarget(target, access.target, policy)) &&
    fits(scope.principals, (principal) => fitsPerson(principal, access, policy)) &&
    fits(scope.credentials, (credential) => fitsCredential(credential, access)) &&
    fits(scope.origins, (origin) => fitsOrigin(origin, access)) &&
    access.checks.every((check) => fitsCheck(scope, check))
  );
}

/** Accepting that nothing is recorded is not accepting that a recording was changed: that must be named. */
const NAMED_ONLY: ReadonlySet<string> = new Set(['recording-altered']);

function fitsCheck({ checks }: ExceptionScope, check: string): boolean {
  return checks.length === 0 ? !NAMED_ONLY.has(check) : checks.includes(check);
}

/** True where nothing in the scope tells one access from another. */
export function isBoundless(scope: ExceptionScope): boolean {
  const names = [scope.targets, scope.accounts, scope.principals, scope.credentials];
  return (
    names.every((list) => list.length === 0 || list.some(isWildcard)) &&
    (scope.origins.length === 0 || scope.origins.some(isBoundlessBlock)) &&
    (scope.paths.length === 0 || PATHS.every((path) => scope.paths.includes(path)))
  );
}

/** A name as scopes give it: exact, or a beginning followed by `*`. */
export function fitsName(pattern: string, name: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}

export function fitsTarget(pattern: string, target: string, policy: ExceptionPolicy): boolean {
  if (!pattern.endsWith('*')) return isSameTarget(policy, pattern, target);
  return fitsName(pattern.toLowerCase(), policy.names.target(target).toLowerCase());
}

export function isWildcard(pattern: string): boolean {
  return /^\*+$/.test(pattern);
}

function fits(list: readonly string[], isFit: (entry: string) => boolean): boolean {
  return list.length === 0 || list.some((entry) => isWildcard(entry) || isFit(entry));
}

function fitsPerson(pattern: string, access: AccessInQuestion, policy: ExceptionPolicy): boolean {
  if (access.principal === null) return false;
  if (pattern.endsWith('*')) return fitsName(pattern, access.principal);
  return isSamePerson(policy, pattern, access.principal, access.opened);
}

function fitsCredential(pattern: string, { credential }: AccessInQuestion): boolean {
  const keyId = credential?.keyId;
  return pattern === credential?.id || (keyId !== undefined && fitsName(pattern, keyId));
}

function fitsOrigin(block: string, { origin }: AccessInQuestion): boolean {
  const cidr = parseCidr(block);
  const ip = origin === null ? null : parseIp(origin.ip);
  return cidr !== null && ip !== null && contains(cidr, ip);
}

/** No network is this wide: whoever writes it (or its halves) means every address. */
function isBoundlessBlock(block: string): boolean {
  const cidr = parseCidr(block);
  return cidr !== null && cidr.prefix < (cidr.version === 4 ? 8 : 16);
}
