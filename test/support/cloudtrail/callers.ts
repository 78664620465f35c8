import { keyId } from './ids.ts';
import { ACCOUNT } from './names.ts';
import type { TrailRecord } from './record.ts';

const SINCE = '2026-11-22T09:30:00Z';

export interface IdentityOptions {
  readonly account?: string;
  readonly key?: string;
  /** `creationDate` of the session; for an IAM user only sessions of the console or of GetSessionToken have one. */
  readonly since?: string;
  readonly mfa?: boolean;
  readonly sourceIdentity?: string;
  readonly invokedBy?: string;
}

/** An IAM user with a long-term key, or with a session where `since` or `mfa` is given. */
export function iamUser(name: string, options: IdentityOptions = {}): TrailRecord {
  const account = options.account ?? ACCOUNT;
  const hasSession = options.since !== undefined || options.mfa !== undefined;
  return {
    type: 'IAMUser',
    principalId: keyId('AIDA', name),
    arn: `arn:aws:iam::${account}:user/${name}`,
    accountId: account,
    accessKeyId: options.key ?? keyId(hasSession ? 'ASIA' : 'AKIA', name),
    userName: name,
    ...(hasSession ? { sessionContext: { attributes: attributesOf(options) } } : {}),
    ...invokedBy(options),
  };
}

/** A role session. The key is what AssumeRole handed out. */
export function assumedRole(role: string, session: string, options: IdentityOptions = {}): TrailRecord {
  const account = options.account ?? ACCOUNT;
  const issuer = keyId('AROA', role);
  return {
    type: 'AssumedRole',
    principalId: `${issuer}:${session}`,
    arn: `arn:aws:sts::${account}:assumed-role/${role}/${session}`,
    accountId: account,
    accessKeyId: options.key ?? keyId('ASIA', `${role}/${session}`),
    sessionContext: {
      sessionIssuer: {
        type: 'Role',
        principalId: issuer,
        arn: `arn:aws:iam::${account}:role/${role}`,
        accountId: account,
        userName: role,
      },
      attributes: attributesOf(options),
      ...(options.sourceIdentity === undefined ? {} : { sourceIdentity: options.sourceIdentity }),
    },
    ...invokedBy(options),
  };
}

/** The account's root user. */
export function root(options: IdentityOptions = {}): TrailRecord {
  const account = options.account ?? ACCOUNT;
  return {
    type: 'Root',
    principalId: account,
    arn: `arn:aws:iam::${account}:root`,
    accountId: account,
    accessKeyId: options.key ?? keyId('ASIA', `root${account}`),
    sessionContext: { attributes: attributesOf(options) },
    ...invokedBy(options),
  };
}

/** A service that acts by itself, e.g. `ec2.amazonaws.com`: give its name as `ip` too. */
export function awsService(name: string): TrailRecord {
  return { type: 'AWSService', invokedBy: name };
}

/** Someone whom an identity provider vouches for, as AssumeRoleWithSAML shows the caller. */
export function samlUser(name: string): TrailRecord {
  return {
    type: 'SAMLUser',
    principalId: `SAMLExample=:${name}`,
    userName: name,
    identityProvider: 'SAMLExample=',
  };
}

export function webIdentityUser(name: string, provider = 'token.actions.githubusercontent.com'): TrailRecord {
  return {
    type: 'WebIdentityUser',
    principalId: `${provider}:sts.amazonaws.com:${name}`,
    userName: name,
    identityProvider: provider,
  };
}

function attributesOf({ since, mfa }: IdentityOptions): TrailRecord {
  return { creationDate: since ?? SINCE, mfaAuthenticated: String(mfa ?? false) };
}

function invokedBy(options: IdentityOptions): TrailRecord {
  return options.invokedBy === undefined ? {} : { invokedBy: options.invokedBy };
}
