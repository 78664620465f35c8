import type { FileEntry } from '../../files/entry.ts';
import type { EvidenceClass, Problem, Recording } from '../../model/recording.ts';
import { stableId } from '../../util/ids.ts';
import { stemOf } from '../companions.ts';
import { type Draft, isBeingWritten, notRetrievable, toRecording } from '../draft.ts';
import { parseFileName, withoutExtension } from '../file-names.ts';
import { toLines } from '../lines.ts';
import { joinMetadata, type Metadata } from '../metadata.ts';
import { fileProblems } from '../pinned.ts';
import { readContent, readHead, type ReadResult, readWhole } from '../read.ts';
import type { InspectContext, Inspection, Unit } from '../recorder.ts';
import { readSidecar } from '../sidecar.ts';
import { baseName, plural } from '../text.ts';
import { createTally, type Tally, takeLine } from './tally.ts';
import { takeVersion1, V1_LIMIT } from './version-1.ts';

/** Inspects one cast; it is read anew each time. */
export async function inspectCast(unit: Unit, context: InspectContext): Promise<Inspection> {
  const [file] = unit.files;
  if (file === undefined) return { recordings: [], rejects: [], state: null };
  const tally = createTally();
  const read = await readCast(file, tally);
  const sidecar = await readSidecar(stemOf(file.path), unit.files, context.sidecars, context.zone);
  const name = parseFileName(file.path, context.names, context.zone);
  const metadata = joinMetadata(tally.header?.own ?? {}, sidecar, name);
  const recording = castRecording(file, { tally, read, metadata }, context);
  return { recordings: [recording], rejects: [], state: null };
}

type Read = ReadResult | { readonly problem: Problem };

async function readCast(file: FileEntry, tally: Tally): Promise<Read> {
  try {
    const head = Buffer.from(await readHead(file, 16 * 1024)).toString('latin1');
    if (/^\{[^]{0,8192}"version"\s{0,4}:\s{0,4}1\b/.test(head)) {
      const { bytes, result } = await readWhole(file, V1_LIMIT);
      takeVersion1(tally, bytes);
      return result;
    }
    const lines = toLines((line) => takeLine(tally, line));
    const result = await readContent(file, lines.push);
    lines.finish();
    return result;
  } catch (error) {
    return { problem: notRetrievable(file, error) };
  }
}

interface Found {
  readonly tally: Tally;
  readonly read: Read;
  readonly metadata: Metadata;
}

function castRecording(
  file: FileEntry,
  { tally, read, metadata }: Found,
  context: InspectContext,
): Recording {
  const { opened, resolution, openedAssumed, account, origin, ids, reportedHost } = metadata;
  const holds = holdsWhat(file, tally, read);
  const live = isBeingWritten(file, context.now);
  return toRecording({
    uid: castUid(file, tally, context.host),
    recorder: 'asciicast',
    ref: { source: file.name, record: '' },
    holds,
    problems: [
      ...contentProblems(tally, live),
      ...emptyProblems(holds),
      ...('problem' in read ? [read.problem] : fileProblems(file, read)),
      ...metadata.problems,
    ],
    endProven: tally.exited,
    hasEndMarker: tally.exited || tally.header?.version === 3,
    opened,
    closed: closedAt(file, tally, opened),
    durationMs: tally.header === null ? null : Math.round(tally.lastMs * 1000) / 1000,
    resolution,
    ...(openedAssumed ? { assumed: ['zone'] } : {}),
    bytes: file.size,
    events: tally.events,
    sha256: 'digest' in read ? read.digest.sha256 : null,
    evidence: evidenceOf(tally, file),
    target: context.host ?? reportedHost,
    reportedHost,
    account,
    origin,
    terminal: tally.header?.terminal ?? null,
    ids,
    owner: { uid: file.uid, mode: file.mode },
  });
}

/** What emptied a file touched it too: the time noted when it was pinned is the recording's own. */
function closedAt(file: FileEntry, tally: Tally, opened: number | null): number | null {
  if (file.size === 0) return file.pinned?.mtimeMs ?? null;
  return tally.header === null || opened === null ? null : opened + tally.lastMs;
}

function holdsWhat(file: FileEntry, tally: Tally, read: Read): Draft['holds'] {
  if ('problem' in read) return 'content';
  if (file.size === 0) return 'empty';
  if (tally.header === null) return 'corrupt';
  if (tally.output > 0) return 'content';
  if (tally.events === 0) return 'empty';
  // A command that printed nothing and whose exit was recorded is recorded whole.
  return tally.exited && tally.input === 0 ? 'content' : 'no-content';
}

function emptyProblems(holds: Draft['holds']): readonly Problem[] {
  if (holds === 'empty') return [{ code: 'recording-empty', detail: 'no event follows the header' }];
  if (holds === 'no-content') return [{ code: 'recording-empty', detail: 'no output was kept' }];
  return [];
}

function contentProblems(tally: Tally, live: boolean): readonly Problem[] {
  // While the file is being written its last line may be on its way.
  const problems = tally.problems.filter((problem) => !(live && problem.code === 'recording-truncated'));
  const more: Problem[] =
    tally.more === 0
      ? []
      : [{ code: 'recording-altered', detail: `${plural(tally.more, 'more fault')} like these` }];
  const open: Problem[] =
    tally.header?.version !== 3 || tally.exited
      ? []
      : [{ code: 'recording-not-closed', detail: 'a version 3 cast without its exit event' }];
  return [...problems, ...more, ...open];
}

function evidenceOf(tally: Tally, file: FileEntry): EvidenceClass {
  if (tally.output > 0 || (tally.exited && tally.input === 0)) return tally.input > 0 ? 'E4' : 'E3';
  if (tally.input > 0) return 'E2';
  return file.size > 0 ? 'E1' : 'E0';
}

/** The header is written first and never again; the name keeps two casts with equal headers apart. */
function castUid(file: FileEntry, tally: Tally, host: string | null): string {
  const name = withoutExtension(baseName(file.path));
  if (tally.header === null) return stableId('rec', ['asciicast', 'file', host ?? '', file.name]);
  return stableId('rec', ['asciicast', host ?? '', name, tally.headerText]);
}
