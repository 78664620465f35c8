import type { Path } from '../../model/path.ts';
import { fieldsAt, textAt, valueAt } from '../json-fields.ts';
import { integerAt, listAt } from '../json-values.ts';
import type { ProviderDraft } from '../provider-event.ts';
import { changedKeys } from './controls.ts';
import type { Entry } from './entry.ts';

const TUNNEL_PERMISSION = 'iap.tunnelInstances.accessViaIAP';

/**
 * A TCP tunnel of the Identity-Aware Proxy. Its begin and its end are entries with one operation id. The same method
 * authorises requests to web applications, which reach no machine.
 */
export function tunnel(entry: Entry): readonly ProviderDraft[] {
  const { payload, operation, project } = entry;
  const isTunnel = listAt(payload, 'authorizationInfo').some(
    (one) => textAt(one, 'permission') === TUNNEL_PERMISSION,
  );
  if (!isTunnel) return [];
  const destination = fieldsAt(payload, 'requestMetadata', 'destinationAttributes');
  const host = textAt(destination, 'ip');
  const port = integerAt(destination, 'port');
  const instance = instanceOf(entry);
  const phase = textAt(payload, 'metadata', 'iap_tcp_session_info', 'phase');
  return [
    {
      kind: phase === 'SESSION_END' ? 'access.close' : 'access.open',
      path: 'ec2-connect',
      ...who(entry),
      // As for any tunnel the address leads to the host that is known to have it.
      target: host ?? instance,
      ...(operation === null || phase === null
        ? {}
        : { session: { cloudSession: `iap/${project ?? ''}/${operation.id}` } }),
      cloud: { forwards: { host, port }, ...(instance === null ? {} : { resource: instance }) },
    },
  ];
}

/** OS Login asked whether the account may log in; the login itself is in the log of the machine's sshd. */
export function checkPolicy(entry: Entry): readonly ProviderDraft[] {
  const policy = textAt(entry.payload, 'request', 'policy');
  if (policy === null || !Object.hasOwn(POLICIES, policy)) return [];
  // The call succeeds also where its answer is no.
  if (valueAt(entry.payload, 'response', 'success') === false) return [];
  const path = POLICIES[policy] ?? 'ssh';
  return [{ kind: 'credential.issue', path, ...who(entry), target: instanceOf(entry) }];
}

/** `ADMIN_LOGIN` asks for the right to use sudo. */
const POLICIES: Readonly<Record<string, Path>> = { LOGIN: 'ssh', ADMIN_LOGIN: 'sudo' };

const SSH_KEYS: ReadonlySet<string> = new Set(['ssh-keys', 'sshKeys']);

/** SSH keys in the metadata of a machine, or of all machines of a project. The entry names no key and no account. */
export function setMetadata(entry: Entry): readonly ProviderDraft[] {
  if (!changedKeys(entry).some((key) => SSH_KEYS.has(key))) return [];
  const isProject = entry.method.includes('.projects.');
  const target = isProject ? entry.project : instanceOf(entry);
  const credential = { type: 'publickey', id: null };
  return [{ kind: 'credential.issue', path: 'ssh', ...who(entry), target, credential }];
}

/**
 * The message alone tells whether somebody got through. The gateway knows the account of the machine, and names no
 * person; begin and end of a session have one operation id.
 */
export function serialConsole(entry: Entry): readonly ProviderDraft[] {
  const kind = Object.hasOwn(SERIAL, entry.method) ? SERIAL[entry.method] : undefined;
  const message = textAt(entry.payload, 'status', 'message') ?? '';
  if (kind === undefined || (kind === 'access.open' && !/succeeded/i.test(message.slice(0, 200)))) return [];
  const { operation, project } = entry;
  const account = textAt(entry.payload, 'request', 'username') ?? entry.name;
  const isPart = operation !== null && operation.first !== operation.last;
  // An end without its begin closes nothing.
  if (kind === 'access.close' && !isPart) return [];
  const session = isPart ? { session: { cloudSession: `serial/${project ?? ''}/${operation.id}` } } : {};
  return [{ kind, path: 'serial-console', account, target: instanceOf(entry), ...session }];
}

const SERIAL: Readonly<Partial<Record<string, 'access.open' | 'access.close'>>> = {
  'google.ssh-serialport.v1.connect': 'access.open',
  'google.ssh-serialport.v1.disconnect': 'access.close',
};

/** The account is the service account where somebody acts through one. */
export function who({ name, delegator }: Entry): Pick<ProviderDraft, 'account' | 'actor'> {
  return { account: name, actor: delegator };
}

/** `…/instances/NAME-OR-ID`; the label is the id, which is never used twice. */
function instanceOf({ instance, resource }: Entry): string | null {
  const named =
    resource === null ? null : /\/instances\/([\w.-]{1,100})(?:$|\/)/.exec(resource.slice(0, 500));
  return instance ?? named?.[1] ?? null;
}
