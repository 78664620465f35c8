import { type Meaning, type Message, means, NOTHING } from './message.ts';

const CLOCK_CHANGED = 'c7a787079b354eaaa9e77b371893cd27';
const ZONE_CHANGED = '45f82f4aef7a4bbf942ce861d1f20990';

/** systemd and systemd-timedated: a clock or a zone that was set makes times before and after incomparable. */
export function parseSystemd(message: Message): Meaning {
  const control = controlOf(message);
  return control === null ? NOTHING : means('control.change', message, { detail: { control } });
}

function controlOf({ text, messageId }: Message): string | null {
  if (messageId === CLOCK_CHANGED || /^Time has been changed\.?$/.test(text)) return 'clock-changed';
  if (messageId === ZONE_CHANGED || text.startsWith("Changed time zone to '")) return 'zone-changed';
  return null;
}
