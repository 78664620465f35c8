import type { CloudDetail } from '../../model/event.ts';
import type { Path } from '../../model/path.ts';
import { toSessionDocument } from '../../model/session-document.ts';
import { type Fields, portOf, textAt, valueAt } from './fields.ts';

export interface StartedDocument {
  readonly path: Path;
  readonly cloud: Pick<CloudDetail, 'document' | 'documentClass' | 'forwards'>;
}

/** What the document of StartSession allows, from its name and, for a tunnel, where the parameters lead. */
export function parseDocument(request: Fields): StartedDocument {
  const { document, documentClass, path } = toSessionDocument(textAt(request, 'documentName'));
  const forwards = documentClass === 'tunnel' ? { forwards: parseForward(document, request) } : {};
  return { path, cloud: { document, documentClass, ...forwards } };
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
