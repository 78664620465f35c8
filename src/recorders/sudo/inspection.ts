import type { EvidenceClass, Problem, Recording, RecordingIds } from '../../model/recording.ts';
import { stableId } from '../../util/ids.ts';
import { ownerOf, toRecording } from '../draft.ts';
import type { InspectContext, Inspection, Unit } from '../recorder.ts';
import { ttyName } from '../text.ts';
import { checkStreams, countedOutput, isClosed, keptBytes, logsOutput } from './checks.ts';
import { pathIds } from './directory.ts';
import { contradictions, joinLogs, type LogFacts } from './log.ts';
import { type Parts, readParts } from './parts.ts';

/** Inspects one I/O log folder; it is read anew each time, because it is small or closed. */
export async function inspectIoLog(unit: Unit, context: InspectContext): Promise<Inspection> {
  const parts = await readParts(unit);
  return { recordings: [ioLogRecording(unit, parts, context)], rejects: [], state: null };
}

function ioLogRecording(unit: Unit, parts: Parts, context: InspectContext): Recording {
  const facts = joinLogs(parts.exact, parts.classic);
  const closed = isClosed(parts);
  const place = { ...pathIds(unit.key), name: folderName(unit) };
  const output = logsOutput(parts);
  const opened = facts?.opened ?? null;
  return toRecording({
    uid: ioLogUid(place.iologPath, facts, context.host, place.name),
    recorder: 'sudo',
    ref: { source: place.name, record: place.tsid ?? place.iologPath },
    holds:
      parts.brokenLogs.length > 0
        ? 'corrupt'
        : output || parts.problems.length > 0
          ? 'content'
          : 'no-content',
    problems: problemsOf(parts, closed, facts, output),
    endProven: closed,
    hasEndMarker: true,
    opened,
    closed:
      opened === null ? null : opened + Math.max(parts.timing?.sums.delayMs ?? 0, facts?.runTimeMs ?? 0),
    resolution: facts?.resolution ?? 1000,
    bytes: parts.bytes,
    events: parts.timing?.sums.events ?? 0,
    sha256: parts.sha256,
    evidence: evidenceOf(parts, closed),
    covers: 'elevation',
    launch: 'session',
    target: context.host ?? facts?.submitHost ?? null,
    reportedHost: facts?.submitHost ?? null,
    account: facts?.runUser ?? null,
    actor: facts?.submitUser ?? null,
    // log.json leaves the terminal out where there is none.
    terminal: facts === null ? null : ttyName(facts.tty) !== null,
    command: facts?.command ?? null,
    ids: idsOf(place, facts),
    owner: ownerOf(unit.files),
  });
}

/** The folder for a person: what the user named, without the member's file name. */
function folderName(unit: Unit): string {
  const name = unit.files[0]?.name ?? unit.key;
  return name.slice(0, Math.max(name.lastIndexOf('/'), 0)) || unit.key;
}

/** TSIDs recur when the sequence rolls over: the start tells two uses of one folder apart. */
function ioLogUid(path: string, facts: LogFacts | null, host: string | null, name: string): string {
  if (facts === null) return stableId('rec', ['sudo', 'folder', host ?? '', name]);
  const seconds = Math.floor((facts.opened ?? 0) / 1000);
  const users = [facts.submitUser ?? '', facts.runUser ?? ''];
  return stableId('rec', ['sudo', host ?? facts.submitHost ?? '', path, seconds, ...users]);
}

function problemsOf(
  parts: Parts,
  closed: boolean,
  facts: LogFacts | null,
  output: boolean,
): readonly Problem[] {
  const metadata: Problem[] = contradictions(parts.exact, parts.classic).map((detail) => ({
    code: 'recording-metadata-incomplete',
    detail,
  }));
  if (facts === null && parts.brokenLogs.length === 0)
    metadata.push({
      code: 'recording-metadata-incomplete',
      detail: 'log and log.json are absent: nobody is named',
    });
  const empty: Problem[] = output
    ? []
    : [
        {
          code: 'recording-empty',
          detail: 'no file for output: sudo was told to keep none (log_output is off)',
        },
      ];
  return [...checkStreams(parts, closed), ...parts.brokenLogs, ...empty, ...parts.problems, ...metadata];
}

/** A closed log of a command that printed nothing shows just that: it is a transcript. */
function evidenceOf(parts: Parts, closed: boolean): EvidenceClass {
  const silent = closed && logsOutput(parts) && countedOutput(parts) === 0;
  if (keptBytes(parts, 'output') === 0 && !silent) return 'E2';
  return keptBytes(parts, 'input') > 0 ? 'E4' : 'E3';
}

function idsOf(
  place: { readonly iologPath: string; readonly tsid?: string },
  facts: LogFacts | null,
): RecordingIds {
  const tty = ttyName(facts?.tty);
  return {
    iologPath: place.iologPath,
    ...(place.tsid === undefined ? {} : { tsid: place.tsid }),
    ...(tty === null ? {} : { tty }),
  };
}
