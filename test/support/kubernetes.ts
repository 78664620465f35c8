/** Builders of audit records as an API server writes them. Synthetic: the form is that of audit.k8s.io/v1. */
export type AuditRecord = Readonly<Record<string, unknown>>;

export const RECEIVED = '2026-11-22T10:00:00.118374Z';
export const STARTED = '2026-11-22T10:00:00.163201Z';
export const COMPLETED = '2026-11-22T10:07:31.902611Z';
export const AUDIT_ID = '5b0c8a52-6a1e-4f0e-9f37-0d9a5c1a7b11';

const POD = '/api/v1/namespaces/shop/pods/web-0';

/** A pod's subresource that was reached, complete with code 101 unless told otherwise. */
export function podRequest(subresource: string, query = '', more: AuditRecord = {}): AuditRecord {
  return {
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level: 'Metadata',
    auditID: AUDIT_ID,
    stage: 'ResponseComplete',
    requestURI: `${POD}/${subresource}${query}`,
    verb: 'get',
    user: { username: 'alice@example.org', groups: ['oidc:sre', 'system:authenticated'] },
    sourceIPs: ['10.99.0.10'],
    objectRef: { resource: 'pods', namespace: 'shop', name: 'web-0', apiVersion: 'v1', subresource },
    responseStatus: { metadata: {}, code: 101 },
    requestReceivedTimestamp: RECEIVED,
    stageTimestamp: COMPLETED,
    annotations: { 'authorization.k8s.io/decision': 'allow' },
    ...more,
  };
}

export const exec = (more: AuditRecord = {}): AuditRecord =>
  podRequest('exec', '?command=sh&container=app&stdin=true&stdout=true&tty=true', more);

/** A request through a node's kubelet, to a path behind `proxy`. */
export function nodeRequest(path: string, more: AuditRecord = {}): AuditRecord {
  return {
    ...podRequest('proxy', '', more),
    requestURI: `/api/v1/nodes/node-3/proxy${path}`,
    objectRef: { resource: 'nodes', name: 'node-3', apiVersion: 'v1', subresource: 'proxy' },
    responseStatus: { metadata: {}, code: 200 },
    ...more,
  };
}

/** A change of an object; a namespace where it has one. */
export function change(verb: string, resource: string, name: string, more: AuditRecord = {}): AuditRecord {
  return {
    ...podRequest('x'),
    verb,
    requestURI: `/apis/x/v1/${resource}/${name}`,
    objectRef: { resource, name, apiVersion: 'v1' },
    responseStatus: { metadata: {}, code: 200 },
    ...more,
  };
}

export const lines = (records: readonly AuditRecord[]): string =>
  records.map((record) => `${JSON.stringify(record)}\n`).join('');
