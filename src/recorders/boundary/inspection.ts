import type { EvidenceClass, Problem, Recording } from '../../model/recording.ts';
import { stableId } from '../../util/ids.ts';
import { type Draft, isBeingWritten, ownerOf, toRecording } from '../draft.ts';
import type { InspectContext, Inspection, Unit } from '../recorder.ts';
import { plural } from '../text.ts';
import { containerProblems, listedProblems, metaOf } from './checks.ts';
import { toId, type Chunks } from './chunks.ts';
import { type BoundaryPlace, findPlace } from './files.ts';
import { parseSessionMeta, parseSummary, type SessionFacts, type Summary } from './metadata.ts';
import { type Container, type Member, readContainers } from './reading.ts';

/** Inspects a recording's folder, or chunks that lie alone; it is read anew each time. */
export async function inspectBoundary(unit: Unit, context: InspectContext): Promise<Inspection> {
  const [first] = unit.files;
  if (first === undefined) return { recordings: [], rejects: [], state: null };
  const containers = await readContainers(unit);
  const found = toFound(unit, findPlace(first.path), containers);
  return { recordings: [boundaryRecording(found, context)], rejects: [], state: null };
}

interface Found {
  readonly unit: Unit;
  readonly place: BoundaryPlace | null;
  readonly containers: readonly Container[];
  readonly members: readonly Member[];
  readonly chunks: readonly Chunks[];
  readonly facts: SessionFacts | null;
  readonly summary: Summary | null;
  /** Id of the session as its metadata names it, else as its chunks do. */
  readonly session: string | null;
}

function toFound(unit: Unit, place: BoundaryPlace | null, containers: readonly Container[]): Found {
  const members = containers.flatMap((container) => container.members);
  const chunks = members.flatMap((member) => member.chunks ?? []);
  const textOf = (name: string): string => members.find((member) => member.name === name)?.text ?? '';
  const facts = parseSessionMeta(textOf('session-meta.json'));
  const summary = parseSummary(textOf('session-recording-summary.json'));
  const named = chunks.map((one) => one.session).find((id) => id?.startsWith('s_') === true);
  return {
    unit,
    place,
    containers,
    members,
    chunks,
    facts,
    summary,
    session: facts?.session ?? named ?? null,
  };
}

function boundaryRecording(found: Found, context: InspectContext): Recording {
  const { unit, place, chunks, facts, summary, session } = found;
  const holds = holdsWhat(found);
  const name = unit.files[0]?.name ?? unit.key;
  const host = facts?.host ?? null;
  const times = chunks.flatMap(({ first, last }) => [first, last]).filter((time) => time !== null);
  const id = toId(place?.id);
  return toRecording({
    uid: stableId('rec', place === null ? ['boundary', 'file', name] : ['boundary', place.id]),
    recorder: 'boundary',
    ref: { source: findPlace(name)?.key ?? name, record: '' },
    holds,
    problems: problemsOf(found, holds, context.now),
    endProven: isEnded(found),
    hasEndMarker: true,
    opened: summary?.opened ?? earliest(times),
    closed: summary?.closed ?? latest(times) ?? writtenAt(unit),
    resolution: 1,
    bytes: unit.files.reduce((sum, file) => sum + file.size, 0),
    events: chunks.reduce((sum, one) => sum + one.inner, 0),
    sha256: unit.files.length === 1 ? (found.members[0]?.result?.digest.sha256 ?? null) : null,
    evidence: evidenceOf(found),
    launch: 'session',
    target: context.host ?? host,
    reportedHost: host,
    account: facts?.account ?? null,
    actor: facts?.actor ?? null,
    ids: { ...(session === null ? {} : { cloudSession: session }), ...(id === null ? {} : { id }) },
    owner: ownerOf(unit.files),
  });
}

/** Every file of chunks has its last one, and the session's own container was signed. */
function isEnded({ place, chunks, containers }: Found): boolean {
  const whole = chunks.length > 0 && chunks.every((one) => one.ended);
  if (place === null) return whole;
  const top = containers.find(({ path }) => path === '');
  return whole && top?.members.some(({ name, file }) => name === 'SHA256SUM.sig' && file.size > 0) === true;
}

function holdsWhat({ unit, members, chunks, summary }: Found): Draft['holds'] {
  if (unit.files.every((file) => file.size === 0)) return 'empty';
  if (members.some((member) => member.result === null)) return 'content';
  if (chunks.some((one) => one.inner > 0)) return 'content';
  if (chunks.some((one) => one.foreign)) return 'corrupt';
  // A session to which nobody connected has nothing to record.
  return summary?.connections === 0 && chunks.length === 0 ? 'content' : 'no-content';
}

/** Both directions of a channel are kept: what was typed and what was shown. */
function evidenceOf({ unit, chunks, members }: Found): EvidenceClass {
  const shows = members.some(
    ({ name, chunks: one }) => !name.startsWith('requests-') && (one?.inner ?? 0) > 0,
  );
  if (shows) return 'E4';
  if (chunks.some((one) => one.inner > 0)) return 'E2';
  return unit.files.some((file) => file.size > 0) ? 'E1' : 'E0';
}

function problemsOf(found: Found, holds: Draft['holds'], now: number): readonly Problem[] {
  const { unit, containers, members, place } = found;
  const all = [
    ...members.flatMap((member) => member.problems),
    ...(place === null ? [] : containers.flatMap(containerProblems)),
    ...(place === null ? [] : [...sessionGap(containers), ...listedProblems(containers)]),
    ...foreignProblems(found),
    ...emptyProblems(found, holds),
  ];
  // While it is being written its end is on the way.
  const live = unit.files.some((file) => isBeingWritten(file, now));
  return live
    ? all.filter(({ code }) => code !== 'recording-truncated' && code !== 'recording-not-closed')
    : all;
}

function sessionGap(containers: readonly Container[]): readonly Problem[] {
  if (containers.some(({ path }) => path === '')) return [];
  return [{ code: 'recording-gap', detail: "the session's own files are absent" }];
}

/** Whoever can write where recordings are kept can put one under the name of another. */
function foreignProblems({ place, containers, chunks, facts }: Found): readonly Problem[] {
  const top = containers.find(({ path }) => path === '');
  const written = place === null || top === undefined ? undefined : metaOf(top).get('id')?.[0];
  const problems: Problem[] = [];
  if (written !== undefined && written !== place?.id)
    problems.push({
      code: 'recording-altered',
      detail: 'it is another recording than its folder is named after',
    });
  const strange = chunks.some(
    ({ session }) =>
      session?.startsWith('s_') === true &&
      facts?.session?.startsWith('s_') === true &&
      session !== facts.session,
  );
  if (strange) problems.push({ code: 'recording-altered', detail: 'it holds chunks of another session' });
  return problems;
}

function emptyProblems({ chunks }: Found, holds: Draft['holds']): readonly Problem[] {
  if (holds === 'empty') return [{ code: 'recording-empty', detail: 'its files are empty' }];
  if (holds !== 'no-content') return [];
  return [
    { code: 'recording-empty', detail: `${plural(chunks.length, 'file')} of chunks, and nothing in them` },
  ];
}

/** Without a time inside, it was written when its session was over; as pinned where it was changed since. */
function writtenAt(unit: Unit): number | null {
  return latest(unit.files.map((file) => file.pinned?.mtimeMs ?? file.mtimeMs));
}

function earliest(times: readonly number[]): number | null {
  return times.reduce<number | null>((least, time) => Math.min(least ?? time, time), null);
}

function latest(times: readonly number[]): number | null {
  return times.reduce<number | null>((most, time) => Math.max(most ?? time, time), null);
}
