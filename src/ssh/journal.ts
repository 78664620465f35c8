import type { SshConnection } from './connection.ts';
import { SshFault } from './fault.ts';

/** Where reading a journal goes on: behind an entry, or at a time (epoch ms) where none was read yet. */
export type JournalPlace = { readonly cursor: string } | { readonly sinceMs: number };

/**
 * A journal's entries of logins and elevations behind a place, as lines of JSON. `command` asks the host's forced
 * command, else journalctl itself is called. Throws an SshFault.
 */
export function readJournal(
  connection: SshConnection,
  place: JournalPlace,
  via: 'sftp' | 'command',
): AsyncGenerator<Uint8Array, void> {
  return connection.run(via === 'command' ? toRequest(place) : toCommand(place));
}

/**
 * A cursor as journalctl prints it, e.g. `s=0639…;i=4ece;b=6c7c…;m=4fc7…;t=4e66…;x=84fa…` (systemd, sd_journal_get_cursor).
 * No other text ever becomes part of a command.
 */
const CURSOR = /^s=[0-9a-f]{1,40}(?:;[a-z]=[0-9a-f]{1,40}){1,9}$/;

export function isJournalCursor(value: unknown): value is string {
  return typeof value === 'string' && CURSOR.test(value);
}

function toRequest(place: JournalPlace): string {
  return 'cursor' in place
    ? `journal ${verified(place.cursor)}`
    : `journal-since ${toSeconds(place.sinceMs)}`;
}

/** The same call as in `contrib/offrecord-pull`. */
function toCommand(place: JournalPlace): string {
  const from =
    'cursor' in place ? `--after-cursor='${verified(place.cursor)}'` : `--since=@${toSeconds(place.sinceMs)}`;
  return `journalctl --quiet --no-pager --output=json ${from} ${FILTER}`;
}

/** Logins and elevations are logged as auth and authpriv; the journal itself tells what it lost. */
const FILTER = 'SYSLOG_FACILITY=4 SYSLOG_FACILITY=10 + _COMM=sshd _COMM=sshd-session + _TRANSPORT=driver';

function verified(cursor: string): string {
  if (!isJournalCursor(cursor)) throw new SshFault('protocol', 'the cursor is none');
  return cursor;
}

function toSeconds(ms: number): number {
  return Math.max(0, Math.floor(ms / 1000));
}
