import { certCreate, configChange, exec, port, scp, sftp, userLogin } from './acts.ts';
import type { AuditEvent, TeleportDraft } from './audit-event.ts';
import { guardedStart, sessionEnd, sessionStart, sessionUpload, sessionUse } from './sessions.ts';

/** What an audit event means as an access, a recording, a credential or a change of configuration; nothing else. */
export function parseMeaning(event: AuditEvent): readonly TeleportDraft[] {
  const read = Object.hasOwn(EVENTS, event.name) ? EVENTS[event.name] : undefined;
  return read === undefined ? [] : read(event);
}

const EVENTS: Readonly<Record<string, (event: AuditEvent) => readonly TeleportDraft[]>> = {
  'session.start': sessionStart,
  'session.join': sessionUse,
  'session.leave': sessionUse,
  'session.data': sessionUse,
  // Files and connections, the other two that the kernel is asked for, come by the thousands and prove no more.
  'session.command': sessionUse,
  'session.end': sessionEnd,
  'session.upload': sessionUpload,
  exec,
  scp,
  sftp,
  port,
  'windows.desktop.session.start': guardedStart,
  'windows.desktop.session.end': sessionEnd,
  'db.session.start': guardedStart,
  'db.session.end': sessionEnd,
  'user.login': userLogin,
  'cert.create': certCreate,
  'session_recording_config.update': configChange,
  'cluster_networking_config.update': configChange,
  'auth_preference.update': configChange,
  'role.created': configChange,
  'role.updated': configChange,
  'role.deleted': configChange,
  'external_audit_storage.enable': configChange,
  'external_audit_storage.disable': configChange,
};
