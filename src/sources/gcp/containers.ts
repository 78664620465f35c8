import type { Path } from '../../model/path.ts';
import { textAt } from '../json-fields.ts';
import type { ProviderDraft } from '../provider-event.ts';
import type { Entry } from './entry.ts';
import { who } from './machines.ts';

/**
 * What GKE writes of sessions in pods. By the subresource and never by the verb: `create` and `get` both open one.
 * An entry may stand for a whole session, or for its begin or end alone.
 */
export function pods(entry: Entry): readonly ProviderDraft[] {
  const subresource = METHOD.exec(entry.method)?.[1];
  const path = subresource === undefined ? undefined : PATHS[subresource];
  if (path === undefined) return [];
  const { operation } = entry;
  const isPart = operation !== null && operation.first !== operation.last;
  return [
    {
      kind: isPart && operation.last ? 'access.close' : 'access.open',
      path,
      ...who(entry),
      target: podOf(entry),
      ...(isPart ? { session: { cloudSession: `gke/${operation.id}` } } : {}),
      ...(path === 'k8s-forward' ? { cloud: { forwards: { host: null, port: null } } } : {}),
    },
  ];
}

const METHOD =
  /^io\.k8s\.core\.v1\.(pods\.exec|pods\.attach|pods\.portforward|nodes\.proxy)\.(?:create|get)$/;

const PATHS: Readonly<Record<string, Path>> = {
  'pods.exec': 'k8s-exec',
  'pods.attach': 'k8s-exec',
  'pods.portforward': 'k8s-forward',
  // What goes through it to the kubelet, the entry does not say; it may be a shell that pods' own entries lack.
  'nodes.proxy': 'k8s-forward',
};

/** `core/v1/namespaces/NS/pods/POD/exec` → `CLUSTER/NS/POD`; `core/v1/nodes/NODE/proxy/…` → `CLUSTER/NODE`. */
function podOf({ resource, labels }: Entry): string | null {
  const named = RESOURCE.exec((resource ?? '').slice(0, 1000));
  if (named === null) return textAt(labels, 'cluster_name');
  const cluster = textAt(labels, 'cluster_name');
  const parts = [cluster, named[1], named[2] ?? named[3]];
  return parts.filter((part) => part !== null && part !== undefined).join('/');
}

const RESOURCE =
  /^core\/v1\/(?:namespaces\/([a-z0-9.-]{1,253})\/pods\/([a-z0-9.-]{1,253})|nodes\/([a-z0-9.-]{1,253}))(?:\/|$)/;
