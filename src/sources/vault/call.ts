import { createHash } from 'node:crypto';
import { type Fields, fieldsAt, isFields, textAt, textsAt, valueAt } from '../json-fields.ts';

/** Who called. */
export interface Caller {
  /** Name that the login gave the token, e.g. `ldap-alice`; else the person's, the entity's, or `unknown`. */
  readonly name: string;
  /** Id of the entity behind all logins of one person or machine. */
  readonly entity: string | null;
  /** Holds every right there is. */
  readonly isRoot: boolean;
  /** `root`, `service`, `batch` or `none`. */
  readonly identity: string;
  /** Names the token without being it; see `tokenKey`. */
  readonly key: string | null;
}

/** One entry of the audit log, as far as every kind of call needs it. */
export interface Call {
  readonly entry: Fields;
  /** Id of the request: the server chooses it, and request and response share it. */
  readonly id: string;
  readonly operation: string;
  /** Kind of what is mounted there: `ssh`, `database`, `aws`, `system`, `token`, … */
  readonly mountType: string;
  /** Where it is mounted, without the slash at its end. */
  readonly mount: string;
  /** Path below the mount. */
  readonly rest: string;
  readonly namespace: string | null;
  readonly caller: Caller;
  readonly request: Fields;
  /** `response.data`. */
  readonly response: Fields;
}

/** A request with an id, and what the entry is of: these stand in every entry. */
export function isAuditEntry(value: Fields): boolean {
  const { type, request } = value;
  return (
    (type === 'request' || type === 'response') &&
    isFields(request) &&
    isShortText(request['id']) &&
    isShortText(request['path'])
  );
}

// Ids have 36 characters. Paths hold names that callers choose; the storage behind ends at some hundred.
function isShortText(value: unknown): boolean {
  return typeof value === 'string' && value !== '' && value.length <= 2048;
}

export function toCall(entry: Fields): Call {
  const request = fieldsAt(entry, 'request');
  const path = textAt(request, 'path') ?? '';
  const mount = mountOf(request, path);
  return {
    entry,
    id: textAt(request, 'id') ?? '',
    operation: textAt(request, 'operation') ?? '',
    mountType: textAt(request, 'mount_type')?.replace(/^ns_/, '') ?? GUESSED[mount] ?? mount,
    mount,
    rest: path.slice(mount.length).replace(/^\//, ''),
    namespace: textAt(request, 'namespace', 'path')?.replace(/\/$/, '') ?? null,
    caller: toCaller(fieldsAt(entry, 'auth')),
    request,
    response: fieldsAt(entry, 'response', 'data'),
  };
}

// Releases before 1.8 name neither mount nor kind: then the usual places count.
const GUESSED: Readonly<Record<string, string>> = { sys: 'system', 'auth/token': 'token' };

function mountOf(request: Fields, path: string): string {
  const point = textAt(request, 'mount_point')?.replace(/\/$/, '');
  if (point !== undefined && (path === point || path.startsWith(`${point}/`))) return point;
  return /^auth\/[^/]{1,256}/.exec(path)?.[0] ?? path.split('/', 1)[0] ?? path;
}

function toCaller(auth: Fields): Caller {
  const policies = [...textsAt(auth, 'policies'), ...textsAt(auth, 'token_policies')];
  const isRoot = policies.includes('root');
  const entity = textAt(auth, 'entity_id');
  const name = textAt(auth, 'display_name') ?? textAt(auth, 'metadata', 'username') ?? entity;
  return {
    name: name ?? 'unknown',
    entity,
    isRoot,
    identity: isRoot ? 'root' : (textAt(auth, 'token_type') ?? 'none'),
    key: tokenKey(auth),
  };
}

/**
 * Names a token by its accessor: hashed by Vault with a key of the audit device, and where the device was told not
 * to, hashed here. An accessor lets its holder revoke the token.
 */
export function tokenKey(auth: Fields): string | null {
  const accessor = textAt(auth, 'accessor');
  if (accessor === null || isHashed(accessor)) return accessor;
  return `sha256:${createHash('sha256').update(accessor).digest('hex')}`;
}

function isHashed(text: string): boolean {
  return text.startsWith('hmac-sha256:');
}

/** A text that Vault wrote in clear; null where it was hashed, as all texts of requests and responses are unless told. */
export function plainAt(fields: Fields, key: string): string | null {
  const text = textAt(fields, key);
  return text === null || isHashed(text) ? null : text;
}

/** Whether the call was answered without an error; only the response tells. */
export function succeeded({ entry }: Call): boolean {
  const error = valueAt(entry, 'error');
  const wasRefused = valueAt(entry, 'auth', 'policy_results', 'allowed') === false;
  return entry['type'] === 'response' && (error === undefined || error === '') && !wasRefused;
}

/**
 * The entry as rules see it: who called what from where. What was sent and answered is left out, as a device may
 * write it in clear, and so are tokens in the paths of old releases.
 */
export function toScreened({ entry, request }: Call): Fields {
  const path = textAt(request, 'path') ?? '';
  return {
    ...pick(entry, ['time', 'type']),
    auth: pick(fieldsAt(entry, 'auth'), SHOWN_OF_AUTH),
    request: { ...pick(request, SHOWN_OF_REQUEST), path: TOKEN_IN_PATH.exec(path)?.[1] ?? path },
  };
}

const SHOWN_OF_AUTH = ['display_name', 'entity_id', 'policies', 'token_policies', 'token_type'];
const SHOWN_OF_REQUEST = ['id', 'operation', 'mount_type', 'mount_point', 'namespace', 'remote_address'];
const TOKEN_IN_PATH = /^(auth\/token\/(?:lookup|renew|revoke|revoke-orphan)[a-z-]{0,16})\//;

function pick(fields: Fields, keys: readonly string[]): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([key]) => keys.includes(key)));
}
