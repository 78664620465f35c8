import { createHash } from 'node:crypto';

/** Builders of audit entries as Vault's file device writes them. Synthetic: fields are those of its audit/types.go. */
export type Entry = Readonly<Record<string, unknown>>;

export const TIME = '2026-11-22T10:00:00.153201880Z';
export const REQUEST_ID = '0f1c6a52-77aa-4e0e-9c37-6d9a5c1a7b22';
export const ENTITY = '7d2e3179-f69b-450c-7179-ac8ee8bd8ca9';

/** A text as an audit device hides it. */
export const hashed = (text: string): string =>
  `hmac-sha256:${createHash('sha256').update(`salt ${text}`).digest('hex')}`;

/** Who calls: an ordinary token unless told otherwise. */
export function caller(name = 'oidc-alice@example.org', more: Entry = {}): Entry {
  return {
    accessor: hashed(`accessor of ${name}`),
    client_token: hashed(`token of ${name}`),
    display_name: name,
    entity_id: ENTITY,
    policies: ['default', 'ssh-prod'],
    token_policies: ['default', 'ssh-prod'],
    policy_results: { allowed: true },
    token_type: 'service',
    ...more,
  };
}

export const root = (): Entry =>
  caller('root', { policies: ['root'], token_policies: ['root'], entity_id: undefined });

export interface CallParts {
  readonly auth?: Entry;
  readonly operation?: string;
  /** `request.data`, `response.data` and `response.auth`. */
  readonly asked?: Entry;
  readonly answered?: Entry;
  readonly made?: Entry;
  readonly request?: Entry;
  readonly entry?: Entry;
}

/** The response to a call of `path` in an engine of a type at a mount. */
export function call(path: string, mountType: string, mount: string, parts: CallParts = {}): Entry {
  return {
    time: TIME,
    type: 'response',
    auth: parts.auth ?? caller(),
    request: {
      id: REQUEST_ID,
      operation: parts.operation ?? 'update',
      path: `${mount}/${path}`,
      mount_type: mountType,
      mount_point: `${mount}/`,
      namespace: { id: 'root' },
      client_token: hashed('token'),
      remote_address: '10.99.0.10',
      remote_port: 51234,
      ...(parts.asked === undefined ? {} : { data: parts.asked }),
      ...parts.request,
    },
    response: {
      mount_type: mountType,
      ...(parts.answered === undefined ? {} : { data: parts.answered }),
      ...(parts.made === undefined ? {} : { auth: parts.made }),
    },
    ...parts.entry,
  };
}

export const lines = (entries: readonly Entry[]): string =>
  entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');
