import type { Credential, EventDetail, EventKind, Origin, SessionIds } from '../model/event.ts';
import type { Path } from '../model/path.ts';

/** What a program wrote, freed of its outer form. */
export interface Message {
  /** Program without version suffixes; see `programOf`. */
  readonly program: string;
  readonly pid: number | null;
  readonly text: string;
  /** journald MESSAGE_ID, where the record has one. */
  readonly messageId?: string;
  /** A journald field as text; null for other records. */
  readonly field?: (name: string) => string | null;
}

/** The part of an event that a message tells; time, target and place come from its record. */
export interface Draft {
  readonly kind: EventKind;
  readonly program: string;
  readonly path: Path | null;
  readonly account: string | null;
  readonly actor: string | null;
  readonly origin: Origin | null;
  readonly credential: Credential | null;
  readonly session: SessionIds;
  readonly detail: EventDetail;
}

/**
 * What a message means. `unparsed` is set where the message announces an access and could not be read:
 * then the record is rejected, so that an access never vanishes in silence.
 */
export interface Meaning {
  readonly drafts: readonly Draft[];
  readonly unparsed: string | null;
}

/** A message without meaning for access: most of them. */
export const NOTHING: Meaning = { drafts: [], unparsed: null };

type Parts = Partial<Omit<Draft, 'kind' | 'program' | 'session'>> & { readonly session?: SessionIds };

/** One event of a message; the process id of the record goes into its session ids. */
export function means(kind: EventKind, message: Message, parts: Parts): Meaning {
  return { drafts: [draft(kind, message, parts)], unparsed: null };
}

export function draft(kind: EventKind, message: Message, parts: Parts): Draft {
  return {
    kind,
    program: message.program,
    path: null,
    account: null,
    actor: null,
    origin: null,
    credential: null,
    detail: {},
    ...parts,
    session: { ...(message.pid === null ? {} : { pid: message.pid }), ...parts.session },
  };
}

export function unparsed(detail: string): Meaning {
  return { drafts: [], unparsed: detail };
}

/**
 * Characters of a message that a pattern may see. sshd, PAM and su write at most 500 to 1,024 bytes; with
 * patterns that look at most twice at each character 2,000 cost some microseconds, however hostile.
 */
export const PATTERN_LIMIT = 2000;

/** Terminal without `/dev/`; the words for "no terminal" are none. */
export function ttyOf(text: string | undefined): { readonly tty?: string } {
  const name = text?.replace(/^\/dev\//, '') ?? '';
  return NO_TERMINAL.has(name) ? {} : { tty: name };
}

const NO_TERMINAL: ReadonlySet<string> = new Set([
  '',
  'none',
  'unknown',
  '?',
  '???',
  'notty',
  'not a tty',
  'ssh',
  'cron',
  '(none)',
]);
