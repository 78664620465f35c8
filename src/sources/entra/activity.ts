import { type Fields, fieldsAt, textAt } from '../json-fields.ts';
import { listAt } from '../json-values.ts';
import type { ProviderControl, ProviderDraft } from '../provider-event.ts';
import { idOf, tenantOf } from './ids.ts';

/** One record of the directory's audit. */
export interface Activity {
  readonly id: string | null;
  /** `loggedByService`, e.g. `PIM`. */
  readonly service: string;
  /** `activityDisplayName`. */
  readonly action: string;
  readonly succeeded: boolean;
  readonly name: string;
  readonly identity: 'User' | 'Application' | 'Unknown';
  readonly principalId: string | null;
  readonly tenant: string | null;
  readonly ip: string | null;
  readonly targets: readonly Target[];
}

interface Target {
  readonly type: string | null;
  readonly name: string | null;
  readonly login: string | null;
}

/** `outer` is the record around it, the same where there is none. */
export function toActivity(inner: Fields, outer: Fields): Activity {
  const user = fieldsAt(inner, 'initiatedBy', 'user');
  const app = fieldsAt(inner, 'initiatedBy', 'app');
  const login = textAt(user, 'userPrincipalName') ?? textAt(user, 'id');
  const appName = textAt(app, 'displayName') ?? textAt(app, 'servicePrincipalId') ?? textAt(app, 'appId');
  return {
    id: idOf(inner),
    service: textAt(inner, 'loggedByService') ?? 'audit',
    action: (textAt(inner, 'activityDisplayName') ?? '').trim(),
    succeeded: textAt(inner, 'result')?.toLowerCase() === 'success',
    name: login ?? appName ?? 'unknown',
    identity: login !== null ? 'User' : appName !== null ? 'Application' : 'Unknown',
    principalId: textAt(user, 'id') ?? textAt(app, 'servicePrincipalId'),
    tenant: tenantOf(inner, outer),
    ip: textAt(user, 'ipAddress'),
    targets: listAt(inner, 'targetResources').map((one) => ({
      type: textAt(one, 'type'),
      name: textAt(one, 'displayName'),
      login: textAt(one, 'userPrincipalName'),
    })),
  };
}

/** A role of Privileged Identity Management that somebody switched on: from here on the person acts as the role. */
export function parseActivation({
  action,
  succeeded,
  name,
  tenant,
  targets,
}: Activity): readonly ProviderDraft[] {
  if (!succeeded || !ACTIVATION.test(action)) return [];
  const role = targets.find(({ type }) => type === 'Role')?.name ?? 'unknown role';
  // The service may stand as the one who did it: then the person is who got the role.
  const person = targets.find(({ login }) => login !== null)?.login ?? name;
  return [{ kind: 'access.open', path: 'api-role', account: role, actor: person, target: tenant ?? 'entra' }];
}

const ACTIVATION = /^Add member to role completed \(PIM activation\)$/i;

/** Null where it failed, or changes neither evidence nor who may reach what. */
export function parseControl({ action, succeeded, tenant, targets }: Activity): ProviderControl | null {
  if (!succeeded || !CONTROLS.has(action.toLowerCase())) return null;
  const named = targets.find(({ name, login }) => (name ?? login) !== null);
  return { target: tenant, resource: named?.name ?? named?.login ?? null };
}

// Spelled in several ways over the years, so compared in lower case.
const CONTROLS: ReadonlySet<string> = new Set([
  'add conditional access policy',
  'update conditional access policy',
  'delete conditional access policy',
  'disable strong authentication',
  'update role setting in pim',
]);
