import type { ProviderDraft } from '../provider-event.ts';
import { type LogEvent, targetOf } from './log-event.ts';

/** What an event means as an access or as a credential; nothing where it failed or is neither. */
export function parseAccess(event: LogEvent): readonly ProviderDraft[] {
  if (!event.succeeded) return [];
  if (event.type.startsWith('user.authentication.auth_via_')) return [authentication(event)];
  const read = Object.hasOwn(EVENTS, event.type) ? EVENTS[event.type] : undefined;
  return read === undefined ? [] : [read(event)];
}

const EVENTS: Readonly<Record<string, (event: LogEvent) => ProviderDraft>> = {
  'user.session.start': signIn,
  'user.authentication.sso': toApp,
  'user.session.access_admin_app': adminConsole,
  'user.session.impersonation.grant': support,
  'user.session.impersonation.extend': support,
  'user.session.impersonation.initiate': adminConsole,
};

/** A session at the provider reaches nothing by itself: it names the person behind what follows. */
function signIn({ name, session }: LogEvent): ProviderDraft {
  return { ...issue(name), cloud: session === null ? {} : { issuedKey: session } };
}

function authentication(event: LogEvent): ProviderDraft {
  const draft = signIn(event);
  return event.type === MFA ? { ...draft, cloud: { ...draft.cloud, mfa: true } } : draft;
}

const MFA = 'user.authentication.auth_via_mfa';

/** The app's own log tells what was reached there; which apps are privileged, this one does not know. */
function toApp(event: LogEvent): ProviderDraft {
  return { ...issue(event.name), ...within(event), path: 'console', target: targetOf(event, 'AppInstance') };
}

/** The console that administers the identity provider: whoever holds it can become anybody. */
function adminConsole(event: LogEvent): ProviderDraft {
  const { name: account } = event;
  return { kind: 'access.open', path: 'console', account, target: ADMIN_CONSOLE, ...within(event) };
}

/** Okta's staff may act in the organisation from then on. */
function support(event: LogEvent): ProviderDraft {
  return { ...issue(event.name), ...within(event), path: 'console', target: ADMIN_CONSOLE };
}

const ADMIN_CONSOLE = 'okta-admin-console';

/** The session that it happened in: it leads back to the sign-in. */
function within({ session }: LogEvent): Pick<ProviderDraft, 'cloud'> {
  return session === null ? {} : { cloud: { usedKey: session } };
}

function issue(account: string): ProviderDraft {
  return { kind: 'credential.issue', path: null, account, target: null };
}
