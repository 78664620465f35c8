import type { CloudDetail } from '../../model/event.ts';
import type { Path } from '../../model/path.ts';
import type { Request } from './request.ts';

/** What a request reaches, where it is an access. */
export interface Reach {
  readonly path: Path;
  readonly target: string;
  /** First word of the command, where that is the name of a program; never its arguments. */
  readonly command?: string;
  readonly forwards?: NonNullable<CloudDetail['forwards']>;
}

/**
 * The access that a request is; null where it is none. Subresources decide and never verbs: the same exec is a
 * `create` over SPDY and a `get` over WebSocket.
 */
export function findReach(request: Request): Reach | null {
  const { resource, subresource } = request;
  if (resource === 'nodes' && subresource === 'proxy') return throughNode(request);
  if (resource !== 'pods') return null;
  switch (subresource) {
    case 'exec':
    case 'attach':
      return intoPod(request);
    case 'ephemeralcontainers':
      return isChange(request) ? intoPod(request) : null;
    case 'portforward':
      return { path: 'k8s-forward', target: podOf(request), forwards: { host: null, port: portOf(request) } };
    default:
      return null;
  }
}

function intoPod(request: Request): Reach {
  const container = request.query.get('container');
  const isNamed = container !== null && LABEL.test(container);
  const pod = podOf(request);
  return {
    path: 'k8s-exec',
    target: isNamed ? `${pod}/${container}` : pod,
    ...commandOf(request),
  };
}

const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** Looking at a pod's debug containers opens none, and neither does a dry run. */
function isChange({ verb, query }: Request): boolean {
  return verb !== 'get' && !query.has('dryRun');
}

function podOf({ namespace, name }: Request): string {
  return `${namespace ?? 'default'}/${name ?? 'unknown'}`;
}

/** An argument may be a password: only a first word that looks like a program's name is taken. */
function commandOf({ query }: Request): Pick<Reach, 'command'> {
  const [first = ''] = query.getAll('command');
  return PROGRAM.test(first) ? { command: first } : {};
}

// A path, or a short name in small letters; what is random enough to be a secret is neither.
const PROGRAM = /^(?:\/(?:[\w.+-]{1,64}\/){0,8}[a-z][a-z0-9_.+-]{0,31}|[a-z][a-z0-9_.+-]{0,15})$/;

/** Over WebSocket the ports stand in the query; over SPDY they are part of the traffic and seen by nobody. */
function portOf({ query }: Request): number | null {
  const port = Number(/^\d{1,5}/.exec(query.get('ports') ?? '')?.[0]);
  return port >= 1 && port <= 65_535 ? port : null;
}

/**
 * The kubelet behind a node: it runs commands in any pod without a record of `pods/exec`. Whatever is none of its
 * readings of health and metrics, which collectors fetch all day, counts.
 */
function throughNode(request: Request): Reach | null {
  const target = nodeOf(request.name);
  const steps = stepsOf(request.path);
  if (steps.some((step) => RUNS.has(step.toLowerCase()))) return { path: 'k8s-exec', target };
  if (isReading(request)) return null;
  return { path: 'k8s-forward', target, forwards: { host: null, port: null } };
}

/** Steps of the kubelet's path, also where it was encoded twice. */
function stepsOf(path: string): readonly string[] {
  const at = path.indexOf('/proxy');
  return at < 0 ? [] : path.slice(at + 6).split(/\/|%2f/i);
}

const RUNS = new Set(['exec', 'run', 'attach', 'cri']);

function isReading({ path, verb }: Request): boolean {
  return verb === 'get' && READING.test(path);
}

// Only this exact form: `..` or `//` may end elsewhere.
const READING =
  /^\/api\/v1\/nodes\/[^/]{1,253}\/proxy\/(?:metrics(?:\/(?:cadvisor|probes|resource|slis))?|stats\/summary|healthz(?:\/\w{1,32})?|spec\/?|pods\/?)$/;

/** `NODE`, `NODE:PORT` or `SCHEME:NODE:PORT`. */
function nodeOf(name: string | null): string {
  return name?.replace(/^https?:/, '').replace(/:\d{0,5}$/, '') ?? 'unknown';
}
