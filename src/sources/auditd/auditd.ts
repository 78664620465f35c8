import { decodeLine } from '../../envelope/text.ts';
import type { Parsed } from '../../model/event.ts';
import type { Format, FormatContext, RecordPlace } from '../format.ts';
import { headLines, shareOf } from '../head-lines.ts';
import { NO_RECORD, rejected, toEvents } from '../to-event.ts';
import { parseAuditMeaning } from './meaning.ts';
import { parseAuditRecord } from './record.ts';

/** The kernel's audit log as auditd writes it, raw or enriched. */
export const auditd: Format = {
  type: 'auditd',
  title: 'Linux audit log (auditd, raw and enriched)',
  framing: () => 'lines',
  recognise: (head) => shareOf(headLines(head), (line) => START.test(line)),
  create: (context) => ({ decode: (record, place) => decode(record, place, context) }),
};

const START = /^(?:node=\S{1,255} )?type=\S{1,64} msg=audit\(\d{1,12}\.\d{3}:\d{1,20}\):/;

function decode(bytes: Uint8Array, place: RecordPlace, context: FormatContext): Parsed {
  const line = decodeLine(bytes);
  if (!line.ok) return rejected(line.code, line.detail, place);
  if (line.text.trim() === '') return NO_RECORD;
  const record = parseAuditRecord(line.text);
  if (record === null) return rejected('unknown-shape', 'line does not begin as an audit record', place);
  const drafts = parseAuditMeaning(record);
  // The kernel stamps milliseconds.
  const facts = { time: record.time, resolution: 1, assumed: [], host: record.host, text: line.text };
  return {
    events: drafts.length === 0 ? [] : toEvents(drafts, facts, place, context),
    rejects: [],
    time: record.time,
    host: record.host,
  };
}
