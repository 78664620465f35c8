import type { JudgedAccess } from '../../model/access.ts';
import type { AccessFacts, BreakGlassDeclared } from '../../rules/records/access.ts';
import type { JudgeOptions } from './facts.ts';

/** Which part of an access the configuration declares as break-glass. */
export function declaredBreakGlass(access: JudgedAccess, options: JudgeOptions): BreakGlassDeclared {
  const { principals, accounts, credentials } = options.breakGlass;
  const { credential } = access;
  const names = [credential?.id, credential?.keyId].filter((name) => name != null);
  return {
    principal: access.principal !== null && principals.includes(access.principal.id),
    account: accounts.includes(access.account) || accounts.includes(`${access.account}@${access.target}`),
    credential: names.some((name) => credentials.includes(name)),
  };
}

/** What configuration and the other accesses add to an access, for rules. */
export function ruleFactsOf(
  access: JudgedAccess,
  carried: JudgedAccess | null,
  breakGlassDeclared: BreakGlassDeclared,
  options: JudgeOptions,
): AccessFacts {
  return {
    breakGlassDeclared,
    unregistered: {
      principal: options.inventory.principals.length > 0 && access.principal === null,
      target:
        options.inventory.targets.length > 0 && options.identity.findTarget(access.target) === undefined,
    },
    carries: carried === null ? null : { uid: carried.uid, verdict: carried.verdict },
  };
}
