import { isDeepStrictEqual } from 'node:util';
import { createFramer } from '../../src/files/framing.ts';
import type { Event } from '../../src/model/event.ts';
import { cloudtrail } from '../../src/sources/cloudtrail/cloudtrail.ts';
import { type Screen, screened, screenOf } from '../../src/sources/screened.ts';
import { trailFile, type TrailRecord } from './cloudtrail.ts';

/** Epoch ms of the reading: no built record is younger. */
const REFERENCE = Date.parse('2026-11-30T00:00:00Z');

/** What the real decoder makes of records that lie in one file of a trail, with what the rules say of them. */
export function trailEvents(
  records: readonly TrailRecord[],
  { stream = 'trail', screen }: { readonly stream?: string; readonly screen?: Screen } = {},
): Event[] {
  return eventsOfText(trailFile(records), { stream, screen });
}

/** The same for a text in any wrapper. Throws where a record is rejected. */
export function eventsOfText(
  text: string,
  { stream = 'trail', screen }: { readonly stream?: string; readonly screen?: Screen | undefined } = {},
): Event[] {
  const bytes = Buffer.from(text);
  const decoder = cloudtrail.create({ stream, host: null, zone: 'UTC', reference: REFERENCE });
  const framer = createFramer(cloudtrail.framing(bytes));
  const framed = framer.push(bytes);
  const { rest } = framer.end();
  return (rest === null ? framed : [...framed, rest]).flatMap(({ bytes: record, offset, line }, seq) => {
    const place = { content: stream, offset, line, seq, file: `${stream}.json` };
    const parsed = screened(decoder.decode(record, place), screenOf(cloudtrail, screen));
    if (!isDeepStrictEqual(parsed.rejects, [])) throw new Error(JSON.stringify(parsed.rejects));
    return parsed.events;
  });
}
