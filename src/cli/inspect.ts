import { contextFor } from '../daemon/collect/inventory.ts';
import type { FileEntry } from '../files/entry.ts';
import { readHead } from '../files/head.ts';
import { walk } from '../files/walk.ts';
import { DEFAULT_NAMES } from '../recorders/file-names.ts';
import { missingRecordings, noteAbsentCompanions } from '../recorders/missing.ts';
import type { Recorder } from '../recorders/recorder.ts';
import { findRecorder, RECORDERS } from '../recorders/registry.ts';
import { DEFAULT_SIDECARS } from '../recorders/sidecar.ts';
import { EXIT, type ExitCode, type Io, writeLines } from './io.ts';
import { recordingLine, rejectLine } from './output/shapes.ts';

export interface InspectOptions {
  readonly as: string;
  readonly zone?: string;
  readonly now?: number;
}

/** Prints what the bytes of recordings show; exit 1 where one is not complete, 2 where one could not be read. */
export async function inspect(paths: readonly string[], options: InspectOptions, io: Io): Promise<ExitCode> {
  const recorder = findRecorder(options.as);
  if (!recorder) {
    const known = RECORDERS.map((one) => one.type).join(', ');
    io.err(`offrecord: there is no recorder "${options.as}"; known are ${known}\n`);
    return EXIT.failed;
  }
  const walks = await Promise.all(paths.map((path) => walk(path)));
  const problems = walks.flatMap((one) => one.problems);
  for (const problem of problems) io.err(`${problem.path}: ${problem.message}\n`);
  const all = walks.flatMap((one) => one.files);
  const absent = walks.flatMap((one) => one.absent);
  const units = recorder.group(await recognised(recorder, all, paths.length), all);
  const zone = options.zone ?? new Intl.DateTimeFormat().resolvedOptions().timeZone;
  const common = { zone, now: options.now ?? io.now(), names: DEFAULT_NAMES, sidecars: DEFAULT_SIDECARS };
  let worst: ExitCode = problems.length > 0 ? EXIT.failed : EXIT.ok;
  for (const unit of units) {
    const inspection = await recorder.inspect(unit, contextFor(unit, common, null));
    const { rejects } = inspection;
    const recordings = noteAbsentCompanions(inspection.recordings, absent);
    await writeLines(io, [...recordings.map(recordingLine), ...rejects.map(rejectLine)]);
    if (rejects.length > 0) worst = EXIT.failed;
    else if (worst === EXIT.ok && recordings.some((one) => one.state !== 'complete')) worst = EXIT.report;
  }
  const missing = missingRecordings(absent, all, common).filter((one) => one.recorder === recorder.type);
  await writeLines(io, missing.map(recordingLine));
  if (units.length + missing.length > 0) return missing.length > 0 && worst === EXIT.ok ? EXIT.report : worst;
  if (problems.length === 0)
    io.err(`offrecord: no recording of ${recorder.type} found in ${paths.join(', ')}\n`);
  return EXIT.failed;
}

/** A file that the user names directly is taken as said; in a folder only what the recorder recognises. */
async function recognised(
  recorder: Recorder,
  all: readonly FileEntry[],
  named: number,
): Promise<FileEntry[]> {
  if (all.length === named) return [...all];
  const found: FileEntry[] = [];
  for (const file of all) {
    const { bytes } = await readHead(file);
    if (recorder.recognise(file, bytes) > 0) found.push(file);
  }
  return found;
}
