import { type Request, succeeded } from './request.ts';

/** What a request does to recording or its evidence. */
export interface Control {
  readonly resource: string;
  /** Absent where the request does not tell what holds after it. */
  readonly state?: 'off' | 'on';
}

/** Null where the request failed or has nothing to do with recording and its evidence. */
export function findControl(request: Request): Control | null {
  if (!CHANGES.has(request.verb) || request.query.has('dryRun') || !succeeded(request)) return null;
  if (request.subresource !== '') return null;
  return admission(request) ?? recorder(request);
}

const CHANGES = new Set(['create', 'update', 'patch', 'delete', 'deletecollection']);

/** Groups whose objects decide what is audited, what recorders are put in between, and who serves `exec`. */
const GATES = new Set(['auditregistration.k8s.io', 'admissionregistration.k8s.io', 'apiregistration.k8s.io']);

/** The API server registers its own groups whenever it starts. */
const ITSELF = 'system:apiserver';

function admission({ group, resource, name, verb, caller }: Request): Control | null {
  if (!GATES.has(group) || caller.name === ITSELF) return null;
  const changed = `${resource}/${name ?? '*'}`;
  if (verb.startsWith('delete')) return { resource: changed, state: 'off' };
  return verb === 'create' ? { resource: changed, state: 'on' } : { resource: changed };
}

const WORKLOADS = new Set(['pods', 'daemonsets', 'deployments', 'statefulsets']);

/** Names that recorders of sessions and shippers of logs are installed under. */
const RECORDER =
  /(?:^|[-/])(?:teleport|tsrecorder|rexec|session-recorder|falco|fluent-bit|fluentd|filebeat)(?:$|[-/])/;

/** Deletion of what records or ships records, unless the cluster itself moves a pod. */
function recorder({ resource, namespace, name, verb, caller }: Request): Control | null {
  if (!verb.startsWith('delete') || !WORKLOADS.has(resource)) return null;
  const object = `${namespace ?? 'default'}/${name ?? '*'}`;
  if (!RECORDER.test(object.slice(0, 512))) return null;
  if (resource === 'pods') return isCluster(caller.name) ? null : { resource: `pods/${object}` };
  return { resource: `${resource}/${object}`, state: 'off' };
}

function isCluster(name: string): boolean {
  return (
    name.startsWith('system:serviceaccount:kube-system:') || /^system:(?:node:|kube-|apiserver)/.test(name)
  );
}
