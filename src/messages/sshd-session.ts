import type { Path } from '../model/path.ts';
import type { EventDetail } from '../model/event.ts';
import { type Meaning, type Message, means, PATTERN_LIMIT, ttyOf, unparsed } from './message.ts';
import { ADDRESS, toOrigin } from './origin.ts';
import { unescapeName } from './vis.ts';

// A forced command may hold ` for ` and ` from `: the last ones are sshd's own.
const STARTING = new RegExp(
  `^Starting session: (.+) for (\\S.*?) from (${ADDRESS}) port (\\d{1,5})(?: id (\\d{1,6}))?$`,
);
const FORCED = /^Starting session: forced-command \((?:config|key-option)\) '/;

/** `Starting session: KIND[ on TTY] for USER from IP port N[ id I]` (VERBOSE): what a channel is used for. */
export function parseStartingSession(message: Message): Meaning {
  const text = message.text.slice(0, PATTERN_LIMIT);
  const match = STARTING.exec(text);
  const use = match === null ? readCut(text, message) : readKind(match[1] ?? '');
  if (use === null) return unparsed('sshd started a session in unknown wording');
  return means('access.use', message, {
    path: use.path,
    detail: use.detail,
    account: match?.[2] === undefined ? null : unescapeName(match[2]),
    origin: toOrigin(match?.[3], match?.[4]),
    session: { ...ttyOf(use.tty), ...(match?.[5] === undefined ? {} : { channel: Number(match[5]) }) },
  });
}

interface Use {
  readonly path: Path;
  readonly detail: EventDetail;
  readonly tty?: string;
}

const KIND =
  /^(shell|command|subsystem '([^']*)'|forced-command \((?:config|key-option)\) '(.*)')(?: on (\S{1,64}))?$/;

function readKind(text: string): Use | null {
  const match = KIND.exec(text);
  if (match === null) return null;
  const [, kind, subsystem, forced, tty] = match;
  const at = tty === undefined ? {} : { tty };
  if (kind === 'shell') return { path: 'ssh-shell', detail: {}, ...at };
  if (subsystem !== undefined)
    return { path: subsystem === 'sftp' ? 'ssh-sftp' : 'ssh-exec', detail: {}, ...at };
  return forced === undefined ? { path: 'ssh-exec', detail: {}, ...at } : { ...readForced(forced), ...at };
}

/** A forced command hides what the client asked for; sshd's own file server is what it says. */
function readForced(command: string): Use {
  if (/^internal-sftp(?: |$)/.test(command)) return { path: 'ssh-sftp', detail: {} };
  return { path: 'ssh', detail: { forcedCommand: command } };
}

/**
 * sshd cuts messages at 500 bytes, so a long forced command takes user, address and slot with it. The process
 * still names the connection; without a process id nothing does.
 */
function readCut(text: string, message: Message): Use | null {
  const start = FORCED.exec(text);
  return start === null || message.pid === null ? null : readForced(text.slice(start[0].length));
}
