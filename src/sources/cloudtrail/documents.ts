import type { CloudDetail, DocumentClass } from '../../model/event.ts';
import type { Path } from '../../model/path.ts';
import { type Fields, portOf, textAt, valueAt } from './fields.ts';

/** The account's preferences of Session Manager, used where a session names no document. */
export const PREFERENCES = 'SSM-SessionManagerRunShell';

// Documents that AWS owns. Their names begin with prefixes that no account can give a document of its own.
const KNOWN: Readonly<Record<string, DocumentClass>> = {
  [PREFERENCES]: 'shell',
  'AWS-StartInteractiveCommand': 'command',
  'AWS-StartNonInteractiveCommand': 'command',
  'AmazonECS-ExecuteInteractiveCommand': 'command',
  'AWS-StartSSHSession': 'tunnel',
  'AWS-StartPortForwardingSession': 'tunnel',
  'AWS-StartPortForwardingSessionToRemoteHost': 'tunnel',
  'AWS-StartPortForwardingSessionToSocket': 'tunnel',
};

const PATHS: Readonly<Record<DocumentClass, Path>> = {
  shell: 'ssm-shell',
  command: 'ssm-command',
  tunnel: 'ssm-tunnel',
  // It carries inputs of its own and may record nowhere: a shell until its content tells otherwise.
  custom: 'ssm-shell',
};

export interface SessionDocument {
  readonly path: Path;
  readonly cloud: Pick<CloudDetail, 'document' | 'documentClass' | 'forwards'>;
}

/** What the document of StartSession allows, from its name and, for a tunnel, where the parameters lead. */
export function parseDocument(request: Fields): SessionDocument {
  const name = textAt(request, 'documentName') ?? PREFERENCES;
  const document = ownedByAws(name);
  const documentClass = (Object.hasOwn(KNOWN, document) ? KNOWN[document] : undefined) ?? 'custom';
  const forwards = documentClass === 'tunnel' ? { forwards: parseForward(document, request) } : {};
  return { path: PATHS[documentClass], cloud: { document, documentClass, ...forwards } };
}

/** A document may be named by its ARN. One of AWS has no account in it; any other is somebody's, whatever its name. */
function ownedByAws(name: string): string {
  return /^arn:[\w-]{1,32}:ssm:[\w-]{0,32}::document\/([\w.-]{1,128})$/.exec(name)?.[1] ?? name;
}

// Host names end at 253 characters.
const LONGEST_HOST = 253;

/** Nothing else of the parameters is kept: those of other documents hold command lines. */
function parseForward(document: string, request: Fields): { host: string | null; port: number | null } {
  const host = textOf(firstOf(valueAt(request, 'parameters', 'host')));
  const port = portOf(firstOf(valueAt(request, 'parameters', 'portNumber')));
  // The document's own default.
  return { host, port: port ?? (document === 'AWS-StartSSHSession' ? 22 : null) };
}

/** A parameter is a list of texts. */
function firstOf(value: unknown): unknown {
  return Array.isArray(value) ? value[0] : value;
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' && value.length <= LONGEST_HOST ? value : null;
}
