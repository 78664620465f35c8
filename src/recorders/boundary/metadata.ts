import { toId } from './chunks.ts';

/** Who, where and by which session, from `session-meta.json`. */
export interface SessionFacts {
  readonly session: string | null;
  readonly actor: string | null;
  /** Host of the endpoint, without scheme and port. */
  readonly host: string | null;
  /** The one user name among the credentials; null where there are none or several. */
  readonly account: string | null;
}

/** Beginning and end from a `…-recording-summary.json`. Epoch ms. */
export interface Summary {
  readonly opened: number | null;
  readonly closed: number | null;
  readonly connections: number | null;
  /** Boundary noted an error; its text is not kept. */
  readonly failed: boolean;
}

const CREDENTIALS = [
  'StaticUsernamePasswordCredentials',
  'StaticSshPrivateKeyCredentials',
  'VaultSshCertificateLibraries',
];

/** Total: what is not there or no text is null. */
export function parseSessionMeta(text: string): SessionFacts | null {
  const meta = parseObject(text);
  if (meta === null) return null;
  const user = toObject(meta['User']);
  const names = CREDENTIALS.flatMap((key) => toArray(meta[key])).map((one) =>
    toText(toObject(one)?.['Username']),
  );
  const [account, ...others] = [...new Set(names.filter((name) => name !== null))];
  return {
    session: toId(meta['PublicId']),
    actor: toText(user?.['Name']) ?? toText(user?.['PublicId']),
    host: hostOf(toText(meta['Endpoint'])),
    account: others.length === 0 ? (account ?? null) : null,
  };
}

/** Total; null where the text is no JSON object. A time that was never set lies in the year 1. */
export function parseSummary(text: string): Summary | null {
  const summary = parseObject(text);
  if (summary === null) return null;
  const errors = summary['Errors'];
  const count = summary['ConnectionCount'];
  return {
    opened: toTime(summary['StartTime']),
    closed: toTime(summary['EndTime']),
    connections: typeof count === 'number' ? count : null,
    failed: toText(errors) !== null || toText(toObject(errors)?.['Message']) !== null,
  };
}

/** `key: value` lines of a `.meta` file; a key may stand several times. */
export function parseMetaLines(text: string): ReadonlyMap<string, readonly string[]> {
  const pairs = text.split('\n').flatMap((line): [string, string][] => {
    const at = line.indexOf(':');
    return at < 0 ? [] : [[line.slice(0, at), line.slice(at + 1).trim()]];
  });
  const grouped = Map.groupBy(pairs, ([key]) => key);
  return new Map([...grouped].map(([key, found]) => [key, found.map(([, value]) => value)]));
}

function parseObject(text: string): Readonly<Record<string, unknown>> | null {
  try {
    return toObject(JSON.parse(text));
  } catch {
    return null;
  }
}

function toObject(value: unknown): Readonly<Record<string, unknown>> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : null;
}

function toArray(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function toText(value: unknown): string | null {
  return typeof value === 'string' && value !== '' && value.length <= 256 ? value : null;
}

function toTime(value: unknown): number | null {
  const time = Date.parse(toText(value) ?? '');
  return time > 0 ? time : null;
}

/** `ssh://web01.example.com:22`, `10.20.0.14:22`, `[2001:db8::14]:22`. */
function hostOf(endpoint: string | null): string | null {
  const [, bracketed, plain] =
    /^(?:[a-z]{1,12}:\/\/)?(?:\[([0-9A-Fa-f:.]+)\]|([^/:\s[\]]+))(?::\d{1,5})?$/.exec(endpoint ?? '') ?? [];
  return bracketed ?? plain ?? null;
}
