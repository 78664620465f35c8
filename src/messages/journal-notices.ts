import { type Meaning, type Message, means, NOTHING } from './message.ts';

const SUPPRESSED_ID = 'a596d6fe7bfa4994828e72309e95d61e';
const MISSED_ID = 'e9bf28e6e834481bb6f48f548ad13606';
const LOST = /^(?:Suppressed|Missed) (\d{1,12}) (?:kernel )?messages?(?: |$)/;

/** systemd-journald about itself: messages of a service suppressed by its rate limit, or missed. */
export function parseJournalNotice(message: Message): Meaning {
  const match = LOST.exec(message.text);
  const known = message.messageId === SUPPRESSED_ID || message.messageId === MISSED_ID;
  if (match === null && !known) return NOTHING;
  const lost = Number(match?.[1] ?? message.field?.('N_DROPPED') ?? Number.NaN);
  return means('source.gap', message, {
    detail: { control: 'messages-lost', ...(Number.isInteger(lost) ? { lost } : {}) },
  });
}
