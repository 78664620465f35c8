import { type Meaning, type Message, means } from './message.ts';
import { ADDRESS, toOrigin } from './origin.ts';
import { unescapeName } from './vis.ts';

const CHANNEL = new RegExp(`^Close session: user (\\S.*) from (${ADDRESS}) port (\\d{1,5}) id (\\d{1,6})$`);

/** Ends of channels and connections. Null where the message tells none. */
export function parseSshdClose(message: Message): Meaning | null {
  const channel = CHANNEL.exec(message.text);
  if (channel === null) return parseConnectionEnd(message);
  return means('access.close', message, {
    account: unescapeName(channel[1] ?? ''),
    origin: toOrigin(channel[2], channel[3]),
    session: { channel: Number(channel[4]) },
    detail: { scope: 'channel' },
  });
}

const END = `(${ADDRESS}) port (\\d{1,5})`;
// `user` marks someone who was in: `invalid user` and `authenticating user` never were. The name is the
// account's own; address and port stand last.
const WITH_USER = [
  new RegExp(
    `^(?:Disconnected from|Connection (?:closed|reset|timed out) by|Timeout, client not responding from) user (\\S.*) ${END}$`,
  ),
  new RegExp(`^(?:terminating inactive connection from|Connection from) user (\\S.*) ${END}(?: timed out)?$`),
  new RegExp(`^Disconnecting user (\\S.*?) ${END}: `),
  new RegExp(`^Read error from remote host user (\\S.*?) ${END}: `),
];
const WITHOUT_USER = [
  new RegExp(
    `^(?:Connection (?:closed|reset) by|Disconnected from|Closing connection to|Timeout, client not responding from) ${END}$`,
  ),
  // There is no space between port and reason; what follows the reason is the client's own text.
  new RegExp(`^(?:error: )?Received disconnect from ${END}:\\d{1,3}:`),
  new RegExp(`^Read error from remote host ${END}: `),
  // Without a port: up to OpenSSH 7.0.
  new RegExp(`^(?:(?:error: )?Received disconnect from|Read error from remote host) (${ADDRESS}): `),
  new RegExp(`^(?:Connection closed by|Disconnected from|Closing connection to) (${ADDRESS})$`),
  new RegExp(`^Timeout, client not responding(?: from (${ADDRESS}))?\\.?$`),
];

function parseConnectionEnd(message: Message): Meaning | null {
  const withUser = firstMatch(WITH_USER, message.text);
  if (withUser !== null) return close(message, unescapeName(withUser[1] ?? ''), withUser[2], withUser[3]);
  const withoutUser = firstMatch(WITHOUT_USER, message.text);
  return withoutUser === null ? null : close(message, null, withoutUser[1], withoutUser[2]);
}

function close(
  message: Message,
  account: string | null,
  ip: string | undefined,
  port: string | undefined,
): Meaning {
  return means('access.close', message, {
    account,
    origin: toOrigin(ip, port),
    detail: { scope: 'connection' },
  });
}

function firstMatch(patterns: readonly RegExp[], text: string): RegExpExecArray | null {
  for (const pattern of patterns) {
    const match = pattern.exec(text);
    if (match !== null) return match;
  }
  return null;
}
