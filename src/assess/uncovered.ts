import type { Taken } from '../correlate/match.ts';
import type { Stretch } from '../correlate/coverage.ts';

/** Between two recordings of one access, as a single one's start and end, a second is no gap. */
const SEAM_MS = 1_000;

/** What no part covers: the intersection of what each part leaves out, but for seams between parts. */
export function uncoveredBy(parts: readonly Taken[]): readonly Stretch[] {
  const [first, ...rest] = parts;
  if (!first) return [];
  return rest.reduce<readonly Stretch[]>(
    (left, part) => left.flatMap((one) => part.coverage.uncovered.flatMap((other) => overlap(one, other))),
    first.coverage.uncovered,
  );
}

function overlap(a: Stretch, b: Stretch): Stretch[] {
  const from = Math.max(a.from, b.from);
  const to = Math.min(a.to, b.to);
  return to - from > SEAM_MS ? [{ from, to }] : [];
}
