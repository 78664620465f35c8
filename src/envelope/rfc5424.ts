import { type Envelope, type EnvelopeOptions, type EnvelopeResult, reject } from './shape.ts';
import { parsePid, parseTag } from './tag.ts';
import { parseIsoTime, type RecordTime } from './time.ts';

const HEADER = /^<\d{1,3}>1 (\S{1,64}) /;

/** RFC 5424 `<PRI>1 TIME HOST APP PROCID MSGID SD MSG`; null where the line does not begin so. */
export function parseRfc5424(line: string, options: EnvelopeOptions): EnvelopeResult | null {
  const match = HEADER.exec(line);
  if (match === null) return null;
  if (match[1] === '-') return reject('no-time', 'RFC 5424 record without a time');
  const time = parseIsoTime(match[1] ?? '', options);
  if (time === null) return reject('bad-time', 'RFC 5424 time is no ISO-8601 time');
  const envelope = parseRfc5424Body(line.slice(match[0].length), time);
  return envelope === null
    ? reject('unknown-shape', 'RFC 5424 header is incomplete')
    : { ok: true, envelope };
}

// Lengths are those of the RFC: HOST 255, APP 48, PROCID 128, MSGID 32.
const BODY = /^(\S{1,255}) (\S{1,48}) (\S{1,128}) (\S{1,32}) (?=-|\[)/;

/** What follows the time. Some templates write it without `<PRI>1`; null where it has another shape. */
export function parseRfc5424Body(body: string, time: RecordTime): Envelope | null {
  const match = BODY.exec(body);
  if (match === null) return null;
  const end = structuredDataEnd(body, match[0].length);
  if (end === null) return null;
  const tag = parseTag(match[2] ?? '-');
  return {
    ...time,
    host: match[1] === '-' ? null : (match[1] ?? null),
    ident: tag.ident,
    pid: parsePid(match[3]) ?? tag.pid,
    message: messageText(body.slice(end)),
  };
}

/**
 * Index just behind the structured data (`-` or `[id name="value"]…`). Values may hold `\"`, `\\` and `\]`;
 * a bracket inside quotes ends nothing. Null where it does not end.
 */
function structuredDataEnd(text: string, start: number): number | null {
  if (text[start] === '-') return atBoundary(text, start + 1);
  let quoted = false;
  for (let at = start; at < text.length; at++) {
    const char = text[at];
    if (quoted && char === '\\') at++;
    else if (char === '"') quoted = !quoted;
    else if (!quoted && char === ']' && text[at + 1] !== '[') return atBoundary(text, at + 1);
  }
  return null;
}

function atBoundary(text: string, end: number): number | null {
  return end === text.length || text[end] === ' ' ? end : null;
}

/** rsyslog's template writes two spaces before the message: the separator and the one the sender wrote. */
function messageText(rest: string): string {
  return rest.replace(/^ (?:\uFEFF| )?/, '');
}
