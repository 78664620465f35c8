import type { FileEntry } from '../../files/entry.ts';
import { isBeingWritten } from '../draft.ts';
import { readLines } from '../lines.ts';
import type { ContentEnd } from '../read.ts';
import type { InspectContext } from '../recorder.ts';
import type { Rejects } from '../rejects.ts';
import { type Book, enterBroken, enterCutEnd, enterMessage, keyOf, recordingsOf } from './book.ts';
import { isLog, isTlogPath } from './files.ts';
import { readTlogLine, type TlogLine } from './line.ts';
import type { FilePlan, ReadingPlan } from './resume.ts';

/** What reading one file came to. */
export interface FileReading {
  /** Content offset behind the last line that needs no second look. */
  readonly offset: number;
  /** Lines before that offset. */
  readonly lines: number;
  readonly end: ContentEnd;
  /** True where a last line is held back because the file is still being written. */
  readonly heldBack: boolean;
}

/** Reads one file from where its plan begins and enters every line into the book. */
export async function readFile(
  plan: FilePlan,
  unit: { readonly again: ReadingPlan['again']; readonly book: Book; readonly rejects: Rejects },
  context: InspectContext,
): Promise<FileReading> {
  const lineContext = { zone: context.zone, now: context.now, dedicated: isDedicated(plan) };
  const place = { offset: plan.from, lines: plan.linesBefore };
  let last: TlogLine | null = null;
  const end = await readLines(plan.file, plan.from, (line) => {
    const read = readTlogLine(line, lineContext);
    if (!line.ended && read.kind !== 'message') {
      last = read;
      return;
    }
    place.offset = line.next;
    place.lines++;
    if (line.start >= plan.knownUntil || isReadAgain(read, unit.again)) enter(read, plan, unit, place.lines);
  });
  const live = isBeingWritten(plan.file, context.now);
  if (last !== null && !live) enterEnd(last, plan, unit, place.lines + 1);
  return { ...place, end, heldBack: last !== null && live };
}

/** True where the path or the first line says that nothing but bare tlog messages is to be expected. */
function isDedicated(plan: FilePlan): boolean {
  const head = Buffer.from(plan.head).toString('latin1');
  return head.startsWith('{"ver":') || (isTlogPath(plan.file.name) && !isLog(head));
}

function isReadAgain(read: TlogLine, again: ReadonlySet<string>): boolean {
  if (read.kind === 'message') return again.has(keyOf(read.message.host, read.message.rec));
  return read.kind === 'broken' && read.cut !== null && again.has(keyOf(read.cut.host ?? '', read.cut.rec));
}

type Target = { readonly book: Book; readonly rejects: Rejects };

function enter(read: TlogLine, plan: FilePlan, { book, rejects }: Target, line: number): void {
  if (read.kind === 'message') enterMessage(book, read, plan.id);
  else if (read.kind === 'refused')
    rejects.add({ code: read.code, detail: read.detail, ref: refOf(plan.file, line) });
  else if (read.kind === 'broken') {
    const known = read.cut ?? soleRecording(book, plan.id);
    if (known !== null) enterBroken(book, read, known, plan.id);
    else
      rejects.add({ code: 'bad-json', detail: `a tlog message is ${read.how}`, ref: refOf(plan.file, line) });
  }
}

/** A last line that breaks off; one that does not even name its recording belongs to the only one in the file. */
function enterEnd(read: TlogLine, plan: FilePlan, { book, rejects }: Target, line: number): void {
  if (read.kind !== 'broken') return;
  const known = read.cut ?? soleRecording(book, plan.id);
  if (known !== null) enterCutEnd(book, known, plan.id);
  else rejects.add({ code: 'cut-off', detail: 'the last line breaks off', ref: refOf(plan.file, line) });
}

function soleRecording(
  book: Book,
  file: string,
): { rec: string; host: string; user: null; session: null; id: null } | null {
  const [only, ...others] = recordingsOf(book, file);
  if (only === undefined || others.length > 0) return null;
  return { rec: only.rec, host: only.host, user: null, session: null, id: null };
}

function refOf(file: FileEntry, line: number): { source: string; record: string } {
  return { source: file.name, record: `line ${line}` };
}
