import type { FileEntry } from '../../files/entry.ts';
import type { EvidenceClass, Problem, Recording } from '../../model/recording.ts';
import { stableId } from '../../util/ids.ts';
import { type Draft, ownerOf, toRecording } from '../draft.ts';
import type { UnitReading } from './reading.ts';
import { findPlace, isJsonName, nameOf, toTarget } from './names.ts';
import { faultsOf, type Tally } from './tally.ts';

/**
 * One session as found. Messages of a stream carry times of their own; a transcript has none of its session: script
 * runs over the finished log, so `opened` is unknown and `closed` is when the file was written, which is when the
 * agent uploaded it at the session's end.
 */
export function tallyRecording(tally: Tally, reading: UnitReading): Recording {
  const { unit, readings, context, place } = reading;
  const holds = holdsWhat(tally);
  const marked = hasEnd(tally);
  const [only, ...others] = readings;
  const alone = place !== null && others.length === 0;
  const streamed = tally.form === 'stream';
  return toRecording({
    ...common(reading, uidParts(tally.form, tally.cloudSession, reading)),
    ref: { source: sourceName(reading), record: alone ? '' : tally.cloudSession },
    holds,
    problems: [
      ...transcriptProblems(tally),
      ...faultsOf(tally),
      ...emptyProblems(tally, holds),
      ...readings.flatMap((one) => one.problems),
    ],
    endProven: marked && tally.ended,
    hasEndMarker: marked,
    opened: streamed ? tally.first : null,
    closed: tally.last ?? (streamed ? null : uploadedAt(unit.files)),
    resolution: streamed ? tally.resolution : 1000,
    bytes: alone || tally.form === 'transcript' ? sizeOf(unit.files) : tally.bytes,
    events: tally.records,
    sha256:
      alone || tally.form === 'transcript' ? (only?.result?.digest.sha256 ?? null) : tally.hash.digest('hex'),
    evidence: evidenceOf(tally),
    target: context.host ?? (tally.target === null ? null : toTarget(tally.target)),
    reportedHost: tally.target,
    account: tally.account,
    // A transcript says nothing about its session: without the name it is nobody's.
    ids: tally.form === 'transcript' && place === null ? {} : { cloudSession: tally.cloudSession },
  });
}

/** Files of which no session could be read: nothing in them, damaged from the beginning on, or not readable. */
export function unknownRecording(reading: UnitReading): Recording {
  const { unit, place, readings, context } = reading;
  const bytes = readings.reduce((sum, one) => sum + (one.result?.contentBytes ?? 0), 0);
  const holds = holdsUnknown(reading);
  return toRecording({
    ...common(reading, uidParts(likelyForm(reading), place?.cloudSession ?? '', reading)),
    ref: { source: sourceName(reading), record: '' },
    holds,
    problems: [...nothingFound(holds, bytes), ...readings.flatMap((one) => one.problems)],
    closed: uploadedAt(unit.files),
    resolution: 1000,
    bytes: sizeOf(unit.files),
    sha256: readings[0]?.result?.digest.sha256 ?? null,
    evidence: bytes > 0 ? 'E1' : 'E0',
    target: context.host,
    ids: place === null ? {} : { cloudSession: place.cloudSession },
  });
}

/** When the last of the files was written: as pinned where they were changed or emptied since. Epoch ms. */
export function uploadedAt(files: readonly FileEntry[]): number | null {
  const times = files.map((file) => file.pinned?.mtimeMs ?? file.mtimeMs);
  return times.length === 0 ? null : Math.max(...times);
}

export function sizeOf(files: readonly FileEntry[]): number {
  return files.reduce((sum, file) => sum + file.size, 0);
}

function common(
  { unit }: UnitReading,
  parts: readonly string[],
): Pick<Draft, 'uid' | 'recorder' | 'launch' | 'owner'> {
  return {
    uid: stableId('rec', ['ssm', ...parts]),
    recorder: 'ssm',
    launch: 'session',
    owner: ownerOf(unit.files),
  };
}

/**
 * Session and form name a recording for good, wherever its file lies. A file that is named after something else may
 * hold a part of the session: its name keeps the parts from replacing each other.
 */
function uidParts(
  form: Tally['form'],
  cloudSession: string,
  { unit, place }: UnitReading,
): readonly string[] {
  const parts = [form, cloudSession];
  return place?.cloudSession === cloudSession ? parts : [...parts, nameOf(unit.key)];
}

/** What is damaged from its beginning on, or empty, keeps the uid that its whole form would most likely have. */
function likelyForm({ place, unit }: UnitReading): Tally['form'] {
  return place?.layout === 'file' && !isJsonName(unit.key) ? 'transcript' : 'stream';
}

/** The unit for a person: its file, or the folder of its files. */
export function sourceName({ unit }: UnitReading): string {
  const name = unit.files[0]?.name ?? unit.key;
  return findPlace(name)?.key ?? name;
}

/** Transcripts have an end of their own; messages of a stream and output of a command just stop. */
function hasEnd(tally: Tally): boolean {
  return tally.form === 'transcript' || tally.form === 'text';
}

function holdsWhat(tally: Tally): Draft['holds'] {
  if (tally.form === 'output' || tally.shows) return 'content';
  return tally.records === 0 && tally.form === 'stream' ? 'corrupt' : 'no-content';
}

function holdsUnknown({ unit, readings }: UnitReading): Draft['holds'] {
  if (readings.some((one) => one.result === null)) return 'content';
  const broken = readings.some((one) => one.problems.length > 0);
  return broken && sizeOf(unit.files) > 0 ? 'corrupt' : 'empty';
}

function transcriptProblems(tally: Tally): readonly Problem[] {
  if (!hasEnd(tally)) return [];
  const problems: Problem[] = [];
  if (!tally.begun)
    problems.push({ code: 'recording-altered', detail: 'the transcript does not begin with its header' });
  if (!tally.ended) problems.push({ code: 'recording-truncated', detail: 'the transcript has no footer' });
  return problems;
}

function emptyProblems(tally: Tally, holds: Draft['holds']): readonly Problem[] {
  if (holds !== 'no-content') return [];
  const detail = hasEnd(tally)
    ? 'the transcript holds nothing between header and footer'
    : 'no message holds anything that was shown';
  return [{ code: 'recording-empty', detail }];
}

function evidenceOf(tally: Tally): EvidenceClass {
  return tally.shows || tally.form === 'output' ? 'E3' : 'E1';
}

function nothingFound(holds: Draft['holds'], bytes: number): readonly Problem[] {
  if (holds !== 'empty') return [];
  return [{ code: 'recording-empty', detail: bytes === 0 ? 'the file has 0 bytes' : 'it holds no event' }];
}
