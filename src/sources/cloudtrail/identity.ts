import { fieldsAt, flagAt, type Fields, lastSegment, textAt } from './fields.ts';

/** Who made a call, from `userIdentity`. */
export interface Caller {
  /** Name for a person: IAM user, `ROLE/SESSION`, `root`, … */
  readonly name: string;
  /** `type`; `Unknown` where the record has none. */
  readonly type: string;
  readonly arn: string | null;
  readonly key: string | null;
  /** ISO-8601 as written. */
  readonly since: string | null;
  readonly mfa: boolean | undefined;
  readonly sourceIdentity: string | null;
  /** Who the session belongs to was said by an identity provider and not by whoever assumed the role. */
  readonly namedByProvider: boolean;
  /** A service acted, by itself or on somebody's behalf. */
  readonly isService: boolean;
  /** Credentials of a machine: an instance profile. */
  readonly isInstance: boolean;
  readonly invokedBy: string | null;
}

export function parseCaller(record: Fields): Caller {
  const identity = fieldsAt(record, 'userIdentity');
  const session = fieldsAt(identity, 'sessionContext');
  const invokedBy = textAt(identity, 'invokedBy');
  const type = textAt(identity, 'type') ?? (invokedBy === null ? 'Unknown' : 'AWSService');
  const name = nameOf(identity, type);
  return {
    name,
    type,
    arn: textAt(identity, 'arn'),
    key: textAt(identity, 'accessKeyId'),
    since: textAt(session, 'attributes', 'creationDate'),
    mfa: flagAt(session, 'attributes', 'mfaAuthenticated'),
    sourceIdentity: textAt(session, 'sourceIdentity'),
    namedByProvider: isProviderRole(name),
    isService: type === 'AWSService' || invokedBy !== null,
    // The instance's credentials carry its id as the session's name, and since 2022 how they were delivered.
    isInstance: INSTANCE.test(lastSegment(name)) || textAt(session, 'ec2RoleDelivery') !== null,
    invokedBy,
  };
}

const INSTANCE = /^m?i-[0-9a-f]{8,17}$/;

/** Roles that IAM Identity Center makes: their sessions are named after its users. */
export function isProviderRole(name: string): boolean {
  return name.startsWith('AWSReservedSSO_');
}

/** `ROLE/SESSION` of a role session's ARN; null where it is none. A role's own path is not part of such an ARN. */
export function roleSessionOf(arn: string | null): string | null {
  return arn === null ? null : (ROLE_SESSION.exec(arn)?.[1] ?? null);
}

const ROLE_SESSION = /^arn:[\w-]{1,32}:sts::\d{0,12}:assumed-role\/([^/]{1,128}\/[^/]{1,128})$/;

/** Never empty: an access by somebody unnamed is still one. */
function nameOf(identity: Fields, type: string): string {
  const named = nameByType(identity, type);
  if (named !== null && named !== HIDDEN) return named;
  const arn = textAt(identity, 'arn');
  return (
    (arn === null ? null : lastSegment(arn)) ??
    textAt(identity, 'principalId') ??
    textAt(identity, 'onBehalfOf', 'userId') ??
    textAt(identity, 'accountId') ??
    type
  );
}

// What a person typed as a user name at a failed sign-in may be a password: AWS blanks it.
const HIDDEN = 'HIDDEN_DUE_TO_SECURITY_REASONS';

function nameByType(identity: Fields, type: string): string | null {
  switch (type) {
    case 'Root':
      return 'root';
    case 'AssumedRole':
      return roleSessionOf(textAt(identity, 'arn')) ?? roleByParts(identity);
    case 'AWSService':
      return textAt(identity, 'invokedBy');
    case 'FederatedUser':
      return afterColon(textAt(identity, 'principalId'));
    case 'AWSAccount':
      return textAt(identity, 'principalId');
    default:
      return textAt(identity, 'userName');
  }
}

/** The documented samples have role sessions whose ARN ends with the role. */
function roleByParts(identity: Fields): string | null {
  const role = textAt(identity, 'sessionContext', 'sessionIssuer', 'userName');
  const session = afterColon(textAt(identity, 'principalId'));
  if (role === null) return null;
  return session === null ? role : `${role}/${session}`;
}

function afterColon(text: string | null): string | null {
  const at = text?.indexOf(':') ?? -1;
  return text === null || at < 0 || at === text.length - 1 ? null : text.slice(at + 1);
}
