import type { Cluster } from '@aws-sdk/client-ecs';
import { jsonService, type JsonOperation, wholeNumber } from './json.ts';
import { regionOf } from './state.ts';
import { AwsRefusal, type Call } from './wire.ts';

const listClusters: JsonOperation = (input, call) => {
  const max = wholeNumber(input['maxResults'], { min: 1, max: 100, absent: 100 }, () => refuse('maxResults'));
  const { nextToken: token } = input;
  const scope = `ListClusters ${call.caller.account} ${call.region}`;
  const position = typeof token === 'string' ? call.pages.redeem(scope, {}, token) : '';
  if (position === undefined) refuse('Invalid token');
  const left = clustersOf(call)
    .map(({ clusterArn }) => clusterArn)
    .sort()
    .filter((arn) => arn > position);
  const clusterArns = left.slice(0, max);
  const last = clusterArns.at(-1);
  return {
    clusterArns,
    ...(left.length > max && last && { nextToken: call.pages.issue(scope, {}, last) }),
  };
};

/**
 * By name or ARN, `default` where none is named; an unknown one is a failure in the answer, not an error. The
 * configuration, with its logging of executed commands, comes only when it is asked for.
 */
const describeClusters: JsonOperation = (input, call) => {
  const wanted = Array.isArray(input['clusters']) ? input['clusters'].map(String) : ['default'];
  if (wanted.length > 100) refuse('Cluster identifier list cannot be longer than 100.');
  const include = Array.isArray(input['include']) ? input['include'] : [];
  const all = clustersOf(call);
  const find = (id: string): Cluster | undefined =>
    all.find(({ clusterArn, clusterName }) => clusterArn === id || clusterName === id);
  return {
    clusters: wanted.flatMap((id) => {
      const { configuration, settings, tags, ...cluster } = find(id) ?? {};
      if (cluster.clusterArn === undefined) return [];
      return [
        {
          ...cluster,
          configuration: include.includes('CONFIGURATIONS') ? configuration : undefined,
          settings: include.includes('SETTINGS') ? settings : [],
          tags: include.includes('TAGS') ? tags : [],
        },
      ];
    }),
    failures: wanted
      .filter((id) => !find(id))
      .map((id) => ({ arn: id.startsWith('arn:') ? id : arnOf(id, call), reason: 'MISSING' })),
  };
};

/** ECS over JSON 1.1. */
export const ECS = jsonService('ecs', 'AmazonEC2ContainerServiceV20141113', {
  ListClusters: listClusters,
  DescribeClusters: describeClusters,
});

/** The clusters of the region, with the ARN that follows from the name. */
function clustersOf(call: Call): (Cluster & { clusterArn: string })[] {
  const { clusters = [] } = regionOf(call.state, call.caller.account, call.region);
  return clusters.map((one) => ({
    ...one,
    clusterArn: one.clusterArn ?? arnOf(one.clusterName ?? '', call),
  }));
}

function arnOf(name: string, { region, caller }: Call): string {
  return `arn:aws:ecs:${region}:${caller.account}:cluster/${name}`;
}

function refuse(message: string): never {
  throw new AwsRefusal('InvalidParameterException', message);
}
