import { draft, type Meaning, type Message, NOTHING, PATTERN_LIMIT } from './message.ts';

const PREFIX = /^pam_unix\((?:systemd-)?run0:session\): /;
const OPENED = /^session opened for user (\S.*?)(?:\(uid=(\d{1,10})\))? by /;
const CLOSED = /^session closed for user (\S.*?)(?:\(uid=\d{1,10}\))?$/;

/**
 * run0 (systemd 256 and later): the service manager starts the command and opens a PAM session of the service
 * `systemd-run0` for it. The line names the account and not who asked: polkit knows that and systemd asks for it
 * as root. Null where the line is of another service. Unverified on a host of our own; the wording was seen quoted.
 */
export function parseRun0(message: Message): Meaning | null {
  const prefix = PREFIX.exec(message.text);
  return prefix === null ? null : parseManagerSession(message, prefix[0].length, 'sudo', 'run0');
}

/** A PAM session that the service manager opened for a person's command: an access, and its end. */
export function parseManagerSession(
  message: Message,
  start: number,
  path: 'sudo' | 'su',
  service: string,
): Meaning {
  const text = message.text.length <= PATTERN_LIMIT ? message.text.slice(start) : '';
  const closed = CLOSED.exec(text);
  const opened = OPENED.exec(text);
  const account = (closed ?? opened)?.[1] ?? null;
  if (account === null) return NOTHING;
  const uid = opened?.[2] === undefined ? {} : { accountUid: Number(opened[2]) };
  const kind = closed === null ? 'access.open' : 'session.close';
  return {
    drafts: [
      draft(kind, message, { path: closed === null ? path : null, account, detail: { service, ...uid } }),
    ],
    unparsed: null,
  };
}
