import { createFramer, type FramedRecord, type Framer } from '../../files/framing.ts';
import type { Problem } from '../../model/recording.ts';
import type { Book } from './book.ts';
import { eventsStart, FORM_BYTES } from './forms.ts';
import { parseJson } from './message.ts';
import { FileProblems, type Taker, tooLong } from './taker.ts';

/** The lists `events` of answers of the API, event by event, so that one cut off leaves those before it. */
export function takeEvents(file: string, book: Book): Taker {
  const problems = new FileProblems();
  let head: Buffer = Buffer.alloc(0);
  let framer: Framer | null = null;
  let number = 0;
  let closed = false;
  const takeEvent = (value: unknown, text: string): void => {
    number++;
    const problem = book.takeValue(value, text, { file, where: `event ${number}`, ordered: true });
    if (problem !== null) problems.add(problem);
  };
  const take = (record: FramedRecord): void => {
    const text = Buffer.from(record.bytes).toString('utf8');
    if (record.tooLong) return problems.add(tooLong(`event ${number + 1}`));
    if (!text.startsWith('{')) {
      // Between events stand commas, and behind the last of them the bracket that closes the list.
      if (!closed && text.trim() !== ',' && !text.startsWith(']')) problems.add(noEvent(number + 1));
      closed ||= text.startsWith(']');
      return;
    }
    const value = parseJson(text);
    if (value === undefined) return problems.add(noEvent(number + 1));
    if (!closed) return takeEvent(value, text);
    // Behind the list stand tokens and names of streams, and perhaps the next answer as a whole.
    for (const event of eventsIn(value)) takeEvent(event, JSON.stringify(event));
  };
  const push = (chunk: Uint8Array): void => {
    if (framer !== null) return framer.push(chunk).forEach(take);
    if (head.length > FORM_BYTES) return;
    head = Buffer.concat([head, chunk]);
    const start = eventsStart(head);
    if (start === null) return;
    framer = createFramer('json-values');
    framer.push(head.subarray(start)).forEach(take);
  };
  const finish = (): readonly Problem[] => {
    const rest = Buffer.from(framer?.end().rest?.bytes ?? []).toString('latin1');
    closed ||= rest.startsWith(']');
    if (!closed || rest.startsWith('{'))
      problems.add({ code: 'recording-truncated', detail: 'the list of events does not end' });
    return problems.list();
  };
  return { push, finish };
}

function eventsIn(value: unknown): readonly unknown[] {
  const events = typeof value === 'object' && value !== null && 'events' in value ? value.events : null;
  return Array.isArray(events) ? events : [];
}

function noEvent(number: number): Problem {
  return { code: 'recording-altered', detail: `event ${number} is cut or changed` };
}
