import type { FileEntry } from '../../files/entry.ts';
import { createFramer, type FramedRecord, type Framer } from '../../files/framing.ts';
import type { Problem } from '../../model/recording.ts';
import { LINE_LIMIT, type Line, toLines } from '../lines.ts';
import { type OnChunk, readContent, type ReadResult } from '../read.ts';
import { plural } from '../text.ts';
import type { Book } from './book.ts';
import { EXPORTED, eventsStart, type Form, HEAD_BYTES } from './forms.ts';
import { parseJson } from './message.ts';

/** Takes the bytes of one file into the book; `finish` gives what is wrong with the file as a whole. */
interface Taker {
  readonly push: OnChunk;
  readonly finish: () => readonly Problem[];
}

/** Reads one file of messages or log events. Throws only for operating errors. */
export async function readRecords(
  file: FileEntry,
  form: Exclude<Form, 'transcript'>,
  book: Book,
): Promise<{ readonly result: ReadResult; readonly problems: readonly Problem[] }> {
  const taker = TAKERS[form](file.name, book);
  const result = await readContent(file, taker.push);
  return { result, problems: taker.finish() };
}

const TAKERS = { lines: takeLines, export: takeExport, events: takeEvents } as const;

/** One JSON value a line. */
function takeLines(file: string, book: Book): Taker {
  const problems = new FileProblems();
  let number = 0;
  const lines = toLines((line) => {
    number++;
    const where = `line ${number}`;
    const text = textOf(line);
    if (line.tooLong) return problems.add(tooLong(where));
    if (text.trim() === '') return;
    const problem = book.takeValue(parseJson(text), text, { file, where, ordered: true });
    if (problem !== null) problems.add(line.ended ? problem : breaksOff(where));
  });
  return { push: lines.push, finish: () => (lines.finish(), problems.list()) };
}

/** A time and a space before each event; the further lines of an event have none. */
function takeExport(file: string, book: Book): Taker {
  const problems = new FileProblems();
  let number = 0;
  let held: { readonly time: number; readonly where: string; text: string } | null = null;
  const flush = (): void => {
    if (held === null) return;
    const { time, where, text } = held;
    held = null;
    if (text.length > LINE_LIMIT) return problems.add(tooLong(where));
    const problem = book.takeEvent({ stream: null, time, text }, { file, where, ordered: false });
    if (problem !== null) problems.add(problem);
  };
  const lines = toLines((line) => {
    number++;
    const text = textOf(line);
    // An export ends its last line: one without was cut.
    if (!line.ended) problems.add(breaksOff(`line ${number}`));
    const time = EXPORTED.test(text) ? Date.parse(text.slice(0, 24)) : Number.NaN;
    if (!Number.isNaN(time)) {
      flush();
      held = { time, where: `line ${number}`, text: text.slice(25) };
    } else if (held === null)
      problems.add({ code: 'recording-altered', detail: `line ${number} has no time` });
    else if (held.text.length <= LINE_LIMIT) held.text += `\n${text}`;
    if (line.tooLong) problems.add(tooLong(`line ${number}`));
  });
  const finish = (): readonly Problem[] => {
    lines.finish();
    flush();
    return problems.list();
  };
  return { push: lines.push, finish };
}

/** The lists `events` of answers of the API, event by event, so that one cut off leaves those before it. */
function takeEvents(file: string, book: Book): Taker {
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
    if (head.length > HEAD_BYTES) return;
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

function textOf(line: Line): string {
  return Buffer.from(line.bytes).toString('utf8');
}

function breaksOff(where: string): Problem {
  return { code: 'recording-truncated', detail: `${where} breaks off at the end of the file` };
}

function noEvent(number: number): Problem {
  return { code: 'recording-altered', detail: `event ${number} is cut or changed` };
}

function tooLong(where: string): Problem {
  return { code: 'recording-gap', detail: `${where} is too long and was not read` };
}

// Eight sentences show what is wrong with a file.
const PROBLEMS_KEPT = 8;

class FileProblems {
  readonly #kept: Problem[] = [];
  #more = 0;

  add(problem: Problem): void {
    if (this.#kept.length < PROBLEMS_KEPT) this.#kept.push(problem);
    else this.#more++;
  }

  list(): readonly Problem[] {
    if (this.#more === 0) return this.#kept;
    return [
      ...this.#kept,
      { code: 'recording-altered', detail: `${plural(this.#more, 'more fault')} like these` },
    ];
  }
}
