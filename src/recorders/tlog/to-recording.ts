import type { FileEntry } from '../../files/entry.ts';
import type { EvidenceClass, Problem, Recording, RecordingIds } from '../../model/recording.ts';
import { stableId } from '../../util/ids.ts';
import { toRecording } from '../draft.ts';
import { digestSha256 } from '../sha256.ts';
import { plural, rangesText } from '../text.ts';
import type { Accumulator } from './accumulator.ts';
import { missingIds } from './seen-ids.ts';

/** The uid follows from host and recording id alone: the same before and after growth, rotation and shipping. */
export function recordingUid(host: string, rec: string): string {
  return stableId('rec', ['tlog', host, rec]);
}

/** One tlog recording as found. `extra` holds problems of this reading alone: a cut line, a digest that fails. */
export function accumulatedRecording(
  found: Accumulator,
  extra: readonly Problem[],
  place: { readonly file: FileEntry; readonly host: string | null },
): Recording {
  // Without a single whole message nothing is known about the content.
  const holds = found.input + found.output > 0 || found.messages === 0 ? 'content' : 'no-content';
  return toRecording({
    uid: recordingUid(found.host, found.rec),
    recorder: 'tlog',
    ref: { source: place.file.name, record: found.rec },
    holds,
    problems: [
      ...numberingProblems(found),
      ...found.faults,
      ...moreFaults(found),
      ...emptyProblem(holds),
      ...extra,
    ],
    // The position counts from the start of the recorder, also where the first messages are missing.
    opened: found.first === null || found.first.time === null ? null : found.first.time - found.first.pos,
    closed: found.closed,
    bytes: found.bytes,
    events: found.messages,
    sha256: found.messages > 0 ? digestSha256(found.sha) : null,
    evidence: evidenceOf(found),
    launch: 'session',
    target: place.host ?? found.loggedBy ?? found.host,
    reportedHost: found.host,
    account: found.user,
    terminal: found.terminal,
    ids: idsOf(found),
    owner: { uid: place.file.uid, mode: place.file.mode },
  });
}

function numberingProblems(found: Accumulator): readonly Problem[] {
  const { head, gaps } = missingIds(found.seen);
  const problems: Problem[] = [];
  if (head !== null)
    problems.push({
      code: 'recording-gap',
      detail: `the first message has id ${head[1] + 1}: the beginning is missing (${rangesText([head])})`,
    });
  if (gaps.length > 0) {
    const one = gaps.length === 1 && gaps[0]?.[0] === gaps[0]?.[1];
    problems.push({
      code: 'recording-gap',
      detail: `missing message ${one ? 'id' : 'ids'} ${rangesText(gaps)}`,
    });
  }
  if (found.seen.overflowed)
    problems.push({
      code: 'recording-gap',
      detail: 'more than 1,000 gaps: the earliest are no longer listed',
    });
  return problems;
}

function moreFaults(found: Accumulator): readonly Problem[] {
  if (found.moreFaults === 0) return [];
  return [{ code: 'recording-altered', detail: `${plural(found.moreFaults, 'more fault')} of this kind` }];
}

function emptyProblem(holds: 'content' | 'no-content'): readonly Problem[] {
  if (holds === 'content') return [];
  return [{ code: 'recording-empty', detail: 'neither output nor input was kept' }];
}

/** Input without output shows what was typed, which is at most the commands. */
function evidenceOf(found: Accumulator): EvidenceClass {
  if (found.output > 0) return found.input > 0 ? 'E4' : 'E3';
  return found.input > 0 ? 'E2' : 'E1';
}

const REC = /^([0-9a-f]{32})-([0-9a-f]{1,8})-[0-9a-f]{1,16}$/;

function idsOf(found: Accumulator): RecordingIds {
  const [, bootId, pid] = REC.exec(found.rec) ?? [];
  return {
    ...(found.session === null ? {} : { auditSession: found.session }),
    ...(bootId === undefined || pid === undefined ? {} : { bootId, pid: Number.parseInt(pid, 16) }),
    id: found.rec,
  };
}
