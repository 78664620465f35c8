import { type Fields, fieldsAt, isFields, textAt, textsAt, valueAt } from '../json-fields.ts';

/** Who made a request, and as whom. */
export interface Caller {
  /** The user that was authenticated. */
  readonly name: string;
  /** The user that it asked to act as; null where none. */
  readonly impersonated: string | null;
  /** `ServiceAccount`, `Node`, `System` or `User`. */
  readonly identity: string;
  /** Where AWS authenticated the user, an ARN that the user did not choose; else the user's name. */
  readonly stableName: string;
  /** Access key that AWS authenticated; null elsewhere. */
  readonly key: string | null;
}

/** One request as a record of the audit log tells it. */
export interface Request {
  readonly record: Fields;
  readonly auditId: string;
  readonly stage: string;
  readonly verb: string;
  readonly resource: string;
  readonly subresource: string;
  readonly group: string;
  readonly namespace: string | null;
  readonly name: string | null;
  /** Path of the request, decoded once; empty where the record has none. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly caller: Caller;
}

/** An id, a stage and a user stand in every record, in all versions since v1beta1. */
export function isAuditRecord(value: Fields): boolean {
  return (
    typeof value['auditID'] === 'string' &&
    value['auditID'] !== '' &&
    STAGES.has(String(value['stage'])) &&
    isFields(value['user'])
  );
}

const STAGES = new Set(['RequestReceived', 'ResponseStarted', 'ResponseComplete', 'Panic']);

export function toRequest(record: Fields): Request {
  const object = fieldsAt(record, 'objectRef');
  const [path = '', query = ''] = uriOf(record).split(/\?(.*)/s, 2);
  return {
    record,
    auditId: String(record['auditID']).slice(0, LONGEST_ID),
    stage: String(record['stage']),
    verb: textAt(record, 'verb') ?? '',
    resource: textAt(object, 'resource') ?? '',
    subresource: textAt(object, 'subresource') ?? '',
    group: textAt(object, 'apiGroup') ?? '',
    namespace: textAt(object, 'namespace'),
    name: textAt(object, 'name'),
    path: decoded(path),
    query: new URLSearchParams(query),
    caller: toCaller(record),
  };
}

// A client may send an id of its own; the server cuts it to 64 characters.
const LONGEST_ID = 64;
// Longer than any path; a command line in the query may be longer and only its first word is looked at.
const LONGEST_URI = 16_384;

function uriOf(record: Fields): string {
  const uri = record['requestURI'];
  return typeof uri === 'string' ? uri.slice(0, LONGEST_URI) : '';
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function toCaller(record: Fields): Caller {
  const user = fieldsAt(record, 'user');
  const name = textAt(user, 'username') ?? textAt(user, 'uid') ?? 'unknown';
  const [key = null] = textsAt(user, 'extra', 'accessKeyId');
  return {
    name,
    impersonated: textAt(record, 'impersonatedUser', 'username'),
    identity: identityOf(name),
    stableName: arnOf(user) ?? name,
    key: key !== null && ACCESS_KEY.test(key) ? key : null,
  };
}

/**
 * The session's ARN where an identity provider names the session; else that of the user or role, because whoever
 * assumes a role names the session.
 */
function arnOf(user: Fields): string | null {
  const [session = ''] = textsAt(user, 'extra', 'arn');
  const [canonical = ''] = textsAt(user, 'extra', 'canonicalArn');
  const arn = PROVIDER_SESSION.test(session) ? session : canonical;
  return arn.startsWith('arn:') && arn.length <= LONGEST_ARN ? arn : null;
}

const PROVIDER_SESSION = /^arn:[\w-]{1,32}:sts::\d{12}:assumed-role\/AWSReservedSSO_/;
const LONGEST_ARN = 2048;

const ACCESS_KEY = /^A[A-Z0-9]{15,127}$/;

function identityOf(name: string): string {
  if (name.startsWith('system:serviceaccount:')) return 'ServiceAccount';
  if (name.startsWith('system:node:')) return 'Node';
  return name.startsWith('system:') ? 'System' : 'User';
}

/**
 * Whether the request did what it asked for: 101 is the upgrade of a session, and a record without a status is one
 * that was not refused.
 */
export function succeeded({ record }: Request): boolean {
  if (textAt(record, 'annotations', 'authorization.k8s.io/decision') === 'forbid') return false;
  const code = valueAt(record, 'responseStatus', 'code');
  return typeof code !== 'number' || code < 400;
}

/**
 * The record as rules see it: without what was sent and answered, which holds secrets, and without the query of the
 * address, which holds the arguments of commands.
 */
export function toScreened({ record, path }: Request): Fields {
  const kept = Object.entries(record).filter(([key]) => !HIDDEN.has(key));
  return { ...Object.fromEntries(kept), requestURI: path };
}

const HIDDEN = new Set(['requestObject', 'responseObject', 'requestURI']);
