import type { EvidenceClass, Problem, Recording } from '../../model/recording.ts';
import { parseAddress } from '../../util/host-port.ts';
import { stableId } from '../../util/ids.ts';
import { type Draft, isBeingWritten, ownerOf, toRecording } from '../draft.ts';
import type { InspectContext, Inspection, Unit } from '../recorder.ts';
import { baseName, folderOf, plural } from '../text.ts';
import { findPlace, type TeleportPlace } from './files.ts';
import { readParts, type Reading } from './reading.ts';
import { Tally } from './tally.ts';

/** Inspects a stored recording, or the parts of an upload that was never completed; it is read anew each time. */
export async function inspectTeleport(unit: Unit, context: InspectContext): Promise<Inspection> {
  const [first] = unit.files;
  if (first === undefined) return { recordings: [], rejects: [], state: null };
  const tally = new Tally();
  const readings: Reading[] = [];
  for (const file of unit.files) readings.push(await readParts(file, tally));
  const found = { unit, place: findPlace(first.path), tally, readings };
  return { recordings: [teleportRecording(found, context)], rejects: [], state: null };
}

interface Found {
  readonly unit: Unit;
  readonly place: TeleportPlace | null;
  readonly tally: Tally;
  readonly readings: readonly Reading[];
}

function teleportRecording(found: Found, context: InspectContext): Recording {
  const { unit, place, tally, readings } = found;
  const facts = tally.start ?? tally.end;
  const sid = place?.sid ?? facts?.sid ?? null;
  const holds = holdsWhat(found);
  const hostname = facts?.hostname ?? facts?.serverId ?? null;
  const name = unit.files[0]?.name ?? unit.key;
  return toRecording({
    uid: uidOf(found, name),
    recorder: 'teleport',
    ref: { source: place?.kind === 'parts' ? folderOf(name) : name, record: '' },
    holds,
    problems: problemsOf(found, holds, context.now),
    endProven: tally.ended,
    // Behind encryption nobody can see whether the end is there.
    hasEndMarker: readings.every((one) => one.encrypted === 0),
    opened: tally.first,
    closed: tally.last ?? writtenAt(found),
    resolution: 1,
    bytes: unit.files.reduce((sum, file) => sum + file.size, 0),
    events: tally.events,
    sha256: readings.length === 1 ? (readings[0]?.result?.digest.sha256 ?? null) : null,
    evidence: evidenceOf(found),
    launch: 'session',
    target: context.host ?? hostname,
    reportedHost: hostname,
    account: facts?.login ?? null,
    actor: facts?.user ?? null,
    origin: parseAddress(facts?.remote ?? ''),
    terminal: tally.end?.interactive ?? tally.start?.interactive ?? null,
    ids: sid === null ? {} : { cloudSession: sid },
    owner: ownerOf(unit.files),
  });
}

/** The session names its recording for good, wherever the file lies; an upload that was left over is another one. */
function uidOf({ unit, place }: Found, name: string): string {
  if (place === null) return stableId('rec', ['teleport', 'file', name]);
  const upload = place.kind === 'parts' ? baseName(folderOf(unit.key)) : '';
  return stableId('rec', ['teleport', place.sid, upload]);
}

function holdsWhat({ tally, readings, unit }: Found): Draft['holds'] {
  if (readings.some((one) => one.result === null)) return 'content';
  if (tally.events === 0) {
    if (readings.some((one) => one.encrypted > 0)) return 'content';
    const damaged = readings.some((one) => one.foreign || one.problems.length > 0);
    return damaged && unit.files.some((file) => file.size > 0) ? 'corrupt' : 'empty';
  }
  // Without a terminal nothing is shown, and there is nothing that could be missing.
  const showsNothing = tally.shown + tally.pictures + tally.commands + tally.queries === 0;
  return showsNothing && tally.end?.interactive !== false ? 'no-content' : 'content';
}

/** Pictures and what was shown can be played; the kernel's own list of commands beside them is telemetry. */
function evidenceOf({ tally, unit }: Found): EvidenceClass {
  const { shown, pictures, commands, queries, end } = tally;
  if (shown + pictures > 0) return commands > 0 ? 'E5' : 'E4';
  if (commands + queries > 0 || end?.interactive === false) return 'E2';
  return unit.files.some((file) => file.size > 0) ? 'E1' : 'E0';
}

function problemsOf(found: Found, holds: Draft['holds'], now: number): readonly Problem[] {
  const { unit, readings } = found;
  const all = [
    ...readings.flatMap((one) => one.problems),
    ...found.tally.problems,
    ...emptyProblems(found, holds),
    ...foreignSession(found),
    ...encryptedProblems(readings),
    ...endProblems(found, holds),
  ];
  // While it is being put together its end is on the way.
  const live = unit.files.some((file) => isBeingWritten(file, now));
  return live
    ? all.filter(({ code }) => code !== 'recording-truncated' && code !== 'recording-not-closed')
    : all;
}

function emptyProblems({ tally, unit }: Found, holds: Draft['holds']): readonly Problem[] {
  if (holds === 'no-content')
    return [{ code: 'recording-empty', detail: `${plural(tally.events, 'event')}, and nothing was shown` }];
  if (holds !== 'empty') return [];
  const size = unit.files.reduce((sum, file) => sum + file.size, 0);
  return [{ code: 'recording-empty', detail: size === 0 ? 'the file is empty' : 'its parts hold no event' }];
}

/** Whoever can write where recordings are kept can put one session's recording under the name of another. */
function foreignSession({ place, tally }: Found): readonly Problem[] {
  const inside = [tally.start?.sid, tally.end?.sid].find((sid) => sid != null && sid !== place?.sid);
  if (place === null || inside == null) return [];
  return [{ code: 'recording-altered', detail: 'it holds another session than the one it is named after' }];
}

function encryptedProblems(readings: readonly Reading[]): readonly Problem[] {
  const encrypted = readings.reduce((sum, one) => sum + one.encrypted, 0);
  if (encrypted === 0) return [];
  const detail = `${plural(encrypted, 'part')} encrypted: only lengths could be checked`;
  return [{ code: 'recording-metadata-incomplete', detail }];
}

function endProblems({ place, tally, readings }: Found, holds: Draft['holds']): readonly Problem[] {
  if (place?.kind === 'parts') {
    const parts = plural(readings.length, 'part');
    return [{ code: 'recording-not-closed', detail: `its upload was never completed: ${parts} left over` }];
  }
  const isReadable = readings.every((one) => one.result !== null && one.encrypted === 0);
  if (tally.ended || !isReadable || holds === 'empty' || holds === 'corrupt') return [];
  return [{ code: 'recording-not-closed', detail: `no end among ${plural(tally.events, 'event')}` }];
}

/** What holds no readable event was written when its session was over; as pinned where it was changed since. */
function writtenAt({ unit }: Found): number | null {
  const times = unit.files.map((file) => file.pinned?.mtimeMs ?? file.mtimeMs);
  return times.length === 0 ? null : Math.max(...times);
}
