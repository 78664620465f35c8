import { type Meaning, type Message, means, NOTHING, PATTERN_LIMIT, ttyOf } from './message.ts';

// The working directory, which a user names freely, comes after user and terminal.
const EXECUTING = /^(\S+): Executing command \[USER=([^\]]+)\] \[TTY=([^\]]*)\] \[CWD=/;
const COMMAND = /\] \[COMMAND=([^\s\]]+)/;

/** polkit's pkexec: `alice: Executing command [USER=root] [TTY=/dev/pts/0] [CWD=…] [COMMAND=…]`. It logs no end. */
export function parsePkexec(message: Message): Meaning {
  const text = message.text.slice(0, PATTERN_LIMIT);
  const match = EXECUTING.exec(text);
  if (match === null) return NOTHING;
  const command = COMMAND.exec(text.slice(match[0].length))?.[1];
  return means('access.open', message, {
    path: 'sudo',
    account: match[2] ?? null,
    actor: match[1] ?? null,
    session: ttyOf(match[3]),
    detail: { service: 'pkexec', ...(command === undefined ? {} : { command }) },
  });
}
