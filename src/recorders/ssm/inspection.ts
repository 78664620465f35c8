import type { FileEntry } from '../../files/entry.ts';
import { notRetrievable } from '../draft.ts';
import { fileProblems } from '../pinned.ts';
import { readContent, type ReadResult } from '../read.ts';
import type { InspectContext, Inspection, Unit } from '../recorder.ts';
import { Book } from './book.ts';
import { findPlace } from './names.ts';
import { outputRecording } from './output.ts';
import type { FileReading, Reading } from './reading.ts';
import { readRecords } from './records.ts';
import { tallyRecording, unknownRecording } from './to-recording.ts';

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
  const readings = await readAll(unit.files, (file) => readRecords(file, book));
  const common = { unit, place, readings, context };
  const found = book.tallies.map((tally) => tallyRecording(tally, common));
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
