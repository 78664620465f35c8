import { type ReadRule, type RuleFile, readRule, type SwitchOff } from './read-rule.ts';
import type { Rule } from './rule.ts';
import type { Placeholders } from './sigma/expand.ts';
import type { RuleProblem } from './sigma/reading.ts';

export interface LoadOptions {
  /** Values for `%name%` under the modifier `expand`. */
  readonly placeholders?: Placeholders;
}

export interface LoadedRules {
  /** Every rule that could be read, also those switched off; in the order of the files. */
  readonly rules: readonly Rule[];
  /** Everything that could not be honoured. A caller that goes on without these rules must say so. */
  readonly problems: readonly RuleProblem[];
}

/**
 * Reads rule files. An own rule replaces the shipped rule with the same id; `id` and `enabled: false` alone in an
 * own file switch the shipped rule off. Twice the same id among the shipped or among the own rules is a problem.
 */
export function loadRules(files: readonly RuleFile[], options: LoadOptions = {}): LoadedRules {
  const placeholders = options.placeholders ?? new Map();
  const read = files.map((file) => ({ own: file.own === true, ...readRule(file, placeholders) }));
  const problems: RuleProblem[] = read.flatMap((each) => each.problems);
  const shipped = collect(
    read.filter((each) => !each.own),
    problems,
  );
  const own = collect(
    read.filter((each) => each.own),
    problems,
  );
  const rules = new Map(shipped.map((each) => [each.id, each]));
  for (const each of own) override(rules, each, problems);
  return { rules: [...rules.values()].filter((each) => each.kind !== 'off'), problems };
}

/** The readable ones of a layer, the first of each id. */
function collect(read: readonly ReadRule[], problems: RuleProblem[]): readonly (Rule | SwitchOff)[] {
  const byId = new Map<string, Rule | SwitchOff>();
  for (const { result } of read) {
    if (result === null) continue;
    const earlier = byId.get(result.id);
    if (earlier === undefined) byId.set(result.id, result);
    else problems.push({ place: `${result.file}:1:1`, message: `its id is already that of ${earlier.file}` });
  }
  return [...byId.values()];
}

function override(
  rules: Map<string, Rule | SwitchOff>,
  own: Rule | SwitchOff,
  problems: RuleProblem[],
): void {
  const shipped = rules.get(own.id);
  if (own.kind !== 'off') {
    rules.set(own.id, { ...own, overrides: shipped?.file ?? null });
  } else if (shipped === undefined || shipped.kind === 'off') {
    problems.push({
      place: `${own.file}:1:1`,
      message: 'no rule has this id, so there is nothing to switch off',
    });
  } else rules.set(own.id, { ...shipped, enabled: false, switchedOffBy: own.file });
}
