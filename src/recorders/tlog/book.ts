import { createHash } from 'node:crypto';
import type { Problem, RecordingProblemCode } from '../../model/recording.ts';
import { type Accumulator, addMessage, createAccumulator, fault, noteCut, noteFile } from './accumulator.ts';
import type { TlogLine } from './line.ts';
import type { CutMessage } from './message.ts';

/** All recordings of a unit while it is read, the latest active last. */
export interface Book {
  readonly open: Map<string, Accumulator>;
  /** Recordings taken out for lack of room; they are reported once more and then forgotten. */
  readonly finalised: Accumulator[];
  /** Problems of this reading alone, which more bytes may heal. */
  readonly passing: Map<Accumulator, Problem[]>;
}

// One host rarely has more than a few hundred sessions open; an accumulator takes 1 to 20 KiB: at most 100 MiB.
export const ACCUMULATORS_KEPT = 5000;

export function createBook(accumulators: readonly Accumulator[]): Book {
  const open = new Map(accumulators.map((each) => [keyOf(each.host, each.rec), each]));
  return { open, finalised: [], passing: new Map() };
}

export function keyOf(host: string, rec: string): string {
  return `${host}\0${rec}`;
}

/** Enters a message; `file` is the id of the file that holds it. */
export function enterMessage(book: Book, line: Extract<TlogLine, { kind: 'message' }>, file: string): void {
  const { message, text, loggedBy } = line;
  const bytes = Buffer.from(text);
  const digest = createHash('sha256').update(bytes).digest('hex').slice(0, 16);
  const accumulator = touch(book, message.host, message.rec);
  noteFile(accumulator, file);
  addMessage(accumulator, message, { bytes, digest, loggedBy });
}

/** Enters a broken message that ended: nothing will complete it. */
export function enterBroken(
  book: Book,
  line: Extract<TlogLine, { kind: 'broken' }>,
  cut: CutMessage,
  file: string,
): void {
  const accumulator = touchCut(book, cut, file);
  const which = cut.id === null ? 'a message' : `message id ${cut.id}`;
  const [code, what] = BROKEN[line.how];
  fault(accumulator, `${which} ${what}`, code);
}

const BROKEN: Readonly<Record<'cut' | 'damaged' | 'omitted', readonly [RecordingProblemCode, string]>> = {
  cut: ['recording-truncated', 'breaks off'],
  damaged: ['recording-altered', 'is complete and no longer readable'],
  omitted: ['recording-gap', 'was exported without its text (journalctl needs --all)'],
};

/** Enters a last line that breaks off: a problem until more bytes follow. */
export function enterCutEnd(book: Book, cut: CutMessage, file: string): void {
  const which = cut.id === null ? 'the last message' : `message id ${cut.id}`;
  addPassing(book, touchCut(book, cut, file), {
    code: 'recording-truncated',
    detail: `${which} breaks off at the end of the file`,
  });
}

export function addPassing(book: Book, accumulator: Accumulator, problem: Problem): void {
  book.passing.set(accumulator, [...(book.passing.get(accumulator) ?? []), problem]);
}

/** Recordings with messages in a file, also those read from it earlier. */
export function recordingsOf(book: Book, file: string): readonly Accumulator[] {
  return [...book.finalised, ...book.open.values()].filter((each) => each.files.includes(file));
}

function touchCut(book: Book, cut: CutMessage, file: string): Accumulator {
  const accumulator = touch(book, cut.host ?? hostOf(book, cut.rec), cut.rec);
  noteCut(accumulator, cut);
  noteFile(accumulator, file);
  return accumulator;
}

/** A line that does not name its host belongs to the recording of that id, whatever host wrote it. */
function hostOf(book: Book, rec: string): string {
  for (const accumulator of book.open.values()) if (accumulator.rec === rec) return accumulator.host;
  return '';
}

/** The recording of that id, moved to the end as the latest active; makes room by finalising the idlest. */
function touch(book: Book, host: string, rec: string): Accumulator {
  const key = keyOf(host, rec);
  const accumulator = book.open.get(key) ?? createAccumulator(rec, host);
  book.open.delete(key);
  book.open.set(key, accumulator);
  if (book.open.size > ACCUMULATORS_KEPT) finaliseIdlest(book);
  return accumulator;
}

function finaliseIdlest(book: Book): void {
  const idlest = book.open.entries().next();
  if (idlest.done === true) return;
  const [key, accumulator] = idlest.value;
  book.open.delete(key);
  book.finalised.push(accumulator);
}
