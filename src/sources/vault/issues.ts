import { createHash } from 'node:crypto';
import type { CloudDetail, Credential } from '../../model/event.ts';
import type { Path } from '../../model/path.ts';
import { fieldsAt, textAt, textsAt, valueAt } from '../json-fields.ts';
import { type Call, plainAt, tokenKey } from './call.ts';

/** A credential that a call handed out. */
export interface Issue {
  /** Stable code of the call, e.g. `ssh-sign`. */
  readonly action: string;
  readonly path: Path;
  /** Account that the credential is for: by name where the entry has it in clear, else the role. */
  readonly account: string;
  /** What it opens; null where it may open many. */
  readonly target: string | null;
  readonly credential: Credential;
  readonly cloud?: Pick<CloudDetail, 'issuedKey'>;
}

/** The credential that a successful call handed out; null where it handed out none. */
export function findIssue(call: Call): Issue | null {
  const read = Object.hasOwn(ENGINES, call.mountType) ? ENGINES[call.mountType] : undefined;
  return read === undefined || !HANDS_OUT.has(call.operation) ? null : read(call);
}

// Lists and deletions hand out nothing.
const HANDS_OUT = new Set(['create', 'read', 'update']);

const ENGINES: Readonly<Record<string, (call: Call) => Issue | null>> = {
  ssh: fromSsh,
  database: fromDatabase,
  aws: fromAws,
  azure: fromAzure,
  gcp: fromGcp,
  token: fromTokens,
  system: newRoot,
};

/** `sign/ROLE` and `issue/ROLE` make certificates, `creds/ROLE` a password for one login on one host. */
function fromSsh(call: Call): Issue | null {
  const [, kind = '', role = ''] = /^(sign|issue|creds)\/([^/]{1,256})$/.exec(call.rest) ?? [];
  if (kind === '' || call.operation === 'read') return null;
  return kind === 'creds' ? oneTimePassword(call, role) : certificate(call, kind, role);
}

function oneTimePassword({ request, response }: Call, role: string): Issue {
  const asked = fieldsAt(request, 'data');
  return {
    action: 'ssh-creds',
    path: 'ssh',
    account: plainAt(response, 'username') ?? plainAt(asked, 'username') ?? role,
    target: plainAt(response, 'ip') ?? plainAt(asked, 'ip'),
    credential: { type: 'one-time-password', id: null },
  };
}

function certificate({ request, response }: Call, kind: string, role: string): Issue | null {
  const asked = fieldsAt(request, 'data');
  // A host's certificate opens nothing.
  if (plainAt(asked, 'cert_type') === 'host') return null;
  const serial = toDecimalSerial(plainAt(response, 'serial_number'));
  const keyId = plainAt(asked, 'key_id');
  return {
    action: `ssh-${kind}`,
    path: 'ssh',
    account: onlyPrincipal(plainAt(asked, 'valid_principals')) ?? role,
    target: null,
    credential: {
      type: 'certificate',
      id: fingerprintOf(plainAt(asked, 'public_key')),
      ...(keyId === null ? {} : { keyId }),
      ...(serial === null ? {} : { serial }),
    },
  };
}

/** Of several principals the entry does not tell which one will be used. */
function onlyPrincipal(principals: string | null): string | null {
  const names = (principals ?? '').split(',').map((name) => name.trim());
  return names.length === 1 && names[0] !== '' ? (names[0] ?? null) : null;
}

/**
 * Vault prints the serial as hex digits (builtin/logical/ssh/path_issue_sign.go: `FormatUint(serial, 16)`), in
 * certificates of its PKI in pairs; sshd prints it in decimal. Null where it is none of 64 bits.
 */
export function toDecimalSerial(hex: string | null): string | null {
  const digits = hex === null || hex.length > LONGEST_SERIAL ? '' : hex.replace(/[:-]/g, '');
  return /^[0-9a-f]{1,16}$/i.test(digits) ? BigInt(`0x${digits}`).toString() : null;
}

// 16 digits in pairs with 7 separators.
const LONGEST_SERIAL = 23;

/** As sshd prints it for a certificate: that of the key in it. */
function fingerprintOf(line: string | null): string | null {
  const encoded = line === null ? undefined : PUBLIC_KEY.exec(line)?.[1];
  if (encoded === undefined) return null;
  const digest = createHash('sha256').update(Buffer.from(encoded, 'base64')).digest('base64');
  return `SHA256:${digest.replace('=', '')}`;
}

// `TYPE BASE64 [COMMENT]`. An RSA key of 8,192 bits has 1,400 characters; texts end at 2,048 here.
const PUBLIC_KEY = /^\s{0,8}[\w@.-]{3,64}\s{1,8}([A-Za-z0-9+/]{16,2048}={0,2})(?:\s|$)/;

function fromDatabase(call: Call): Issue | null {
  const role = /^(?:static-)?creds\/([^/]{1,256})$/.exec(call.rest)?.[1];
  if (role === undefined) return null;
  return {
    action: 'database-creds',
    path: 'db',
    account: plainAt(call.response, 'username') ?? role,
    target: call.mount,
    credential: { type: 'password', id: null },
  };
}

/** The access key's id is what the cloud's own trail names; without it in clear the role alone is known. */
function fromAws(call: Call): Issue | null {
  const role = /^(?:creds|sts|static-creds)\/([^/]{1,256})$/.exec(call.rest)?.[1];
  const key = plainAt(call.response, 'access_key');
  return role === undefined ? null : apiRole(call, 'aws-creds', role, key);
}

function fromAzure(call: Call): Issue | null {
  const role = /^(?:static-)?creds\/([^/]{1,256})$/.exec(call.rest)?.[1];
  return role === undefined ? null : apiRole(call, 'azure-creds', role, null);
}

function fromGcp(call: Call): Issue | null {
  const [, older, newer] = GCP.exec(call.rest) ?? [];
  const role = older ?? newer;
  return role === undefined ? null : apiRole(call, 'gcp-creds', role, null);
}

const GCP =
  /^(?:(?:token|key)\/([^/]{1,256})|(?:roleset|static-account|impersonated-account)\/([^/]{1,256})\/(?:token|key))$/;

function apiRole({ mount }: Call, action: string, account: string, key: string | null): Issue {
  return {
    action,
    path: 'api-role',
    account,
    target: mount,
    credential: { type: 'access-key', id: null },
    ...(key === null || !ACCESS_KEY.test(key) ? {} : { cloud: { issuedKey: key } }),
  };
}

const ACCESS_KEY = /^A[A-Z0-9]{15,127}$/;

/** A token made by hand hides whose it is behind a name of its own: the chain leads back to who made it. */
function fromTokens(call: Call): Issue | null {
  if (!/^create(?:-orphan)?(?:\/[^/]{1,256})?$/.test(call.rest) || call.operation === 'read') return null;
  const made = fieldsAt(call.entry, 'response', 'auth');
  const key = tokenKey(made);
  if (key === null || key === call.caller.key) return null;
  const isRoot = textsAt(made, 'policies').includes('root');
  return {
    action: 'token-create',
    path: 'secret',
    account: isRoot ? 'root' : (textAt(made, 'display_name') ?? 'token'),
    target: null,
    credential: { type: 'token', id: null },
    cloud: { issuedKey: key },
  };
}

/** The last of the shares that together make a new root token. */
function newRoot(call: Call): Issue | null {
  if (call.rest !== 'generate-root/update' || valueAt(call.response, 'complete') !== true) return null;
  return {
    action: 'generate-root',
    path: 'secret',
    account: 'root',
    target: null,
    credential: { type: 'token', id: null },
  };
}
