import type { Path } from '../../model/path.ts';
import { parseHostPort } from '../../util/host-port.ts';
import { type Fields, textAt, textsAt } from '../json-fields.ts';
import { type AuditEvent, flagOf, succeeded, type TeleportDraft, timeOf } from './audit-event.ts';

/** A session begins. Where it is recorded, its recorder has begun too: it refuses or ends what it cannot record. */
export function sessionStart(event: AuditEvent): readonly TeleportDraft[] {
  const base = sessionDraft(event);
  return [
    { ...base, kind: 'access.open' },
    ...(isRecorded(event.record) ? [{ ...base, kind: 'recording.open' as const }] : []),
  ];
}

/**
 * A session ends. It opens one too, from when it says it began: versions that do not fit together leave
 * `session.start` out, and exporters lose events.
 */
export function sessionEnd(event: AuditEvent): readonly TeleportDraft[] {
  const base = sessionDraft(event);
  const began = timeOf(event.record, 'session_start');
  const time = endOf(event, began);
  return [
    { ...base, kind: 'access.open', time: began === null || began > time ? time : began },
    { ...base, kind: 'access.close', time },
    ...(isRecorded(event.record) ? [{ ...base, kind: 'recording.close' as const, time }] : []),
  ];
}

/** An end that is told days later (an upload that was given up) tells when it was; no end lies after its telling. */
function endOf({ record, time }: AuditEvent, began: number | null): number {
  const stopped = timeOf(record, 'session_stop');
  return stopped === null || stopped > time || stopped < (began ?? 0) ? time : stopped;
}

/** The recording was sent to where recordings are kept. That says nothing about it being there. */
export function sessionUpload(event: AuditEvent): readonly TeleportDraft[] {
  return event.sid === null
    ? []
    : [{ kind: 'recording.stored', path: null, account: null, target: null, cloud: {} }];
}

/** A sign that the session went on: somebody joined or left, a command was seen, traffic was counted. */
export function sessionUse(event: AuditEvent): readonly TeleportDraft[] {
  return event.sid === null ? [] : [{ ...sessionDraft(event), kind: 'access.use' }];
}

/** A remote desktop, or a database. A refused one has a code of its own. */
export function guardedStart(event: AuditEvent): readonly TeleportDraft[] {
  return succeeded(event) ? sessionStart(event) : [];
}

/** Where a session leads, by what the event names. */
export function sessionDraft(event: AuditEvent): Omit<TeleportDraft, 'kind'> {
  const { record, name } = event;
  if (name.startsWith('db.')) return databaseDraft(record);
  if (name.startsWith('windows.')) return desktopDraft(record);
  return isKube(record) ? kubeDraft(event, 'k8s-exec') : sshDraft(event, sshPath(record));
}

export function isKube(record: Fields): boolean {
  return textAt(record, 'proto') === 'kube' || textAt(record, 'kubernetes_cluster') !== null;
}

export function sshDraft({ record, user }: AuditEvent, path: Path): Omit<TeleportDraft, 'kind'> {
  return {
    path,
    account: textAt(record, 'login'),
    target: textAt(record, 'server_hostname') ?? textAt(record, 'server_id') ?? serverAddress(record),
    // Teleport lets nobody in without a certificate, and puts the user's name into its key id.
    credential: { type: 'certificate', id: null, ...(user === null ? {} : { keyId: user }) },
  };
}

/** The address of the server where the event names none; a loopback address is that of any. */
function serverAddress(record: Fields): string | null {
  const places = ['server_addr', 'addr.local'].map((key) => parseHostPort(textAt(record, key) ?? ''));
  const hosts = places.flatMap((place) => (place === null ? [] : [place.host]));
  return hosts.find((host) => !/^(?:127\.|::1$|0\.0\.0\.0$|::$|localhost$)/.test(host)) ?? null;
}

/** The end says whether a terminal was attached; the start has its size, or the command; old ones have neither. */
function sshPath(record: Fields): Path {
  const interactive = flagOf(record, 'interactive');
  if (interactive !== undefined) return interactive ? 'ssh-shell' : 'ssh-exec';
  if (textAt(record, 'size') !== null) return 'ssh-shell';
  return textsAt(record, 'initial_command').length > 0 ? 'ssh-exec' : 'ssh';
}

/** A pod is a place in the cluster, which is the target. */
export function kubeDraft({ record, user }: AuditEvent, path: Path): Omit<TeleportDraft, 'kind'> {
  const names = ['kubernetes_pod_namespace', 'kubernetes_pod_name', 'kubernetes_container_name'];
  const pod = names.flatMap((key) => textAt(record, key) ?? []).join('/');
  return {
    path,
    account: textsAt(record, 'kubernetes_users')[0] ?? textAt(record, 'login') ?? user,
    target: textAt(record, 'kubernetes_cluster') ?? textAt(record, 'server_id'),
    ...(pod === '' ? {} : { cloud: { resource: pod } }),
  };
}

function desktopDraft(record: Fields): Omit<TeleportDraft, 'kind'> {
  const address = textAt(record, 'desktop_addr');
  return {
    path: 'rdp',
    account: textAt(record, 'windows_user') ?? textAt(record, 'login'),
    target: textAt(record, 'desktop_name') ?? parseHostPort(address ?? '')?.host ?? address,
  };
}

function databaseDraft(record: Fields): Omit<TeleportDraft, 'kind'> {
  const database = textAt(record, 'db_name');
  return {
    path: 'db',
    account: textAt(record, 'db_user'),
    target: textAt(record, 'db_service') ?? textAt(record, 'db_uri'),
    ...(database === null ? {} : { cloud: { resource: database } }),
  };
}

/** Where the event names no mode nothing is known. */
function isRecorded(record: Fields): boolean {
  const mode = textAt(record, 'session_recording');
  return mode !== null && mode !== 'off';
}
