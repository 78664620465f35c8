import type { FileEntry } from '../../files/entry.ts';
import type { Problem, Recording } from '../../model/recording.ts';
import { notRetrievable } from '../draft.ts';
import { checkPinned } from '../pinned.ts';
import { type ContentEnd, readContent, readHead } from '../read.ts';
import type { InspectContext, Inspection, Unit } from '../recorder.ts';
import { Rejects } from '../rejects.ts';
import { addPassing, type Book, createBook, recordingsOf } from './book.ts';
import { baseName } from '../text.ts';
import { type FileFault, fileRecording } from './file-recording.ts';
import { isTlogPath } from './files.ts';
import { type FileReading, readFile } from './reading.ts';
import { compareWithBefore, type FilePlan, HEAD_BYTES, planReading, toFileState } from './resume.ts';
import { loadState, saveState } from './state.ts';
import { accumulatedRecording } from './to-recording.ts';

/** Reads what is new in a log and its rotated files, and gives every recording held in them so far. */
export async function inspectTlog(unit: Unit, context: InspectContext): Promise<Inspection> {
  const saved = loadState(context.previous);
  const { known, faults } = await openFiles(unit.files);
  const plan = planReading(known, saved);
  const shared = { again: plan.again, book: createBook(plan.kept), rejects: new Rejects() };
  const readings: { plan: FilePlan; reading: FileReading }[] = [];
  for (const file of plan.files)
    readings.push({ plan: file, reading: await readFile(file, shared, context) });
  compareWithBefore(shared.book, plan.before);
  for (const each of readings)
    faults.push(...(await judgeFile(each.plan, each.reading, plan.files, shared.book)));
  const states = readings.flatMap(
    (each) => toFileState(each.plan, each.reading.offset, each.reading.lines) ?? [],
  );
  return {
    recordings: [
      ...toRecordings(shared.book, unit, plan.files, context),
      ...faults.map((each) => fileRecording(each, context)),
    ],
    rejects: shared.rejects.list(),
    state: saveState({ files: states, accumulators: [...shared.book.open.values()] }),
  };
}

async function openFiles(
  files: readonly FileEntry[],
): Promise<{ known: { file: FileEntry; head: Uint8Array }[]; faults: FileFault[] }> {
  const known: { file: FileEntry; head: Uint8Array }[] = [];
  const faults: FileFault[] = [];
  for (const file of files) {
    try {
      known.push({ file, head: await readHead(file, HEAD_BYTES) });
    } catch (error) {
      // An unreadable log of other programs is its source's fault to report.
      if (isTlogPath(file.name))
        faults.push({ file, holds: 'content', problems: [notRetrievable(file, error)] });
    }
  }
  return { known, faults };
}

/** Problems of a file as a whole concern every recording in it: nobody can say which was touched. */
async function judgeFile(
  plan: FilePlan,
  reading: FileReading,
  all: readonly FilePlan[],
  book: Book,
): Promise<readonly FileFault[]> {
  const problems = [...endProblems(plan.file, reading.end), ...(await pinnedProblems(plan, all))];
  const held = recordingsOf(book, plan.id);
  for (const accumulator of held) for (const problem of problems) addPassing(book, accumulator, problem);
  if (held.length > 0 || !isTlogPath(plan.file.name) || reading.heldBack) return [];
  const { size } = plan.file;
  // The live log of a rotated set is empty until somebody logs in.
  if (size === 0 && problems.length === 0 && book.open.size > 0) return [];
  return [
    { file: plan.file, holds: size === 0 ? 'empty' : 'corrupt', problems: [...problems, nothingFound(size)] },
  ];
}

function nothingFound(size: number): Problem {
  if (size === 0) return { code: 'recording-empty', detail: 'the file has 0 bytes' };
  return { code: 'recording-altered', detail: 'the file holds no tlog message' };
}

function endProblems(file: FileEntry, end: ContentEnd): readonly Problem[] {
  const name = baseName(file.name);
  if (end === 'cut') return [{ code: 'recording-truncated', detail: `${name}: the gzip stream has no end` }];
  if (end === 'damaged')
    return [{ code: 'recording-altered', detail: `${name}: the gzip stream is damaged` }];
  return [];
}

/** What was pinned under a name before a rotation is found in one of the renamed files. */
async function pinnedProblems(plan: FilePlan, all: readonly FilePlan[]): Promise<readonly Problem[]> {
  const { pinned } = plan.file;
  if (pinned === null) return [];
  const problems = await checkFile(plan.file);
  if (problems.length === 0) return [];
  for (const other of all) {
    if (other === plan || other.file.size < pinned.size) continue;
    if ((await checkFile({ ...other.file, pinned })).length === 0) return [];
  }
  return problems;
}

async function checkFile(file: FileEntry): Promise<readonly Problem[]> {
  const { digest } = await readContent(file, () => false);
  return checkPinned(file, digest);
}

function toRecordings(
  book: Book,
  unit: Unit,
  plans: readonly FilePlan[],
  context: InspectContext,
): readonly Recording[] {
  const byId = new Map(plans.map((plan) => [plan.id, plan.file]));
  return [...book.finalised, ...book.open.values()].flatMap((found) => {
    const file = byId.get(found.files.at(-1) ?? '') ?? unit.files.at(-1);
    if (file === undefined) return [];
    return [accumulatedRecording(found, book.passing.get(found) ?? [], { file, host: context.host })];
  });
}
