import { parseHostPort } from '../../util/host-port.ts';
import { fieldsAt, textAt } from '../json-fields.ts';
import { type AuditEvent, succeeded, type TeleportDraft, timeOf } from './audit-event.ts';
import { isKube, kubeDraft, sshDraft } from './sessions.ts';

const DAY_MS = 86_400_000;

/** A command without a terminal. Its code is that of a failure where the command itself failed: it ran all the same. */
export function exec(event: AuditEvent): readonly TeleportDraft[] {
  return act(event, isKube(event.record) ? kubeDraft(event, 'k8s-exec') : sshDraft(event, 'ssh-exec'));
}

/** What is told when it is over, with how it ended: many versions give it no other beginning and end. */
function act({ record, sid }: AuditEvent, base: Omit<TeleportDraft, 'kind'>): readonly TeleportDraft[] {
  const isOver = sid !== null && textAt(record, 'exitCode') !== null;
  return [{ ...base, kind: 'access.open' }, ...(isOver ? [{ ...base, kind: 'access.close' as const }] : [])];
}

// What Teleport itself refused: nothing was copied.
const REFUSED = new Set(['T3010E', 'TS020E']);

/** A copied file. A code of failure is that of one file. */
export function scp(event: AuditEvent): readonly TeleportDraft[] {
  if (REFUSED.has(event.code)) return [];
  return act(event, sshDraft(event, 'ssh-sftp'));
}

/** One step of a file transfer, of which a connection makes thousands; often without a session. */
export function sftp(event: AuditEvent): readonly TeleportDraft[] {
  if (REFUSED.has(event.code)) return [];
  return [{ ...sshDraft(event, 'ssh-sftp'), kind: 'access.open', cloud: ofConnection(event) }];
}

/** A tunnel through the session's connection: each connection within it leaves an event of its own. */
export function port(event: AuditEvent): readonly TeleportDraft[] {
  if (!event.code.endsWith('I') || !succeeded(event)) return [];
  const { record } = event;
  const base = isKube(record) ? kubeDraft(event, 'k8s-forward') : sshDraft(event, 'ssh-forward');
  const place = parseHostPort(textAt(record, 'addr') ?? '');
  const forwards = { host: place?.host ?? null, port: place?.port ?? null };
  return [{ ...base, kind: 'access.open', cloud: { ...base.cloud, ...ofConnection(event), forwards } }];
}

/**
 * Without a session the client's address and port hold the events of one connection together. Ports are used again,
 * hardly on one day.
 */
function ofConnection({ record, sid, user, time }: AuditEvent): { readonly sharedId?: string } {
  const remote = textAt(record, 'addr.remote');
  if (sid !== null || remote === null) return {};
  const parts = [
    textAt(record, 'event'),
    textAt(record, 'server_id'),
    remote,
    user,
    Math.floor(time / DAY_MS),
  ];
  return { sharedId: parts.join(' ') };
}

// Whether single sign-on would work was tried out: nobody was let in.
const SSO_TEST = 'T1010I';

/** A person or bot got certificates for a while: whatever is done with them leaves events of its own. */
export function userLogin(event: AuditEvent): readonly TeleportDraft[] {
  if (!succeeded(event) || event.code === SSO_TEST) return [];
  const { record, user } = event;
  const mfa = textAt(fieldsAt(record, 'mfa_device'), 'mfa_device_uuid') !== null;
  return [
    {
      kind: 'credential.issue',
      path: null,
      account: user,
      actor: null,
      target: textAt(record, 'cluster_name'),
      credential: { type: textAt(record, 'method') ?? 'unknown', id: null },
      ...(mfa ? { cloud: { mfa: true } } : {}),
    },
  ];
}

/** A certificate for a user; those of hosts open nothing. */
export function certCreate(event: AuditEvent): readonly TeleportDraft[] {
  if (textAt(event.record, 'cert_type') !== 'user') return [];
  const identity = fieldsAt(event.record, 'identity');
  const user = textAt(identity, 'user') ?? event.user;
  const expires = timeOf(identity, 'expires');
  const impersonator = textAt(identity, 'impersonator');
  return [
    {
      kind: 'credential.issue',
      path: null,
      account: user,
      actor: null,
      target: textAt(identity, 'route_to_cluster') ?? textAt(event.record, 'cluster_name'),
      credential: { type: 'certificate', id: null, ...(user === null ? {} : { keyId: user }) },
      cloud: {
        ...(expires === null ? {} : { expires }),
        ...(impersonator === null ? {} : { sourceIdentity: impersonator }),
      },
    },
  ];
}

/**
 * What decides whether sessions are recorded, and how, was changed. The event says who and never what: until a new
 * session shows its mode the posture is unknown, so it is neither `off` nor `on`.
 */
export function configChange(event: AuditEvent): readonly TeleportDraft[] {
  const { record, name, user } = event;
  const resource = textAt(record, 'name');
  return [
    {
      kind: 'control.change',
      path: null,
      account: user,
      actor: null,
      target: textAt(record, 'cluster_name'),
      control: `teleport:${name}`,
      ...(resource === null ? {} : { cloud: { resource } }),
    },
  ];
}
