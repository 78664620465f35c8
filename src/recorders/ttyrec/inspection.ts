import type { FileEntry } from '../../files/entry.ts';
import type { Problem, Recording } from '../../model/recording.ts';
import { stableId } from '../../util/ids.ts';
import { stemOf } from '../companions.ts';
import { type Draft, isBeingWritten, notRetrievable, toRecording } from '../draft.ts';
import { parseFileName, withoutExtension } from '../file-names.ts';
import { joinMetadata, type Metadata } from '../metadata.ts';
import { fileProblems } from '../pinned.ts';
import { readContent, type ReadResult } from '../read.ts';
import type { InspectContext, Inspection, Unit } from '../recorder.ts';
import { readSidecar } from '../sidecar.ts';
import { baseName } from '../text.ts';
import { createFrames, type FrameSums } from './frames.ts';

/** Inspects one ttyrec; it is read anew each time. The format names nobody: file name and sidecar do. */
export async function inspectTtyrec(unit: Unit, context: InspectContext): Promise<Inspection> {
  const [file] = unit.files;
  if (file === undefined) return { recordings: [], rejects: [], state: null };
  const frames = createFrames();
  const read = await readContent(file, frames.push).catch((error: unknown) => notRetrievable(file, error));
  const sidecar = await readSidecar(stemOf(file.path), unit.files, context.sidecars, context.zone);
  const name = parseFileName(file.path, context.names, context.zone);
  const found = { sums: frames.finish(), read, metadata: joinMetadata({}, sidecar, name) };
  return { recordings: [ttyrecRecording(file, found, context)], rejects: [], state: null };
}

interface Found {
  readonly sums: FrameSums;
  readonly read: ReadResult | Problem;
  readonly metadata: Metadata;
}

function ttyrecRecording(file: FileEntry, found: Found, context: InspectContext): Recording {
  const { sums, read, metadata } = found;
  const holds = holdsWhat(file, sums, read);
  return toRecording({
    uid: ttyrecUid(file, sums, context.host),
    recorder: 'ttyrec',
    ref: { source: file.name, record: '' },
    holds,
    problems: problemsOf(file, found, holds, isBeingWritten(file, context.now)),
    ...timesOf(sums, metadata),
    ...(file.size === 0 ? { closed: file.pinned?.mtimeMs ?? null } : {}),
    bytes: file.size,
    events: sums.frames,
    sha256: 'digest' in read ? read.digest.sha256 : null,
    evidence: sums.output > 0 ? 'E3' : file.size > 0 ? 'E1' : 'E0',
    target: context.host ?? metadata.reportedHost,
    reportedHost: metadata.reportedHost,
    account: metadata.account,
    origin: metadata.origin,
    ids: metadata.ids,
    owner: { uid: file.uid, mode: file.mode },
  });
}

// A shell shows its prompt within seconds; a slow one within minutes. A name further off names something else.
const BEFORE_FIRST_FRAME_MS = 600_000;
// Some writers count from zero: times before 2001 are no dates.
const EARLIEST_MS = 1e12;

/** The first frame comes with the first output: a start named shortly before it is the recorder's own. */
function timesOf(
  sums: FrameSums,
  metadata: Metadata,
): Pick<Draft, 'opened' | 'closed' | 'resolution'> & { assumed?: readonly 'zone'[] } {
  const { opened, resolution, openedAssumed } = metadata;
  const named = { opened, resolution, ...(openedAssumed ? { assumed: ['zone' as const] } : {}) };
  const { first, last } = sums;
  if (first === null || last === null) return { ...named, closed: null };
  if (first < EARLIEST_MS) return { ...named, closed: opened === null ? null : opened + last - first };
  const leadMs = opened === null ? -1 : first - opened;
  if (leadMs < 0 || leadMs > BEFORE_FIRST_FRAME_MS) return { opened: first, resolution: 0.001, closed: last };
  // A zone that was wrongly assumed would be off by hours: the first frame confirms it.
  return { opened, resolution, closed: last };
}

function holdsWhat(file: FileEntry, sums: FrameSums, read: Found['read']): Draft['holds'] {
  if (!('digest' in read)) return 'content';
  if (sums.corrupt) return 'corrupt';
  if (file.size === 0 || (sums.frames === 0 && sums.problems.length === 0)) return 'empty';
  if (sums.frames === 0) return 'corrupt';
  return sums.output > 0 ? 'content' : 'no-content';
}

function problemsOf(file: FileEntry, found: Found, holds: Draft['holds'], live: boolean): readonly Problem[] {
  const { sums, read, metadata } = found;
  const empty: Problem[] =
    holds === 'empty' || holds === 'no-content'
      ? [
          {
            code: 'recording-empty',
            detail: sums.frames === 0 ? 'the file holds no frame' : 'all frames are empty',
          },
        ]
      : [];
  // While the file is being written its last frame may be on its way.
  const content = sums.problems.filter((problem) => !(live && problem.code === 'recording-truncated'));
  return [
    ...content,
    ...empty,
    ...('digest' in read ? fileProblems(file, read) : [read]),
    ...metadata.problems,
  ];
}

/** The time of the first frame is written first; the name keeps two recordings of one microsecond apart. */
function ttyrecUid(file: FileEntry, sums: FrameSums, host: string | null): string {
  const name = withoutExtension(baseName(file.path));
  if (sums.first === null) return stableId('rec', ['ttyrec', 'file', host ?? '', file.name]);
  return stableId('rec', ['ttyrec', host ?? '', name, sums.first]);
}
