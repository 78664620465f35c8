import { parseAccepted } from './sshd-accepted.ts';
import { parseSshdClose } from './sshd-close.ts';
import { parseStartingSession } from './sshd-session.ts';
import { type Meaning, type Message, means, NOTHING, PATTERN_LIMIT } from './message.ts';
import { ADDRESS, toOrigin } from './origin.ts';
import { parseSftp } from './sftp.ts';

/**
 * OpenSSH's server (texts of 6.0 to 10.5). Only a handful of messages say that someone is in; everything else,
 * above all what repeats a user name that a client chose freely, says nothing.
 */
export function parseSshd(message: Message): Meaning {
  const { text } = message;
  // A probe of a key or certificate: it is logged before the signature is checked, so it is no login.
  if (text.startsWith('Accepted key ') || text.startsWith('Accepted certificate ')) return NOTHING;
  if (text.startsWith('Accepted ')) return parseAccepted(message);
  if (text.startsWith('Starting session: ')) return parseStartingSession(message);
  // Before authentication nobody is in; the suffix is sshd's own and follows whatever the client sent.
  if (text.length > PATTERN_LIMIT || text.endsWith(' [preauth]')) return NOTHING;
  return parseConnection(message) ?? parseServer(message) ?? parseSshdClose(message) ?? parseSftp(message);
}

const CONNECTION = new RegExp(
  `^Connection from (${ADDRESS}) port (\\d{1,5})(?: on (${ADDRESS}) port \\d{1,5})?(?: rdomain "[^"]*")?$`,
);
const CHILD = /^User child is on pid (\d{1,10})$/;

/** Lines of LogLevel VERBOSE that carry ids: they prove the level. */
function parseConnection(message: Message): Meaning | null {
  const child = CHILD.exec(message.text);
  if (child !== null) return means('session.link', message, { session: { childPid: Number(child[1]) } });
  const match = CONNECTION.exec(message.text);
  if (match === null) return null;
  const localIp = toOrigin(match[3], undefined)?.ip;
  return means('connection.open', message, {
    origin: toOrigin(match[1], match[2]),
    detail: localIp === undefined ? {} : { localIp },
  });
}

/** The listener's own life: while it is down nobody can log in, and its log is silent. */
function parseServer(message: Message): Meaning | null {
  if (message.text.startsWith('Server listening on ')) {
    return means('control.change', message, { detail: { control: 'sshd-started' } });
  }
  if (/^Received signal \d{1,2}; terminating\.$/.test(message.text)) {
    return means('control.change', message, { detail: { control: 'sshd-stopped' } });
  }
  return null;
}
