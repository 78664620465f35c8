import type { FileEntry } from '../../files/entry.ts';
import type { Problem } from '../../model/recording.ts';
import { readContent } from '../read.ts';
import { baseName } from '../text.ts';
import type { Book } from './book.ts';
import { FORM_BYTES, type Form, formOf } from './forms.ts';
import { nameOf } from './names.ts';
import type { FileReading } from './reading.ts';
import { takeEvents } from './take-events.ts';
import { takeExport, takeLines } from './take-lines.ts';
import type { Taker } from './taker.ts';
import { createTranscript } from './transcript.ts';

/**
 * Reads one file into the book, in the form that its first bytes show. It is opened once: for an object in a bucket
 * each opening is a request. Throws only for operating errors.
 */
export async function readRecords(file: FileEntry, book: Book): Promise<FileReading> {
  let head: Buffer = Buffer.alloc(0);
  let taker: Taker | null = null;
  const start = (): Taker => {
    const begun = TAKERS[formOf(head)](file.name, book);
    begun.push(head);
    return begun;
  };
  const result = await readContent(file, (chunk) => {
    if (taker !== null) return taker.push(chunk);
    head = Buffer.concat([head, chunk]);
    if (head.length >= FORM_BYTES) taker = start();
    return true;
  });
  return { result, problems: (taker ?? start()).finish() };
}

const TAKERS: Readonly<Record<Form, (file: string, book: Book) => Taker>> = {
  lines: takeLines,
  export: takeExport,
  events: takeEvents,
  transcript: takeTranscript,
};

/** Without its header and its footer a file is no transcript: anything may be named like one. */
function takeTranscript(file: string, book: Book): Taker {
  const transcript = createTranscript({ trimmed: false });
  const finish = (): readonly Problem[] => {
    const found = transcript.finish();
    if (found.begun || found.ended) book.addTranscript(nameOf(file), found);
    else if (found.bytes > 0)
      return [{ code: 'recording-altered', detail: `${baseName(file)} holds no session` }];
    return [];
  };
  return { push: transcript.push, finish };
}
