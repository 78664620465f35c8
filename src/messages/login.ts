import { type Meaning, type Message, means, NOTHING, PATTERN_LIMIT, ttyOf } from './message.ts';
import { toOrigin } from './origin.ts';

// util-linux, BSD and macOS share these.
const ROOT = /^ROOT LOGIN ON (\S{1,64})(?: FROM (\S{1,256}))?$/i;
const USER = /^LOGIN ON (\S{1,64}) BY (\S+)(?: FROM (\S{1,256}))?$/;

/** login on a console or serial line: `LOGIN ON tty1 BY alice`, `ROOT LOGIN ON tty1`. */
export function parseLogin(message: Message): Meaning {
  if (message.text.length > PATTERN_LIMIT) return NOTHING;
  const root = ROOT.exec(message.text);
  if (root !== null) return opens(message, 'root', root[1], root[2]);
  const user = USER.exec(message.text);
  return user === null ? NOTHING : opens(message, user[2] ?? '', user[1], user[3]);
}

function opens(
  message: Message,
  account: string,
  terminal: string | undefined,
  from: string | undefined,
): Meaning {
  return means('access.open', message, {
    path: 'console',
    account,
    // A host name is no address.
    origin: from !== undefined && /^[0-9A-Fa-f.:]+$/.test(from) ? toOrigin(from, undefined) : null,
    session: ttyOf(terminal),
    detail: { service: 'login' },
  });
}
