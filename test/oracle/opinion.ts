import type { Recording } from '../../src/model/recording.ts';
import type { Seen } from './seen.ts';

export type Opinion = 'recorded' | 'inadequate' | 'unrecorded';

/** A recording given to an access, with how far its clock is ahead. */
export interface Part {
  readonly recording: Recording;
  readonly offsetMs: number;
}

/** Epoch ms. */
type Stretch = readonly [from: number, to: number];

/** A start or end by hand is known to a second. */
const BY_HAND_MS = 1_000;
/** Findings that say nothing against what the recording shows. */
const HARMLESS = ['recording-owner-writable', 'recording-metadata-incomplete', 'recording-duplicate'];

/** What these recordings are worth to an access; null asks about the recordings alone. */
export function opinionOf(access: Seen | null, parts: readonly Part[]): Opinion {
  if (parts.length === 0) return 'unrecorded';
  const sound = parts.every(({ recording }) => isSound(recording));
  const strong = parts.some(({ recording }) => recording.evidence >= 'E3');
  const whole = access === null || missing(access, parts).length === 0;
  return sound && strong && whole ? 'recorded' : 'inadequate';
}

function isSound({ state, problems }: Recording): boolean {
  return state === 'complete' && problems.every(({ code }) => HARMLESS.includes(code));
}

/** True where a recording shows this moment of its access. */
export function coversMoment(access: Seen, part: Part, parts: readonly Part[], time: number): boolean {
  return !leftOut(access, part, parts).some(([from, to]) => time >= from && time < to);
}

/** The stretches that no part shows: longer than a second, since nobody starts two recorders at one instant. */
function missing(access: Seen, parts: readonly Part[]): Stretch[] {
  const [first = [], ...others] = parts.map((part) => leftOut(access, part, parts));
  return others.reduce(
    (left, other) =>
      left.flatMap(([a, b]) =>
        other
          .map(([c, d]): Stretch => [Math.max(a, c), Math.min(b, d)])
          .filter(([from, to]) => to - from > BY_HAND_MS),
      ),
    first,
  );
}

/**
 * The whole time must be covered. What the session starts covers from the opening; what a person starts covers
 * its own time. A silent end counts as covered unless the recorder itself says that it ended, or was started again.
 */
function leftOut(access: Seen, { recording, offsetMs }: Part, parts: readonly Part[]): Stretch[] {
  const slack = BY_HAND_MS + access.resolution + recording.resolution;
  const start = (recording.opened ?? access.opened) - offsetMs;
  const end = (recording.closed ?? Infinity) - offsetMs;
  const byHand = recording.launch !== 'session' && !access.forced && start - access.opened > slack;
  const saysEnd =
    recording.endProven ||
    (byHand && recording.state === 'complete') ||
    (access.channelsShown && isSucceeded(recording, access, parts));
  const out: Stretch[] = [];
  if (byHand) out.push([access.opened, Math.min(start, access.closed ?? Infinity)]);
  if (saysEnd && access.closed !== null && access.closed - end > slack)
    out.push([Math.max(end, access.opened), access.closed]);
  return out;
}

function isSucceeded(recording: Recording, access: Seen, parts: readonly Part[]): boolean {
  if (recording.launch === 'session' || access.forced || recording.closed === null) return false;
  return parts.some(
    ({ recording: other }) =>
      other !== recording &&
      other.recorder === recording.recorder &&
      (other.opened ?? -Infinity) >= (recording.closed ?? Infinity),
  );
}
