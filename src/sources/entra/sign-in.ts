import { type Fields, textAt, textsAt, valueAt } from '../json-fields.ts';
import { integerAt } from '../json-values.ts';
import type { ProviderDraft } from '../provider-event.ts';
import { idOf, tenantOf } from './ids.ts';

/** One sign-in, of whichever kind. */
export interface SignIn {
  readonly id: string | null;
  /** Kind of sign-in, e.g. `interactiveUser`. */
  readonly action: 'interactiveUser' | 'nonInteractiveUser' | 'servicePrincipal' | 'managedIdentity';
  readonly succeeded: boolean;
  /** User or service principal by name; its object id where the sign-in failed. */
  readonly name: string;
  readonly identity: 'User' | 'ServicePrincipal' | 'ManagedIdentity';
  /** Object id: stays when the name changes. */
  readonly principalId: string | null;
  readonly tenant: string | null;
  readonly ip: string | null;
  /** Whether several factors were asked for; undefined where the record does not say. */
  readonly mfa: boolean | undefined;
  /** Name of what the token is for. */
  readonly resource: string | null;
  /** The token administers the cloud. */
  readonly isManagement: boolean;
}

const IDENTITIES = {
  interactiveUser: 'User',
  nonInteractiveUser: 'User',
  servicePrincipal: 'ServicePrincipal',
  managedIdentity: 'ManagedIdentity',
} as const;

/** `outer` is the record around it, the same where there is none. */
export function toSignIn(inner: Fields, outer: Fields): SignIn {
  const action = actionOf(inner, outer);
  const identity = IDENTITIES[action];
  const isUser = identity === 'User';
  const succeeded = succeededAt(inner, outer);
  const principalId = textAt(inner, isUser ? 'userId' : 'servicePrincipalId');
  // What was typed as a name at a failed sign-in may be a password: only the directory's own id is kept of it.
  const named = succeeded ? textAt(inner, isUser ? 'userPrincipalName' : 'servicePrincipalName') : null;
  return {
    id: idOf(inner),
    action,
    succeeded,
    name: named ?? principalId ?? 'unknown',
    identity,
    principalId,
    tenant: textAt(inner, 'resourceTenantId') ?? tenantOf(inner, outer),
    ip: textAt(inner, 'ipAddress') ?? textAt(outer, 'callerIpAddress'),
    mfa: mfaOf(inner),
    resource: textAt(inner, 'resourceDisplayName') ?? textAt(inner, 'appDisplayName'),
    isManagement: textAt(inner, 'resourceId') === MANAGEMENT_API || PORTALS.has(textAt(inner, 'appId') ?? ''),
  };
}

/** The API by which all of Azure is administered (`Windows Azure Service Management API`); the same in every tenant. */
const MANAGEMENT_API = '797f4846-ba00-4fd7-ba43-dac1f8f63013';
/** Azure portal and Entra admin centre (one app), Azure CLI, Azure PowerShell; the same in every tenant. */
const PORTALS: ReadonlySet<string> = new Set([
  'c44b4083-3bb0-49c1-b47d-974e53cbdf3c',
  '04b07795-8ddb-461a-bbee-02f9e1bf7b46',
  '1950a258-227b-4e31-a9cf-717495945fc2',
]);

/**
 * A person's sign-in to what administers the cloud is an access, and so is that of a service principal. A token that
 * was renewed, or that a machine got for itself, opens nothing new: it tells who holds one.
 */
export function parseSignIn(signIn: SignIn): readonly ProviderDraft[] {
  if (!signIn.succeeded) return [];
  const { name: account, tenant, isManagement, action } = signIn;
  if (!isManagement) return [{ kind: 'credential.issue', path: null, account, target: null }];
  const path = signIn.identity === 'User' ? 'console' : 'api-role';
  const opens = action === 'interactiveUser' || action === 'servicePrincipal';
  return [{ kind: opens ? 'access.open' : 'credential.issue', path, account, target: tenant ?? 'azure' }];
}

const CATEGORIES: Readonly<Record<string, SignIn['action']>> = {
  SignInLogs: 'interactiveUser',
  NonInteractiveUserSignInLogs: 'nonInteractiveUser',
  ServicePrincipalSignInLogs: 'servicePrincipal',
  ManagedIdentitySignInLogs: 'managedIdentity',
};

function actionOf(inner: Fields, outer: Fields): SignIn['action'] {
  const category = textAt(outer, 'category') ?? '';
  if (Object.hasOwn(CATEGORIES, category)) return CATEGORIES[category] ?? 'interactiveUser';
  const types = textsAt(inner, 'signInEventTypes');
  if (types.includes('managedIdentity')) return 'managedIdentity';
  if (types.includes('servicePrincipal')) return 'servicePrincipal';
  if (textAt(inner, 'userPrincipalName') === null && textAt(inner, 'servicePrincipalId') !== null)
    return 'servicePrincipal';
  return valueAt(inner, 'isInteractive') === false ? 'nonInteractiveUser' : 'interactiveUser';
}

/** Graph says it in `status`; a diagnostic record may have the code as text beside it. Without a code nothing is proven. */
function succeededAt(inner: Fields, outer: Fields): boolean {
  return (integerAt(inner, 'status', 'errorCode') ?? integerAt(outer, 'resultType')) === 0;
}

function mfaOf(inner: Fields): boolean | undefined {
  const asked = textAt(inner, 'authenticationRequirement');
  if (asked === 'multiFactorAuthentication') return true;
  return asked === 'singleFactorAuthentication' ? false : undefined;
}
