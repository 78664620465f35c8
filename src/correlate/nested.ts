import type { Access } from '../model/access.ts';
import type { Doubt, Taken } from './match.ts';
import { coversTime } from './coverage.ts';

export interface NestedResult {
  readonly taken: Map<string, readonly Taken[]>;
  readonly doubts: Map<string, Doubt>;
}

/** su in sudo in su in a login: deeper chains are followed no further. */
const MAX_DEPTH = 8;

/**
 * An elevation without an I/O log of its own inherits the recording of the session it happened in. Where several
 * sessions could be meant it inherits only if all of them are recorded; a mixture is a doubt, never a cover.
 */
export function coverNested(
  elevations: readonly Access[],
  accesses: readonly Access[],
  taken: ReadonlyMap<string, readonly Taken[]>,
  doubts: ReadonlyMap<string, Doubt>,
): NestedResult {
  const byUid = new Map(accesses.map((access) => [access.uid, access]));
  const result: NestedResult = { taken: new Map(taken), doubts: new Map(doubts) };
  for (const access of elevations) inherit(access, byUid, result, 0);
  return result;
}

function inherit(
  access: Access,
  byUid: ReadonlyMap<string, Access>,
  result: NestedResult,
  depth: number,
): void {
  if (result.taken.has(access.uid) || result.doubts.has(access.uid) || depth > MAX_DEPTH) return;
  const covered: Taken[][] = [];
  const uncovered: string[] = [];
  for (const uid of access.parents) {
    const parent = byUid.get(uid);
    if (parent && parent.parents.length > 0) inherit(parent, byUid, result, depth + 1);
    const parts = result.doubts.has(uid) ? [] : (result.taken.get(uid) ?? []);
    const around = parts.filter((part) => coversTime(part.coverage, access.opened));
    if (around.length > 0) covered.push(around);
    else uncovered.push(uid);
  }
  if (covered.length > 0 && uncovered.length === 0) {
    result.taken.set(access.uid, covered.flat().map(toNested));
  } else if (covered.length > 0 || access.parents.some((uid) => result.doubts.has(uid))) {
    const why = 'it may have happened in a recorded or in an unrecorded session';
    result.doubts.set(access.uid, { rivals: [...access.parents], why });
  }
}

function toNested(part: Taken): Taken {
  const why = 'inside a recorded session';
  return { recording: part.recording, join: 'nested', coverage: { share: 1, uncovered: [] }, why };
}
