import type { DocumentClass } from './event.ts';
import type { Path } from './path.ts';

/** The account's preferences of Session Manager, used where a session names no document. */
export const PREFERENCES = 'SSM-SessionManagerRunShell';

// Documents that AWS owns. Their names begin with prefixes that no account can give a document of its own.
const KNOWN: ReadonlyMap<string, DocumentClass> = new Map([
  [PREFERENCES, 'shell'],
  ['AWS-StartInteractiveCommand', 'command'],
  ['AWS-StartNonInteractiveCommand', 'command'],
  ['AmazonECS-ExecuteInteractiveCommand', 'command'],
  ['AWS-StartSSHSession', 'tunnel'],
  ['AWS-StartPortForwardingSession', 'tunnel'],
  ['AWS-StartPortForwardingSessionToRemoteHost', 'tunnel'],
  ['AWS-StartPortForwardingSessionToSocket', 'tunnel'],
]);

const PATHS: Readonly<Record<DocumentClass, Path>> = {
  shell: 'ssm-shell',
  command: 'ssm-command',
  tunnel: 'ssm-tunnel',
  // It carries inputs of its own and may record nowhere: a shell until its content tells otherwise.
  custom: 'ssm-shell',
};

/** What a document of Session Manager makes of a session. */
export interface SessionDocument {
  /** Its name, without the ARN around one of AWS's own. */
  readonly document: string;
  readonly documentClass: DocumentClass;
  readonly path: Path;
}

/** What a session with the named document is; null stands for the account's preferences. */
export function toSessionDocument(name: string | null): SessionDocument {
  const document = ownedByAws(name ?? PREFERENCES);
  const documentClass = KNOWN.get(document) ?? 'custom';
  return { document, documentClass, path: PATHS[documentClass] };
}

/** A document may be named by its ARN. One of AWS has no account in it; any other is somebody's, whatever its name. */
function ownedByAws(name: string): string {
  return /^arn:[\w-]{1,32}:ssm:[\w-]{0,32}::document\/([\w.-]{1,128})$/.exec(name)?.[1] ?? name;
}
