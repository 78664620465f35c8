import type { ProviderControl } from '../provider-event.ts';
import type { LogEvent } from './log-event.ts';

/** Null where the event failed, or changes neither evidence nor who may reach what. */
export function parseControl({ type, succeeded, targets }: LogEvent): ProviderControl | null {
  if (!succeeded) return null;
  const entry = Object.hasOwn(CONTROLS, type) ? CONTROLS[type] : undefined;
  if (entry === undefined) return null;
  const resource = targets.find(({ name }) => name !== null)?.name ?? null;
  return { target: null, resource, ...(entry === 'changed' ? {} : { state: entry }) };
}

const CONTROLS: Readonly<Record<string, 'off' | 'on' | 'changed'>> = {
  // The stream that carries this very log to wherever it is read.
  'system.log_stream.lifecycle.create': 'on',
  'system.log_stream.lifecycle.activate': 'on',
  'system.log_stream.lifecycle.update': 'changed',
  'system.log_stream.lifecycle.deactivate': 'off',
  'system.log_stream.lifecycle.delete': 'off',
  'user.mfa.factor.deactivate': 'changed',
  'user.mfa.factor.reset_all': 'changed',
  'user.mfa.attempt_bypass': 'changed',
  'user.account.privilege.grant': 'changed',
  'group.privilege.grant': 'changed',
  'user.session.impersonation.grant': 'changed',
  'system.api_token.create': 'changed',
  'system.api_token.revoke': 'changed',
  'system.idp.lifecycle.create': 'changed',
  'policy.rule.update': 'changed',
  'policy.rule.deactivate': 'changed',
  'policy.rule.delete': 'changed',
  'policy.lifecycle.update': 'changed',
  'policy.lifecycle.deactivate': 'changed',
  'policy.lifecycle.delete': 'changed',
  'application.policy.sign_on.update': 'changed',
  'application.lifecycle.update': 'changed',
  'application.lifecycle.deactivate': 'changed',
  'application.lifecycle.delete': 'changed',
  'zone.update': 'changed',
  'zone.deactivate': 'changed',
  'zone.delete': 'changed',
};
