import type { FileEntry } from '../files/entry.ts';
import type { Problem, Recording, RecordingState } from '../model/recording.ts';

/** What a recorder found, before the state is drawn from it; what it leaves out is unknown. */
export interface Draft
  extends Pick<Recording, 'uid' | 'recorder' | 'ref'>,
    Partial<Omit<Recording, 'uid' | 'recorder' | 'ref' | 'state' | 'durationMs'>> {
  /**
   * What the bytes hold: `content`; `empty` where nothing was written; `no-content` where the recorder ran and
   * kept nothing of what was shown; `corrupt` where they are not in the format at all.
   */
  readonly holds: 'content' | 'empty' | 'no-content' | 'corrupt';
  readonly durationMs?: number | null;
}

/** A draft as a recording: state from holdings and problems, unknowns as null. */
export function toRecording(draft: Draft): Recording {
  const { holds, ...found } = draft;
  const problems = draft.problems ?? [];
  return {
    ...UNKNOWN,
    ...found,
    problems,
    state: stateOf(holds, problems),
    closed: typeof draft.closed === 'number' ? roundToMicros(draft.closed) : null,
    durationMs: draft.durationMs ?? durationOf(draft),
  };
}

/** A recording with one more problem that leaves its bytes as they are. */
export function withProblem(recording: Recording, problem: Problem): Recording {
  const problems = [...recording.problems, problem];
  const holds = recording.state === 'complete' || recording.state === 'incomplete' ? 'content' : null;
  return { ...recording, problems, state: holds === null ? recording.state : stateOf(holds, problems) };
}

/** The worst that was found decides; a problem that leaves the bytes whole (metadata) leaves the state alone. */
function stateOf(holds: Draft['holds'], problems: readonly Problem[]): RecordingState {
  const has = (code: Problem['code']): boolean => problems.some((problem) => problem.code === code);
  if (holds === 'corrupt') return 'corrupt';
  if (has('recording-altered')) return 'altered';
  if (holds === 'empty' || holds === 'no-content') return holds;
  return INCOMPLETE.some(has) ? 'incomplete' : 'complete';
}

const INCOMPLETE: readonly Problem['code'][] = [
  'recording-truncated',
  'recording-gap',
  'recording-not-closed',
  'recording-empty',
  'recording-failed',
  'recording-not-retrievable',
];

const UNKNOWN = {
  endProven: false,
  hasEndMarker: false,
  opened: null,
  closed: null,
  resolution: 1,
  bytes: 0,
  events: 0,
  sha256: null,
  evidence: 'E0',
  covers: 'session',
  launch: 'unknown',
  target: null,
  reportedHost: null,
  account: null,
  actor: null,
  origin: null,
  terminal: null,
  command: null,
  ids: {},
  owner: null,
} as const;

function durationOf(draft: Draft): number | null {
  const { opened, closed } = draft;
  return typeof opened === 'number' && typeof closed === 'number'
    ? roundToMicros(Math.max(closed - opened, 0))
    : null;
}

/** No recorder keeps more than microseconds; sums of many delays would show digits that mean nothing. */
function roundToMicros(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

/**
 * Owner and mode of the file that the recorded account could most easily have written: of several files the
 * one that is not root's, then the one that others may write.
 */
export function ownerOf(files: readonly FileEntry[]): Recording['owner'] {
  const exposure = (file: FileEntry): number =>
    (file.uid !== 0 ? 2 : 0) + ((file.mode & 0o022) !== 0 ? 1 : 0);
  const [first, ...others] = files;
  if (first === undefined) return null;
  const worst = others.reduce((kept, file) => (exposure(file) > exposure(kept) ? file : kept), first);
  return { uid: worst.uid, mode: worst.mode };
}

/** The reason an operating error gives, as a problem: its code, never a path of the machine. */
export function notRetrievable(file: FileEntry, error: unknown): Problem {
  const code =
    error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'error';
  return { code: 'recording-not-retrievable', detail: `${file.name} could not be read (${code})` };
}

// A recorder writes at least every few seconds while something happens; a minute of rest means it is done or dead.
const LIVE_MS = 60_000;
// Clocks of file servers differ a little; a time further in the future comes from a copy and says nothing.
const CLOCK_TOLERANCE_MS = 5_000;

/** True where the file was written so recently that an unfinished end is no fault yet. */
export function isBeingWritten(file: FileEntry, now: number): boolean {
  const ageMs = now - file.mtimeMs;
  return ageMs >= -CLOCK_TOLERANCE_MS && ageMs < LIVE_MS;
}
