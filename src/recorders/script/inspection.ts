import type { Problem, Recording } from '../../model/recording.ts';
import { stableId } from '../../util/ids.ts';
import { stemOf } from '../companions.ts';
import { type Draft, ownerOf, toRecording } from '../draft.ts';
import { parseFileName } from '../file-names.ts';
import { joinMetadata, type Metadata, type OwnFacts } from '../metadata.ts';
import type { InspectContext, Inspection, Unit } from '../recorder.ts';
import { readSidecar } from '../sidecar.ts';
import { baseName, plural, ttyName } from '../text.ts';
import { companionProblems, type Judged, judgeAlone, judgeTimed } from './checks.ts';
import { parseScriptDate } from './dates.ts';
import { type Parts, readParts, separateInput } from './parts.ts';
import type { TimingSums } from './timing.ts';
import type { Section } from './typescript.ts';

/** Inspects a typescript with its timing; it is read anew each time. */
export async function inspectScript(unit: Unit, context: InspectContext): Promise<Inspection> {
  const [main] = unit.files;
  if (main === undefined) return { recordings: [], rejects: [], state: null };
  const parts = await readParts(unit);
  // Guacamole's typescripts have timing files of the same name and form, and a recorder of their own.
  if (parts.log?.foreign === true) return { recordings: [], rejects: [], state: null };
  const sidecar = await readSidecar(stemOf(main.path), unit.files, context.sidecars, context.zone);
  const name = parseFileName(main.path, context.names, context.zone);
  const recordings = sessionsOf(parts).map((session) => {
    const metadata = joinMetadata(ownFacts(session, context.zone), sidecar, name);
    return scriptRecording(unit, parts, session, metadata, context);
  });
  return { recordings, rejects: [], state: null };
}

interface Session {
  readonly index: number;
  readonly section: Section | null;
  readonly timing: TimingSums | null;
  readonly judged: Judged;
  /** True for the session that timing and companions belong to: the last one appended. */
  readonly last: boolean;
}

const ABSENT: Judged = { body: 0, closed: false, problems: [] };

/** `script -a` appends typescripts and begins the timing anew: it belongs to the last session. */
function sessionsOf(parts: Parts): readonly Session[] {
  const timing = parts.timing?.sums ?? null;
  if (parts.log === null) return [{ index: 0, section: null, timing, judged: absent(parts), last: true }];
  const { sections } = parts.log;
  const sameLog = timing === null || separateInput(timing) === null;
  const [first] = sections;
  const final = sections.at(-1);
  if (timing !== null && first !== undefined && final !== undefined && first !== final) {
    // What looks like an appended session may be the output of this one: the timing knows.
    const whole: Section = { ...final, start: first.start, header: first.header, bodyStart: first.bodyStart };
    const judged = judgeTimed(whole, timing, sameLog);
    if (judged.problems.length === 0) return [{ index: 0, section: whole, timing, judged, last: true }];
  }
  return sections.map((section, index): Session => {
    const last = index === sections.length - 1;
    const judged = last && timing !== null ? judgeTimed(section, timing, sameLog) : judgeAlone(section);
    return { index, section, timing: last ? timing : null, judged, last };
  });
}

function absent(parts: Parts): Judged {
  const { sums } = parts.timing ?? {};
  if (sums === undefined) return ABSENT;
  const detail = `timing counts ${plural(sums.output + sums.input, 'byte')} and the typescript is absent`;
  return { ...ABSENT, problems: [{ code: 'recording-gap', detail }] };
}

function ownFacts(session: Session, zone: string): OwnFacts {
  const date = parseScriptDate(startText(session), zone);
  const header = session.section?.header ?? '';
  // COMMAND stands before TTY and may hold anything: the last TTY counts.
  const inHeader = header.slice(Math.max(header.lastIndexOf(' TTY="'), 0)).match(/^ TTY="([^"]{1,64})"/)?.[1];
  return {
    tty: ttyName(session.timing?.headers.get('TTY') ?? inHeader),
    opened: date?.time ?? null,
    openedAssumed: date?.assumed ?? false,
  };
}

