import type { Access } from '../model/access.ts';
import type { Recording } from '../model/recording.ts';
import type { Coverage } from './coverage.ts';
import type { Doubt } from './match.ts';
import type { Comparison } from './pair.ts';

/** What one round of assignment joined, and what it could have joined as well. */
export interface Pairing {
  readonly pairs: Map<Access, { recording: Recording; comparison: Comparison & { fits: true } }>;
  /** Uids of the accesses that could be the recorded one as well. */
  readonly rivals: Map<string, string[]>;
  /** Accesses with one recording each that could be the other's: each pair in both orders. */
  readonly exchanges: readonly (readonly [Access, Access])[];
}

/**
 * Accesses of which nobody can say what covers them: one recording fits several equally well, or two accesses fit
 * each other's recordings and these are of unequal worth. Which of two equal recordings is whose does not matter.
 */
export function pairingDoubts(
  pairings: readonly Pairing[],
  coverageOf: (access: Access, recording: Recording) => Coverage,
): Map<string, Doubt> {
  const doubts = new Map<string, Doubt>();
  for (const { pairs, exchanges } of pairings) {
    for (const [access, other] of exchanges) {
      const [own, others] = [pairs.get(access)?.recording, pairs.get(other)?.recording];
      if (!own || !others) continue;
      const worth = (recording: Recording) => worthOf(recording, coverageOf(access, recording));
      if (worth(own) === worth(others)) continue;
      const rivals = [...(doubts.get(access.uid)?.rivals ?? []), other.uid];
      doubts.set(access.uid, {
        rivals,
        why: 'recordings of unequal worth fit several accesses equally well',
      });
    }
  }
  for (const { rivals } of pairings) {
    for (const [uid, others] of rivals) {
      doubts.set(uid, { rivals: others, why: 'one recording fits several accesses equally well' });
    }
  }
  return doubts;
}

/** What decides a verdict about a recording beside its evidence class: its state, its problems and what it leaves out. */
function worthOf(recording: Recording, coverage: Coverage): string {
  const problems = recording.problems.map(({ code }) => code).sort();
  return [recording.state, coverage.uncovered.length > 0, ...problems].join(' ');
}
