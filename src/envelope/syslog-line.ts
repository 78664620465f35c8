import { type Envelope, type EnvelopeOptions, type EnvelopeResult, reject } from './shape.ts';
import { parseRfc5424Body } from './rfc5424.ts';
import { parseTag, type Tag } from './tag.ts';
import { parseBsdTime, parseIsoTime, type RecordTime } from './time.ts';

const HEADER =
  /^(?:<\d{1,3}>)?(?:([A-Z][a-z]{2} [ 0-9]?\d(?: \d{4})? \d\d:\d\d:\d\d(?:\.\d{1,9})?)|(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d\S{0,20})):? +/;

/**
 * `[<PRI>]TIME HOST TAG: MESSAGE` with TIME as RFC 3164 (no year, no zone) or ISO-8601.
 * The host is left out by some daemons; a first word that is a tag (`sshd[123]:`) is then read as one.
 */
export function parseSyslogLine(line: string, options: EnvelopeOptions): EnvelopeResult {
  const match = HEADER.exec(line);
  if (match === null) return reject('unknown-shape', 'no known time at the start of the line');
  const time =
    match[1] !== undefined ? parseBsdTime(match[1], options) : parseIsoTime(match[2] ?? '', options);
  if (time === null) return reject('bad-time', 'the time at the start of the line is in no calendar');
  return { ok: true, envelope: readBody(line.slice(match[0].length), time) };
}

const HOSTLESS = /^[^\s:[\]]+\[\d+\]: /;
const WORD = /^(\S+)(?: +|$)/;
const TAG = /^([^\s:[\]]+(?:\[\d*\])?):(?: |$)/;
// AIX puts facility and priority before the tag, Solaris a message id after it.
const AIX_PRIORITY = /^[a-z0-9|]{2,32}:[a-z]{2,8} /;
const SOLARIS_ID = /^\[ID \d{1,10} [a-z0-9.]{1,32}\] /;

function readBody(body: string, time: RecordTime): Envelope {
  const word = HOSTLESS.test(body) ? null : WORD.exec(body);
  const host = word?.[1] ?? null;
  const rest = body.slice(word?.[0].length ?? 0).replace(AIX_PRIORITY, '');
  const tag = TAG.exec(rest);
  if (tag === null)
    return parseRfc5424Body(body, time) ?? envelope(time, host, { ident: null, pid: null }, rest);
  const message = rest.slice(tag[0].length).replace(SOLARIS_ID, '');
  return envelope(time, host, parseTag(tag[1] ?? ''), message);
}

function envelope(time: RecordTime, host: string | null, tag: Tag, message: string): Envelope {
  return { ...time, host, ...tag, message };
}
