import { type Meaning, type Message, means, NOTHING, PATTERN_LIMIT } from './message.ts';

const NEW_ID = '8d45620c1a4348dbb17410da57c60c66';
const REMOVED_ID = '3354939424b4456d9802ca8333ed424a';
// Newer releases (256 and later) quote the names and add class and type.
const NEW =
  /^New session '?([\w.-]{1,64}?)'? of user '?(\S.*?)'?(?: with class '[\w-]+' and type '[\w-]+')?\.$/;
const REMOVED = /^Removed session '?([\w.-]{1,64}?)'?\.$/;

/** systemd-logind: ties the leading process of a login to the session's id. */
export function parseLogind(message: Message): Meaning {
  const opened = match(NEW, message, NEW_ID);
  if (opened !== null) return opens(message, opened);
  const removed = match(REMOVED, message, REMOVED_ID);
  if (removed === null) return NOTHING;
  return means('session.close', withoutPid(message), {
    session: { logindSession: removed.id },
    detail: { service: 'logind' },
  });
}

interface LogindSession {
  readonly id: string;
  readonly user: string | null;
}

function match(pattern: RegExp, message: Message, id: string): LogindSession | null {
  const text = message.text.length <= PATTERN_LIMIT ? pattern.exec(message.text) : null;
  const fromField = message.messageId === id ? message.field?.('SESSION_ID') : null;
  const session = fromField ?? text?.[1];
  return session == null ? null : { id: session, user: message.field?.('USER_ID') ?? text?.[2] ?? null };
}

/** The text does not name the leading process: only journald's fields do. */
function opens(message: Message, session: LogindSession): Meaning {
  const leader = Number(message.field?.('LEADER') ?? Number.NaN);
  return means('session.link', withoutPid(message), {
    account: session.user,
    session: {
      ...(Number.isInteger(leader) && leader > 0 ? { pid: leader } : {}),
      logindSession: session.id,
    },
    detail: { service: 'logind' },
  });
}

/** logind's own process is none of the session's. */
function withoutPid(message: Message): Message {
  return { ...message, pid: null };
}
