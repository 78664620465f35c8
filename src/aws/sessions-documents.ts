import type { DocumentClass } from '../model/event.ts';
import type { Path } from '../model/path.ts';

/** Session documents that AWS owns and whose sessions carry the bytes of another program, or one command. */
const KNOWN: ReadonlyMap<string, DocumentClass> = new Map([
  ['SSM-SessionManagerRunShell', 'shell'],
  ['AWS-StartSSHSession', 'tunnel'],
  ['AWS-StartPortForwardingSession', 'tunnel'],
  ['AWS-StartPortForwardingSessionToRemoteHost', 'tunnel'],
  ['AWS-StartPortForwardingSessionToSocket', 'tunnel'],
  ['AWS-StartInteractiveCommand', 'command'],
  ['AWS-StartNonInteractiveCommand', 'command'],
  ['AmazonECS-ExecuteInteractiveCommand', 'command'],
]);

const PATHS: Readonly<Record<DocumentClass, Path>> = {
  shell: 'ssm-shell',
  command: 'ssm-command',
  tunnel: 'ssm-tunnel',
  custom: 'ssm-shell',
};

/** What a session with this document is. A session without one runs the account's default shell document. */
export function toDocument(name: string | null): {
  readonly path: Path;
  readonly documentClass: DocumentClass;
} {
  const documentClass = name === null ? 'shell' : (KNOWN.get(name) ?? 'custom');
  return { path: PATHS[documentClass], documentClass };
}

/** `ecs:CLUSTER_TASK_RUNTIME`: names of clusters have at most 255 characters, task ids 32 hex digits or, before 2018, a UUID. */
const ECS_TARGET = /^ecs:([A-Za-z0-9_-]{1,255})_([0-9a-f-]{32,36})_[A-Za-z0-9-]{1,64}$/;

/** A container of ECS as `CLUSTER/TASK`; null for every other target. */
export function parseContainer(target: string): string | null {
  if (target.length > 400) return null;
  const [, cluster, task] = ECS_TARGET.exec(target) ?? [];
  return cluster === undefined || task === undefined ? null : `${cluster}/${task}`;
}