/** The start as written in the header, or where that is lost in the timing. */
function startText(session: Session): string {
  const header = session.section?.header;
  if (header === null || header === undefined) return session.timing?.headers.get('START_TIME') ?? '';
  return header.slice('Script started on '.length).split(' [')[0] ?? '';
}

function scriptRecording(
  unit: Unit,
  parts: Parts,
  session: Session,
  metadata: Metadata,
  context: InspectContext,
): Recording {
  const { section, timing, judged } = session;
  const [main] = unit.files;
  const { opened, resolution, openedAssumed, account, origin, ids, reportedHost } = metadata;
  const holds = holdsWhat(session, parts);
  const name = main?.name ?? unit.key;
  const read = parts.log?.result.digest;
  return toRecording({
    uid: stableId('rec', [
      'script',
      context.host ?? '',
      baseName(stemOf(name)),
      startText(session),
      session.index,
    ]),
    recorder: 'script',
    ref: { source: name, record: section === null ? '' : `byte ${section.start}` },
    holds,
    problems: [
      ...judged.problems,
      ...(session.last ? companionProblems(parts) : []),
      ...emptyProblems(holds),
      ...parts.problems,
      ...metadata.problems,
    ],
    endProven: judged.closed,
    hasEndMarker: true,
    opened,
    closed:
      closedAt(session, opened, context.zone) ?? (holds === 'empty' ? (main?.pinned?.mtimeMs ?? null) : null),
    resolution,
    ...(openedAssumed ? { assumed: ['zone'] } : {}),
    bytes: section === null ? 0 : section.end - section.start,
    events: timing?.events ?? 0,
    sha256: read?.sha256 ?? null,
    evidence: evidenceOf(session, holds),
    target: context.host ?? reportedHost,
    reportedHost,
    account,
    origin,
    terminal: terminalOf(session),
    ids,
    owner: ownerOf(unit.files),
  });
}

function holdsWhat({ section, timing, judged }: Session, parts: Parts): Draft['holds'] {
  if (section === null) return 'content';
  if (section.end === section.start) return parts.log?.result.end === 'whole' ? 'empty' : 'corrupt';
  if (section.header === null && timing === null) return 'corrupt';
  if (judged.body === 0) {
    // A command that printed nothing is recorded whole where the timing proves it; a typescript alone proves nothing.
    return timing?.closed === true && timing.output === 0 && timing.input === 0 ? 'content' : 'empty';
  }
  return timing !== null && timing.output === 0 && timing.input > 0 ? 'no-content' : 'content';
}

function emptyProblems(holds: Draft['holds']): readonly Problem[] {
  if (holds === 'empty')
    return [{ code: 'recording-empty', detail: 'the typescript holds nothing between its ends' }];
  if (holds === 'no-content') return [{ code: 'recording-empty', detail: 'only input was kept' }];
  return [];
}

/** The later of what footer and timing say: both begin with whole seconds and lie up to one second early. */
function closedAt({ section, timing, judged }: Session, opened: number | null, zone: string): number | null {
  const footer = judged.closed
    ? (section?.footer?.text.slice('Script done on '.length).split(' [')[0] ?? '')
    : '';
  const times = [
    parseScriptDate(footer, zone)?.time ?? null,
    opened === null || timing === null ? null : opened + (timing.durationMs ?? timing.delayMs),
  ].filter((time) => time !== null);
  return times.length === 0 ? null : Math.max(...times);
}

function evidenceOf({ section, timing, judged }: Session, holds: Draft['holds']): Recording['evidence'] {
  if (section === null || section.end === section.start) return 'E0';
  if (holds === 'no-content') return 'E2';
  if (holds === 'empty' || holds === 'corrupt') return 'E1';
  return judged.body > 0 && (timing?.input ?? 0) > 0 ? 'E4' : 'E3';
}

function terminalOf({ section, timing }: Session): boolean | null {
  if (timing?.headers.has('TTY') === true || section?.header?.includes(' TTY="') === true) return true;
  return section?.header?.includes('<not executed on terminal>') === true ? false : null;
}
