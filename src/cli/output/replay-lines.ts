import type { AccessDifference, Difference, FindingDifference } from '../../daemon/replay/difference.ts';
import type { Replay } from '../../daemon/replay/replay.ts';
import { toIso } from '../../util/iso.ts';
import { accessLine, findingLine } from './shapes.ts';

/** One line per difference, and last the summary; `before` and `after` are as `check` prints them, or null. */
export function* replayLines(replay: Replay, exit: number): Generator<object> {
  for (const one of replay.difference.accesses) yield accessDifferenceLine(one);
  for (const one of replay.difference.findings) yield findingDifferenceLine(one);
  yield {
    type: 'summary',
    from: toIso(replay.from),
    to: toIso(replay.to),
    now: toIso(replay.now),
    read: replay.read,
    compared_with: replay.compared,
    accesses: replay.accesses,
    difference: countChanges(replay.difference),
    errors: replay.errors,
    exit,
  };
}

function accessDifferenceLine({ change, before, after }: AccessDifference) {
  const { uid } = before ?? after ?? { uid: null };
  return {
    type: 'difference',
    of: 'access',
    change,
    uid,
    before: before === null ? null : accessLine(before),
    after: after === null ? null : accessLine(after),
  };
}

function findingDifferenceLine({ change, before, after }: FindingDifference) {
  const { uid } = before ?? after ?? { uid: null };
  return {
    type: 'difference',
    of: 'finding',
    change,
    uid,
    before: before === null ? null : findingLine(before),
    after: after === null ? null : findingLine(after),
  };
}

/** How many accesses and findings differ, by what became of them. */
export function countChanges({ accesses, findings }: Difference) {
  const accessesThat = (change: AccessDifference['change']) =>
    accesses.filter((one) => one.change === change).length;
  const findingsThat = (change: FindingDifference['change']) =>
    findings.filter((one) => one.change === change).length;
  return {
    accesses: {
      changed: accessesThat('changed'),
      new: accessesThat('new'),
      gone: accessesThat('gone'),
    },
    findings: {
      opens: findingsThat('opens'),
      resolves: findingsThat('resolves'),
      changes: findingsThat('changes'),
    },
  };
}
