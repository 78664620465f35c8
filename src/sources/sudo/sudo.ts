import { decodeLine } from '../../envelope/text.ts';
import { parseSudoEvent, readSudoEvents, type SudoEvent } from '../../messages/sudo-json.ts';
import type { Event, Parsed, Reject } from '../../model/event.ts';
import type { Format, FormatContext, RecordPlace } from '../format.ts';
import { NO_RECORD, rejected, toEvents, toReject } from '../to-event.ts';
import { eventHost, eventTime } from './fields.ts';

/** sudo's own event log, of sudo itself (`logfile`) or of sudo_logsrvd, as JSON. */
export const sudo: Format = {
  type: 'sudo',
  title: 'sudo event log as JSON (sudo logfile, sudo_logsrvd)',
  framing: () => 'json-members',
  recognise: recogniseSudo,
  create: (context) => ({ decode: (record, place) => decode(record, place, context) }),
};

const KEY = /^\s*\{\s*(?:"sudo"\s*:\s*\{\s*)?"(?:accept|reject|alert|exit)"\s*:\s*\{/;

function recogniseSudo(head: Uint8Array): number {
  const text = new TextDecoder().decode(head.subarray(0, 4096));
  if (!KEY.test(text)) return 0;
  return /"(?:uuid|submituser|server_time|submit_time)"\s*:/.test(text) ? 1 : 0.5;
}

// The kernel lets command line and environment together take 2 MiB; escapes may double that.
const EVENT_LIMIT = 4 * 1024 * 1024;

/** A record is one member of sudo's object, `"accept": {…}`, or a whole object. */
function decode(record: Uint8Array, place: RecordPlace, context: FormatContext): Parsed {
  const line = decodeLine(record, EVENT_LIMIT);
  if (!line.ok) return rejected(line.code, line.detail, place);
  const text = line.text.trim();
  if (text === '') return NO_RECORD;
  const events = readSudoEvents(text.startsWith('{') ? text : `{${text}}`);
  if (events === null) return rejected('bad-json', 'not a member of a JSON object', place);
  if (events.length === 0) return rejected('unknown-shape', 'not an event of sudo', place);
  return combine(events.map((event, index) => decodeEvent(event, `${index} ${text}`, place, context)));
}

function decodeEvent(event: SudoEvent, text: string, place: RecordPlace, context: FormatContext): Parsed {
  const time = eventTime(event);
  if (time === null) return rejected('no-time', 'sudo event without server_time and submit_time', place);
  const meaning = parseSudoEvent({ program: 'sudo', pid: null, text: '' }, event);
  const host = eventHost(event);
  const facts = { time, resolution: 0.001, assumed: [], host, text };
  return {
    events: toEvents(meaning.drafts, facts, place, context),
    rejects: meaning.unparsed === null ? [] : [toReject('unparsed-message', meaning.unparsed, place)],
    time,
    host,
  };
}

function combine(parts: readonly Parsed[]): Parsed {
  const events: Event[] = parts.flatMap((part) => part.events);
  const rejects: Reject[] = parts.flatMap((part) => part.rejects);
  const last = parts.at(-1);
  return { events, rejects, time: last?.time ?? null, host: last?.host ?? null };
}
