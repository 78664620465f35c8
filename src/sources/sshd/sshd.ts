import { parseEnvelope } from '../../envelope/envelope.ts';
import { decodeLine } from '../../envelope/text.ts';
import type { Parsed } from '../../model/event.ts';
import { decodeEnvelope } from '../decode-log.ts';
import type { Format, FormatContext, RecordPlace } from '../format.ts';
import { NO_RECORD, rejected } from '../to-event.ts';
import { isBareSshd } from './bare.ts';
import { recogniseSshd } from './recognise.ts';
import { createSkim } from './skim.ts';

/** System logs that hold sshd, PAM, sudo and su messages, in every text shape and as JSON lines. */
export const sshd: Format = {
  type: 'sshd',
  title: 'sshd, PAM, sudo and su in a system log (RFC 3164, RFC 5424, ISO-8601, JSON lines)',
  framing: () => 'lines',
  createSkim,
  recognise: recogniseSshd,
  create: (context) => ({ decode: (record, place) => decode(record, place, context) }),
};

function decode(record: Uint8Array, place: RecordPlace, context: FormatContext): Parsed {
  const line = decodeLine(record);
  if (!line.ok) return rejected(line.code, line.detail, place);
  if (isNoRecord(line.text)) return NO_RECORD;
  const result = parseEnvelope(line.text, context);
  if (result.ok) return decodeEnvelope(result.envelope, line.text, place, context);
  if (result.code === 'unknown-shape' && isBareSshd(line.text)) {
    return rejected(
      'no-time',
      'sshd wrote this line to a file of its own, without time, host and process',
      place,
    );
  }
  return rejected(result.code, result.detail, place);
}

/** journalctl puts `-- Boot … --` and the like between lines. */
function isNoRecord(text: string): boolean {
  return text.trim() === '' || text.startsWith('-- ');
}
