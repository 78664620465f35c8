import { createFramer } from '../../files/framing.ts';
import { isFields } from './fields.ts';
import { parseJson, unwrap } from './unwrap.ts';

const decoder = new TextDecoder('utf-8');
// The first records of a file are like the rest; 20 of 5 KiB are more than a head holds.
const RECORDS_READ = 20;

/** 1 for JSON whose first records are those of a trail, wrapped in whatever is known; else 0. */
export function recognise(head: Uint8Array): number {
  const framer = createFramer('json-records');
  const records = framer.push(head).slice(0, RECORDS_READ);
  if (records.length > 0) return records.some(({ bytes }) => holdsRecord(decoder.decode(bytes))) ? 1 : 0;
  const { rest } = framer.end();
  return rest !== null && looksLikeRecord(decoder.decode(rest.bytes)) ? 1 : 0;
}

function holdsRecord(text: string): boolean {
  if (!text.startsWith('{')) return false;
  const parsed = parseJson(text);
  return (
    'value' in parsed &&
    unwrap(parsed.value).some((found) => found.kind === 'record' && hasVersion(found.record))
  );
}

/** The version tells a trail's records from whatever else has sources and names. */
function hasVersion(record: unknown): boolean {
  return isFields(record) && typeof record['eventVersion'] === 'string';
}

/**
 * A first record that is longer than the head: its keys are looked for, also where the record is JSON within JSON.
 * A journal holds whatever programs log, also such records.
 */
function looksLikeRecord(text: string): boolean {
  return (
    text.startsWith('{') &&
    !text.includes('"__REALTIME_TIMESTAMP"') &&
    ['eventVersion', 'eventSource', 'eventName'].every((key) => new RegExp(`"?${key}\\\\?"\\s?:`).test(text))
  );
}

// `[PREFIX/]AWSLogs/[ORG/]ACCOUNT/CloudTrail/REGION/YYYY/MM/DD/ACCOUNT_CloudTrail_REGION_TIME_UNIQUE.json.gz`
const FILE = /^(\d{12})_CloudTrail_([a-z0-9-]{5,32})_\d{8}T\d{4}Z_\w{1,64}\.json(?:\.gz)?$/;

/**
 * `ACCOUNT/REGION` of a trail's file, from its name alone: also copies keep it. Null for any other file, digests and
 * Insights among them.
 */
export function streamOf(name: string): string | null {
  const match = FILE.exec(name.slice(name.lastIndexOf('/') + 1));
  return match === null ? null : `${match[1]}/${match[2]}`;
}
