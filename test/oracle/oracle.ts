import type { Event } from '../../src/model/event.ts';
import type { Recording } from '../../src/model/recording.ts';
import { type Assignment, bestAssignments, clustersOf, isSmall } from './assignments.ts';
import { fitOf, type Fit } from './fit.ts';
import { learnOffsets } from './offsets.ts';
import { coversMoment, type Opinion, opinionOf, type Part } from './opinion.ts';
import { parentsOf } from './parents.ts';
import { accessesSeen, type Seen } from './seen.ts';

export type OracleVerdict = Opinion | 'undetermined';

/**
 * Judges accesses long after they ended, slowly and in the most obvious way: rebuild the accesses, list every
 * possible pair, try every one-to-one assignment, and call undetermined whatever two best ones disagree about.
 * Null where a cluster is too large to try everything. Shares no code with the engine, and reads no clock.
 */
export function judgeSlowly(
  events: readonly Event[],
  recordings: readonly Recording[],
): ReadonlyMap<string, OracleVerdict> | null {
  const accesses = accessesSeen(events);
  const unique = [...new Map(recordings.map((one) => [one.uid, one])).values()];
  const present = unique.filter(
    (one) => one.state !== 'missing' && (one.state !== 'empty' || one.account !== null),
  );
  const offsetOf = learnOffsets(accesses, present);
  const fits = accesses.flatMap((access) =>
    present.flatMap((recording) => fitOf(access, recording, offsetOf, accesses) ?? []),
  );
  const clusters = clustersOf(accesses, fits);
  if (!clusters.every(isSmall)) return null;
  const options = new Map<Seen, (readonly Part[])[]>();
  for (const cluster of clusters) {
    const ways = bestAssignments(cluster).map((one) => withFurtherParts(one, cluster.fits));
    for (const access of cluster.accesses) {
      options.set(
        access,
        ways.map((way) => (way.get(access) ?? []).map((fit) => toPart(fit, offsetOf))),
      );
    }
  }
  return new Map(accesses.map((access) => [access.uid, verdictOf(access, options, accesses)]));
}

function toPart({ access, recording }: Fit, offsetOf: (one: Recording) => number): Part {
  return { recording, offsetMs: access.kind === 'elevation' ? 0 : offsetOf(recording) };
}

/** A recorder that was started again leaves a further recording: it belongs where it can belong nowhere else. */
function withFurtherParts(one: Assignment, fits: readonly Fit[]): Map<Seen, Fit[]> {
  const parts = new Map([...one].map(([access, fit]) => [access, [fit]]));
  const used = new Set([...one.values()].map((fit) => fit.recording));
  const left = fits.filter(
    ({ access, recording }) =>
      access.kind === 'session' && !used.has(recording) && one.has(access) && recording.state !== 'empty',
  );
  for (const fit of left) {
    const claims = left.filter((other) => other.recording === fit.recording);
    if (claims.length === 1) parts.get(fit.access)?.push(fit);
  }
  return parts;
}

/** Step 4: one verdict where all best assignments agree. */
function verdictOf(
  access: Seen,
  options: ReadonlyMap<Seen, readonly (readonly Part[])[]>,
  all: readonly Seen[],
): OracleVerdict {
  const ways = options.get(access) ?? [];
  const opinions = new Set(ways.map((parts) => opinionOf(access, parts)));
  const [only] = opinions;
  if (opinions.size !== 1 || only === undefined) return 'undetermined';
  const hasOwn = ways.some((parts) => parts.length > 0);
  return access.kind === 'elevation' && !hasOwn ? inherited(access, options, all) : only;
}

/** An elevation without a recording of its own has that of the session around it. */
function inherited(
  access: Seen,
  options: ReadonlyMap<Seen, readonly (readonly Part[])[]>,
  all: readonly Seen[],
): OracleVerdict {
  const opinions = new Set<Opinion>();
  for (const parent of parentsOf(access, all)) {
    for (const parts of options.get(parent) ?? []) {
      const around = parts.filter((part) => coversMoment(parent, part, parts, access.opened));
      opinions.add(around.length === 0 ? 'unrecorded' : opinionOf(null, around));
    }
  }
  const [only = 'unrecorded'] = opinions;
  return opinions.size > 1 ? 'undetermined' : only;
}
