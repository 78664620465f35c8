import { type Meaning, type Message, means, NOTHING } from './message.ts';

const LOST_OLD = /\bimuxsock lost (\d{1,12}) messages from pid \d/;
const LOST = /: (\d{1,12}) messages lost due to rate-limiting/;
const DROPPING = /\bbegins? to drop messages (?:from pid \d+ )?due to rate-limiting/;

/** rsyslog about itself: it drops what a noisy process (or one that wants to drown something) writes too fast. */
export function parseRsyslog(message: Message): Meaning {
  // Its notices are short; anything longer is another message.
  if (message.text.length > 512) return NOTHING;
  const lost = LOST.exec(message.text) ?? LOST_OLD.exec(message.text);
  if (lost === null && !DROPPING.test(message.text)) return NOTHING;
  const count = lost === null ? {} : { lost: Number(lost[1]) };
  return means('source.gap', message, { detail: { control: 'messages-lost', ...count } });
}
