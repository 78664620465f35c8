import { type EnvelopeResult, parseEnvelope, parseJournalExport } from '../../envelope/envelope.ts';
import { decodeLine } from '../../envelope/text.ts';
import type { Parsed } from '../../model/event.ts';
import { decodeEnvelope } from '../decode-log.ts';
import type { Format, FormatContext, RecordPlace } from '../format.ts';
import { NO_RECORD, rejected } from '../to-event.ts';
import { isForged } from './forged.ts';
import { recogniseJournald } from './recognise.ts';

/** The systemd journal as `journalctl -o json` or `-o export` prints it. */
export const journald: Format = {
  type: 'journald',
  title: 'systemd journal (journalctl -o json, -o export)',
  framing: (head) => (head[0] === BRACE ? 'lines' : 'journal-export'),
  recognise: recogniseJournald,
  create: (context) => ({ decode: (record, place) => decode(record, place, context) }),
};

const BRACE = 0x7b;

function decode(record: Uint8Array, place: RecordPlace, context: FormatContext): Parsed {
  if (record[0] !== BRACE) return toParsed(parseJournalExport(record), latin1(record), place, context);
  const line = decodeLine(record);
  if (!line.ok) return rejected(line.code, line.detail, place);
  if (line.text.trim() === '') return NO_RECORD;
  return toParsed(parseEnvelope(line.text, context), line.text, place, context);
}

function toParsed(result: EnvelopeResult, text: string, place: RecordPlace, context: FormatContext): Parsed {
  if (!result.ok) return rejected(result.code, result.detail, place);
  const parsed = decodeEnvelope(result.envelope, text, place, context);
  if (parsed.events.length === 0 || !isForged(result.envelope)) return parsed;
  const fault = rejected(
    'unparsed-message',
    'another program wrote this in the name of a login program',
    place,
  );
  return { ...parsed, events: [], rejects: fault.rejects };
}

/** Bytes as text of the same length, for ids: an entry may hold any bytes. */
function latin1(bytes: Uint8Array): string {
  return new TextDecoder('latin1').decode(bytes);
}
