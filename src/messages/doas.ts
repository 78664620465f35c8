import { type Meaning, type Message, means, NOTHING, unparsed } from './message.ts';

const RAN = /^(\S{1,256}) ran command /;

/**
 * `alice ran command id as root from /home/alice`, before OpenBSD 5.9 `alice ran command as root: id`. Command line
 * and directory are the user's own words and may both hold ` as NAME from `: where several readings are possible
 * the one with the most privilege counts.
 */
export function parseDoas(message: Message): Meaning {
  const match = RAN.exec(message.text);
  if (match === null) return NOTHING;
  const rest = message.text.slice(match[0].length);
  const old = /^as (\S{1,256}): (\S*)/.exec(rest);
  const accounts = old === null ? accountsIn(rest) : [old[1] ?? ''];
  const account = accounts.includes('root') ? 'root' : accounts.at(-1);
  if (account === undefined) return unparsed('doas ran a command in unknown wording');
  const command = old === null ? rest.slice(0, rest.indexOf(' ')) : (old[2] ?? '');
  return means('access.open', message, {
    path: 'sudo',
    account,
    actor: match[1] ?? null,
    detail: { service: 'doas', command },
  });
}

function accountsIn(text: string): string[] {
  return Array.from(text.matchAll(/ as (\S{1,256})(?= from )/g), (match) => match[1] ?? '');
}
