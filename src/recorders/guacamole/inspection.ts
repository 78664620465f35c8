import type { EvidenceClass, Problem } from '../../model/recording.ts';
import { stableId } from '../../util/ids.ts';
import { stemOf } from '../companions.ts';
import { type Draft, isBeingWritten, ownerOf, toRecording } from '../draft.ts';
import { parseFileName } from '../file-names.ts';
import { joinMetadata } from '../metadata.ts';
import type { InspectContext, Inspection, Unit } from '../recorder.ts';
import { readSidecar } from '../sidecar.ts';
import { baseName, plural } from '../text.ts';
import { historyId } from './files.ts';
import { type Reading, readUnit } from './reading.ts';
import { typescriptProblems } from './typescript.ts';

/** Inspects a dump, or a typescript with its timing; it is read anew each time. */
export async function inspectGuacamole(unit: Unit, context: InspectContext): Promise<Inspection> {
  const [main] = unit.files;
  if (main === undefined) return { recordings: [], rejects: [], state: null };
  const reading = await readUnit(unit);
  const sidecar = await readSidecar(stemOf(main.path), unit.files, context.sidecars, context.zone);
  const name = parseFileName(main.path, context.names, context.zone);
  const { dump, timing } = reading;
  const closed = dump?.last ?? main.pinned?.mtimeMs ?? main.mtimeMs;
  const own = dump === null || dump.first === null ? {} : { opened: dump.first, resolution: 1 };
  const metadata = joinMetadata(own, sidecar, name);
  // A typescript has no time of its own; it was written last when its session was over, and its delays lead back.
  const begun = timing === null || timing.entries === 0 ? null : closed - timing.delayMs;
  const times = {
    opened: metadata.opened ?? begun,
    closed,
    resolution: metadata.resolution,
    ...(metadata.openedAssumed ? { assumed: ['zone'] as const } : {}),
  };
  const draft = draftOf(unit, reading, context);
  const recording = toRecording({
    ...draft,
    ...times,
    ...identityOf(main.path, metadata, context),
    problems: [...(draft.problems ?? []), ...metadata.problems],
  });
  return { recordings: [recording], rejects: [], state: null };
}

type Metadata = ReturnType<typeof joinMetadata>;

function identityOf(path: string, metadata: Metadata, context: InspectContext): Partial<Draft> {
  const id = historyId(path);
  return {
    target: context.host ?? metadata.reportedHost,
    reportedHost: metadata.reportedHost,
    account: metadata.account,
    origin: metadata.origin,
    ids: { ...metadata.ids, ...(id === null ? {} : { id }) },
  };
}

function draftOf(unit: Unit, reading: Reading, context: InspectContext): Draft {
  const { dump, typescript, timing, result } = reading;
  const holds = holdsWhat(unit, reading);
  const name = unit.files[0]?.name ?? unit.key;
  return {
    uid: uidOf(name, context),
    recorder: 'guacamole',
    ref: { source: name, record: '' },
    holds,
    problems: problemsOf(unit, reading, holds, context.now),
    endProven: typescript?.ended ?? false,
    hasEndMarker: typescript !== null,
    bytes: unit.files[0]?.size ?? 0,
    events: dump?.instructions ?? timing?.entries ?? 0,
    sha256: result?.digest.sha256 ?? null,
    evidence: evidenceOf(unit, reading, holds),
    launch: 'session',
    owner: ownerOf(unit.files),
  };
}

/** The UUID of a history entry names its recording for good; several files of one entry differ by name. */
function uidOf(name: string, { host }: InspectContext): string {
  const id = historyId(name);
  const file = baseName(name).replace(/\.gz$/, '');
  return stableId('rec', id === null ? ['guacamole', host ?? '', file] : ['guacamole', id, file]);
}

function holdsWhat(unit: Unit, { result, dump, typescript }: Reading): Draft['holds'] {
  if (result === null) return 'content';
  if ((unit.files[0]?.size ?? 0) === 0) return 'empty';
  if (typescript !== null) return typescript.body > 0 || !typescript.begun ? 'content' : 'no-content';
  if (dump === null || dump.instructions === 0) return 'corrupt';
  return dump.drawn > 0 ? 'content' : 'no-content';
}

function problemsOf(unit: Unit, reading: Reading, holds: Draft['holds'], now: number): readonly Problem[] {
  const { dump, typescript, timing, problems } = reading;
  const isEmpty = holds === 'empty' || holds === 'no-content';
  const all: readonly Problem[] = [
    ...(typescript === null || holds === 'empty' ? [] : typescriptProblems(typescript, timing)),
    ...(dump?.problems ?? []),
    ...(isEmpty ? [{ code: 'recording-empty', detail: emptyDetail(holds, reading) } as const] : []),
    ...problems,
  ];
  // Bytes of a recording that is still being written come in blocks: its end is on the way.
  const live = unit.files.some((file) => isBeingWritten(file, now));
  return live
    ? all.filter(({ code }) => code !== 'recording-truncated' && code !== 'recording-not-closed')
    : all;
}

function emptyDetail(holds: Draft['holds'], { dump }: Reading): string {
  if (holds === 'empty') return 'the file is empty';
  return dump === null
    ? 'the typescript holds nothing between its ends'
    : `${plural(dump.instructions, 'instruction')}, and none of them draws anything`;
}

function evidenceOf(unit: Unit, { dump, typescript }: Reading, holds: Draft['holds']): EvidenceClass {
  if ((unit.files[0]?.size ?? 0) === 0) return 'E0';
  if (holds === 'content' && (typescript !== null || dump !== null))
    return (dump?.keys ?? 0) > 0 ? 'E4' : 'E3';
  return (dump?.keys ?? 0) > 0 ? 'E2' : 'E1';
}
