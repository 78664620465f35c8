import { accountOf, type Call, call } from './call.ts';
import { assumedRole, iamUser, samlUser, webIdentityUser } from './callers.ts';
import { keyId } from './ids.ts';
import { ACCOUNT } from './names.ts';
import type { TrailRecord } from './record.ts';

export interface LoginCall extends Call {
  /** As the record writes it: `Yes`, `No`, or `YES`. */
  readonly mfa?: string;
  readonly result?: 'Success' | 'Failure';
}

export function consoleLogin(options: LoginCall = {}): TrailRecord {
  const { result = 'Success' } = options;
  const { accessKeyId: _none, ...caller } = options.caller ?? iamUser('alice', accountOf(options));
  const more = {
    eventType: 'AwsConsoleSignIn',
    additionalEventData: {
      LoginTo: 'https://console.aws.amazon.com/console/home?state=hashArgs%23&isauthcode=true',
      MobileVersion: 'No',
      MFAUsed: options.mfa ?? 'Yes',
    },
    ...(result === 'Failure' ? { errorMessage: 'Failed authentication' } : {}),
    ...options.more,
  };
  const response = { ConsoleLogin: result };
  const given = { region: 'us-east-1', ...options, caller, more };
  return call('signin', 'ConsoleLogin', null, response, given as Call);
}

/** The console's change into a role, as the role's account records it. */
export function switchRole(options: LoginCall & { readonly role?: string; readonly from?: string } = {}) {
  const { role = 'admin', from = 'arn:aws:iam::444455556666:user/alice' } = options;
  const session = from.slice(from.lastIndexOf('/') + 1);
  const more = {
    eventType: 'AwsConsoleSignIn',
    additionalEventData: {
      SwitchFrom: from,
      RedirectTo: 'https://console.aws.amazon.com/console/home',
    },
    ...options.more,
  };
  const caller = options.caller ?? assumedRole(role, session, accountOf(options));
  const given = { region: 'us-east-1', ...options, caller, more };
  return call('signin', 'SwitchRole', null, { SwitchRole: 'Success' }, given as Call);
}

export interface RoleCall extends Call {
  readonly role?: string;
  readonly session?: string;
  /** Account of the role, where it is another one than the caller's. */
  readonly roleAccount?: string;
  /** The key that is handed out. */
  readonly key?: string;
  readonly sourceIdentity?: string;
  /** As the response writes it, e.g. `Nov 22, 2026, 11:00:00 AM`. */
  readonly expiration?: string;
}

export function assumeRole(options: RoleCall = {}): TrailRecord {
  return assume('AssumeRole', options);
}

export function assumeRoleWithSaml(options: RoleCall = {}): TrailRecord {
  return assume('AssumeRoleWithSAML', { caller: samlUser('alice@example.com'), ...options });
}

export function assumeRoleWithWebIdentity(options: RoleCall = {}): TrailRecord {
  const caller = webIdentityUser('repo:example/app:ref:refs/heads/main');
  return assume('AssumeRoleWithWebIdentity', { caller, ...options });
}

function assume(eventName: string, options: RoleCall): TrailRecord {
  const { role = 'admin', session = 'alice' } = options;
  const owner = options.roleAccount ?? options.account ?? ACCOUNT;
  const sourceIdentity =
    options.sourceIdentity === undefined ? {} : { sourceIdentity: options.sourceIdentity };
  const request = {
    roleArn: `arn:aws:iam::${owner}:role/${role}`,
    roleSessionName: session,
    durationSeconds: 3600,
    ...sourceIdentity,
  };
  const response = {
    credentials: credentialsOf(options.key ?? keyId('ASIA', `${role}/${session}`), options),
    assumedRoleUser: {
      assumedRoleId: `${keyId('AROA', role)}:${session}`,
      arn: `arn:aws:sts::${owner}:assumed-role/${role}/${session}`,
    },
    ...sourceIdentity,
  };
  const more = { readOnly: true, ...options.more };
  return call('sts', eventName, request, response, { ...options, more });
}

export function getSessionToken(options: RoleCall = {}): TrailRecord {
  const credentials = credentialsOf(options.key ?? keyId('ASIA', 'session-token'), options);
  const request = { durationSeconds: 43_200 };
  return call('sts', 'GetSessionToken', request, { credentials }, options);
}

export function getFederationToken(options: RoleCall & { readonly name?: string } = {}): TrailRecord {
  const { name = 'bob', account = ACCOUNT } = options;
  const response = {
    credentials: credentialsOf(options.key ?? keyId('ASIA', `federated${name}`), options),
    federatedUser: {
      federatedUserId: `${account}:${name}`,
      arn: `arn:aws:sts::${account}:federated-user/${name}`,
    },
    packedPolicySize: 2,
  };
  return call('sts', 'GetFederationToken', { name, durationSeconds: 3600 }, response, options);
}

function credentialsOf(accessKeyId: string, { expiration }: RoleCall): TrailRecord {
  return {
    accessKeyId,
    sessionToken: 'FwoGZXIvYXdzEXAMPLE',
    expiration: expiration ?? 'Nov 22, 2026, 11:00:00 AM',
  };
}
