import type { FileEntry } from '../../files/entry.ts';
import type { Problem } from '../../model/recording.ts';
import { notRetrievable } from '../draft.ts';
import { fileProblems } from '../pinned.ts';
import { readContent, readHead, type ReadResult } from '../read.ts';
import type { InspectContext, Inspection, Unit } from '../recorder.ts';
import { baseName } from '../text.ts';
import { Book } from './book.ts';
import { formOf, HEAD_BYTES } from './forms.ts';
import { findPlace, nameOf, type SsmPlace } from './names.ts';
import { outputRecording } from './output.ts';
import { readRecords } from './records.ts';
import type { FileReading, Reading } from './reading.ts';
import { createTally, type Tally, takeTranscript } from './tally.ts';
import { tallyRecording, unknownRecording } from './to-recording.ts';
import { createTranscript } from './transcript.ts';

/** Inspects transcripts, exports of log streams, or a command's output; they are read anew each time. */
export async function inspectSsm(unit: Unit, context: InspectContext): Promise<Inspection> {
  const [first] = unit.files;
  if (first === undefined) return { recordings: [], rejects: [], state: null };
  const place = findPlace(first.path);
  if (place?.layout === 'outputs') {
    const readings = await readAll(unit.files, (file) => readContent(file, () => {}).then(plainly));
    const recording = outputRecording({ unit, place, readings, context });
    return { recordings: [recording], rejects: [], state: null };
  }
  const book = new Book(place);
  const tallies: Tally[] = [];
  const readings = await readAll(unit.files, (file) => readFile(file, place, book, tallies));
  const common = { unit, place, readings, context };
  const found = [...tallies, ...book.tallies].map((tally) => tallyRecording(tally, common));
  const rejects = book.rejects;
  const onlyForeign =
    place === null && rejects.length > 0 && readings.every((one) => one.problems.length === 0);
  const recordings = found.length > 0 || onlyForeign ? found : [unknownRecording(common)];
  return { recordings, rejects, state: null };
}

async function readAll(
  files: readonly FileEntry[],
  read: (file: FileEntry) => Promise<FileReading>,
): Promise<readonly Reading[]> {
  const readings: Reading[] = [];
  for (const file of files) {
    try {
      const { result, problems } = await read(file);
      readings.push({ file, result, problems: [...problems, ...fileProblems(file, result)] });
    } catch (error) {
      readings.push({ file, result: null, problems: [notRetrievable(file, error)] });
    }
  }
  return readings;
}

function plainly(result: ReadResult): FileReading {
  return { result, problems: [] };
}

/** Reads a file by its form. Without a session's name a transcript cannot be told from a typescript of anything. */
async function readFile(
  file: FileEntry,
  place: SsmPlace | null,
  book: Book,
  tallies: Tally[],
): Promise<FileReading> {
  const form = formOf(await readHead(file, HEAD_BYTES));
  if (form !== 'transcript') return readRecords(file, form, book);
  const transcript = createTranscript({ trimmed: false });
  const result = await readContent(file, transcript.push);
  const found = transcript.finish();
  if (found.begun || found.ended) {
    const tally = createTally('transcript', place?.cloudSession ?? nameOf(file.path));
    takeTranscript(tally, found, true);
    tallies.push(tally);
  }
  const foreign: Problem = { code: 'recording-altered', detail: `${baseName(file.name)} holds no session` };
  return { result, problems: found.bytes > 0 && !found.begun && !found.ended ? [foreign] : [] };
}
